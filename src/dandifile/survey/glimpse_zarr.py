"""The same quick look as `glimpse`, into NWB that hdmf-zarr wrote as a Zarr. It needs no hdmf-zarr."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dandifile.errors import UserError
from dandifile.model import JsonObject
from dandifile.reading.files import SPEC_LIMIT, read_bytes
from dandifile.reading.jsontext import NotJsonError, parse_json
from dandifile.survey.glimpse import PLACES, Glimpse, described, somewhere


def glimpse_zarr(path: str) -> Glimpse | None:
    """What the Zarr at `path` says; None where it is no NWB. What cannot be read says nothing.

    zarr-python 3 reads no byte texts of version 2, which is how times are written.
    """
    root = Path(path)
    if json_of(root / ".zattrs").get("neurodata_type") != "NWBFile":
        return None
    return replace(described(lambda place: _texts(root / place), _locations(root / "general")), in_zarr=True)


def _locations(general: Path) -> Iterator[str]:
    for place in PLACES:
        groups = sorted(found.parent for found in (general / place).glob("*/.zgroup"))
        said = [text for group in groups for text in _texts(group / "location") if somewhere(text)]
        of_groups = (str(json_of(group / ".zattrs").get("location", "")).strip() for group in groups)
        yield from said or filter(somewhere, of_groups)


def _texts(array: Path) -> tuple[str, ...]:
    """The different texts of an array, in their order; nothing that would have to be unpickled."""
    filters = [each.get("id") for each in json_of(array / ".zarray").get("filters") or ()]
    if filters not in (["vlen-utf8"], ["vlen-bytes"]):
        return ()
    import numpy as np
    import zarr

    try:
        read = np.asarray(zarr.open_array(str(array), mode="r")[...])
    except Exception:  # noqa: BLE001  # whatever stops it: it says nothing that can be read
        return ()
    texts = [
        text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) for text in read.ravel()
    ]
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def json_of(file: Path) -> JsonObject:
    """What a file of a Zarr's metadata says; {} where it is not there or cannot be read."""
    try:
        found = parse_json(read_bytes(file, "it", SPEC_LIMIT))
    except (UserError, NotJsonError):
        return {}
    return found if isinstance(found, dict) else {}
