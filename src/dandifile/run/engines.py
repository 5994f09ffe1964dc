"""Where steps run: the pools of this machine, or the workers of a Dask cluster. The choice is one value."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

from dandifile.errors import UserError

LOCAL = "local"
_DASK = "dask://"

Engine: TypeAlias = Callable[[str, int], Executor]
"""Makes a pool by its name (`threads`, or `processes` for what needs one of its own) and how much at once."""


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


def local(pool: str, jobs: int) -> Executor:
    """Fresh processes rather than forks: a fork of a process with threads can hang.

    No more of them than processors: each must first import all that it needs.
    """
    if pool == "threads":
        return ThreadPoolExecutor(jobs)
    context = multiprocessing.get_context("spawn")
    processes = min(jobs, os.cpu_count() or 1)
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_ready_worker)


def _ready_worker() -> None:
    """An interrupt is the parent's to handle; the dandi package must not call home."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["DANDI_NO_ET"] = "1"
