"""References of NWB files to media files, rewritten by the dandi package's own functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from dandifile.errors import DataError
from dandifile.survey.media import is_url
from dandifile.survey.quiet import quiet


def rewrite(file: Path, path: str) -> dict[str, str]:
    """Names the media files of the NWB file for its place `path` in a tree; old reference → new.

    The new ones are `<name of the NWB file>/<object id>_external_file_<n>.<ext>`, from the
    folder of `path`. Raises DataError where a reference would be lost.
    """
    from dandi.organize import _create_external_file_names

    objects = [item for item in _objects(file) if not all(map(_is_url, item["external_files"]))]
    if any(_is_url(name) for item in objects for name in item["external_files"]):
        raise DataError(
            "one of its image series refers to files and to URLs", fix="let it refer to one of the two"
        )
    [named] = _create_external_file_names([{"dandi_path": path, "external_file_objects": objects}])
    return _renamed(file, named["external_file_objects"])


def restore(file: Path, references: Mapping[str, str]) -> None:
    """Undoes `rewrite`: what it returned is old → new."""
    old = {new: name for name, new in references.items()}
    objects = [item for item in _objects(file) if any(str(name) in old for name in item["external_files"])]
    for item in objects:
        item["external_files_renamed"] = [old.get(str(name), str(name)) for name in item["external_files"]]
    _renamed(file, objects)


def _renamed(file: Path, objects: list[dict[str, Any]]) -> dict[str, str]:
    """Writes the new names into the file, and looks whether they all arrived."""
    from dandi.pynwb_utils import rename_nwb_external_files

    meta = {"path": str(file), "dandi_path": file.name, "external_file_objects": objects}
    with _of_this_file(), quiet():
        rename_nwb_external_files([meta], str(file.parent))
    renamed = {
        str(old): str(new)
        for item in objects
        for old, new in zip(item["external_files"], item["external_files_renamed"], strict=True)
    }
    there = {str(name) for item in _objects(file) for name in item["external_files"]}
    if not set(renamed.values()) <= there:
        raise DataError(
            "its references to media files could not be rewritten", fix="write the file with the new names"
        )
    return renamed


def _objects(file: Path) -> list[dict[str, Any]]:
    """The objects of an NWB file that refer to media files, as the dandi package describes them."""
    from dandi.metadata.nwb import get_metadata

    with _of_this_file(), quiet():
        return list(get_metadata(file)["external_file_objects"])


@contextmanager
def _of_this_file() -> Iterator[None]:
    """Whatever the packages raise is about this one file."""
    try:
        yield
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(
            f"its references to media files cannot be rewritten: {reason}",
            fix="write the file again with a current pynwb",
        ) from error


def _is_url(name: PurePosixPath) -> bool:
    return is_url(str(name))
