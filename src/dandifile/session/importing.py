"""A spec of a dandiset that exists: what an archive or an export says of it, as a dandiset.yaml."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from dandifile.importing.document import Imported, import_document
from dandifile.importing.paths import ImportedPaths, paths_to_pull
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


def import_spec(source: ImportSource, paths: ImportedPaths | None = None) -> ImportedSpec:
    """The spec of a source. Without `paths` they are a folder into which `dandifile pull` puts the assets."""
    found = import_document(source.document, source.licenses)
    paths = paths or paths_to_pull(_listed(source))
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
        yield f"Not declared, so it stays as it is on the archive: {each.field}, because {each.why}."


def _remarks(found: Imported) -> dict[KeyPath, list[str]]:
    remarks: dict[KeyPath, list[str]] = defaultdict(list)
    for each in found.remarks:
        remarks[each.path].append(f"Odd: {each.what}.")
    return remarks
