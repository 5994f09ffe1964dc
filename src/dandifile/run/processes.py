"""Child processes that run steps, and time limits: for packages that may hang or crash.

A task goes to a child's stdin as a line of JSON, and the answer comes back the same way. A child that takes
too long is killed, with every process that it started, and replaced. When a child dies, only the step that
it was running is lost.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from dandifile.errors import DataError, GivenUpError, UserError
from dandifile.interrupt import call_before_end
from dandifile.model import Json, JsonObject, Step

log = logging.getLogger(__name__)

# --- Time limits ----------------------------------------------------------------------------------

DEFAULT_MINUTES = 20.0
"""The limit of a step unless the spec or `--step-timeout` says otherwise; large files get more."""

_SECONDS_PER_GB = 60.0  # on top: a slow network disk reads some 17 MB a second


@dataclass(frozen=True)
class TimeLimit:
    """A time limit in minutes, plus a minute for each GB that a step reads."""

    minutes: float = DEFAULT_MINUTES

    def seconds(self, size: int) -> float:
        return self.minutes * 60 + size / 10**9 * _SECONDS_PER_GB


@dataclass(frozen=True)
class Supervision:
    """How a pool watches its steps.

    `seconds` gives the time limit of a step (None: no limit). `started` is called, from any thread, when a
    step begins.
    """

    seconds: Callable[[Step], float | None] = lambda _step: None
    started: Callable[[Step], None] = lambda _step: None


def overdue_error(seconds: float) -> GivenUpError:
    return GivenUpError(
        f"it took longer than {_limit_text(seconds)} and was given up",
        fix="exclude it or write it again; if it only needs longer, use --step-timeout MINUTES",
    )


def run_within(seconds: float | None, function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's result or error; GivenUpError once it has taken too long.

    A thread cannot be killed. One that hangs, for example on a disk that no longer answers, is left behind;
    it does not keep the process from ending.
    """
    if seconds is None:
        return function(*arguments)
    answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((function(*arguments), None))
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread
            answers.put((None, error))

    threading.Thread(target=run, name="step", daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise overdue_error(seconds) from None
    if error is not None:
        raise error
    return result


def _limit_text(seconds: float) -> str:
    if seconds < 100:  # noqa: PLR2004 - limits this short are for tests
        return f"{seconds:.2g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes / 60:.1f} h"  # noqa: PLR2004 - easier to read


# --- Children -------------------------------------------------------------------------------------

SECRET_ENDINGS = ["_API_KEY"]
"""Endings of environment variables that are not passed to a child: no step in a child needs a secret."""

_BEGIN = "import sys; sys.path[:] = {path!r}; from dandifile.run.processes import main; main()"
_LAST_WORDS = 4000  # bytes at the end of a dead child's stderr that go to the log


class Children(ThreadPoolExecutor):
    """An executor for steps: each of its threads waits for one child at a time."""

    def __init__(self, jobs: int, supervision: Supervision) -> None:
        super().__init__(jobs)
        self._supervision = supervision

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert not kwargs, "only a step and its inputs are sent"
        return super().submit(self._perform, function, *args)

    def _perform(self, function: Callable[..., Any], step: Step, inputs: Mapping[str, Json]) -> Json:
        self._supervision.started(step)
        return run_in_child(task_json(function, step, inputs), self._supervision.seconds(step))


def task_json(function: Callable[..., Any], step: Step, inputs: Mapping[str, Json]) -> JsonObject:
    """A step as JSON. Any process must be able to import the function."""
    return {
        "function": f"{function.__module__}:{function.__qualname__}",
        "step": asdict(replace(step, reason=None)),  # why it runs is of no use there
        "inputs": dict(inputs),
    }


def run_in_child(task: JsonObject, seconds: float | None) -> Json:
    """The output of a task; raises its error, and GivenUpError where it hangs or crashes."""
    child = _idle_child()
    try:
        answer = child.ask(task, seconds)
    except BaseException:
        child.kill()
        raise
    if child.is_usable:
        child.keep()
    if "error" in answer:
        raise DataError(**answer["error"])
    if "os_error" in answer:
        raise OSError(*answer["os_error"])
    if "bug" in answer:
        log.error("in a child process:\n%s", answer["traceback"])
        raise RuntimeError(answer["bug"])
    return answer["output"]


def kill_all() -> None:
    """Kills every child at once, whatever it is doing."""
    for child in tuple(_alive):
        child.kill()


class _Child:
    """One child process. It ends by itself when this process ends."""

    def __init__(self, path: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._kind = _kind(path, environment)
        self._killed = False
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the child is
        own_group: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
        self._process = subprocess.Popen(  # noqa: S603 - this Python and this package
            [sys.executable, "-I", "-X", "faulthandler", "-c", _BEGIN.format(path=list(path))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=dict(environment),
            text=True,
            encoding="utf-8",
            **own_group,
        )
        _alive.add(self)

    def ask(self, task: JsonObject, seconds: float | None) -> JsonObject:
        """The child's answer. GivenUpError where it took too long, or died."""
        assert self._process.stdin
        assert self._process.stdout
        late = threading.Event()
        timer = threading.Timer(seconds, self._kill_late, [late]) if seconds is not None else None
        if timer:
            timer.daemon = True
            timer.start()
        try:
            self._process.stdin.write(json.dumps({**task, "seconds": seconds}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:  # it died before it could read
            line = ""
        finally:
            if timer:
                timer.cancel()
        if line.endswith("\n"):
            answer: JsonObject = json.loads(line)
            return answer
        if late.is_set():
            raise overdue_error(seconds or 0)
        raise self._death_error()

    def _kill_late(self, late: threading.Event) -> None:
        late.set()
        self.kill()

    def _death_error(self) -> GivenUpError:
        code = self._process.wait()
        self._stderr.seek(max(0, self._stderr.seek(0, os.SEEK_END) - _LAST_WORDS))
        log.error("a child process ended with %s:\n%s", code, self._stderr.read().decode("utf-8", "replace"))
        if os.name == "posix" and code == -signal.SIGKILL:
            return GivenUpError(
                "the process that read it was killed, usually because the memory was full",
                fix="use a lower -j, or a machine with more memory",
            )
        name = signal.Signals(-code).name if -code in {*signal.Signals} else f"exit code {code}"
        return GivenUpError(
            f"the process that read it crashed ({name})",
            fix="write the file again, or exclude it",
        )

    def keep(self) -> None:
        """Keeps the child for the next task of its kind, from any pool."""
        with _lock:
            _idle[self._kind].append(self)

    def kill(self) -> None:
        """Kills the child and every process that it started: the BIDS validator is a separate program."""
        self._killed = True
        _alive.discard(self)
        if os.name == "posix":
            with suppress(OSError):  # it has ended
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    @property
    def is_usable(self) -> bool:
        return not self._killed and self._process.poll() is None


_lock = threading.Lock()
_alive: set[_Child] = set()
_idle: dict[str, list[_Child]] = defaultdict(list)  # by path and environment
atexit.register(kill_all)
call_before_end(kill_all)


def _idle_child() -> _Child:
    """A child that was started with the present path and environment, else a new one."""
    environment = {
        name: text for name, text in os.environ.items() if not name.endswith(tuple(SECRET_ENDINGS))
    }
    # Nothing is imported from the current folder: its files may come from anywhere.
    path = tuple(entry for entry in sys.path if entry and Path(entry) != Path.cwd())
    with _lock:
        idle = _idle[_kind(path, environment)]
        while idle:
            child = idle.pop()
            if child.is_usable:
                return child
    return _Child(path, environment)


def _kind(path: tuple[str, ...], environment: Mapping[str, str]) -> str:
    return json.dumps([path, sorted(environment.items())])


# --- In the child ---------------------------------------------------------------------------------


def main() -> None:
    """Runs the tasks that come on stdin. When stdin is closed, the process ends, whatever it is doing."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what packages print must not mix with the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles interrupts
    os.environ["DANDI_NO_ET"] = "1"  # the dandi package must not call home
    tasks: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=partial(_listen, tasks), daemon=True).start()
    while True:
        answers.write(json.dumps(_answer(json.loads(tasks.get()))) + "\n")
        answers.flush()


def _listen(tasks: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        tasks.put(line)
    os._exit(0)


def _answer(task: JsonObject) -> JsonObject:
    import traceback

    _end_after(task["seconds"])
    try:
        return {"output": perform_task(task)}
    except UserError as error:
        return {"error": {"what": error.what, "where": error.where, "fix": error.fix}}
    except OSError as error:
        return {"os_error": [error.errno, error.strerror, error.filename and str(error.filename)]}
    except Exception as error:  # noqa: BLE001 - the parent reports it
        return {"bug": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
    finally:
        _end_after(None)


def perform_task(task: JsonObject) -> Json:
    """Runs a task in this process and this thread."""
    module, _, name = task["function"].partition(":")
    function = getattr(import_module(module), name)
    return function(Step(**task["step"]), task["inputs"])


def _end_after(seconds: float | None) -> None:
    """A second time limit, for a child whose parent has ended: it works even while the GIL is held."""
    import faulthandler

    if seconds is None:
        faulthandler.cancel_dump_traceback_later()
    else:
        faulthandler.dump_traceback_later(seconds + 60, exit=True)
