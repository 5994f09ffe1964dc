"""Dates and times that a file gives without a time zone: the same instant on every machine.

pynwb fills in the zone of the machine that reads the file. Here a start of the session without a zone
is taken for UTC, and a date of birth without one has the zone of the start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dandifile.model import JsonObject
from dandifile.survey.remarks import Remark

START, BIRTH = "session_start_time", "general/subject/date_of_birth"
_ZONED = re.compile(r".*[T ][0-9].*?([Zz]|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2}){0,2})\s*", re.DOTALL)


def written(path: str) -> dict[str, str]:
    """The texts of both, as the file has them; what it has not is left out."""
    import h5py

    with h5py.File(path, "r") as file:
        texts = {place: _text(file.get(place)) for place in (START, BIRTH)}
    return {place: text for place, text in texts.items() if text}


def zoned(
    flat: JsonObject, texts: Mapping[str, str], duration: float | None
) -> tuple[JsonObject, list[Remark]]:
    """The dandi package's flat metadata, with zones that do not depend on the machine, and what was assumed.

    `duration` is the session's in seconds, where its end is known.
    """
    remarks = []
    start, born = flat.get("session_start_time"), flat.get("date_of_birth")
    if isinstance(start, datetime) and _lacks_zone(texts.get(START)):
        start = start.replace(tzinfo=UTC)
        remarks.append(_assumed("session_start_time", "UTC (+00:00)", f"/{START}"))
    if isinstance(born, datetime) and _lacks_zone(texts.get(BIRTH)):
        zone = start.tzinfo if isinstance(start, datetime) and start.tzinfo else UTC
        born = born.replace(tzinfo=zone)
        remarks.append(_assumed("date_of_birth", "the zone of session_start_time", f"/{BIRTH}"))
    end = None
    if isinstance(start, datetime) and duration is not None:
        end = start + timedelta(seconds=duration)
    return flat | {"session_start_time": start, "session_end_time": end, "date_of_birth": born}, remarks


def _lacks_zone(text: str | None) -> bool:
    return text is not None and not _ZONED.fullmatch(text)


def _assumed(name: str, zone: str, within: str) -> Remark:
    message = (
        f"{name} has no time zone: {zone} is assumed, on every machine; write it with its zone into the file"
    )
    return Remark(f"dandifile.zone_of_{name}", message, "warning", within)


def _text(node: Any) -> str:
    """A text, or the only one of a list, as MatNWB writes them."""
    import h5py

    if not isinstance(node, h5py.Dataset) or h5py.check_string_dtype(node.dtype) is None or node.size != 1:
        return ""
    read = node.asstr(errors="replace")[()]
    return str(read if isinstance(read, str) else read.ravel()[0]).strip()
