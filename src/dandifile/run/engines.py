"""Where steps run: in pools on this machine, or on the workers of a Dask cluster. The choice is one value."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from dandifile.errors import UserError
from dandifile.model import Json, Step
from dandifile.run.processes import Children, Supervision, run_within

LOCAL = "local"
_DASK = "dask://"


class Engine(Protocol):
    """Makes a pool: `threads`, or `processes` for what may hang or crash, with so many steps at once."""

    def __call__(self, pool: str, jobs: int, supervision: Supervision = ..., /) -> Executor: ...


def find_engine(name: str) -> Engine:
    """The engine that `--executor` names. It starts or connects nothing until it makes a pool."""
    if name == LOCAL:
        return local_pool
    if name.startswith(_DASK):
        from dandifile.run.dask_pool import DaskPool

        return partial(DaskPool, name.removeprefix(_DASK).rstrip("/"))
    raise UserError(
        f"--executor {name} is not known", fix=f"use {LOCAL}, or {_DASK}HOST:PORT for a Dask cluster"
    )


def local_pool(pool: str, jobs: int, supervision: Supervision = Supervision(), /) -> Executor:  # noqa: B008 - it is frozen
    """Pools on this machine, with one process for each processor at most: each must import its packages."""
    if pool == "threads":
        return _Threads(jobs, supervision)
    return Children(min(jobs, os.cpu_count() or 1), supervision)


class _Threads(ThreadPoolExecutor):
    """Runs steps that read and compute in threads of this process."""

    def __init__(self, jobs: int, supervision: Supervision) -> None:
        super().__init__(jobs)
        self._supervision = supervision

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(self._perform, function, *args, **kwargs)

    def _perform(self, function: Callable[..., Any], step: Step, inputs: Mapping[str, Json]) -> Json:
        self._supervision.started(step)
        return run_within(self._supervision.seconds(step), function, step, inputs)
