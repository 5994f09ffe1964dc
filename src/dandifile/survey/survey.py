"""The survey: from the folders that a spec names to `model.Local`.

Scan, digest, extract, name, validate, in this order and each for as few files as it can be:
content that is on the draft already is neither read nor validated again.
"""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH118

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dandifile.globs import is_match
from dandifile.model import Finding, JsonObject, Local, LocalAsset, Location, Record, Spec
from dandifile.survey import alike, checks
from dandifile.survey.asset_metadata import date_of, metadata_by_name
from dandifile.survey.bids_stages import bids_entities, with_entities
from dandifile.survey.layout import Content, Draft, assign, is_organized
from dandifile.survey.left_out import left_out
from dandifile.survey.locations import locations
from dandifile.survey.manifest import Line
from dandifile.survey.past import gone_assets
from dandifile.survey.scan import NWB, ZARR
from dandifile.survey.seen import see
from dandifile.survey.stages import Extracts, Known, Runner, acquainted, extracted, inspected, labelled

UNREAD = "dandifile.metadata_not_refreshed"


def survey(  # noqa: PLR0913  # all that it depends on, and two independent wishes
    spec: Spec,
    run: Runner,
    *,
    known: Known,
    record: Record,
    listed: Sequence[Line] = (),
    rename: bool = False,
    refresh: bool = False,
) -> Local:
    """Looks at everything that `spec.paths` names, without writing anything.

    `listed` is the data manifest. `rename` names also what is on the draft anew; `refresh` extracts
    metadata also of what is on the draft as it is. A file that cannot be an asset is refused,
    data that is not on this machine is absent: nothing about the data is an error.
    """
    seen = see(spec, run, record, listed)
    extracts = inspected([c for c in seen.contents if c.digest not in known], spec.vocabulary, run)
    if rename:
        extracts |= extracted(
            [c for c in seen.contents if c.digest in known and is_organized(c.file)], spec.vocabulary, run
        )
    past, (contents, unreadable) = seen.past, labelled(seen.contents, extracts, known)
    paths, unnamed = assign(contents, Draft(known, past.record, past.reserved), rename=rename)
    warned = alike.warnings(acquainted(contents, paths, known, spec.vocabulary, run), paths, known)
    named = [(content, paths[content.source]) for content in contents if content.source in paths]
    described = [content for content, path in named if refresh or _needs_metadata(content, path, spec, known)]
    extracts |= extracted([c for c in described if c.digest not in extracts.outputs], spec.vocabulary, run)
    entities = bids_entities(seen.contents, described, run)
    metadata = {content.source: _metadata(content, extracts, entities) for content in described}
    new = [content for content, _ in named if content.digest not in known]
    away = [os.path.join(spec.root, source) for source in (*seen.absent, *(p.source for p in past.pending))]
    found = checks.checked(seen.contents, new, extracts, run, paths, [*map(os.path.abspath, away)])
    found = _together(found, warned, _not_described(described, extracts))
    assets = [
        _asset(content, path, metadata.get(content.source), found.get(content.source, ()), known)
        for content, path in named
    ]
    if spec.regions.from_nwb:
        assets = _placed(assets, locations([content.file for content, _ in named], spec.vocabulary, run))
    return Local(
        assets=tuple(sorted(assets, key=lambda asset: asset.path)),
        gone=gone_assets(past.record, past.gone, set(paths.values())),
        pending=past.pending,
        refused=tuple(sorted((*seen.refused, *unreadable, *unnamed), key=lambda refusal: refusal.source)),
        absent=seen.absent,
        skipped=left_out(seen.skipped, seen.contents, extracts.outputs),
        notes=seen.notes,
    )


def _needs_metadata(content: Content, path: str, spec: Spec, known: Known) -> bool:
    """Whether an asset is new at its path, or a declared null asks for the extracted value back."""
    return path not in known.get(content.digest, ()) or any(
        None in overlay.metadata.values() and is_match(overlay.match, path) for overlay in spec.overlays
    )


def _together(*found: Mapping[str, tuple[Finding, ...]]) -> dict[str, tuple[Finding, ...]]:
    """Findings by source, from several looks."""
    sources = {source for each in found for source in each}
    return {source: tuple(one for each in found for one in each.get(source, ())) for source in sources}


def _not_described(described: Iterable[Content], extracts: Extracts) -> dict[str, tuple[Finding, ...]]:
    """Content of the draft that keeps its metadata, since new ones were asked for and cannot be made."""
    return {
        content.source: (
            Finding(
                content.source,
                UNREAD,
                "a file that is on the draft keeps the metadata that it has there, since none can be made "
                "of it now: {} ({})".format(*extracts.failures[content.digest]),
                None,
            ),
        )
        for content in described
        if content.digest in extracts.failures
    }


def _metadata(content: Content, extracts: Extracts, entities: Mapping[str, JsonObject]) -> JsonObject | None:
    if content.file.form == ZARR:
        metadata = metadata_by_name(content.file.below, "application/x-zarr")
    elif content.file.form != NWB:
        metadata = metadata_by_name(content.file.below)
    elif content.digest in extracts.outputs:
        metadata = extracts.outputs[content.digest]["metadata"]
    else:
        return None
    return with_entities(content, metadata, entities) | {"blobDateModified": date_of(content.file.mtime_ns)}


def _asset(
    content: Content, path: str, metadata: JsonObject | None, found: tuple[Finding, ...], known: Known
) -> LocalAsset:
    """A path is judged like content: only where the draft does not have it."""
    if path not in known.get(content.digest, ()):
        found += checks.of_path(content, path)
    return LocalAsset(path, content.source, content.file.size, content.digest, metadata, found)


def _placed(
    assets: Iterable[LocalAsset], places: Mapping[str, tuple[Location, ...] | None]
) -> list[LocalAsset]:
    return [replace(asset, locations=places.get(asset.source)) for asset in assets]
