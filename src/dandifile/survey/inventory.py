"""What is here, without asking an archive: names (`organize`), and the manifest's lines (`scan`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dandifile.globs import is_match
from dandifile.model import Finding, JsonObject, Record, Refusal, Skipped, Spec
from dandifile.survey import alike
from dandifile.survey.asset_metadata import sessions_of, subjects_of
from dandifile.survey.asset_paths import path_findings
from dandifile.survey.findings import drop_ignored, split
from dandifile.survey.layout import Draft, assign, is_organized
from dandifile.survey.left_out import group_left_out
from dandifile.survey.manifest import Line
from dandifile.survey.past import Past
from dandifile.survey.scanned_file import Content, Extracts, Known, Look, Runner
from dandifile.survey.stages import (
    asked_by,
    attach_labels,
    check_all,
    describe_all,
    extract_all,
    inspect_all,
    label_neighbours,
    see,
    tools_of,
)
from dandifile.survey.task import tool_version


@dataclass(frozen=True)
class Named:
    """Files with their paths in the dandiset, by path; those that get none; what is not on this machine."""

    files: tuple[tuple[Content, str], ...]
    refused: tuple[Refusal, ...]
    absent: tuple[str, ...]
    past: Past
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()  # on patterns of `paths` that match nothing
    warnings: tuple[Finding, ...] = ()  # ids and paths that are nearly the same


def names(  # noqa: PLR0913 - all that names depend on
    spec: Spec,
    run: Runner,
    record: Record,
    listed: Sequence[Line] = (),
    *,
    known: Known | None = None,
    rename: bool = False,
) -> Named:
    """The names that the survey would give.

    `known` are the draft's paths by digest. Where nobody asks the archive, what the last apply here recorded
    counts in their place and, else, the data manifest `listed`. A content that has a name there keeps it,
    unless `rename`.
    """
    seen = see(spec, run, record, listed)
    past = seen.past
    known = paths_by_digest(past.record) if known is None else known
    named = [content for content in seen.contents if is_organized(content.file)]
    extracts = extract_all([c for c in named if c.digest not in known], spec.vocabulary, run)
    if rename:
        there = [content for content in named if content.digest in known]
        extracts |= extract_all(there, spec.vocabulary, asked_by("--rename", run))
    contents, unreadable = attach_labels(seen.contents, extracts, known)
    paths, unnamed = assign(contents, Draft(known, past.record, past.reserved), rename=rename)
    warned = alike.warnings(label_neighbours(contents, paths, known, spec.vocabulary, run), paths, known)
    files = [(content, paths[content.source]) for content in contents if content.source in paths]
    return Named(
        files=tuple(sorted(files, key=lambda pair: pair[1])),
        refused=tuple(sorted((*seen.refused, *unreadable, *unnamed), key=lambda refusal: refusal.source)),
        absent=seen.absent,
        past=past,
        skipped=group_left_out(seen.skipped, seen.contents, extracts),
        notes=seen.notes,
        warnings=tuple(
            finding
            for source in sorted(warned)
            for finding in drop_ignored(warned[source], spec.validation, paths.get(source, ""))
        ),
    )


def paths_by_digest(record: Record) -> Known:
    """What the record says that the draft has: paths by digest, sorted."""
    paths: dict[str, set[str]] = {}
    for made in record.assets.values():
        paths.setdefault(made.digest, set()).add(made.path)
    return {digest: tuple(sorted(those)) for digest, those in paths.items()}


@dataclass(frozen=True)
class Inventory:
    """The manifest's lines as they are now: of files `here`, and those `kept` of files elsewhere."""

    here: tuple[Line, ...]
    kept: tuple[Line, ...]
    named: Named


def inventory(
    spec: Spec, run: Runner, record: Record, listed: Sequence[Line], forget: Sequence[str]
) -> Inventory:
    """Looks at every file here. Lines of other files stay, unless a glob of `forget` matches their path."""
    named = names(spec, run, record, listed)
    contents = [content for content, _ in named.files]
    look = Look(run, inspect_all(contents, spec.vocabulary, run), contents)
    found = check_all(contents, look, {content.source: path for content, path in named.files})
    made = describe_all(contents, look)
    here = tuple(
        _line(
            content,
            path,
            made.get(content.source, {}),
            _verdict(content, path, look.extracts, found[content.source], spec),
        )
        for content, path in named.files
    )
    present = {content.source for content in contents}
    paths = {line.path for line in here}
    kept = tuple(
        line
        for line in listed
        if line.source not in present
        and line.source not in named.past.renamed
        and line.path not in paths
        and not any(is_match(glob, line.path) for glob in forget)
    )
    return Inventory(here, kept, named)


def _line(content: Content, path: str, metadata: JsonObject, verdict: str) -> Line:
    return Line(
        path=path,
        source=content.source,
        size=content.file.size,
        digest=content.digest,
        subject=_join(subjects_of(metadata)),
        session=_join(sessions_of(metadata)),
        validation=verdict,
        tools=", ".join(f"{name} {tool_version(name)}" for name in tools_of(content)),
    )


def _verdict(content: Content, path: str, extracts: Extracts, found: tuple[Finding, ...], spec: Spec) -> str:
    """`invalid`: apply would not upload it, by the spec's own `validation`."""
    if not tools_of(content):
        return "unchecked"
    blocking, _, _ = split((*found, *path_findings(content, path)), spec.validation, path)
    return "invalid" if blocking or extracts.failure(content) else "valid"


def _join(ids: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(ids))
