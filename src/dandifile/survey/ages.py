"""A subject's age, from all that a file says of it. Pure.

That is age, its reference, date of birth and start of the session. The dandi package takes the date of
birth, else the age, never looks at the reference, and drops the seconds of an ISO 8601 duration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from dandifile.model import JsonObject
from dandifile.survey.remarks import RefusedValueError, Remark

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_ISO = re.compile(
    rf"P(?=[0-9T])(?:({_NUMBER})Y)?(?:({_NUMBER})M)?(?:({_NUMBER})W)?(?:({_NUMBER})D)?"
    rf"(?:T(?=[0-9])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?"
)
_DAY = 86400.0
_SECONDS = (
    365.25 * _DAY,
    30.4375 * _DAY,
    7 * _DAY,
    _DAY,
    3600.0,
    60.0,
    1.0,
)  # of each unit, as in the pattern
_GESTATION = re.compile("gest[a-z]*", re.IGNORECASE)
BIRTH, GESTATIONAL = "Birth", "Gestational"
_PLACE = "/general/subject"


@dataclass(frozen=True)
class Said:
    """What a file says, as pynwb gives it; both times have a zone."""

    age: str | None = None
    reference: str | None = None
    born: datetime | None = None
    started: datetime | None = None


@dataclass(frozen=True)
class _Age:
    """An age as DANDI writes it, and in seconds, from the least to the most that can be meant."""

    text: str
    reference: str
    least: float
    most: float


def age_of(said: Said) -> tuple[JsonObject | None, list[Remark]]:
    """DANDI's `age`, and what is to be told about it. RefusedValueError for an age that cannot be read."""
    if said.born is None or said.started is None:
        age = _age(said)
        return (_property(age.text, age.reference) if age else None), []
    since_birth = said.started - said.born
    try:
        age = _age(said)
    except RefusedValueError:  # nwbinspector tells of it; the date of birth says the age
        age = None
    if since_birth < timedelta(0):
        return _born_later(age, -since_birth)
    computed = duration(since_birth)
    remarks = []
    if age and not _agree(age, since_birth.total_seconds()):
        of_gestation = " of gestation" if age.reference == GESTATIONAL else ""
        remarks.append(
            Remark(
                "check_subject_age.two_ages",
                f"Subject.age says {age.text}{of_gestation}, and by date_of_birth it is {computed} at"
                f" session_start_time: {computed} is recorded; correct the one that is wrong in the file",
                "warning",
                _PLACE,
            )
        )
    return _property(computed, BIRTH), remarks


def duration(delta: timedelta) -> str:
    """An ISO 8601 duration in days and seconds, as the dandi package writes it."""
    seconds = (
        f"{delta.seconds}.{delta.microseconds:06d}".rstrip("0").rstrip(".") if delta.microseconds else ""
    )
    seconds = seconds or (str(delta.seconds) if delta.seconds else "")
    days = f"{delta.days}D" if delta.days or not seconds else ""
    return f"P{days}" + (f"T{seconds}S" if seconds else "")


def _born_later(age: _Age | None, by: timedelta) -> tuple[JsonObject | None, list[Remark]]:
    """Before birth there is only an age of gestation."""
    if age and age.reference == GESTATIONAL:
        return _property(age.text, GESTATIONAL), []
    days = by / timedelta(days=1)
    how_far = f"{days:,.0f} days" if days >= 2 else f"{by.total_seconds() / 3600:,.1f} hours"  # noqa: PLR2004
    recorded = f"{age.text} of Subject.age is recorded" if age else "no age is recorded"
    remark = Remark(
        "check_subject_age.born_after_session",
        f"date_of_birth is after session_start_time, by {how_far}: {recorded};"
        " correct one of the two in the file",
        "error",
        _PLACE,
    )
    return (_property(age.text, age.reference) if age else None), [remark]


def _property(text: str, reference: str) -> JsonObject:
    return {
        "schemaKey": "PropertyValue",
        "unitText": "ISO-8601 duration",
        "value": text,
        "valueReference": {"schemaKey": "PropertyValue", "value": f"dandi:{reference}Reference"},
    }


def _age(said: Said) -> _Age | None:
    if said.age is None:
        return None
    try:
        text, reference = _read(said.age.strip())
    except ValueError as error:
        raise RefusedValueError(
            f"Subject.age '{said.age}' cannot be read: {error}",
            f"write an ISO 8601 duration into Subject.age of the file, like {_example(said.age)}",
        ) from error
    if str(said.reference or "").strip().lower().startswith("gest"):
        reference = GESTATIONAL
    least, most = _bounds(text)
    return _Age(text, reference, least, most)


def _example(age: str) -> str:
    """What was meant, where only the unit is missing: `P14` is written for the 14th day after birth."""
    days = re.fullmatch(r"\s*[Pp]?\s*([0-9]+)\s*", age)
    return f"P{days[1]}D for {days[1]} days" if days else "P90D for 90 days"


def _read(age: str) -> tuple[str, str]:
    """The age as DANDI writes it, and since when it counts. ValueError for what is none.

    Durations and ranges of them are read here; any other words the dandi package reads.
    """
    from dandi.metadata.util import parse_age

    prefix = _GESTATION.match(age) if age.lower().startswith("gestation") else None
    rest = age[prefix.end() :].strip() if prefix else age
    reference = GESTATIONAL if prefix else BIRTH
    limits = [limit.strip().upper().replace(",", ".") for limit in rest.split("/")]
    if not any(limits) or not any(limit.startswith("P") for limit in limits):
        text, told = parse_age(age)
        if not text.strip("/"):
            raise ValueError("it names neither end of the range")
        return f"{'P' if text.startswith('T') else ''}{text}", str(told)  # it writes T3H for three hours
    if len(limits) > 2:  # noqa: PLR2004  # a range has two ends
        raise ValueError("a range has two ends")
    ends = [_seconds(limit) for limit in limits if limit]
    if ends != sorted(ends):
        raise ValueError("the range ends below its beginning")
    return "/".join(limits), reference


def _parts(text: str) -> list[tuple[float, float]]:
    """The numbers of a duration, each with the seconds of its unit."""
    found = _ISO.fullmatch(text)
    values = zip(found.groups() if found else (), _SECONDS, strict=False)
    given = [(value, unit) for value, unit in values if value]
    if not given:
        raise ValueError(f"{text} is no ISO 8601 duration")
    if any("." in value for value, _ in given[:-1]):
        raise ValueError("only the smallest unit can have a fraction")
    return [(float(value), unit) for value, unit in given]


def _seconds(text: str) -> float:
    return sum(value * unit for value, unit in _parts(text))


def _bounds(text: str) -> tuple[float, float]:
    """In seconds. One age holds to its smallest unit; a range holds as it is, and an open end is far away.

    A day more for times of the day and zones, and a hundredth for months and years.
    """
    ends = [limit.strip() for limit in text.upper().split("/")]
    try:
        parts = [_parts(end) if end else [] for end in ends]
    except ValueError:  # in other words, which the dandi package has read: nothing to compare with
        return float("-inf"), float("inf")
    sums = [sum(value * unit for value, unit in part) for part in parts]
    slack = _DAY + (parts[0][-1][1] if len(parts) == 1 else max(sums) / 100)
    least = sums[0] - slack if parts[0] else float("-inf")
    most = sums[-1] + slack if parts[-1] else float("inf")
    return least, most


def _agree(age: _Age, seconds: float) -> bool:
    return age.reference == BIRTH and age.least <= seconds <= age.most
