"""When a session started and ended, and what is odd about its times.

The dandi package takes the first start and the last stop of a table for the least and the greatest, and
one NaN loses the end of the session. Here every finite time of a table counts.

pynwb fills in the time zone of the machine that reads the file. Here a session start without a zone is
in UTC, and a date of birth without one has the zone of the start: the same instant on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dandifile.model import JsonObject
from dandifile.survey.nwb.remarks import Remark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

START, BIRTH = "session_start_time", "general/subject/date_of_birth"

_FEW = 2**20  # values that are read as a whole; of more, only the ends if those look sound
_YEAR = 365 * 86400
_TOO_LONG = 5 * _YEAR  # seconds: the dandi package takes a longer session for a mistake
_ZONED = re.compile(r".*[T ][0-9].*?([Zz]|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2}){0,2})\s*", re.DOTALL)


@dataclass(frozen=True)
class Times:
    """`duration` is the session's in seconds, as for the dandi package: from the first time to the last."""

    duration: float | None = None
    remarks: tuple[Remark, ...] = ()


def times_of(nwb: Any) -> Times:
    """Of an open `pynwb.NWBFile`."""
    from hdmf.common import DynamicTable
    from pynwb.base import TimeSeries

    bounds = _Bounds()
    for thing in nwb.objects.values():
        if isinstance(thing, TimeSeries):
            _add_series(thing, bounds)
        elif isinstance(thing, DynamicTable):
            _add_table(thing, bounds)
        elif getattr(thing, "timestamps", None) is not None:  # Events and similar types of older ndx-events
            _add_events(thing, _numbers(thing.timestamps), None, bounds)
    return _session_times(bounds)


def time_texts(path: str) -> dict[str, str]:
    """The session's start and the date of birth as the file writes them, without those that are missing."""
    import h5py

    with h5py.File(path, "r") as file:
        texts = {place: _text(file.get(place)) for place in (START, BIRTH)}
    return {place: text for place, text in texts.items() if text}


def assume_zones(
    flat: JsonObject, texts: Mapping[str, str], duration: float | None
) -> tuple[JsonObject, list[Remark]]:
    """The dandi package's flat metadata with zones that do not depend on the machine, and what was assumed.

    `duration` is the session's in seconds, if its end is known.
    """
    remarks = []
    start, born = flat.get("session_start_time"), flat.get("date_of_birth")
    if isinstance(start, datetime) and _has_no_zone(texts.get(START)):
        start = start.replace(tzinfo=UTC)
        remarks.append(_zone_remark("session_start_time", "UTC", f"/{START}"))
    if isinstance(born, datetime) and _has_no_zone(texts.get(BIRTH)):
        zone = start.tzinfo if isinstance(start, datetime) and start.tzinfo else UTC
        born = born.replace(tzinfo=zone)
        remarks.append(_zone_remark("date_of_birth", "the zone of session_start_time", f"/{BIRTH}"))
    end = None
    if isinstance(start, datetime) and duration is not None:
        end = start + timedelta(seconds=duration)
    return flat | {"session_start_time": start, "session_end_time": end, "date_of_birth": born}, remarks


@dataclass
class _Bounds:
    """The starts and ends that count for the session, in seconds, and what was odd."""

    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, starts: Iterable[float], ends: Iterable[float]) -> None:
        self.starts += starts
        self.ends += ends


def _session_times(bounds: _Bounds) -> Times:
    if not bounds.starts or not bounds.ends:
        return Times(None, tuple(bounds.remarks))
    first, last = min(bounds.starts), max(bounds.ends)
    if 0 <= last - first < _TOO_LONG:
        return Times(last - first, tuple(bounds.remarks))
    odd = "before" if last < first else f"{(last - first) / _YEAR:,.0f} years after"
    message = (
        f"the last end of the data ({last:g} s) is {odd} the first start ({first:g} s), so no end of the"
        " session is recorded; write all times in seconds from session_start_time"
    )
    return Times(None, (*bounds.remarks, Remark("dandifile.session_end", message, "warning")))


def _add_series(series: Any, bounds: _Bounds) -> None:
    if series.timestamps is not None and len(series.timestamps) > 0:
        lowest, highest = _ends(series.timestamps)
        bounds.add(lowest, highest)
    elif series.starting_time is not None and series.rate is not None and series.data is not None:
        start, rate = float(series.starting_time), float(series.rate)
        end = [start + len(series.data) / rate] if rate > 0 else []
        bounds.add(_finite_range([start]), _finite_range(end))


def _add_table(table: Any, bounds: _Bounds) -> None:
    columns = {column.name: column for column in table.columns if not hasattr(column, "target")}
    starts, stops = (_column_numbers(columns.get(name)) for name in ("start_time", "stop_time"))
    if starts is not None:
        bounds.add(_minimum_of(starts), ())
        _note_gaps(table, "start_time", starts, bounds)
    if stops is not None:
        bounds.add((), _maximum_of(stops))
        _note_gaps(table, "stop_time", stops, bounds)
    if "spike_times" in columns and len(columns["spike_times"].data):
        _add_spikes(table, columns["spike_times"].data, bounds)
    stamps = _column_numbers(columns.get("timestamp"))
    if stamps is not None:
        _add_events(table, stamps, _column_numbers(columns.get("duration")), bounds)


def _add_spikes(table: Any, spikes: Any, bounds: _Bounds) -> None:
    """A unit's spikes are in order if its first and last are finite: these are then enough."""
    import numpy as np

    ends = getattr(table["spike_times"], "data", None) if len(spikes) > _FEW else None
    if ends is not None and table["spike_times"].name != "spike_times":
        stops = np.unique(np.asarray(ends[:]))
        stops = stops[stops > 0].astype(int)
        chosen = np.unique(np.r_[0, stops[:-1], stops - 1])
        values = (spikes if hasattr(spikes, "shape") else np.asarray(spikes))[chosen]
        if np.isfinite(values).all():
            bounds.add(_minimum_of(values), _maximum_of(values))
            return
    lowest, highest = _ends(spikes)
    bounds.add(lowest, highest)


def _add_events(
    thing: Any, stamps: NDArray[Any] | None, durations: NDArray[Any] | None, bounds: _Bounds
) -> None:
    """The times of events, and what is wrong with them. A duration of NaN means that there is none."""
    import numpy as np

    if stamps is None or not stamps.size:
        return
    ends = stamps
    if durations is not None and durations.shape == stamps.shape:
        ends = stamps + np.where(np.isfinite(durations) & (durations > 0), durations, 0)
    bounds.add(_minimum_of(stamps), _maximum_of(ends))
    bounds.remarks += _stamp_remarks(_place(thing), stamps)
    negative = 0 if durations is None else int((durations < 0).sum())
    if negative:
        message = f"{_share(negative, durations)} durations are negative: write NaN for an unknown duration"
        bounds.remarks.append(_remark("durations_negative", message, "warning", thing))


def _stamp_remarks(place: str, stamps: NDArray[Any]) -> Iterator[Remark]:
    import numpy as np

    sound = stamps[np.isfinite(stamps)]
    found = (
        (
            "timestamps_nan",
            stamps.size - sound.size,
            "are NaN or infinite: write the time of each event in seconds",
            "warning",
        ),
        (
            "timestamps_negative",
            int((sound < 0).sum()),
            "are negative: these events are before session_start_time",
            "hint",
        ),
        (
            "timestamps_unsorted",
            int((np.diff(sound) < 0).sum()),
            "are earlier than the one before: sort the events by time",
            "hint",
        ),
    )
    for check, count, what, severity in found:
        if count:
            yield Remark(f"dandifile.{check}", f"{_share(count, stamps)} timestamps {what}", severity, place)


def _note_gaps(table: Any, name: str, values: NDArray[Any], bounds: _Bounds) -> None:
    import numpy as np

    missing = int((~np.isfinite(values)).sum())
    if missing:
        share = _share(missing, values)
        message = f"{share} values of {name} are NaN or infinite: they do not count for the session's time"
        bounds.remarks.append(_remark(f"{name}_nan", message, "hint", table))


def _remark(check: str, message: str, severity: str, thing: Any) -> Remark:
    return Remark(f"dandifile.{check}", message, severity, _place(thing))


def _share(count: int, values: Any) -> str:
    return f"{count:,} of {len(values):,}"


def _place(thing: Any) -> str:
    """The path of an object in its file; of an object that is in none, from the names of its parents."""
    data = getattr(getattr(thing, "id", None), "data", getattr(thing, "timestamps", None))
    path = getattr(data, "name", None)
    if isinstance(path, str) and path.startswith("/"):
        return path.rpartition("/")[0]
    names = []
    while thing is not None and thing.parent is not None:
        names.append(thing.name)
        thing = thing.parent
    return "/" + "/".join(reversed(names))


def _has_no_zone(text: str | None) -> bool:
    return text is not None and not _ZONED.fullmatch(text)


def _zone_remark(name: str, zone: str, within: str) -> Remark:
    message = (
        f"{name} has no time zone: {zone} is assumed; write it with its zone,"
        " in pynwb for example as a datetime with `tzinfo=ZoneInfo('Europe/Berlin')`"
    )
    return Remark(f"dandifile.zone_of_{name}", message, "warning", within)


def _text(node: Any) -> str:
    """A text, or the only one of a list, as MatNWB writes it."""
    import h5py

    if not isinstance(node, h5py.Dataset) or h5py.check_string_dtype(node.dtype) is None or node.size != 1:
        return ""
    read = node.asstr(errors="replace")[()]
    return str(read if isinstance(read, str) else read.ravel()[0]).strip()


def _column_numbers(column: Any) -> NDArray[Any] | None:
    return None if column is None else _numbers(column.data)


def _numbers(data: Any) -> NDArray[Any] | None:
    """The values of a column of numbers; None for any other."""
    import numpy as np

    if not getattr(data, "shape", None) and not isinstance(data, list | tuple):
        return None
    values = np.asarray(data[:])
    return values.astype(float) if values.ndim == 1 and values.size and values.dtype.kind in "fiu" else None


def _ends(data: Any) -> tuple[list[float], list[float]]:
    """The least and the greatest time, as lists that are empty if there is none.

    If the ends of a long series are finite and in order, they are enough.
    """
    import numpy as np

    size = len(data)
    if size > _FEW:
        first, last = float(data[0]), float(data[size - 1])
        if np.isfinite([first, last]).all() and first <= last:
            return [first], [last]
    lowest: list[float] = []
    highest: list[float] = []
    for start in range(0, size, _FEW):
        part = _numbers(data[start : start + _FEW])
        if part is not None:
            lowest, highest = _minimum_of(part, lowest), _maximum_of(part, highest)
    return lowest, highest


def _minimum_of(values: Any, others: Iterable[float] = ()) -> list[float]:
    found = [*others, *_finite_range(values)]
    return [min(found)] if found else []


def _maximum_of(values: Any, others: Iterable[float] = ()) -> list[float]:
    found = [*others, *_finite_range(values)]
    return [max(found)] if found else []


def _finite_range(values: Any) -> list[float]:
    import numpy as np

    array: np.ndarray[Any, Any] = np.asarray(values, dtype=float)
    sound = array[np.isfinite(array)]
    return [float(sound.min()), float(sound.max())] if sound.size else []
