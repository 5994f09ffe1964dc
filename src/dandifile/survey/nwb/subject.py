"""What an NWB file says of its subject: species, sex, id and age, as DANDI's metadata has them. Pure.

The dandi package takes a species by its first letters (`mus…`, `homo…`, `caenorhabditis…`), and puts
ids of PATO in lower case. Of an age it takes the date of birth, else the age, never looks at the reference,
and drops the seconds of an ISO 8601 duration. Here a word means exactly what it says, or what the spec's
vocabulary says, or is refused; and all that a file says of an age counts.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dandifile.model import JsonObject
from dandifile.survey.nwb.remarks import NwbRemark, RefusedValueError
from dandifile.taxa import IRI, normal_name, similar_taxon, taxon_number, taxon_of_name, taxon_of_number

BIRTH, GESTATIONAL = "Birth", "Gestational"

_PATO = "http://purl.obolibrary.org/obo/PATO_"
_SEXES: Mapping[str, JsonObject] = {
    "M": {"schemaKey": "SexType", "identifier": f"{_PATO}0000384", "name": "Male"},
    "F": {"schemaKey": "SexType", "identifier": f"{_PATO}0000383", "name": "Female"},
    "U": {"schemaKey": "SexType", "name": "Unknown"},
    "O": {"schemaKey": "SexType", "name": "Other"},
}
_SEX_WORDS = {"male": "M", "female": "F", "unknown": "U", "other": "O"} | {key.lower(): key for key in _SEXES}
_PATO_SEXES = {"0000384": "M", "0000383": "F"}
_PATO_FORMS = re.compile(r"(?:(?:https?://purl\.obolibrary\.org/obo/)?PATO[_:])([0-9]{7})", re.IGNORECASE)
_SUGGESTED_SEXES = {
    "xx": "O",
    "hermaphrodite": "O",
    "xo": "M",
    "mixed": "O",
    "both": "O",
    "n/a": "U",
    "na": "U",
    "none": "U",
}
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_ISO = re.compile(
    rf"P(?=[0-9T])(?:({_NUMBER})Y)?(?:({_NUMBER})M)?(?:({_NUMBER})W)?(?:({_NUMBER})D)?"
    rf"(?:T(?=[0-9])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?"
)
_DAY = 86400.0
_UNIT_SECONDS = (365.25 * _DAY, 30.4375 * _DAY, 7 * _DAY, _DAY, 3600.0, 60.0, 1.0)  # as in the pattern
_GESTATION = re.compile("gest[a-z]*", re.IGNORECASE)
_PLACE = "/general/subject"


@dataclass(frozen=True)
class Meaning:
    """A word's metadata. `settles` is the check of nwbinspector that still objects to the word itself."""

    metadata: JsonObject
    settles: str = ""


def species_of(word: Any, meanings: Mapping[str, str]) -> Meaning | None:
    """The SpeciesType of `Subject.species`; None if there is none. RefusedValueError for an unknown one."""
    if not isinstance(word, str) or not word.strip():
        return None
    settles = "check_subject_species_form"
    if meant := _meaning(word, meanings):
        return Meaning(_numbered_species(taxon_number(meant) or ""), settles)
    if number := taxon_number(word):
        return Meaning(_numbered_species(number), settles)
    if listed := _dandi_species(word):
        return Meaning({"schemaKey": "SpeciesType", "identifier": listed[0], "name": listed[1]})
    raise _unlisted_species(word)


def sex_of(word: Any, meanings: Mapping[str, str]) -> Meaning | None:
    """The SexType of `Subject.sex`; None if there is none. RefusedValueError for an unknown one."""
    if not isinstance(word, str) or not word.strip():
        return None
    settles = "check_subject_sex"
    if meant := _meaning(word, meanings):
        return Meaning(_SEXES[meant], settles)
    if known := _SEX_WORDS.get(normal_name(word)):
        return Meaning(_SEXES[known])
    if pato := _PATO_FORMS.fullmatch(word.strip()):
        known = _PATO_SEXES.get(pato[1])
        metadata = {"schemaKey": "SexType", "identifier": f"{_PATO}{pato[1]}"}
        return Meaning(_SEXES[known] if known else metadata, settles)
    if re.fullmatch(r"https?://\S+", word.strip()):
        return Meaning({"schemaKey": "SexType", "identifier": word.strip()})
    line = _vocabulary_line("sex", word, _SUGGESTED_SEXES.get(normal_name(word), "…"))
    raise RefusedValueError(
        f"sex '{word}' is not a value that DANDI knows",
        "write M, F, O (other) or U (unknown) into Subject.sex of the file,"
        f" or say in the spec what the word means: {line}",
    )


def subject_id_of(word: Any, meanings: Mapping[str, str]) -> tuple[Any, str]:
    """The id of the subject, and the check that still objects to the word, or ""."""
    if not isinstance(word, str):
        return word, ""
    by_id = {_normal_id(key): value for key, value in meanings.items()}
    meant = by_id.get(_normal_id(word))
    return (meant.strip(), "check_subject_id_no_slashes") if meant else (word, "")


def _meaning(word: str, meanings: Mapping[str, str]) -> str | None:
    return {normal_name(key): value for key, value in meanings.items()}.get(normal_name(word))


def _normal_id(word: str) -> str:
    """Ids differ by case, but not by how an accent is stored."""
    return unicodedata.normalize("NFC", word.strip())


def _numbered_species(number: str) -> JsonObject:
    """By DANDI's own name if it has one, else by the table's, else by the id alone. Asks no service."""
    found: JsonObject = {"schemaKey": "SpeciesType", "identifier": f"{IRI}{number}"}
    name = next((record.name for record in _dandi_list() if record.taxon_id == number), None)
    if name is None and (taxon := taxon_of_number(number)):
        name = taxon.label
    return found | {"name": name} if name else found


def _dandi_species(word: str) -> tuple[str, str] | None:
    """(identifier, name) of the species on the dandi package's list that has exactly this name."""
    for record in _dandi_list():
        names = (record.name, record.scientific_name, record.genbank_common_name, *record.common_names)
        if normal_name(word) in map(normal_name, names):
            return record.uri, record.name
    return None


def _dandi_list() -> Any:
    from dandi.metadata.util import species_map

    return species_map


def _unlisted_species(word: str) -> RefusedValueError:
    """Says what DANDI's tools would make of it, and what to write instead."""
    taxon = taxon_of_name(word)
    near = None if taxon else taxon_of_name(" ".join(word.split()[:2])) or similar_taxon(word)
    number = taxon.id if taxon else near.id if near else ""
    reason = f"species '{word}' is not on DANDI's list"
    wrongly = next(
        (r.scientific_name for r in _dandi_list() if r.prefix and normal_name(word).startswith(r.prefix)),
        None,
    )
    if wrongly:
        reason += f", and the dandi client would record it as {wrongly} because of its first letters"
    if near:
        reason += f"; did you mean {near.scientific} (NCBITaxon:{near.id})?"
    shown = number or "<its number>"
    look_up = "" if number else "look up its id in NCBI Taxonomy (https://www.ncbi.nlm.nih.gov/taxonomy); "
    return RefusedValueError(
        reason,
        f"{look_up}write {IRI}{shown} into Subject.species of the file,"
        f" or say in the spec what the word means: {_vocabulary_line('species', word, f'NCBITaxon:{shown}')}",
    )


def _vocabulary_line(kind: str, word: str, meaning: str) -> str:
    """The line for the spec. Its strings are JSON, which YAML can read."""
    said, means = (json.dumps(text, ensure_ascii=False) for text in (word, meaning))
    return f"vocabulary: {{{kind}: {{{said}: {means}}}}}"


@dataclass(frozen=True)
class AgeFields:
    """What a file says of an age, as pynwb gives it; both times have a zone."""

    age: str | None = None
    reference: str | None = None
    born: datetime | None = None
    started: datetime | None = None


@dataclass(frozen=True)
class _Age:
    """An age as DANDI writes it, and the least and the most seconds that it can mean."""

    text: str
    reference: str
    least: float
    most: float


def age_of(fields: AgeFields) -> tuple[JsonObject | None, list[NwbRemark]]:
    """DANDI's `age`, and remarks about it. RefusedValueError for an age that cannot be read."""
    if fields.born is None or fields.started is None:
        age = _age(fields)
        return (_property(age.text, age.reference) if age else None), []
    since_birth = fields.started - fields.born
    try:
        age = _age(fields)
    except RefusedValueError:  # nwbinspector reports it, and the date of birth gives the age
        age = None
    if since_birth < timedelta(0):
        return _age_before_birth(age, -since_birth)
    computed = iso_duration(since_birth)
    remarks = []
    if age and not _is_within(age, since_birth.total_seconds()):
        of_gestation = " of gestation" if age.reference == GESTATIONAL else ""
        message = (
            f"Subject.age is {age.text}{of_gestation}, but from date_of_birth to session_start_time it is"
            f" {computed}: {computed} is recorded; correct the field that is wrong"
        )
        remarks.append(NwbRemark("check_subject_age.two_ages", message, "warning", _PLACE))
    return _property(computed, BIRTH), remarks


def iso_duration(delta: timedelta) -> str:
    """An ISO 8601 duration in days and seconds, as the dandi package writes it."""
    seconds = (
        f"{delta.seconds}.{delta.microseconds:06d}".rstrip("0").rstrip(".") if delta.microseconds else ""
    )
    seconds = seconds or (str(delta.seconds) if delta.seconds else "")
    days = f"{delta.days}D" if delta.days or not seconds else ""
    return f"P{days}" + (f"T{seconds}S" if seconds else "")


def _age_before_birth(age: _Age | None, by: timedelta) -> tuple[JsonObject | None, list[NwbRemark]]:
    """Before birth there is only an age of gestation."""
    if age and age.reference == GESTATIONAL:
        return _property(age.text, GESTATIONAL), []
    days = by / timedelta(days=1)
    how_far = f"{days:,.0f} days" if days >= 2 else f"{by.total_seconds() / 3600:,.1f} hours"  # noqa: PLR2004
    recorded = f"Subject.age ({age.text}) is recorded" if age else "no age is recorded"
    message = (
        f"date_of_birth is after session_start_time by {how_far}: {recorded}; correct the field that is wrong"
    )
    remark = NwbRemark("check_subject_age.born_after_session", message, "error", _PLACE)
    return (_property(age.text, age.reference) if age else None), [remark]


def _property(text: str, reference: str) -> JsonObject:
    return {
        "schemaKey": "PropertyValue",
        "unitText": "ISO-8601 duration",
        "value": text,
        "valueReference": {"schemaKey": "PropertyValue", "value": f"dandi:{reference}Reference"},
    }


def _age(fields: AgeFields) -> _Age | None:
    if fields.age is None:
        return None
    try:
        text, reference = _read_age(fields.age.strip())
    except ValueError as error:
        raise RefusedValueError(
            f"Subject.age '{fields.age}' cannot be read: {error}",
            f"write an ISO 8601 duration into Subject.age of the file, such as {_example(fields.age)}",
        ) from error
    if str(fields.reference or "").strip().lower().startswith("gest"):
        reference = GESTATIONAL
    least, most = _bounds(text)
    return _Age(text, reference, least, most)


def _example(age: str) -> str:
    """What was meant, if only the unit is missing: `P14` is written for the 14th day after birth."""
    days = re.fullmatch(r"\s*[Pp]?\s*([0-9]+)\s*", age)
    return f"P{days[1]}D for {days[1]} days" if days else "P90D for 90 days"


def _read_age(age: str) -> tuple[str, str]:
    """The age as DANDI writes it, and what it counts from. ValueError for a text that is not an age.

    Durations and ranges of them are read here; the dandi package reads any other words.
    """
    prefix = _GESTATION.match(age) if age.lower().startswith("gestation") else None
    rest = age[prefix.end() :].strip() if prefix else age
    reference = GESTATIONAL if prefix else BIRTH
    limits = [limit.strip().upper().replace(",", ".") for limit in rest.split("/")]
    if not any(limits) or not any(limit.startswith("P") for limit in limits):
        text, counts_from = _parse_words(age)
        if not text.strip("/"):
            raise ValueError("the range has neither a beginning nor an end")
        return f"{'P' if text.startswith('T') else ''}{text}", counts_from  # it writes T3H for 3 hours
    if len(limits) > 2:  # noqa: PLR2004  # a beginning and an end
        raise ValueError("a range has one beginning and one end")
    ends = [_seconds(limit) for limit in limits if limit]
    if ends != sorted(ends):
        raise ValueError("the range ends before it begins")
    return "/".join(limits), reference


def _parse_words(age: str) -> tuple[str, str]:
    from dandi.metadata.util import parse_age

    try:
        text, counts_from = parse_age(age)
    except ValueError as error:
        if not age.strip():
            raise
        raise ValueError("it is not an ISO 8601 duration") from error
    return str(text), str(counts_from)


def _parts(text: str) -> list[tuple[float, float]]:
    """The numbers of a duration, each with the seconds of its unit."""
    found = _ISO.fullmatch(text)
    values = zip(found.groups() if found else (), _UNIT_SECONDS, strict=False)
    given = [(value, unit) for value, unit in values if value]
    if not given:
        raise ValueError(f"{text} is not an ISO 8601 duration")
    if any("." in value for value, _ in given[:-1]):
        raise ValueError("only the smallest unit can have a fraction")
    return [(float(value), unit) for value, unit in given]


def _seconds(text: str) -> float:
    return sum(value * unit for value, unit in _parts(text))


def _bounds(text: str) -> tuple[float, float]:
    """The least and the most seconds. One age is exact to its smallest unit; a range may have an open end.

    A day more allows for times of the day and zones, and a hundredth for months and years.
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


def _is_within(age: _Age, seconds: float) -> bool:
    return age.reference == BIRTH and age.least <= seconds <= age.most
