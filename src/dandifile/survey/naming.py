"""Names alone: which path each file here gets, without metadata, checks or an archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dandifile.model import Finding, Record, Refusal, Skipped, Spec
from dandifile.survey import alike
from dandifile.survey.findings import not_ignored
from dandifile.survey.layout import Content, Draft, assign, is_organized
from dandifile.survey.left_out import left_out
from dandifile.survey.manifest import Line
from dandifile.survey.recall import Past
from dandifile.survey.seen import see
from dandifile.survey.stages import Known, Runner, acquainted, extracted, labelled


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
