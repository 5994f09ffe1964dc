"""What an NWB file refers to that is not in it, by a walk over its HDF5: places of data, links, media.

The dandi package sees external links only, and media in a few places only.
"""

# Names stay as they were scanned: strings, never resolved.

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dandifile.survey.nwb.remarks import Reason

if TYPE_CHECKING:
    import h5py


_TYPE = b"neurodata_type"
_MOST = 100_000  # references that are tried, of one dataset
_HERE = "."  # how a virtual dataset names its own file
SERIES, PICTURE = "external_file", "data"
"""The fields that refer to media: ImageSeries.external_file and ExternalImage.data."""


@dataclass(frozen=True)
class OutsideData:
    """Something at `place` whose data is in the file `target`, by that name.

    `way` is how: link, storage (external) or virtual (a virtual dataset).
    """

    place: str
    way: str
    target: str


@dataclass(frozen=True)
class Media:
    """The dataset at `place` refers to `names`; `object_id` is that of the object, "" where it has none."""

    place: str
    field: str
    object_id: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class References:
    outside: tuple[OutsideData, ...] = ()
    dangling: tuple[tuple[str, str], ...] = ()  # soft links with the places that do not exist
    media: tuple[Media, ...] = ()
    empty: tuple[str, ...] = ()  # datasets without a value: their dataspace is NULL

    @property
    def names(self) -> list[str]:
        """All media files that it refers to, sorted; some writers put an empty text where there is none."""
        return sorted({name for item in self.media for name in item.names if name.strip()})


def references_of(path: str) -> References | None:
    """None where the file's HDF5 cannot be walked through: the tools that read it say more."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return references_in(file)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError):
        return None


def references_in(file: h5py.File) -> References:
    """Every object once, whatever links lead to it; nothing outside the file is opened."""
    from h5py import h5d, h5l, h5o, h5s

    outside: list[OutsideData] = []
    dangling: list[tuple[str, str]] = []
    media: list[Media] = []
    empty: list[str] = []
    for name, kind in _links(file):
        place = _text(name)
        if kind == h5l.TYPE_HARD:
            found = h5o.open(file.id, name)
            outside += _outside_data(found, place)
            media += _media(file, found, place)
            if isinstance(found, h5d.DatasetID) and found.get_space().get_simple_extent_type() == h5s.NULL:
                empty.append(place)
        elif kind == h5l.TYPE_SOFT:
            if not _has_target(file, name):
                dangling.append((place, _text(file.id.links.get_val(name))))
        else:  # a user-defined link can lead only elsewhere
            value = file.id.links.get_val(name) if kind == h5l.TYPE_EXTERNAL else (b"another place",)
            outside.append(OutsideData(place, "link", _text(value[0])))
    return References(tuple(outside), tuple(dangling), tuple(media), tuple(empty))


def _has_target(file: h5py.File, name: bytes) -> bool:
    from h5py import h5o

    try:
        return bool(h5o.exists_by_name(file.id, name))
    except (KeyError, RuntimeError):  # not even the group that it leads to, or it leads to itself
        return False


def _links(file: h5py.File) -> list[tuple[bytes, int]]:
    links: list[tuple[bytes, int]] = []

    def visit(name: bytes, info: Any) -> None:
        links.append((name, info.type))

    file.id.links.visit(visit, info=True)
    return links


def _outside_data(found: Any, place: str) -> Iterator[OutsideData]:
    """The files that a dataset's data is in, each once; a virtual dataset may be of its own file's data."""
    from h5py import h5d

    if not isinstance(found, h5d.DatasetID):
        return
    made = found.get_create_plist()
    layout = made.get_layout()
    if layout == h5d.CONTIGUOUS:
        stored = (made.get_external(number)[0] for number in range(made.get_external_count()))
        yield from (OutsideData(place, "storage", target) for target in _each(stored))
    elif layout == h5d.VIRTUAL:
        sources = (made.get_virtual_filename(number) for number in range(made.get_virtual_count()))
        yield from (OutsideData(place, "virtual", target) for target in _each(sources) if target != _HERE)


def _each(names: Iterable[bytes | str]) -> dict[str, None]:
    return dict.fromkeys(map(_text, names))


def _media(file: h5py.File, found: Any, place: str) -> Iterator[Media]:
    import h5py
    from h5py import h5a, h5d

    if not isinstance(found, h5d.DatasetID):
        return
    if place.rpartition("/")[2] == SERIES:
        owner, field = file[place].parent, SERIES
        told = "neurodata_type" in owner.attrs
    elif h5a.exists(found, _TYPE):
        owner, field = h5py.Dataset(found), PICTURE
        told = _text(owner.attrs["neurodata_type"]) == "ExternalImage"
    else:
        return
    names = _texts(h5py.Dataset(found)) if told else ()
    if names:
        yield Media(place, field, _text(owner.attrs.get("object_id", "")), names)


def _texts(dataset: h5py.Dataset) -> tuple[str, ...]:
    import h5py

    if h5py.check_string_dtype(dataset.dtype) is None or dataset.shape is None:
        return ()
    read = dataset.asstr(errors="replace")[()]
    return (read,) if isinstance(read, str) else tuple(map(str, read.ravel()))


def _text(said: Any) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def missing_filters(path: str) -> list[tuple[str, str]]:
    """Datasets that this machine cannot unpack, each with the first filter of HDF5 that it would need.

    Nothing where the file cannot be walked through: it has other faults then.
    """
    import h5py
    from h5py import h5z

    missing: list[tuple[str, str]] = []

    def visit(name: str, item: Any) -> None:
        if not isinstance(item, h5py.Dataset):
            return
        made = item.id.get_create_plist()
        used = (made.get_filter(number) for number in range(made.get_nfilters()))
        lacking = [(code, label) for code, _, _, label in used if not h5z.filter_avail(code)]
        for code, label in lacking[:1]:
            said = re.split("[:;]", _text(label))[0].strip()
            missing.append((name, f"filter {code} of HDF5{f' ({said})' if said else ''}"))

    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError):
        return []
    return missing


def dead_references(path: str) -> list[str]:
    """Where a file refers to objects that are not in it any more: datasets, and attributes of objects."""
    import h5py

    dead: list[str] = []

    def visit(name: str, item: Any) -> None:
        for key, value in item.attrs.items():
            if isinstance(value, h5py.Reference) and _is_dead(item.file, value):
                dead.append(f"{key} of {name}")
        is_dataset = isinstance(item, h5py.Dataset) and bool(h5py.check_ref_dtype(item.dtype))
        if is_dataset and item.size and item.size <= _MOST:
            references = item[()].ravel().tolist() if item.shape else [item[()]]
            if any(_is_dead(item.file, each) for each in references):
                dead.append(name)

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return dead


def _is_dead(file: h5py.File, reference: Any) -> bool:
    try:
        return file[reference].name is None  # deleted, but not overwritten yet
    except (ValueError, KeyError, RuntimeError, OSError):
        return True


_WAYS = {
    "link": "is a link to",
    "storage": "is kept in",
    "virtual": "is put together from",
}


def why_incomplete(inside: References) -> Reason | None:
    """Why a file cannot be uploaded for what it refers to: data in other files, links to nothing."""
    if inside.outside:
        first = inside.outside[0]
        others = len({item.place for item in inside.outside}) - 1
        more = f" (and {others} more like it)" if others else ""
        return (
            f"{first.place} {_WAYS[first.way]} {first.target}, which the archive does not get{more}",
            "write the data into the file",
        )
    if inside.dangling:
        place, target = inside.dangling[0]
        more = f" (and {len(inside.dangling) - 1} more like it)" if len(inside.dangling) > 1 else ""
        return (
            f"{place} is a link to {target}, and there is nothing in the file{more}",
            "delete the link, or write what it leads to",
        )
    return None
