"""NWB in a Zarr, as hdmf-zarr writes it: a quick look at what it says, and its links to other Zarrs.

It needs no hdmf-zarr.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dandifile.errors import UserError
from dandifile.model import Json, JsonObject
from dandifile.reading.files import SPEC_LIMIT, read_bytes
from dandifile.reading.jsontext import NotJsonError, parse_json
from dandifile.survey.nwb.glimpse import PLACES, glimpse_of_texts, is_somewhere
from dandifile.survey.nwb.references import OutsideData, References, why_incomplete
from dandifile.survey.scanned_file import Glimpse
from dandifile.survey.zarr.checksum import DEEPEST

OUTSIDE = "nwb.data_outside"
"""The check that finds links to data in another Zarr."""


def glimpse_zarr(path: str) -> Glimpse | None:
    """What the Zarr at `path` says; None where it is not NWB. What cannot be read says nothing.

    zarr-python 3 reads no byte texts of version 2, which is how times are written.
    """
    root = Path(path)
    if _json_of(root / ".zattrs").get("neurodata_type") != "NWBFile":
        return None
    return replace(
        glimpse_of_texts(lambda place: _texts(root / place), _locations(root / "general")), in_zarr=True
    )


def _locations(general: Path) -> Iterator[str]:
    for place in PLACES:
        groups = sorted(found.parent for found in (general / place).glob("*/.zgroup"))
        said = [text for group in groups for text in _texts(group / "location") if is_somewhere(text)]
        of_groups = (str(_json_of(group / ".zattrs").get("location", "")).strip() for group in groups)
        yield from said or filter(is_somewhere, of_groups)


def _texts(array: Path) -> tuple[str, ...]:
    """The different texts of an array, in their order; nothing that would have to be unpickled."""
    filters = [each.get("id") for each in _json_of(array / ".zarray").get("filters") or ()]
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


def data_outside(root: Path) -> Iterator[JsonObject]:
    """Links of NWB to another Zarr, as hdmf-zarr writes them; the dandi package does not look at them."""
    outside = tuple(_outside_references(root, "", 1))
    reason = why_incomplete(References(outside))
    if reason:
        message = f"{reason[0]} ({reason[1]})"
        yield {"check": OUTSIDE, "message": message, "severity": "error", "within": outside[0].place}


def _outside_references(folder: Path, place: str, depth: int) -> Iterator[OutsideData]:
    """What the attributes of a group and of all below it refer to in other Zarrs; chunks are passed over."""
    node = _json_of(folder / "zarr.json")  # of version 3
    attributes = node.get("attributes") if node else _json_of(folder / ".zattrs")
    for name, source in _references(attributes if isinstance(attributes, dict) else {}):
        if posixpath.normpath(source) != ".":  # this is how a Zarr names itself
            yield OutsideData(posixpath.join(place, name), "link", source)
    if depth == DEEPEST or node.get("node_type") == "array" or (folder / ".zarray").exists():
        return
    for below in sorted(folder.iterdir()):
        if below.is_dir():
            yield from _outside_references(below, posixpath.join(place, below.name), depth + 1)


def _references(attributes: JsonObject) -> Iterator[tuple[str, str]]:
    """(the name of a link or an attribute, the Zarr that it refers to)."""
    links = attributes.get("zarr_link")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and (source := _source(link)):
            yield str(link.get("name")), source
    for name, value in attributes.items():
        said = value.get("value") if isinstance(value, dict) and value.get("zarr_dtype") == "object" else None
        for reference in said if isinstance(said, list) else [said]:
            if isinstance(reference, dict) and (source := _source(reference)):
                yield name, source


def _source(reference: JsonObject) -> str:
    """The Zarr that a reference is to; one that names none names a whole Zarr by its path."""
    source: Json = reference.get("source")
    return str((reference.get("path") if source is None else source) or "")


def _json_of(file: Path) -> JsonObject:
    """What a file of a Zarr's metadata says; {} where it is not there or cannot be read."""
    try:
        found = parse_json(read_bytes(file, "it", SPEC_LIMIT))
    except (UserError, NotJsonError):
        return {}
    return found if isinstance(found, dict) else {}
