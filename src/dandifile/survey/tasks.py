"""The survey's steps: what runs each kind, under which key its result is remembered, and where it runs.

A step goes to a worker as (kind, JSON params): everything here is module-level and picklable.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from dandifile.model import Effect, Json, JsonObject, Step
from dandifile.survey import asset_metadata
from dandifile.survey.digest import digest, md5s, steady, steady_content

_TOOLS = (
    "dandi",
    "dandischema",
    "pynwb",
    "hdmf",
    "nwbinspector",
    "zarr",
    "bids-validator-deno",
    "bidsschematools",
)
_FILTERS = "hdf5plugin"  # not required: few files need it
_OF_THE_PLACE = frozenset(
    {"path", "size", "mtime_ns", "ctime_ns", "inode"}
)  # params that say nothing of the content
_YOUNG = 2 * 10**9  # ns: a file that young may change again without another time or size


@dataclass(frozen=True)
class Task:
    """How the steps of one kind are done. `cache_key` gives None for what is not to be remembered."""

    run: Callable[[JsonObject], Json]
    cache_key: Callable[[JsonObject], str | None]
    pool: Literal["threads", "processes"]


def perform(step: Step, inputs: Mapping[str, Json]) -> Json:
    """Runs one step of the survey. No survey step takes inputs from another."""
    assert not inputs
    return TASKS[step.kind].run(step.params)


def cache_key(step: Step) -> str | None:
    """Under which key, in the table named by the step's kind, its output can be remembered."""
    return TASKS[step.kind].cache_key(step.params)


def fits(step: Step, output: Json) -> bool:
    """Whether a remembered output is one that the step could have given."""
    from dandifile.survey.outputs import fits

    return fits(step, output)


def pool(kind: str) -> str:
    """Where steps of this kind run: `threads`, or `processes` for what holds Python's lock."""
    return TASKS[kind].pool


def size(step: Step) -> int:
    """How many bytes the step may have to read."""
    files = step.params.get("files", ())
    return int(step.params.get("size", 0) or sum(file_size for _, file_size, *_ in files))


def survey_step(kind: str, subject: str, params: JsonObject) -> Step:
    """A step of this module; `subject` tells it apart from the others of its kind."""
    return Step(f"{kind}:{subject}", kind, params, effect=Effect.NONE)


def _extract(params: JsonObject) -> Json:
    from dandifile.survey.nwb.extract import extract

    _with_filters()
    with steady_content(params):
        return extract(params)


def _inspect(params: JsonObject) -> Json:
    from dandifile.survey.nwb.validate import inspect

    _with_filters()
    with steady_content(params):
        return inspect(params)


def _locations(params: JsonObject) -> Json:
    from dandifile.survey.places import read

    with steady(params):
        return read(params)


def _glimpse(params: JsonObject) -> Json:
    from dandifile.survey.glimpse import look

    return look(params)


def _validate(params: JsonObject) -> Json:
    from dandifile.survey.nwb.validate import validate

    _with_filters()
    with steady_content(params):
        return validate(params)


def _check_zarr(params: JsonObject) -> Json:
    from dandifile.survey.zarr_checks import validate

    return validate(params)


def _check_bids(params: JsonObject) -> Json:
    from dandifile.survey.bids import validate

    return validate(params)


def _bids_entities(params: JsonObject) -> Json:
    from dandifile.survey.bids import entities

    return entities(params)


def _stat_key(params: JsonObject) -> str | None:
    """By the file's stat; none while the file is young."""
    if _young(params["mtime_ns"], params["ctime_ns"]):
        return None
    return json.dumps([params[key] for key in ("source", "size", "mtime_ns", "ctime_ns", "inode")])


def _locations_key(params: JsonObject) -> str | None:
    """By the file's stat, and by what else the lab calls a mouse."""
    key = _stat_key(params)
    return key and key + json.dumps(params.get("mice", "")).strip('"')


def _stats_key(params: JsonObject) -> str | None:
    """By the stats of a folder's files; none while one of them is young."""
    if any(_young(mtime_ns, ctime_ns) for _, _, mtime_ns, ctime_ns, _ in params["files"]):
        return None
    return hashlib.sha256(json.dumps([params["source"], params["files"]]).encode()).hexdigest()


def _young(*times_ns: int) -> bool:
    now = time.time_ns()
    return any(abs(now - moment) < _YOUNG for moment in times_ns)


def _content_key(params: JsonObject) -> str:
    """By content, tools and options: a copy, a rename or another machine finds it."""
    content = {key: value for key, value in params.items() if key not in _OF_THE_PLACE}
    text = json.dumps([content, tool_versions(), asset_metadata.VERSION], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def tool_versions() -> dict[str, str]:
    """The versions of the packages that extract and validate, without importing them."""
    from importlib.metadata import version

    return {name: version(name) for name in _TOOLS} | _filters()


def _filters() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return {_FILTERS: version(_FILTERS)}
    except PackageNotFoundError:
        return {}


def _with_filters() -> None:
    """Has HDF5 read what is packed with filters of the package hdf5plugin, where that is installed."""
    with suppress(ImportError):
        importlib.import_module(_FILTERS)


TASKS = {
    "digest": Task(digest, _stat_key, "threads"),
    "md5": Task(md5s, _stats_key, "threads"),
    "locations": Task(_locations, _locations_key, "processes"),
    "glimpse": Task(_glimpse, lambda _: None, "processes"),
    "extract": Task(_extract, _content_key, "processes"),
    "inspect": Task(_inspect, _content_key, "processes"),
    "validate": Task(_validate, _content_key, "processes"),
    "validate-zarr": Task(_check_zarr, _content_key, "processes"),
    "validate-bids": Task(_check_bids, _content_key, "processes"),
    "bids-entities": Task(_bids_entities, _content_key, "processes"),
}
