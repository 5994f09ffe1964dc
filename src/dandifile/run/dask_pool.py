"""An executor on an existing Dask cluster: steps go there as JSON, answers come back as JSON.

A worker that dies has its step run again by Dask, on another one. A step that may hang or crash
runs in a process of its own beside the worker, which has the time limit.
"""

from __future__ import annotations

import functools
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dandifile.errors import DataError, GivenUpError, UserError
from dandifile.model import Json, JsonObject, Step
from dandifile.run import processes
from dandifile.run.processes import Terms, in_child, perform, within
from dandifile.survey.tasks import tool_versions

if TYPE_CHECKING:
    from distributed import Client


_CONNECT = 10  # seconds
_FIRST_WORKER = 60  # seconds: a cluster that has just been asked for workers may still be getting one


class DaskPool(Executor):
    """Runs `function(step, inputs)` of any importable function on the cluster's workers."""

    def __init__(
        self,
        address: str,
        pool: str,
        jobs: int,  # noqa: ARG002 - the cluster says how many
        terms: Terms = Terms(),  # noqa: B008 - it is frozen
    ) -> None:
        self._terms = terms
        self._client = _connected(address)
        self._cluster = self._client.get_executor(pure=False)
        self._alone = pool == "processes"
        self._open: set[Future[Any]] = set()  # answers that somebody waits for
        self._watch = Watch(lambda: len(self._client.scheduler_info()["workers"]), self._give_up, WAITING)

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert not kwargs, "a step and its inputs are all that is sent"
        step, inputs = args
        self._terms.started(step)  # as far as can be told from here
        asked = self._cluster.submit(
            run_step,
            {
                **processes.task(function, step, inputs),
                "alone": self._alone,
                "seconds": self._terms.seconds(step),
                "versions": dict(versions()),
            },
        )
        answer = _answered(asked)
        self._open.add(answer)
        answer.add_done_callback(self._open.discard)
        if self._watch.lost:
            self._give_up(self._watch.lost)
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 - the base class's parameters
        """What has not ended is cancelled: whoever waits for results has them by now."""
        self._watch.end()
        self._cluster.shutdown(wait=False)
        self._client.close()

    def _give_up(self, why: DataError) -> None:
        for answer in tuple(self._open):
            with suppress(InvalidStateError):  # it came after all, or was cancelled
                answer.set_exception(why)


def _answered(asked: Future[JsonObject]) -> Future[Json]:
    """The step's own result or error; cancelled with what it stands for."""
    answer: Future[Json] = Future()

    def cancelled(future: Future[Json]) -> None:
        if future.cancelled():
            asked.cancel()
            future.set_running_or_notify_cancel()

    def ended(future: Future[JsonObject]) -> None:
        with suppress(InvalidStateError):  # cancelled, or given up
            _tell(answer, future)

    answer.add_done_callback(cancelled)
    asked.add_done_callback(ended)
    return answer


def _tell(answer: Future[Json], asked: Future[JsonObject]) -> None:
    try:
        told = asked.result()
    except CancelledError:
        gone = DataError(
            "the connection to the Dask cluster was lost", fix="see whether it is up, and run again"
        )
        answer.set_exception(gone)
    except Exception as error:  # noqa: BLE001 - whatever went wrong there is this step's result
        answer.set_exception(_in_words(error))
    else:
        if "error" in told:
            words = dict(told["error"])
            kind = GivenUpError if words.pop("given_up", False) else DataError
            answer.set_exception(kind(**words))
        else:
            answer.set_result(told["output"])


def _in_words(error: Exception) -> Exception:
    """What the cluster itself reports; anything else is a bug and stays what it is."""
    if type(error).__name__ == "KilledWorker":
        return DataError(
            "every worker that tried it died",
            fix="give the workers more memory: their logs say why they ended",
        )
    if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("dandifile"):
        return DataError(
            "the workers have no dandifile", fix="install the same version there: pip install dandifile"
        )
    return error


def _connected(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise UserError(
            "--executor dask:// needs the package distributed, which is not installed",
            fix='run pip install "dandifile[dask]"',
        ) from error
    try:
        host, _, port = address.rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT).close()
        client = Client(f"tcp://{address}", timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(
            f"no Dask scheduler answers at {address}",
            fix="check HOST:PORT, as `dask scheduler` prints it",
        ) from error
    try:
        client.wait_for_workers(1, timeout=_FIRST_WORKER)
    except TimeoutError as error:
        client.close()
        raise UserError(
            f"the Dask scheduler at {address} has no workers",
            fix=f"start some: dask worker tcp://{address} --nthreads 1",
        ) from error
    return client


@dataclass(frozen=True)
class Waiting:
    """Seconds between two looks, and without workers until that is told, and until all is given up."""

    look: float = 5.0
    told: float = 30.0
    ends: float = 1800.0


WAITING = Waiting()


class Watch:
    """Calls `give_up` while a cluster has had no worker for too long. `workers` counts those that are up."""

    def __init__(
        self, workers: Callable[[], int], give_up: Callable[[DataError], None], waiting: Waiting
    ) -> None:
        self._workers = workers
        self._give_up = give_up
        self._waiting = waiting
        self._ended = threading.Event()
        self.lost: DataError | None = None  # why nothing more need be asked of the cluster
        threading.Thread(target=self._run, name="dask-watch", daemon=True).start()

    def end(self) -> None:
        self._ended.set()

    def _run(self) -> None:
        since: float | None = None
        told = False
        while not self._ended.wait(self._waiting.look):
            if self._workers():
                since, told, self.lost = None, False, None
                continue
            since = since or time.monotonic()
            alone = time.monotonic() - since
            if alone >= self._waiting.told and not told:
                sys.stderr.write("the Dask cluster has no workers any more; waiting for new ones\n")
                told = True
            if alone >= self._waiting.ends:
                self.lost = _without_workers(alone)
                self._give_up(self.lost)


def _without_workers(seconds: float) -> DataError:
    return DataError(
        f"the Dask cluster has had no workers for {max(1, round(seconds / 60))} min",
        fix="start some, and run again: what is done is kept",
    )


def run_step(task: JsonObject) -> JsonObject:
    """`{function, step, inputs, alone, seconds, versions}` → `{"output": …}` or `{"error": {…}}`.

    `function` is `module:name`, called with the step and its inputs. `alone`: in a process of its own,
    which may hang or crash. `seconds` is its time limit. A `path` in the step's params is the file that
    it reads, or a folder, of which `files`, each a list that begins with its path in it, are those
    that it reads. An error has `what`, `where`, `fix`, and `given_up` where the step hung or crashed.
    """
    os.environ["DANDI_NO_ET"] = "1"
    try:
        _refuse_other_versions(task["versions"])
        _refuse_absent(Step(**task["step"]))
        if task["alone"]:
            return {"output": in_child(task, task["seconds"])}
        return {"output": within(task["seconds"], perform, task)}
    except UserError as error:
        given_up = isinstance(error, GivenUpError)
        return {"error": {"what": error.what, "where": error.where, "fix": error.fix, "given_up": given_up}}


@functools.cache
def versions() -> Mapping[str, str]:
    """Of the packages that a result depends on, on this machine."""
    from importlib.metadata import version

    return {"dandifile": version("dandifile"), **tool_versions()}


def _refuse_other_versions(wanted: Mapping[str, str]) -> None:
    """Results are remembered under the versions of whoever asked."""
    other = [f"{name} {has}, not {wanted[name]}" for name, has in versions().items() if has != wanted[name]]
    if other:
        raise UserError(
            f"the worker on {socket.gethostname()} has {', '.join(other)}",
            fix="install the same versions there and here",
        )


def _refuse_absent(step: Step) -> None:
    path = step.params.get("path")
    if path is None:
        return
    files = (Path(path) / name for name, *_ in step.params.get("files", ()))
    for file in (Path(path), *files):
        if not os.path.lexists(file):
            raise UserError(
                f"{file} is not there on the worker on {socket.gethostname()}",
                where=path,
                fix="let the workers see the data under the same path, or use --executor local",
            )
