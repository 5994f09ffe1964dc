"""Processes that do steps one at a time, and can be killed: for packages that may hang or crash.

A task goes to a child's stdin as a line of JSON, and its answer comes back the same way. A child
that takes too long is killed, with all that it has started itself, and replaced. One that dies
costs the step that it was doing and no other.
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
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from dandifile.errors import DataError, GivenUpError, UserError
from dandifile.interrupt import before_end
from dandifile.model import Json, JsonObject, Step

log = logging.getLogger(__name__)

KEPT_BACK = ["_API_KEY"]
"""Endings of environment variables that no child gets: no step in a child needs a secret."""

_BEGIN = "import sys; sys.path[:] = {path!r}; from dandifile.run.processes import main; main()"
_SAID = 4000  # bytes of what a child that died wrote to stderr


class Children(ThreadPoolExecutor):
    """An executor for steps; each of its threads waits for one child at a time."""

    def __init__(self, jobs: int, terms: Terms) -> None:
        super().__init__(jobs)
        self._terms = terms

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert not kwargs, "a step and its inputs are all that is sent"
        return super().submit(self._perform, function, *args)

    def _perform(self, function: Callable[..., Any], step: Step, inputs: Mapping[str, Json]) -> Json:
        self._terms.started(step)
        return in_child(task(function, step, inputs), self._terms.seconds(step))


def task(function: Callable[..., Any], step: Step, inputs: Mapping[str, Json]) -> JsonObject:
    """A step as JSON. The function is one that any process can import."""
    return {
        "function": f"{function.__module__}:{function.__qualname__}",
        "step": asdict(step),
        "inputs": dict(inputs),
    }


def in_child(task: JsonObject, seconds: float | None) -> Json:
    """The output of a task, or its error, as if done here. GivenUpError where it hangs or crashes."""
    child = _idle_child()
    try:
        answer = child.ask(task, seconds)
    except BaseException:
        child.kill()
        raise
    if child.usable:
        child.rest()
    if "error" in answer:
        raise DataError(**answer["error"])
    if "os_error" in answer:
        raise OSError(*answer["os_error"])
    if "bug" in answer:
        log.error("in a child process:\n%s", answer["traceback"])
        raise RuntimeError(answer["bug"])
    return answer["output"]


def kill_all() -> None:
    """At once, whatever they are doing."""
    for child in tuple(_alive):
        child.kill()


class _Child:
    """One process. It ends by itself when this process does."""

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
        """The child's answer. GivenUpError where there is none: it took too long, or died."""
        assert self._process.stdin
        assert self._process.stdout
        late = threading.Event()
        timer = threading.Timer(seconds, self._overdue, [late]) if seconds is not None else None
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
            raise given_up(seconds or 0)
        raise self._death()

    def _overdue(self, late: threading.Event) -> None:
        late.set()
        self.kill()

    def _death(self) -> GivenUpError:
        code = self._process.wait()
        self._stderr.seek(max(0, self._stderr.seek(0, os.SEEK_END) - _SAID))
        log.error("a child process ended with %s:\n%s", code, self._stderr.read().decode("utf-8", "replace"))
        if os.name == "posix" and code == -signal.SIGKILL:
            return GivenUpError(
                "the process that read it was killed: most often there was not enough memory",
                fix="use a lower -j, or a machine with more memory",
            )
        name = signal.Signals(-code).name if -code in {*signal.Signals} else f"exit code {code}"
        return GivenUpError(
            f"the process that read it crashed ({name})",
            fix="write the file again, or exclude it",
        )

    def rest(self) -> None:
        """Stays for the next task of the same kind, of any pool."""
        with _lock:
            _idle[self._kind].append(self)

    def kill(self) -> None:
        """With all that it has started: the BIDS validator is a program of its own."""
        self._killed = True
        _alive.discard(self)
        if os.name == "posix":
            with suppress(OSError):  # it is gone
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    @property
    def usable(self) -> bool:
        return not self._killed and self._process.poll() is None


_lock = threading.Lock()
_alive: set[_Child] = set()
_idle: dict[str, list[_Child]] = defaultdict(list)  # by what they were started with
atexit.register(kill_all)
before_end(kill_all)


def _idle_child() -> _Child:
    """One that was started with what holds now, else a new one."""
    environment = {name: text for name, text in os.environ.items() if not name.endswith(tuple(KEPT_BACK))}
    # The current folder may be anybody's: nothing is imported from it.
    path = tuple(entry for entry in sys.path if entry and Path(entry) != Path.cwd())
    with _lock:
        idle = _idle[_kind(path, environment)]
        while idle:
            child = idle.pop()
            if child.usable:
                return child
    return _Child(path, environment)


def _kind(path: tuple[str, ...], environment: Mapping[str, str]) -> str:
    return json.dumps([path, sorted(environment.items())])


# --- In the child ---------------------------------------------------------------------------------


def main() -> None:
    """Does the tasks that come on stdin until it is closed, which ends the process whatever it is doing."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what packages print must not mix with answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle
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

    # gone

    _end_after(task["seconds"])
    try:
        return {"output": perform(task)}
    except UserError as error:
        return {"error": {"what": error.what, "where": error.where, "fix": error.fix}}
    except OSError as error:
        return {"os_error": [error.errno, error.strerror, error.filename and str(error.filename)]}
    except Exception as error:  # noqa: BLE001 - reported there
        return {"bug": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
    finally:
        _end_after(None)


def _end_after(seconds: float | None) -> None:
    """A second guard, for a child whose parent is gone: it works whatever holds Python's lock."""
    import faulthandler

    if seconds is None:
        faulthandler.cancel_dump_traceback_later()
    else:
        faulthandler.dump_traceback_later(seconds + 60, exit=True)


def perform(task: JsonObject) -> Json:
    """Does a task in this process and this thread."""
    module, _, name = task["function"].partition(":")
    function = getattr(import_module(module), name)
    return function(Step(**task["step"]), task["inputs"])


MINUTES = 20.0
"""What a step may take unless the spec or `--step-timeout` says otherwise; large files get more."""

_SECONDS_PER_GB = 60.0  # on top: a slow network disk reads some 17 MB a second


@dataclass(frozen=True)
class Limit:
    """A time limit in minutes, to which the size of what a step reads adds."""

    minutes: float = MINUTES

    def seconds(self, size: int) -> float:
        return self.minutes * 60 + size / 10**9 * _SECONDS_PER_GB


@dataclass(frozen=True)
class Terms:
    """What a pool is told about its steps: how many seconds each may take (None: no limit).

    `started` is called, from any thread, when a step begins.
    """

    seconds: Callable[[Step], float | None] = lambda _step: None
    started: Callable[[Step], None] = lambda _step: None


def given_up(seconds: float) -> GivenUpError:
    return GivenUpError(
        f"it took longer than {_in_words(seconds)} and was given up",
        fix="exclude it or write it again; if it only needs longer, use --step-timeout MINUTES",
    )


def within(seconds: float | None, function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's result or error; GivenUpError once it has taken too long.

    A thread cannot be killed. The one that hangs, on a disk that no longer answers for instance,
    is left behind and does not keep the process from ending.
    """
    if seconds is None:
        return function(*arguments)
    answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((function(*arguments), None))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            answers.put((None, error))

    threading.Thread(target=run, name="step", daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise given_up(seconds) from None
    if error is not None:
        raise error
    return result


def _in_words(seconds: float) -> str:
    if seconds < 100:  # noqa: PLR2004 - only tests and impatient people have such limits
        return f"{seconds:.2g} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes / 60:.1f} h"  # noqa: PLR2004 - easier to read
