"""Names alone: which path each file here gets, without metadata, checks or an archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dandifile.model import Record, Refusal, Spec
from dandifile.survey.layout import Content, Draft, assign, is_organized
from dandifile.survey.manifest import Line
from dandifile.survey.recall import Past, recall
from dandifile.survey.scan import scan
from dandifile.survey.stages import Extracts, Runner, digested, extracted
from dandifile.survey.zarr_stages import zarrs_digested


@dataclass(frozen=True)
class Named:
    """Files with their paths in the dandiset, by path; what can get none; what is not on this machine."""

    files: tuple[tuple[Content, str], ...]
    refused: tuple[Refusal, ...]
    absent: tuple[str, ...]
    past: Past


def names(
    spec: Spec, run: Runner, record: Record, listed: Sequence[Line] = (), *, rename: bool = False
) -> Named:
    """The names that the survey would give, as far as can be told without the archive.

    What stands for the draft is what the last apply here recorded and, else, the data manifest
    `listed`: a content that has a name there keeps it, unless `rename`.
    """
    scanned = scan(spec)
    read = digested(scanned.files, run) | zarrs_digested(scanned.files, run)
    absent = (*scanned.absent, *read.pointers)
    here = {content.source: content.digest for content in read.contents}
    past = recall(spec, record, listed, here, absent)
    known = paths_by_digest(past.record)
    asked = [c for c in read.contents if is_organized(c.file) and (rename or c.digest not in known)]
    extracts = extracted(asked, run)
    refused = [
        Refusal(c.source, *extracts.failures[c.digest]) for c in asked if c.digest in extracts.failures
    ]
    unreadable = {refusal.source for refusal in refused}
    contents = [_labelled(c, extracts) for c in read.contents if c.source not in unreadable]
    paths, unnamed = assign(contents, Draft(known, past.record, past.reserved), rename=rename)
    return Named(
        tuple(
            sorted(((c, paths[c.source]) for c in contents if c.source in paths), key=lambda pair: pair[1])
        ),
        tuple(sorted((*scanned.refused, *read.refused, *refused, *unnamed), key=lambda r: r.source)),
        absent,
        past,
    )


def paths_by_digest(record: Record) -> Mapping[str, tuple[str, ...]]:
    """What the record says that the draft has: paths by digest, sorted."""
    paths: dict[str, set[str]] = {}
    for made in record.assets.values():
        paths.setdefault(made.digest, set()).add(made.path)
    return {digest: tuple(sorted(those)) for digest, those in paths.items()}


def _labelled(content: Content, extracts: Extracts) -> Content:
    extract = extracts.outputs.get(content.digest)
    return replace(content, labels=extract["labels"]) if extract else content
