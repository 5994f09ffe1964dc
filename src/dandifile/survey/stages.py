"""The survey's steps, stage by stage: which are needed, and what their results mean.

Content is what counts: of several copies one is extracted and validated. A step that fails
refuses its own file and no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from dandifile.model import Finding, JsonObject, Refusal, Result, Status, Step
from dandifile.survey import findings
from dandifile.survey.layout import Content
from dandifile.survey.scan import NWB, ScannedFile
from dandifile.survey.tasks import survey_step

Runner: TypeAlias = Callable[[Sequence[Step]], Mapping[str, Result]]
"""Does steps of effect none (`tasks.perform`), through the cache and on pools; results by step id."""

_AGAIN = "see to that, then run again"


@dataclass(frozen=True)
class Digested:
    """Files with their digests; those that cannot be read; and git-annex pointers without content."""

    contents: tuple[Content, ...]
    refused: tuple[Refusal, ...]
    pointers: tuple[str, ...]


@dataclass(frozen=True)
class Extracts:
    """By digest: what was extracted (as `nwb.extract` gives it), or why it could not be, as (reason, fix)."""

    outputs: Mapping[str, JsonObject] = field(default_factory=dict)
    failures: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __or__(self, other: Extracts) -> Extracts:
        return Extracts({**self.outputs, **other.outputs}, {**self.failures, **other.failures})


def digested(files: Iterable[ScannedFile], run: Runner) -> Digested:
    """Every file's dandi-etag, from the cache where the stat has not changed."""
    files = tuple(files)
    steps = {file.source: survey_step("digest", file.source, _digest_params(file)) for file in files}
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


def extracted(contents: Iterable[Content], run: Runner) -> Extracts:
    """What the NWB files among these hold."""
    steps = {
        content.digest: survey_step("extract", content.digest, _content_params(content))
        for content in contents
        if content.file.form == NWB
    }
    results = _run(steps.values(), run)
    outputs, failures = {}, {}
    for digest, step in steps.items():
        result = results[step.id]
        if _failed(result):
            failures[digest] = (result.error, _AGAIN)
        elif "refused" in result.output:
            failures[digest] = (result.output["refused"]["reason"], result.output["refused"]["fix"])
        else:
            outputs[digest] = result.output
    return Extracts(outputs, failures)


def validated(contents: Iterable[Content], extracts: Extracts, run: Runner) -> dict[str, tuple[Finding, ...]]:
    """What the tools find in the NWB files among these, by source."""
    steps = {
        content.source: _validate_step(content, extracts.outputs[content.digest])
        for content in contents
        if content.digest in extracts.outputs
    }
    results = _run({step.id: step for step in steps.values()}.values(), run)
    return {source: _findings(source, results[step.id]) for source, step in steps.items()}


def _digest_params(file: ScannedFile) -> JsonObject:
    return {
        "path": file.path,
        "source": file.source,
        "size": file.size,
        "mtime_ns": file.mtime_ns,
        "ctime_ns": file.ctime_ns,
        "inode": file.inode,
    }


def _content_params(content: Content) -> JsonObject:
    file = content.file
    return {"path": file.path, "size": file.size, "mtime_ns": file.mtime_ns, "digest": content.digest}


def _validate_step(content: Content, extract: JsonObject) -> Step:
    """Whether media files are where the NWB file says is a finding, and no part of its content."""
    folder = Path(content.file.path).parent
    missing = [name for name in extract["media"] if not (folder / name).exists()]
    params = _content_params(content) | {"missing_media": missing}
    return survey_step("validate", " ".join([content.digest, *missing]), params)


def _findings(source: str, result: Result) -> tuple[Finding, ...]:
    if _failed(result):
        return (Finding(source, "validation", f"the validation itself failed: {result.error}", None),)
    return findings.of_content(source, result.output)


def _run(steps: Iterable[Step], run: Runner) -> Mapping[str, Result]:
    steps = tuple(steps)
    return run(steps) if steps else {}


def _failed(result: Result) -> bool:
    return result.status not in (Status.DONE, Status.FRESH)
