"""What an NWB file needs or names outside itself, by a walk over its HDF5: data, links, media, filters.

The dandi package sees external links only, and media in a few places only.
"""

# Names of media stay as they were scanned: strings, never resolved.

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dandifile.survey.nwb.remarks import Defect, and_more

if TYPE_CHECKING:
    import h5py

SERIES, PICTURE = "external_file", "data"
"""The fields that refer to media: ImageSeries.external_file and ExternalImage.data."""

_TYPE = b"neurodata_type"
_MOST_REFERENCES = 100_000  # that are followed, of one dataset
_THIS_FILE = "."  # how a virtual dataset names its own file
_WAYS = {
    "link": "is an external link to",
    "storage": "has its data in",
    "virtual": "is a virtual dataset with data from",
}
_EXPORT = "pynwb: `NWBHDF5IO.export` with `write_args={'link_data': False}`"
_FIXES = {
    "link": f"write the data into the file ({_EXPORT})",
    "storage": "read the data as an array, and write the array into the file",
    "virtual": "read the data as an array, and write the array into the file",
}


@dataclass(frozen=True)
class OutsideData:
    """The object at `place` has data in the file `target`, by that name.

    `way` is how: link, storage (external) or virtual (a virtual dataset).
    """

    place: str
    way: str
    target: str


@dataclass(frozen=True)
class Media:
    """The dataset at `place` refers to `names`; `object_id` is that of the object, or ""."""

    place: str
    field: str
    object_id: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class FileReferences:
    """All that a file refers to, and its datasets without a value."""

    outside: tuple[OutsideData, ...] = ()
    dangling: tuple[tuple[str, str], ...] = ()  # soft links, with the targets that do not exist
    media: tuple[Media, ...] = ()
    empty: tuple[str, ...] = ()  # datasets with a NULL dataspace

    @property
    def media_names(self) -> list[str]:
        """All media files, sorted; some writers put an empty text if there is no file."""
        return sorted({name for item in self.media for name in item.names if name.strip()})


def references_of(path: str) -> FileReferences | None:
    """None if the file's HDF5 cannot be walked through: the tools that read it say more."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return references_in(file)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError):
        return None


def references_in(file: h5py.File) -> FileReferences:
    """Looks at every object once, however many links lead to it, and opens no other file."""
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
        else:  # a user-defined link can only lead elsewhere
            value = file.id.links.get_val(name) if kind == h5l.TYPE_EXTERNAL else (b"another place",)
            outside.append(OutsideData(place, "link", _text(value[0])))
    return FileReferences(tuple(outside), tuple(dangling), tuple(media), tuple(empty))


def why_incomplete(references: FileReferences) -> Defect | None:
    """Why a file cannot be uploaded alone: its data is in other files, or its links lead to nothing."""
    if references.outside:
        first = references.outside[0]
        others = len({item.place for item in references.outside}) - 1
        return Defect(
            f"{first.place} {_WAYS[first.way]} {first.target}, which is not uploaded with it"
            f"{and_more(others)}",
            _FIXES[first.way],
        )
    if references.dangling:
        place, target = references.dangling[0]
        others = len(references.dangling) - 1
        return Defect(
            f"{place} is a link to {target}, which does not exist in the file{and_more(others)}",
            "delete the link, or write the object that it should lead to",
        )
    return None


def missing_filters(path: str) -> list[tuple[str, str]]:
    """Datasets that this machine cannot decompress, each with the first HDF5 filter that it lacks.

    None of a file that cannot be walked through: it has other defects.
    """
    import h5py
    from h5py import h5z

    missing: list[tuple[str, str]] = []

    def visit(name: str, item: Any) -> None:
        if not isinstance(item, h5py.Dataset):
            return
        created = item.id.get_create_plist()
        used = (created.get_filter(number) for number in range(created.get_nfilters()))
        lacking = [(code, label) for code, _, _, label in used if not h5z.filter_avail(code)]
        for code, label in lacking[:1]:
            title = re.split("[:;]", _text(label))[0].strip()
            missing.append((name, f"HDF5 filter {code}{f' ({title})' if title else ''}"))

    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError):
        return []
    return missing


def dead_references(path: str) -> list[str]:
    """Datasets, and attributes of objects, that refer to objects which are no longer in the file."""
    import h5py

    dead: list[str] = []

    def visit(name: str, item: Any) -> None:
        for key, value in item.attrs.items():
            if isinstance(value, h5py.Reference) and _is_dead(item.file, value):
                dead.append(f"{key} of {name}")
        holds_references = isinstance(item, h5py.Dataset) and bool(h5py.check_ref_dtype(item.dtype))
        if holds_references and item.size and item.size <= _MOST_REFERENCES:
            values = item[()].ravel().tolist() if item.shape else [item[()]]
            if any(_is_dead(item.file, each) for each in values):
                dead.append(name)

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return dead


def _is_dead(file: h5py.File, reference: Any) -> bool:
    try:
        return file[reference].name is None  # deleted, but not overwritten yet
    except (ValueError, KeyError, RuntimeError, OSError):
        return True


def _links(file: h5py.File) -> list[tuple[bytes, int]]:
    links: list[tuple[bytes, int]] = []

    def visit(name: bytes, info: Any) -> None:
        links.append((name, info.type))

    file.id.links.visit(visit, info=True)
    return links


def _has_target(file: h5py.File, name: bytes) -> bool:
    from h5py import h5o

    try:
        return bool(h5o.exists_by_name(file.id, name))
    except (KeyError, RuntimeError):  # the target's group is missing too, or the link leads to itself
        return False


def _outside_data(found: Any, place: str) -> Iterator[OutsideData]:
    """The files that hold a dataset's data, each once; a virtual dataset may use its own file's data."""
    from h5py import h5d

    if not isinstance(found, h5d.DatasetID):
        return
    created = found.get_create_plist()
    layout = created.get_layout()
    if layout == h5d.CONTIGUOUS:
        stored = (created.get_external(number)[0] for number in range(created.get_external_count()))
        yield from (OutsideData(place, "storage", target) for target in _unique_texts(stored))
    elif layout == h5d.VIRTUAL:
        sources = (created.get_virtual_filename(number) for number in range(created.get_virtual_count()))
        targets = (target for target in _unique_texts(sources) if target != _THIS_FILE)
        yield from (OutsideData(place, "virtual", target) for target in targets)


def _media(file: h5py.File, found: Any, place: str) -> Iterator[Media]:
    import h5py
    from h5py import h5a, h5d

    if not isinstance(found, h5d.DatasetID):
        return
    if place.rpartition("/")[2] == SERIES:
        owner, field = file[place].parent, SERIES
        is_reference = "neurodata_type" in owner.attrs
    elif h5a.exists(found, _TYPE):
        owner, field = h5py.Dataset(found), PICTURE
        is_reference = _text(owner.attrs["neurodata_type"]) == "ExternalImage"
    else:
        return
    names = _texts(h5py.Dataset(found)) if is_reference else ()
    if names:
        yield Media(place, field, _text(owner.attrs.get("object_id", "")), names)


def _texts(dataset: h5py.Dataset) -> tuple[str, ...]:
    import h5py

    if h5py.check_string_dtype(dataset.dtype) is None or dataset.shape is None:
        return ()
    read = dataset.asstr(errors="replace")[()]
    return (read,) if isinstance(read, str) else tuple(map(str, read.ravel()))


def _unique_texts(names: Iterable[bytes | str]) -> dict[str, None]:
    return dict.fromkeys(map(_text, names))


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
