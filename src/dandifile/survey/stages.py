"""The survey's stages, each over all formats: see, read, label, describe, check.

Content is what counts: of several copies one is extracted and validated. A step that fails
refuses its own file and no other.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dandifile.model import Finding, JsonObject, Location, Reason, Record, Refusal, Spec, Vocabulary, Why
from dandifile.survey.format import Format
from dandifile.survey.left_out import Left
from dandifile.survey.manifest import Line
from dandifile.survey.media import media_findings
from dandifile.survey.past import Past, recall
from dandifile.survey.scan import scan
from dandifile.survey.scanned_file import Content, Digested, Extracts, Known, Look, Runner, ScannedFile


@dataclass(frozen=True)
class Seen:
    """Files with their digests, those that cannot be assets, and what is not here."""

    contents: tuple[Content, ...]
    refused: tuple[Refusal, ...]
    absent: tuple[str, ...]  # as in `Scan`
    skipped: tuple[Left, ...]
    past: Past
    notes: tuple[str, ...] = ()  # as in `Scan`
    incomplete: tuple[str, ...] = ()  # as in `Scan`


def see(spec: Spec, run: Runner, record: Record, listed: Sequence[Line]) -> Seen:
    """Scans and digests what `spec.paths` names. `record` and the data manifest `listed` know the rest."""
    scanned = scan(spec)
    read = digest_all(scanned.files, run)
    absent = (*scanned.absent, *read.pointers)
    here = {content.source: content.digest for content in read.contents}
    past = recall(spec, record, listed, here, absent)
    return Seen(
        read.contents,
        (*scanned.refused, *read.refused),
        absent,
        scanned.skipped,
        past,
        scanned.notes,
        scanned.incomplete,
    )


def digest_all(files: Iterable[ScannedFile], run: Runner) -> Digested:
    """The digest of every file; formats that digest in the same way do so in one go."""
    ways: dict[Callable[[Sequence[ScannedFile], Runner], Digested], list[ScannedFile]] = defaultdict(list)
    for file in files:
        ways[file.format.digest].append(file)
    digested = Digested()
    for digest, those in ways.items():
        digested |= digest(those, run)
    return digested


def extract_all(contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
    """What these contents hold, as far as their formats read contents."""
    extracts = Extracts()
    for own, those in _by_format(contents):
        extracts |= own.extract(those, vocabulary, run)
    return extracts


def asked_by(flag: str, run: Runner) -> Runner:
    """The runner, for steps that only run because of a flag of the command line."""
    reason = Reason(Why.ASKED_FOR, flag)
    return lambda steps: run([replace(step, reason=reason) for step in steps])


def inspect_all(contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
    """The same, with what the tools find in them: each file is opened once for both."""
    extracts = Extracts()
    for own, those in _by_format(contents):
        extracts |= own.inspect(those, vocabulary, run)
    return extracts


def attach_labels(
    contents: Iterable[Content], extracts: Extracts, known: Known
) -> tuple[list[Content], list[Refusal]]:
    """Adds what names are made of, and sets aside new files that cannot be read.

    A content that is on the draft needs no reading: it is never refused for that.
    """
    kept, refused = [], []
    for content in contents:
        failure = extracts.failure(content)
        if failure and content.digest not in known:
            refused.append(Refusal(content.source, *failure))
        else:
            extract = extracts.outputs.get(content.digest)
            kept.append(replace(content, labels=extract["labels"]) if extract else content)
    return kept, refused


def label_neighbours(
    contents: Sequence[Content],
    paths: Mapping[str, str],
    known: Known,
    vocabulary: Vocabulary,
    run: Runner,
) -> list[Content]:
    """The contents, where one in each folder of the draft to which labelled files are added has labels, too.

    Its ids show whether the subject is the same. Its labels must name nothing: it has its path.
    """
    folders = {_folder(paths[c.source]) for c in contents if c.labels and c.source in paths}
    asked: dict[str, Content] = {}
    for content in sorted(contents, key=lambda content: content.source):
        folder = _folder(paths.get(content.source, ""))
        if folder in folders and content.labels is None and content.digest in known:
            asked.setdefault(folder, content)
    extracts = extract_all(asked.values(), vocabulary, run)
    return attach_labels(contents, extracts, known)[0] if asked else list(contents)


def describe_all(contents: Iterable[Content], look: Look) -> dict[str, JsonObject]:
    """Asset metadata by source: what each file's own format makes, then completed by its dataset's format."""
    contents = tuple(contents)
    made: dict[str, JsonObject] = {}
    for own, those in _by_format(contents):
        made |= own.metadata(those, look)
    for around, those in _by_dataset(contents):
        made |= around.metadata(those, replace(look, made=made))
    return made


def check_all(
    wanted: Sequence[Content], look: Look, paths: Mapping[str, str]
) -> dict[str, tuple[Finding, ...]]:
    """All that is found in these files, by source; `paths` are the assets' paths by source."""
    own, around = validate_own(wanted, look), _validate_datasets(wanted, look)
    places = {os.path.normpath(c.file.path): paths[c.source] for c in look.contents if c.source in paths}
    return {
        content.source: (
            *own.get(content.source, ()),
            *around.get(content.source, ()),
            *media_findings(content, look.extracts.media(content), places),
        )
        for content in wanted
    }


def validate_own(contents: Iterable[Content], look: Look) -> dict[str, tuple[Finding, ...]]:
    """What the tools of their own formats find in these files, by source."""
    found: dict[str, tuple[Finding, ...]] = {}
    for own, those in _by_format(contents):
        found |= own.validate(those, look)
    return found


def _validate_datasets(contents: Iterable[Content], look: Look) -> dict[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for around, those in _by_dataset(contents):
        found |= around.validate(those, look)
    return found


def tools_of(content: Content) -> tuple[str, ...]:
    """The packages that find something in a file of these formats."""
    return tuple(tool for each in content.file.formats for tool in each.TOOLS)


def locate_all(
    files: Iterable[ScannedFile], vocabulary: Vocabulary, run: Runner
) -> dict[str, tuple[Location, ...] | None]:
    """The locations in files whose format has some, by source; None for a file that cannot be read."""
    groups: dict[Format, list[ScannedFile]] = defaultdict(list)
    for file in files:
        groups[file.format].append(file)
    found: dict[str, tuple[Location, ...] | None] = {}
    for own, those in groups.items():
        found |= own.locations(those, vocabulary, run)
    return found


def locate_everywhere(spec: Spec, run: Runner) -> tuple[dict[str, tuple[Location, ...] | None], bool]:
    """The same for all that the spec names and is here, and whether that is all of it. Nothing is hashed."""
    scanned = scan(spec)
    found = locate_all(scanned.files, spec.vocabulary, run)
    return found, not scanned.absent and None not in found.values()


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _by_format(contents: Iterable[Content]) -> list[tuple[Format, list[Content]]]:
    groups: dict[Format, list[Content]] = defaultdict(list)
    for content in contents:
        groups[content.file.format].append(content)
    return list(groups.items())


def _by_dataset(contents: Iterable[Content]) -> list[tuple[Format, list[Content]]]:
    groups: dict[Format, list[Content]] = defaultdict(list)
    for content in contents:
        if content.file.dataset:
            groups[content.file.dataset.format].append(content)
    return list(groups.items())
