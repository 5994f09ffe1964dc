"""How the survey's steps are done: what runs a kind, under which key its result is kept, and where it runs.

A step goes to a worker as (kind, JSON params), so that everything that runs one is module-level.
`StepCache` is the one way in which results are kept: known from the cache, else done, for a reason, and then
put there.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from dandifile.model import Cache, Effect, Json, JsonObject, Reason, Result, Status, Step, Why
from dandifile.reading.jsontext import Shape, misfit
from dandifile.survey import asset_metadata
from dandifile.survey.reasons import Inputs, merge_reasons, reason_of

if TYPE_CHECKING:
    from dandifile.survey.scanned_file import Runner


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
_STAT = ("size", "mtime_ns", "ctime_ns", "inode")
_OF_THE_PLACE = frozenset({"path", *_STAT})  # params that say nothing of the content
_INPUTS = "inputs"  # the table of what the keys were made of
_YOUNG = 2 * 10**9  # ns: a file that young may change again without another time or size

AGAIN = "fix that, then run again"


@dataclass(frozen=True)
class Task:
    """How the steps of one kind are done.

    `cache_key` gives None for what is not kept. `shape` is the form of the output: a kept one that
    does not have it, or is not `complete`, is not used.
    """

    run: Callable[[JsonObject], Json]
    cache_key: Callable[[JsonObject], str | None]
    pool: Literal["threads", "processes"]  # processes for what holds Python's lock
    shape: Shape
    complete: Callable[[JsonObject, Json], bool] = lambda params, output: True  # noqa: ARG005

    def fits(self, params: JsonObject, output: Json) -> bool:
        """Whether that can be what a step with these params gave."""
        return not misfit(output, self.shape) and self.complete(params, output)

    def inputs(self, params: JsonObject) -> Inputs | None:
        """What the cache key is made of; None where results are never kept."""
        return None if self.cache_key is no_key else key_inputs(params)


def survey_step(kind: str, subject: str, params: JsonObject) -> Step:
    """A step of the survey; `subject` tells it apart from the others of its kind."""
    return Step(f"{kind}:{subject}", kind, params, effect=Effect.NONE)


def run_steps(steps: Iterable[Step], run: Runner) -> Mapping[str, Result]:
    """The results by step id; equal steps run once."""
    unique = {step.id: step for step in steps}
    return run(tuple(unique.values())) if unique else {}


def has_failed(result: Result) -> bool:
    return result.status not in (Status.DONE, Status.FRESH)


# --- Under which key a result is kept -------------------------------------------------------------


def no_key(params: JsonObject) -> None:
    """Of a step that is quicker to run again."""


def stat_key(params: JsonObject) -> str | None:
    """By the file's stat; none while the file is young."""
    young = _is_young(params["mtime_ns"], params["ctime_ns"])
    return None if young else stat_text(params)


def stats_key(params: JsonObject) -> str | None:
    """By the stats of a folder's files; none while one of them is young."""
    young = any(_is_young(mtime_ns, ctime_ns) for _, _, mtime_ns, ctime_ns, _ in params["files"])
    return None if young else stats_text(params)


def stat_text(params: JsonObject) -> str:
    """`stat_key` also of a young file."""
    return json.dumps([params[key] for key in ("source", "size", "mtime_ns", "ctime_ns", "inode")])


def stats_text(params: JsonObject) -> str:
    """`stats_key` also of young files."""
    return hashlib.sha256(json.dumps([params["source"], params["files"]]).encode()).hexdigest()


def is_old(mtime_ns: int) -> bool:
    """Whether a file's time lies so far back that any later write gives it another one."""
    return time.time_ns() - mtime_ns > _YOUNG


def content_key(params: JsonObject) -> str:
    """By content, tools and options: the key of a copy, of a renamed file and on another machine, too."""
    content = {key: value for key, value in params.items() if key not in _OF_THE_PLACE}
    text = json.dumps([content, tool_versions(), asset_metadata.VERSION], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def key_inputs(params: JsonObject) -> Inputs:
    """What the keys above are made of: of a step with a `digest` by content, else by stat."""
    by_stat = {key: params[key] for key in _STAT if key in params}
    if "files" in params:
        by_stat = {"files": _checksum(params["files"])}
    given = params.keys() - _OF_THE_PLACE - {"source", "files", "digest"}
    options = {key: _checksum(params[key]) for key in given if params[key]}
    if "digest" not in params:
        return Inputs(by_stat, options=options)
    return Inputs({"digest": params["digest"]}, tool_versions(), options, asset_metadata.VERSION)


def _checksum(value: Json) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _is_young(*times_ns: int) -> bool:
    now = time.time_ns()
    return any(abs(now - moment) < _YOUNG for moment in times_ns)


@functools.cache
def tool_versions() -> dict[str, str]:
    """The versions of the packages that extract and validate, without importing them."""
    from importlib.metadata import version

    return {name: version(name) for name in _TOOLS} | _filters()


def tool_version(name: str) -> str:
    from importlib.metadata import version

    return tool_versions().get(name) or version(name)


def _filters() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return {_FILTERS: version(_FILTERS)}
    except PackageNotFoundError:
        return {}


# --- Keeping results ------------------------------------------------------------------------------


class Keys(Protocol):
    """By what a step's output is kept, and whether a kept one can be used: `survey.tasks` is one."""

    @property
    def cache_key(self) -> Callable[[Step], str | None]: ...

    @property
    def inputs(self) -> Callable[[Step], Inputs | None]: ...

    @property
    def fits(self) -> Callable[[Step, Json], bool]: ...


class StepCache:
    """The outputs of earlier steps; the table of a step is its kind.

    A table of its own says what the keys were made of, by subject, so that a step that is due can say why.
    Its entry for a kind as a whole says that the subjects of that kind are in it. It is written once for all
    steps of a batch that are due, before they are done: after an interruption the rest is not in the cache.
    """

    def __init__(self, keys: Keys, cache: Cache) -> None:
        self._of, self._cache = keys, cache
        self._keys: dict[str, str] = {}  # by step id, as they were before the step was done
        self._complete: dict[str, bool] = {}  # by kind: whether its subjects were noted from the beginning
        self._hashed: dict[str, Reason] = {}  # by path: why the file was hashed in this run

    def split(self, steps: Sequence[Step]) -> tuple[dict[str, Result], list[Step]]:
        """(what is kept of steps of one kind, by step id; the steps that are due, each with its reason)."""
        known = self.known(steps)
        due = [step for step in steps if step.id not in known]
        return known, self._with_reasons(due) if due else []

    def known(self, steps: Sequence[Step]) -> dict[str, Result]:
        """What is kept of steps of one kind, by step id. An output that does not fit is made again."""
        keys = {step.id: key for step in steps if (key := self._of.cache_key(step)) is not None}
        found: Mapping[str, Json] = self._cache.get_many(steps[0].kind, set(keys.values())) if keys else {}
        known = {
            step.id: Result(step.id, Status.FRESH, output=found[keys[step.id]], reason="known by its content")
            for step in steps
            if keys.get(step.id) in found and self._of.fits(step, found[keys[step.id]])
        }
        self._keys |= {name: key for name, key in keys.items() if name not in known}
        return known

    def keep(self, step: Step, output: Json) -> None:
        """Keeps the output of a step that `known` was asked for, unless it had no key then.

        A file that was young when the step began may have changed since, though it is not young now.
        """
        key = self._keys.pop(step.id, None)
        if key is not None:
            self._cache.put_many(step.kind, {key: output})

    def _with_reasons(self, due: Sequence[Step]) -> list[Step]:
        kind = due[0].kind
        asked = {kind, *(subject for step in due for subject in _subjects(step))}
        before = self._cache.get_many(_INPUTS, asked)
        self._complete.setdefault(kind, kind in before)
        inputs = {step.id: self._of.inputs(step) for step in due}
        noted = {name: now.as_json() for step in due if (now := inputs[step.id]) for name in _subjects(step)}
        if noted:
            self._cache.put_many(_INPUTS, {kind: {}, **noted})
        return [replace(step, reason=self._reason(step, inputs[step.id], before)) for step in due]

    def _reason(self, step: Step, now: Inputs | None, before: Mapping[str, Json]) -> Reason:
        if now is None:
            return step.reason or Reason(Why.NEVER_KEPT)
        earlier = next((before[subject] for subject in _subjects(step) if subject in before), None)
        path = step.params.get("path", "")
        reason = reason_of(
            now,
            Inputs.of(earlier),
            is_complete=self._complete[step.kind],
            of_file=self._hashed.get(path) if now.is_by_digest else None,
            asked=step.reason,
        )
        if not now.is_by_digest:
            self._hashed[path] = merge_reasons(self._hashed.get(path), reason)
        return reason


def _subjects(step: Step) -> dict[str, None]:
    """What the inputs of a step are kept under: what it is about, and its content alone, without options."""
    names = [step.id, *([f"{step.kind}:{step.params['digest']}"] if "digest" in step.params else [])]
    return dict.fromkeys(names)


# --- Without the talk of tools --------------------------------------------------------------------

# Read by the packages when they are imported: our cache goes by content, theirs by path, and
# no check may ask the network for a newer version.
_SETTINGS = {"DANDI_CACHE": "ignore", "DANDI_NO_ET": "1", "NO_ET": "1"}


@contextlib.contextmanager
def silence_packages() -> Iterator[None]:
    """Within it, nothing that the dandi, pynwb and nwbinspector packages print or log reaches the terminal.

    It acts on the whole process for a while, which is why steps that need it run in
    worker processes, one at a time in each.
    """
    os.environ.update(_SETTINGS)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        disabled = logging.root.manager.disable
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(disabled)
