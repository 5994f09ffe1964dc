"""What is here, without asking an archive: names (`organize`), and the manifest's lines (`scan`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dandifile.globs import is_match
from dandifile.model import Finding, JsonObject, Record, Refusal, Skipped, Spec
from dandifile.survey import alike, checks
from dandifile.survey.asset_metadata import sessions_of, subjects_of
from dandifile.survey.bids_stages import bids_entities, with_entities
from dandifile.survey.findings import not_ignored, split
from dandifile.survey.layout import Content, Draft, assign, is_organized
from dandifile.survey.left_out import left_out
from dandifile.survey.manifest import Line
from dandifile.survey.past import Past
from dandifile.survey.seen import see
from dandifile.survey.stages import Extracts, Known, Runner, acquainted, extracted, inspected, labelled
from dandifile.survey.tasks import tool_versions


@dataclass(frozen=True)
class Named:
    """Files with their paths in the dandiset, by path; what can get none; what is not on this machine."""

    files: tuple[tuple[Content, str], ...]
    refused: tuple[Refusal, ...]
    absent: tuple[str, ...]
    past: Past
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()  # on patterns of `paths` that fit nothing
    warnings: tuple[Finding, ...] = ()  # ids and paths that are nearly the same


def names(
    spec: Spec, run: Runner, record: Record, listed: Sequence[Line] = (), *, rename: bool = False
) -> Named:
    """The names that the survey would give, as far as can be told without the archive.

    What stands for the draft is what the last apply here recorded and, else, the data manifest
    `listed`: a content that has a name there keeps it, unless `rename`.
    """
    seen = see(spec, run, record, listed)
    past = seen.past
    known = paths_by_digest(past.record)
    asked = [c for c in seen.contents if is_organized(c.file) and (rename or c.digest not in known)]
    extracts = extracted(asked, spec.vocabulary, run)
    contents, unreadable = labelled(seen.contents, extracts, known)
    paths, unnamed = assign(contents, Draft(known, past.record, past.reserved), rename=rename)
    warned = alike.warnings(acquainted(contents, paths, known, spec.vocabulary, run), paths, known)
    files = [(content, paths[content.source]) for content in contents if content.source in paths]
    return Named(
        files=tuple(sorted(files, key=lambda pair: pair[1])),
        refused=tuple(sorted((*seen.refused, *unreadable, *unnamed), key=lambda refusal: refusal.source)),
        absent=seen.absent,
        past=past,
        skipped=left_out(seen.skipped, seen.contents, extracts.outputs),
        notes=seen.notes,
        warnings=tuple(
            finding
            for source in sorted(warned)
            for finding in not_ignored(warned[source], spec.validation, paths.get(source, ""))
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
    """Looks at every file here. Lines of other files stay; those whose path a glob of `forget` takes go."""
    named = names(spec, run, record, listed)
    contents = [content for content, _ in named.files]
    extracts = inspected(contents, spec.vocabulary, run)
    found = checks.checked(contents, contents, extracts, run, {c.source: path for c, path in named.files})
    told = bids_entities(contents, contents, run)
    here = tuple(
        _line(content, path, extracts, told, _verdict(content, path, extracts, found[content.source], spec))
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


def _line(
    content: Content, path: str, extracts: Extracts, told: Mapping[str, JsonObject], verdict: str
) -> Line:
    extracted = extracts.outputs.get(content.digest, {}).get("metadata", {})
    metadata = with_entities(content, extracted, told)
    return Line(
        path=path,
        source=content.source,
        size=content.file.size,
        digest=content.digest,
        subject=_joined(subjects_of(metadata)),
        session=_joined(sessions_of(metadata)),
        validation=verdict,
        tools=", ".join(f"{name} {tool_versions()[name]}" for name in checks.checkers(content)),
    )


def _verdict(content: Content, path: str, extracts: Extracts, found: tuple[Finding, ...], spec: Spec) -> str:
    """`invalid`: apply would not upload it, by the spec's own `validation`."""
    if not checks.checkers(content):
        return "unchecked"
    blocking, _, _ = split((*found, *checks.of_path(content, path)), spec.validation, path)
    return "invalid" if blocking or content.digest in extracts.failures else "valid"


def _joined(ids: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(ids))
