"""The survey's steps, stage by stage: which are needed, and what their results mean.

Content is what counts: of several copies one is extracted and validated. A step that fails
refuses its own file and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from dandifile.model import (
    GIVEN_UP,
    Finding,
    JsonObject,
    Refusal,
    Result,
    Severity,
    Status,
    Step,
    Vocabulary,
)
from dandifile.survey import findings
from dandifile.survey.layout import Content
from dandifile.survey.nwb.extract import missing_media
from dandifile.survey.scan import NWB, ZARR, ScannedFile
from dandifile.survey.tasks import survey_step

Runner: TypeAlias = Callable[[Sequence[Step]], Mapping[str, Result]]
"""Does steps of effect none (`tasks.perform`), through the cache and on pools; results by step id."""

Known: TypeAlias = Mapping[str, tuple[str, ...]]
"""The draft's paths by digest, sorted."""

_AGAIN = "fix that, then run again"


@dataclass(frozen=True)
class Digested:
    """Files with their digests; those that cannot be read; and git-annex pointers without content."""

    contents: tuple[Content, ...]
    refused: tuple[Refusal, ...]
    pointers: tuple[str, ...]

    def __or__(self, other: Digested) -> Digested:
        return Digested(
            self.contents + other.contents, self.refused + other.refused, self.pointers + other.pointers
        )


@dataclass(frozen=True)
class Extracts:
    """By digest: what was extracted (as `nwb.extract` gives it), or why it could not be, as (reason, fix)."""

    outputs: Mapping[str, JsonObject] = field(default_factory=dict)
    failures: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    inspected: Mapping[str, JsonObject] = field(default_factory=dict)  # what `inspection.inspect` gave

    def __or__(self, other: Extracts) -> Extracts:
        return Extracts(
            {**self.outputs, **other.outputs},
            {**self.failures, **other.failures},
            {**self.inspected, **other.inspected},
        )


def digested(files: Iterable[ScannedFile], run: Runner) -> Digested:
    """Every file's dandi-etag, from the cache where the stat has not changed; Zarrs are passed over."""
    files = tuple(file for file in files if file.form != ZARR)
    steps = {file.source: survey_step("digest", file.source, stat_params(file)) for file in files}
    results = _run(steps.values(), run)
    contents, refused, pointers = [], [], []
    for file in files:
        result = results[steps[file.source].id]
        if _failed(result):
            refused.append(Refusal(file.source, result.error, _AGAIN))
        elif "digest" in result.output:
            contents.append(Content(file, result.output["digest"]))
        else:
            pointers.append(file.source)
    return Digested(tuple(contents), tuple(refused), tuple(pointers))


def extracted(contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
    """What the NWB files among these hold."""
    done, failures = _of_contents("extract", contents, vocabulary, run)
    return _extracts(done, failures)


def inspected(contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
    """The same, with what the tools find in them: each file is opened once for both."""
    done, failures = _of_contents("inspect", contents, vocabulary, run)
    return replace(
        _extracts({digest: output["extract"] for digest, output in done.items()}, failures), inspected=done
    )


def labelled(
    contents: Iterable[Content], extracts: Extracts, known: Known
) -> tuple[list[Content], list[Refusal]]:
    """Adds what names are made of, and sets aside new files that cannot be read.

    A content that is on the draft needs no reading: it is never refused for that.
    """
    kept, refused = [], []
    for content in contents:
        if content.digest in extracts.failures and content.digest not in known:
            refused.append(Refusal(content.source, *extracts.failures[content.digest]))
        else:
            extract = extracts.outputs.get(content.digest)
            kept.append(replace(content, labels=extract["labels"]) if extract else content)
    return kept, refused


def acquainted(
    contents: Sequence[Content],
    paths: Mapping[str, str],
    known: Known,
    vocabulary: Vocabulary,
    run: Runner,
) -> list[Content]:
    """The contents, with labels of one in each folder of the draft to which files with labels are added.

    Its ids tell whether the subject is the same. Its labels must name nothing: it has its path.
    """
    newcomers = {_folder(paths[c.source]) for c in contents if c.labels and c.source in paths}
    asked: dict[str, Content] = {}
    for content in sorted(contents, key=lambda content: content.source):
        folder = _folder(paths.get(content.source, ""))
        if folder in newcomers and content.labels is None and content.digest in known:
            asked.setdefault(folder, content)
    extracts = extracted(asked.values(), vocabulary, run)
    return labelled(contents, extracts, known)[0] if asked else list(contents)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def validated(contents: Iterable[Content], extracts: Extracts, run: Runner) -> dict[str, tuple[Finding, ...]]:
    """What the tools and the extraction find in the NWB files among these, by source.

    A content that was inspected is validated again only where other media files are missing
    beside this copy: that is a finding, and no part of the content.
    """
    contents, known, steps = tuple(contents), {}, {}
    for content in contents:
        if content.file.form != NWB:
            continue
        inspected = extracts.inspected.get(content.digest)
        missing = missing_media(content.file.path, extracts.outputs.get(content.digest, {}))
        if inspected and inspected["missing_media"] == missing:
            known[content.source] = findings.of_content(content.source, inspected["validate"])
        elif content.digest in extracts.outputs:
            steps[content.source] = _validate_step(content, missing)
    results = _run({step.id: step for step in steps.values()}.values(), run)
    found = known | {source: findings_of(source, results[step.id]) for source, step in steps.items()}
    digests = {content.source: content.digest for content in contents}
    return {
        source: _with_remarks(source, those, extracts.outputs.get(digests[source], {}))
        for source, those in found.items()
    }


def _with_remarks(source: str, found: tuple[Finding, ...], extract: JsonObject) -> tuple[Finding, ...]:
    """Adds what extraction has to say; a check that minds a word whose meaning is known is only a hint."""
    settled = extract.get("settled", ())
    milder = (replace(each, severity=Severity.HINT) if each.check in settled else each for each in found)
    return (*milder, *findings.of_content(source, {"findings": extract.get("findings", ())}))


def _of_contents(
    kind: str, contents: Iterable[Content], vocabulary: Vocabulary, run: Runner
) -> tuple[dict[str, JsonObject], dict[str, str]]:
    """By digest: the outputs of steps of a kind on the NWB files among these, and the errors."""
    meanings = vocabulary.as_params()
    more = {"vocabulary": meanings} if meanings else {}  # part of what the result is remembered by
    steps = {
        content.digest: survey_step(kind, content.digest, _content_params(content) | more)
        for content in contents
        if content.file.form == NWB
    }
    results = _run(steps.values(), run)
    failures = {digest: results[step.id].error for digest, step in steps.items() if _failed(results[step.id])}
    done = {digest: results[step.id].output for digest, step in steps.items() if digest not in failures}
    return done, failures


def _extracts(done: Mapping[str, JsonObject], failures: Mapping[str, str]) -> Extracts:
    refused = {digest: output["refused"] for digest, output in done.items() if "refused" in output}
    return Extracts(
        {digest: output for digest, output in done.items() if digest not in refused},
        {digest: (error, _AGAIN) for digest, error in failures.items()}
        | {digest: (refusal["reason"], refusal["fix"]) for digest, refusal in refused.items()},
    )


def stat_params(file: ScannedFile) -> JsonObject:
    """Of a step whose result is remembered by the file's stat."""
    return {
        "path": file.path,
        "source": file.source,
        "size": file.size,
        "mtime_ns": file.mtime_ns,
        "ctime_ns": file.ctime_ns,
        "inode": file.inode,
    }


def _content_params(content: Content) -> JsonObject:
    """Of a step whose result is remembered by the file's content."""
    stat = stat_params(content.file)
    return {**{key: stat[key] for key in stat if key != "source"}, "digest": content.digest}


def _validate_step(content: Content, missing: Sequence[str]) -> Step:
    params = _content_params(content) | {"missing_media": list(missing)}
    return survey_step("validate", " ".join([content.digest, *missing]), params)


def findings_of(source: str, result: Result) -> tuple[Finding, ...]:
    """The findings in the result of a validating step."""
    if _failed(result):
        # What hangs or crashes here does so in the dandi client, too; anything else is the tool's fault.
        severity = Severity.ERROR if result.reason == GIVEN_UP else None
        return (Finding(source, "validation", f"the validation itself failed: {result.error}", severity),)
    return findings.of_content(source, result.output)


def _run(steps: Iterable[Step], run: Runner) -> Mapping[str, Result]:
    steps = tuple(steps)
    return run(steps) if steps else {}


def _failed(result: Result) -> bool:
    return result.status not in (Status.DONE, Status.FRESH)
