"""The survey: from the folders that a spec names to `model.Local`.

Scan, digest, extract, name, validate, in this order and each for as few files as possible:
content that is on the draft already is neither read nor validated again.
"""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH100, PTH118

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dandifile.globs import is_match
from dandifile.model import Finding, JsonObject, Local, LocalAsset, Record, Spec
from dandifile.survey import alike
from dandifile.survey.asset_metadata import date_of
from dandifile.survey.asset_paths import path_findings
from dandifile.survey.layout import Draft, assign, is_organized
from dandifile.survey.left_out import group_left_out
from dandifile.survey.manifest import Line
from dandifile.survey.past import gone_assets
from dandifile.survey.scan import scan
from dandifile.survey.scanned_file import Content, Extracts, Known, Look, Runner
from dandifile.survey.stages import (
    Seen,
    asked_by,
    attach_labels,
    check_all,
    describe_all,
    digest_all,
    extract_all,
    inspect_all,
    label_neighbours,
    locate_all,
    see,
    validate_own,
)

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

    `listed` is the data manifest. `rename` gives a new name also to what is on the draft; `refresh`
    extracts metadata also of what is on the draft already. A file that cannot be an asset is refused,
    data that is not on this machine is absent: nothing about the data is an error.
    """
    seen = see(spec, run, record, listed)
    extracts = inspect_all([c for c in seen.contents if c.digest not in known], spec.vocabulary, run)
    if rename:
        there = [c for c in seen.contents if c.digest in known and is_organized(c.file)]
        extracts |= extract_all(there, spec.vocabulary, asked_by("--rename", run))
    past, (contents, unreadable) = seen.past, attach_labels(seen.contents, extracts, known)
    paths, unnamed = assign(contents, Draft(known, past.record, past.reserved), rename=rename)
    warned = alike.warnings(label_neighbours(contents, paths, known, spec.vocabulary, run), paths, known)
    named = [(content, paths[content.source]) for content in contents if content.source in paths]
    described = [content for content, path in named if refresh or _needs_metadata(content, path, spec, known)]
    unread = [content for content in described if content.digest not in extracts.outputs]
    extracts |= extract_all(unread, spec.vocabulary, asked_by("--refresh-metadata", run) if refresh else run)
    look = Look(run, extracts, seen.contents, _files_away(spec, seen))
    metadata = _metadata(described, look)
    found = check_all([content for content, _ in named if content.digest not in known], look, paths)
    found = _merge_findings(found, warned, _unread_findings(described, extracts))
    assets = [
        _asset(content, path, metadata.get(content.source), found.get(content.source, ()), known)
        for content, path in named
    ]
    if spec.regions.from_nwb:
        places = locate_all([content.file for content, _ in named], spec.vocabulary, run)
        assets = [replace(asset, locations=places.get(asset.source)) for asset in assets]
    return Local(
        assets=tuple(sorted(assets, key=lambda asset: asset.path)),
        gone=gone_assets(past.record, past.gone, set(paths.values())),
        pending=past.pending,
        refused=tuple(sorted((*seen.refused, *unreadable, *unnamed), key=lambda refusal: refusal.source)),
        absent=seen.absent,
        skipped=group_left_out(seen.skipped, seen.contents, extracts),
        notes=seen.notes,
        incomplete=seen.incomplete,
    )


def validate_all(spec: Spec, run: Runner) -> tuple[Local, tuple[Finding, ...]]:
    """All that the spec names, as if the draft had none of it, and what is found in files that are refused.

    A file without a name or metadata cannot be an asset yet, but its findings may say why.
    """
    local = survey(spec, run, known={}, record=Record())
    refused = {refusal.source: refusal.reason for refusal in local.refused}
    if not refused:
        return local, ()
    files = [file for file in scan(spec).files if file.source in refused and file.format.READS_CONTENT]
    contents = digest_all(files, run).contents
    found = validate_own(contents, Look(run, inspect_all(contents, spec.vocabulary, run)))
    return local, tuple(
        finding
        for source in sorted(found)
        for finding in found[source]
        if not finding.message.startswith(refused[source])  # it is said already
    )


def _files_away(spec: Spec, seen: Seen) -> tuple[str, ...]:
    """The absolute paths of files on other machines."""
    sources = (*seen.absent, *(asset.source for asset in seen.past.pending))
    return tuple(os.path.abspath(os.path.join(spec.root, source)) for source in sources)


def _needs_metadata(content: Content, path: str, spec: Spec, known: Known) -> bool:
    """Whether an asset is new at its path, or a declared null asks for the extracted value again."""
    return path not in known.get(content.digest, ()) or any(
        None in overlay.metadata.values() and is_match(overlay.match, path) for overlay in spec.overlays
    )


def _metadata(described: Iterable[Content], look: Look) -> dict[str, JsonObject]:
    """By source; none of a file that cannot be read, even if its dataset knows something of it."""
    readable = [content for content in described if not look.extracts.failure(content)]
    made = describe_all(readable, look)
    return {
        content.source: made[content.source] | {"blobDateModified": date_of(content.file.mtime_ns)}
        for content in readable
    }


def _merge_findings(*found: Mapping[str, tuple[Finding, ...]]) -> dict[str, tuple[Finding, ...]]:
    """Findings by source, from several looks."""
    sources = {source for each in found for source in each}
    return {source: tuple(one for each in found for one in each.get(source, ())) for source in sources}


def _unread_findings(described: Iterable[Content], extracts: Extracts) -> dict[str, tuple[Finding, ...]]:
    """Content of the draft that keeps its metadata, since new metadata cannot be made now."""
    failures = {content.source: extracts.failure(content) for content in described}
    return {
        source: (
            Finding(
                source,
                UNREAD,
                "a file that is on the draft keeps its metadata there, because no new metadata can be "
                "made: {} ({})".format(*failure),
                None,
            ),
        )
        for source, failure in failures.items()
        if failure
    }


def _asset(
    content: Content, path: str, metadata: JsonObject | None, found: tuple[Finding, ...], known: Known
) -> LocalAsset:
    """A path is judged like content: only where the draft does not have it."""
    if path not in known.get(content.digest, ()):
        found += path_findings(content, path)
    return LocalAsset(path, content.source, content.file.size, content.digest, metadata, found)
