"""Two versions of a dandiset, compared: what changed since the last published one, or between any two."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from dandifile.archive.listing import DRAFT, TRIES, ListingChangedError
from dandifile.archive.reader import Reader
from dandifile.archive.versions import VersionReader, find_version, last_published, list_versions
from dandifile.comparison.compare import compare
from dandifile.errors import UserError
from dandifile.model import Comparison, Version


def changes_since_publication(reader: Reader) -> Comparison:
    """The draft, compared with the last published version; with nothing, where there is none."""
    versions = list_versions(reader)
    last = last_published(versions)
    before = find_version(reader, versions, last.version) if last else None
    return _compared(reader, before, find_version(reader, versions, DRAFT), ())


def compare_versions(reader: Reader, names: Sequence[str] = (), paths: Sequence[str] = ()) -> Comparison:
    """What differs between two versions; between one and the draft; without names, as `diff` has it.

    `paths` are globs: only assets that match one are compared. UserError for a version that is not there, and
    without names for a dandiset that was never published.
    """
    versions = list_versions(reader)
    before, after = [*names, DRAFT][:2] if names else [_last_published(reader, versions), DRAFT]
    return _compared(
        reader, find_version(reader, versions, before), find_version(reader, versions, after), paths
    )


def _last_published(reader: Reader, versions: list[Version]) -> str:
    last = last_published(versions)
    if last is None:
        raise UserError(
            f"dandiset {reader.identifier} has no published version to compare the draft with",
            fix="run `dandifile status` for what is missing before it can be published",
        )
    return last.version


def _compared(
    reader: Reader, before: VersionReader | None, after: VersionReader, paths: Sequence[str]
) -> Comparison:
    """The comparison, made again where the draft is written to meanwhile."""
    assert reader.identifier is not None, "a version was found"
    for _ in range(TRIES - 1):
        with suppress(ListingChangedError):
            return compare(reader.identifier, reader.instance.name, before, after, paths)
    return compare(reader.identifier, reader.instance.name, before, after, paths)
