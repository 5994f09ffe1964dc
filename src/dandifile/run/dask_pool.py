"""An executor on an existing Dask cluster: steps go there as JSON, answers come back as JSON.

A worker that dies has its step run again by Dask, on another one. A step that may hang or crash
runs in a process of its own beside the worker, which has the time limit.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dandifile.errors import DataError, GivenUpError, UserError
from dandifile.model import Json, JsonObject
from dandifile.run import child
from dandifile.run.dask_watch import WAITING, Watch
from dandifile.run.limits import Terms
from dandifile.run.on_worker import run_step, versions

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
                **child.task(function, step, inputs),
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
