"""Where steps run: the pools of this machine, or the workers of a Dask cluster. The choice is one value."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from dandifile.errors import UserError
from dandifile.model import Json, Step
from dandifile.run.processes import Children, Terms, within

LOCAL = "local"
_DASK = "dask://"


class Engine(Protocol):
    """Makes a pool by its name and how much at once: `threads`, or `processes` for what may hang or crash."""

    def __call__(self, pool: str, jobs: int, terms: Terms = ..., /) -> Executor: ...


def engine(name: str) -> Engine:
    """The engine that `--executor` names. Nothing is started or connected before a pool is asked for."""
    if name == LOCAL:
        return local
    if name.startswith(_DASK):
        from dandifile.run.dask_pool import DaskPool

        return partial(DaskPool, name.removeprefix(_DASK).rstrip("/"))
    raise UserError(
        f"--executor {name} is not known", fix=f"use {LOCAL}, or {_DASK}HOST:PORT for a Dask cluster"
    )


def local(pool: str, jobs: int, terms: Terms = Terms(), /) -> Executor:  # noqa: B008 - it is frozen
    """No more processes than processors: each must first import all that it needs."""
    if pool == "threads":
        return _Threads(jobs, terms)
    return Children(min(jobs, os.cpu_count() or 1), terms)


class _Threads(ThreadPoolExecutor):
    """For steps that read and compute, in this process."""

    def __init__(self, jobs: int, terms: Terms) -> None:
        super().__init__(jobs)
        self._terms = terms

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(self._perform, function, *args, **kwargs)

    def _perform(self, function: Callable[..., Any], step: Step, inputs: Mapping[str, Json]) -> Json:
        self._terms.started(step)
        return within(self._terms.seconds(step), function, step, inputs)
