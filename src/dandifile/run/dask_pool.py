"""An executor on an existing Dask cluster: steps go there as JSON, and answers come back as JSON.

When a worker dies, Dask runs its step again on another one. A step that may hang or crash runs in a child
process of the worker, with the time limit. An expected error comes back in words. A step contains no
secret: what needs a key finds it on the worker.
"""

from __future__ import annotations

import functools
import os
import socket
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
from dandifile.run.processes import Supervision, perform_task, run_in_child, run_within
from dandifile.survey.task import tool_versions
from dandifile.waits import say_busy

if TYPE_CHECKING:
    from distributed import Client


_CONNECT = 10  # seconds
_FIRST_WORKER = 60  # seconds: a cluster may still be starting its workers


class DaskPool(Executor):
    """Runs `function(step, inputs)` on the workers of a cluster, for any function that they can import."""

    def __init__(
        self,
        address: str,
        pool: str,
        jobs: int,  # noqa: ARG002 - the cluster says how many
        supervision: Supervision = Supervision(),  # noqa: B008 - it is frozen
    ) -> None:
        self._supervision = supervision
        self._client = _connect(address)
        self._cluster = self._client.get_executor(pure=False)
        self._alone = pool == "processes"
        self._open: set[Future[Any]] = set()  # answers that have not come yet
        self._watch = WorkerWatch(
            lambda: len(self._client.scheduler_info()["workers"]), self._fail_open, PATIENCE
        )

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert not kwargs, "only a step and its inputs are sent"
        step, inputs = args
        self._supervision.started(step)  # on the cluster it may start later
        asked = self._cluster.submit(
            run_step,
            {
                **processes.task_json(function, step, inputs),
                "alone": self._alone,
                "seconds": self._supervision.seconds(step),
                "versions": dict(package_versions()),
            },
        )
        answer = _answer_to(asked)
        self._open.add(answer)
        answer.add_done_callback(self._open.discard)
        if self._watch.lost:
            self._fail_open(self._watch.lost)
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 - the base class's parameters
        """Cancels what has not ended: by now every result that counts has come."""
        self._watch.end()
        self._cluster.shutdown(wait=False)
        self._client.close()

    def _fail_open(self, why: DataError) -> None:
        for answer in tuple(self._open):
            with suppress(InvalidStateError):  # it has come meanwhile, or was cancelled
                answer.set_exception(why)


def _answer_to(asked: Future[JsonObject]) -> Future[Json]:
    """The result or error of the step itself; cancelling it cancels the call on the cluster."""
    answer: Future[Json] = Future()

    def cancelled(future: Future[Json]) -> None:
        if future.cancelled():
            asked.cancel()
            future.set_running_or_notify_cancel()

    def ended(future: Future[JsonObject]) -> None:
        with suppress(InvalidStateError):  # cancelled meanwhile, or given up
            _settle(answer, future)

    answer.add_done_callback(cancelled)
    asked.add_done_callback(ended)
    return answer


def _settle(answer: Future[Json], asked: Future[JsonObject]) -> None:
    try:
        reply = asked.result()
    except CancelledError:
        gone = DataError(
            "the connection to the Dask cluster was lost", fix="check that it is up, then run again"
        )
        answer.set_exception(gone)
    except Exception as error:  # noqa: BLE001 - any error there is the result of this step
        answer.set_exception(_cluster_error(error))
    else:
        if "error" in reply:
            words = dict(reply["error"])
            kind = GivenUpError if words.pop("given_up", False) else DataError
            answer.set_exception(kind(**words))
        else:
            answer.set_result(reply["output"])


def _cluster_error(error: Exception) -> Exception:
    """An error of the cluster in words; any other is a bug and stays as it is."""
    if type(error).__name__ == "KilledWorker":
        return DataError(
            "every worker that tried it died",
            fix="look into the logs of the workers; usually they need more memory",
        )
    if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("dandifile"):
        return DataError(
            "dandifile is not installed on the workers",
            fix="install the same version there: pip install dandifile",
        )
    return error


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise UserError(
            "--executor dask:// needs the package `distributed`, which is not installed",
            fix='run pip install "dandifile[dask]"',
        ) from error
    try:
        host, _, port = address.rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT).close()
        client = Client(f"tcp://{address}", timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(
            f"no Dask scheduler answers at {address}",
            fix="check HOST:PORT: `dask scheduler` prints it",
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


# --- Waiting for workers --------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkerPatience:
    """Seconds between two looks, and without workers until a message is shown, and until all steps fail."""

    look: float = 5.0
    shown: float = 30.0
    ends: float = 1800.0


PATIENCE = WorkerPatience()


class WorkerWatch:
    """Calls `give_up` once a cluster has had no workers for too long. `workers` counts those that are up."""

    def __init__(
        self, workers: Callable[[], int], give_up: Callable[[DataError], None], waiting: WorkerPatience
    ) -> None:
        self._workers = workers
        self._give_up = give_up
        self._waiting = waiting
        self._ended = threading.Event()
        self.lost: DataError | None = None  # why the cluster can run nothing more
        threading.Thread(target=self._run, name="dask-watch", daemon=True).start()

    def end(self) -> None:
        self._ended.set()

    def _run(self) -> None:
        since: float | None = None
        shown = False
        while not self._ended.wait(self._waiting.look):
            if self._workers():
                since, shown, self.lost = None, False, None
                continue
            since = since or time.monotonic()
            alone = time.monotonic() - since
            if alone >= self._waiting.shown and not shown:
                say_busy("the Dask cluster has no workers left; waiting for new ones")
                shown = True
            if alone >= self._waiting.ends:
                self.lost = _no_workers_error(alone)
                self._give_up(self.lost)


def _no_workers_error(seconds: float) -> DataError:
    return DataError(
        f"the Dask cluster has had no workers for {max(1, round(seconds / 60))} min",
        fix="start some and run again: finished steps are kept",
    )


# --- On a worker ----------------------------------------------------------------------------------


def run_step(task: JsonObject) -> JsonObject:
    """`{function, step, inputs, alone, seconds, versions}` → `{"output": …}` or `{"error": {…}}`.

    What a Dask worker runs. `function` is `module:name`, called with the step and its inputs. `alone`: in a
    child process, as it may hang or crash. `seconds` is the time limit. A `path` in the step's params is
    the file that it reads; or a folder, then `files` are those that it reads, each a list that begins with
    the path in the folder. An error has `what`, `where`, `fix`, and `given_up` where the step hung or
    crashed.
    """
    os.environ["DANDI_NO_ET"] = "1"
    try:
        _refuse_other_versions(task["versions"])
        _refuse_absent_files(Step(**task["step"]))
        if task["alone"]:
            return {"output": run_in_child(task, task["seconds"])}
        return {"output": run_within(task["seconds"], perform_task, task)}
    except UserError as error:
        given_up = isinstance(error, GivenUpError)
        return {"error": {"what": error.what, "where": error.where, "fix": error.fix, "given_up": given_up}}


@functools.cache
def package_versions() -> Mapping[str, str]:
    """The versions of the packages that a result depends on, on this machine."""
    from importlib.metadata import version

    return {"dandifile": version("dandifile"), **tool_versions()}


def _refuse_other_versions(wanted: Mapping[str, str]) -> None:
    """Results are cached under the versions of the machine that asked."""
    other = [
        f"{name} {has}, not {wanted[name]}" for name, has in package_versions().items() if has != wanted[name]
    ]
    if other:
        raise UserError(
            f"the worker {socket.gethostname()} has {', '.join(other)}",
            fix="install the same versions on both machines",
        )


def _refuse_absent_files(step: Step) -> None:
    path = step.params.get("path")
    if path is None:
        return
    files = (Path(path) / name for name, *_ in step.params.get("files", ()))
    for file in (Path(path), *files):
        if not os.path.lexists(file):
            raise UserError(
                f"{file} does not exist on the worker {socket.gethostname()}",
                where=path,
                fix="mount the data under the same path on the workers, or use --executor local",
            )
