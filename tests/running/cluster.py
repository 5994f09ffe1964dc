"""A Dask cluster of real processes on loopback, and steps for its workers to do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dandifile.errors import DataError
from dandifile.model import Json, Step

ROOT = Path(__file__).parents[2]


@contextmanager
def cluster(folder: Path, workers: int, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """HOST:PORT of a scheduler with some workers, which have this environment as well as their own."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / "scheduler.json"
    quiet = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(place))
    processes = [_start(folder, environ, "dask_scheduler", "--host", "127.0.0.1", "--port", "0", *quiet)]
    try:
        processes += [
            _start(folder, environ, "dask_worker", "--nthreads", "2", "--no-nanny", *quiet)
            for _ in range(workers)
        ]
        while not place.exists() or not place.read_text("utf-8").strip():
            assert processes[0].poll() is None, (folder / "log").read_text("utf-8")
            time.sleep(0.05)
        yield json.loads(place.read_text("utf-8"))["address"].removeprefix("tcp://")
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _start(
    folder: Path, environ: Mapping[str, str] | None, program: str, *arguments: str
) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *arguments],
            cwd=folder,
            env={**os.environ, **_own(folder), **(environ or {})},
            stdout=log,
            stderr=log,
        )


def _own(folder: Path) -> dict[str, str]:
    """Where they find our code, and leave nothing behind."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return {"PYTHONPATH": paths, "DASK_TEMPORARY_DIRECTORY": str(folder)}


def busy_worker(address: str) -> int:
    """The process of a worker that has something to do."""
    from distributed import Client

    with Client(f"tcp://{address}", set_as_default=False) as client:
        busy = next(worker for worker, tasks in client.processing().items() if tasks)
        found: int = client.run(os.getpid, workers=[busy])[busy]
        return found


def where(step: Step, inputs: Mapping[str, Json]) -> Json:
    """The process that it ran in."""
    if step.params.get("fail"):
        raise DataError("it cannot be read", fix="mend it")
    return {"pid": os.getpid(), "inputs": dict(inputs)}


def dying_once(step: Step, inputs: Mapping[str, Json]) -> Json:
    """Takes its worker down the first time."""
    mark = Path(step.params["mark"])
    if not mark.exists():
        mark.write_text(str(os.getpid()), "utf-8")
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        time.sleep(60)
    return os.getpid()


def overlapping(step: Step, inputs: Mapping[str, Json]) -> Json:
    """When it began and ended, and where."""
    began = time.monotonic()
    time.sleep(0.2)
    return {"pid": os.getpid(), "began": began, "ended": time.monotonic()}
