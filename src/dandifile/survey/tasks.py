"""The table of the survey's steps, put together from the formats; what a runner needs to know of a step."""

from __future__ import annotations

from collections.abc import Mapping

from dandifile.model import Json, JsonObject, Step
from dandifile.survey.digest import DIGEST
from dandifile.survey.formats import FORMATS
from dandifile.survey.reasons import Inputs
from dandifile.survey.task import Task, no_key


def perform(step: Step, inputs: Mapping[str, Json]) -> Json:
    """Runs one step of the survey. No survey step takes inputs from another."""
    assert not inputs
    return task_of(step.kind).run(step.params)


def cache_key(step: Step) -> str | None:
    """Under which key, in the table named by the step's kind, its output is kept; None where it is not."""
    return task_of(step.kind).cache_key(step.params)


def inputs(step: Step) -> Inputs | None:
    """What that key is made of; None where outputs are never kept."""
    return task_of(step.kind).inputs(step.params)


def fits(step: Step, output: Json) -> bool:
    """Whether a kept output is one that the step could have given."""
    return task_of(step.kind).fits(step.params, output)


def pool(kind: str) -> str:
    """Where steps of this kind run: `threads` or `processes`."""
    return task_of(kind).pool


def size(step: Step) -> int:
    """How many bytes the step may have to read."""
    files = step.params.get("files", ())
    return int(step.params.get("size", 0) or sum(file_size for _, file_size, *_ in files))


def task_of(kind: str) -> Task:
    """How steps of a kind are done. The formats are asked each time: one that is added later counts, too."""
    if kind in _OF_ALL:
        return _OF_ALL[kind]
    return next(each.TASKS[kind] for each in FORMATS.values() if kind in each.TASKS)


def _glimpse(params: JsonObject) -> Json:
    found = FORMATS[params["format"]].glimpse(params["path"])
    return found.as_json() if found else None


_OF_ALL = {
    "digest": DIGEST,
    "glimpse": Task(_glimpse, no_key, "processes", ({}, None)),
}
