"""References of NWB files to media files, wherever they are, rewritten to the dandi package's names.

The dandi package itself rewrites the references of image series in a few places only.
"""

from __future__ import annotations

import posixpath
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from dandifile.errors import DataError
from dandifile.survey.media import is_url
from dandifile.survey.nwb.references import Media, references_in
from dandifile.survey.task import silence_packages

if TYPE_CHECKING:
    import h5py

_OF_POSES = "original_videos"  # of ndx-pose: the same names as in the series that the poses are of


def rewrite(file: Path, path: str) -> dict[str, str]:
    """Names the media files of the NWB file for its place `path` in a tree; old reference → new.

    The new ones are `<name of the NWB file>/<object id>_external_file_<n>.<ext>`, from the
    folder of `path`. URLs stay as they are. Of several spellings of one file the result has
    the first. Raises DataError where a reference would be lost.
    """
    with _of_this_file():
        import h5py

        with h5py.File(file, "r+") as nwb:
            renamed = _new_names(references_in(nwb).media, path)
            _write(nwb, renamed)
    unique = {new: old for old, new in reversed(renamed.items())}
    return {old: new for new, old in unique.items()}


def restore(file: Path, references: Mapping[str, str]) -> None:
    """Undoes `rewrite`: what it returned is old → new."""
    with _of_this_file():
        import h5py

        with h5py.File(file, "r+") as nwb:
            _write(nwb, {new: old for old, new in references.items()})


def _new_names(media: Iterable[Media], path: str) -> dict[str, str]:
    """Old reference → new. A file that is referred to several times has its first name everywhere."""
    renamed: dict[str, str] = {}
    by_file: dict[str, str] = {}
    for item in media:
        for old, new in zip(item.names, _names(item, path), strict=True):
            if old.strip() and not is_url(old):
                renamed[old] = by_file.setdefault(posixpath.normpath(old), new)
    return renamed


def _names(item: Media, path: str) -> list[str]:
    """What the dandi package would call the media files of one object."""
    with silence_packages():
        from dandi.organize import _create_external_file_names

        files = [PurePosixPath(name) for name in item.names]
        told = {"id": item.object_id or _stable_id(item), "external_files": files}
        [named] = _create_external_file_names([{"dandi_path": path, "external_file_objects": [told]}])
    return [str(name) for name in named["external_file_objects"][0]["external_files_renamed"]]


def _stable_id(item: Media) -> str:
    """For objects of files that are older than NWB 2.1, which have none."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, item.place))


def _write(nwb: h5py.File, renamed: Mapping[str, str]) -> None:
    """Puts the new names into the file, and looks whether they all arrived."""
    places = [item.place for item in references_in(nwb).media]
    for place in (*places, *_places_of_poses(nwb)):
        _rename(nwb, place, renamed)
    there = {name for item in references_in(nwb).media for name in item.names}
    if not set(renamed.values()) <= there:
        raise DataError(
            "its references to media files could not be rewritten", fix="write the file with the new names"
        )


def _rename(nwb: h5py.File, place: str, renamed: Mapping[str, str]) -> None:
    import h5py

    dataset = nwb[place]
    read = dataset.asstr()[()]
    names = renamed.get(read, read) if isinstance(read, str) else _each(read, renamed)
    if h5py.check_string_dtype(dataset.dtype).length is None:
        dataset[()] = names
    else:  # texts of a fixed length, as MATLAB writes them, would cut the new names off
        attributes = dict(dataset.attrs)
        del nwb[place]
        made = nwb.create_dataset(place, data=names, dtype=h5py.string_dtype())
        made.attrs.update(attributes)


def _each(names: Any, renamed: Mapping[str, str]) -> Any:
    import numpy as np

    return np.array([renamed.get(str(name), str(name)) for name in names.ravel()], object).reshape(
        names.shape
    )


def _places_of_poses(nwb: h5py.File) -> list[str]:
    import h5py

    found: list[str] = []

    def visit(name: str, item: Any) -> None:
        is_text = isinstance(item, h5py.Dataset) and h5py.check_string_dtype(item.dtype) is not None
        if is_text and name.rpartition("/")[2] == _OF_POSES and item.shape is not None:
            found.append(name)

    nwb.visititems(visit)
    return found


@contextmanager
def _of_this_file() -> Iterator[None]:
    """Whatever the packages raise is about this one file."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(
            f"its references to media files cannot be rewritten: {reason}",
            fix="write the file again with a current pynwb",
        ) from error
