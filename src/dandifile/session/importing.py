"""A spec of a dandiset that exists: what an archive or an export says of it, as a dandiset.yaml."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from dandifile.importing.document import Imported, import_document
from dandifile.importing.paths import FOLDER, ImportedPaths, paths_to_pull
from dandifile.importing.repairs import Repair, repair
from dandifile.importing.text import spec_text
from dandifile.model import JsonObject, RemoteAsset
from dandifile.reading.document import KeyPath
from dandifile.session.import_source import ImportSource


@dataclass(frozen=True)
class ImportedSpec:
    """The spec's values in their order, the text of its file, and what in it is odd or not declared."""

    source: ImportSource
    values: JsonObject
    text: str
    found: Imported
    paths: ImportedPaths = field(default_factory=lambda: ImportedPaths(()))
    repairs: tuple[Repair, ...] = ()

    def repaired(self) -> ImportedSpec:
        """The same spec without what is surely wrong; `repairs` say what that was."""
        document, done = repair(self.source.document)
        return replace(_spec_of(document, self.source, self.paths), repairs=done)


def import_spec(
    source: ImportSource, paths: ImportedPaths | None = None, folder: str = FOLDER
) -> ImportedSpec:
    """The spec of a source. Without `paths`, `dandifile pull` puts the assets into `folder`."""
    return _spec_of(source.document, source, paths or paths_to_pull(_listed(source), folder))


def free_folder(file: Path) -> str:
    """A name for a folder next to a new spec in `file` that holds no files yet: they would become assets."""
    if file.exists():  # it has a folder already
        return FOLDER
    names = (f"{FOLDER}-{number}" if number else FOLDER for number in itertools.count())
    return next(name for name in names if not _has_something(file.parent / name))


def _has_something(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return False
    except OSError:  # a file, or a folder that cannot be read
        return True


def _spec_of(document: JsonObject, source: ImportSource, paths: ImportedPaths) -> ImportedSpec:
    found = import_document(document, source.licenses)
    values: JsonObject = {
        "dandifile": 1,
        "instance": source.instance,
        **({"identifier": source.identifier} if source.identifier else {}),
        **found.values,
        **({"embargo": source.embargo} if source.embargo is not None else {}),
        **({"owners": source.owners} if source.owners is not None else {}),
        **({"paths": list(paths.entries)} if paths.entries else {}),
    }
    return ImportedSpec(
        source, values, spec_text(_head(source, found), values, _remarks(found)), found, paths
    )


def _listed(source: ImportSource) -> dict[str, RemoteAsset]:
    """The assets of the version by path; their digests do not matter here, so no document is read."""
    if source.on_archive is None:
        return {}
    return {
        asset.path: RemoteAsset(asset.asset_id, asset.path, asset.size, "", asset.blob, asset.zarr)
        for asset in source.on_archive.listed_assets()
    }


def _head(source: ImportSource, found: Imported) -> Iterator[str]:
    yield f"Imported from {source.shown}."
    for each in found.undeclared:
        why = each.why.rstrip(".")
        yield f"Not declared, so it stays as it is on the archive: {each.field}, because {why}."


def _remarks(found: Imported) -> dict[KeyPath, list[str]]:
    remarks: dict[KeyPath, list[str]] = defaultdict(list)
    for each in found.remarks:
        remarks[each.path].append(f"Odd: {each.what.rstrip('.')}.")
    return remarks
