"""A toy format, as a package in `survey` would hold it: text files with their subject in the first line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from dandifile.model import Finding, Json, JsonObject, Vocabulary
from dandifile.survey.asset_metadata import normalise
from dandifile.survey.digest import check_same_content
from dandifile.survey.findings import FINDINGS, findings_in_result
from dandifile.survey.format import Format
from dandifile.survey.scanned_file import Content, Extracts, Look, Runner, content_params
from dandifile.survey.task import Task, content_key, run_steps, survey_step


def _read(params: JsonObject) -> Json:
    with check_same_content(params):
        subject = Path(params["path"]).read_text("utf-8").splitlines()[0]
    participant = {"schemaKey": "Participant", "identifier": subject}
    metadata = normalise(
        {"schemaVersion": "0.6.0", "wasAttributedTo": [participant]},
        encoding_format="text/x-toy",
        tool={"name": "toy", "version": "1"},
    )
    return {"metadata": metadata, "labels": {"entities": {"sub": subject}, "modalities": ""}}


def _check(params: JsonObject) -> Json:
    with check_same_content(params):
        lines = Path(params["path"]).read_text("utf-8").splitlines()
    found = {"check": "toy.short", "message": "it has one line", "severity": "warning", "within": ""}
    return {"findings": [] if lines[1:] else [found]}


class Toy(Format):
    NAME = "toy"
    LABEL = "toy"
    LABELS = "toys"
    TASKS: Mapping[str, Task] = {
        "extract-toy": Task(_read, content_key, "threads", {}),
        "validate-toy": Task(_check, content_key, "threads", FINDINGS),
    }
    TOOLS = ("pytest",)
    ENCODING = "text/x-toy"
    READS_CONTENT = True
    NAMED_BY_CONTENT = True

    def is_file(self, name: str) -> bool:
        return name.endswith(".toy")

    def layout_faults(self, path: str) -> list[tuple[str, str]]:
        return [] if path.startswith("sub-") else [("toy.path", "it is not in the folder of a subject")]

    def extract(self, contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
        steps = {c.digest: survey_step("extract-toy", c.digest, content_params(c)) for c in contents}
        results = run_steps(steps.values(), run)
        return Extracts({digest: results[step.id].output for digest, step in steps.items()})

    def metadata(self, contents: Iterable[Content], look: Look) -> dict[str, JsonObject]:
        return {c.source: look.extracts.outputs[c.digest]["metadata"] for c in contents}

    def validate(self, contents: Collection[Content], look: Look) -> dict[str, tuple[Finding, ...]]:
        steps = {c.source: survey_step("validate-toy", c.digest, content_params(c)) for c in contents}
        results = run_steps(steps.values(), look.run)
        return {source: findings_in_result(source, results[step.id]) for source, step in steps.items()}
