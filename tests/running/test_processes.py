"""Steps that hang or crash: each costs its own file, and nothing that it started is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import DataError
from dandifile.model import GIVEN_UP, Effect, Json, Result, Status, Step
from dandifile.run.processes import TimeLimit
from dandifile.run.state import MemoryCache
from dandifile.run.survey_runner import survey_runner
from tests.running.test_survey_runner import Tasks

SECONDS = 4.0
LIMIT = TimeLimit(SECONDS / 60)


def sleeping(step: Step, inputs: Mapping[str, Json]) -> Json:
    """Sleeps, with a program of its own if it is asked to; `pids` takes the processes down."""
    pids = [os.getpid()]
    if step.params.get("program"):
        pids.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid)
    if step.params.get("pids"):
        Path(step.params["pids"]).write_text(" ".join(map(str, pids)), "utf-8")
    time.sleep(step.params.get("seconds", 0))
    return os.getpid()


def crashing(step: Step, inputs: Mapping[str, Json]) -> Json:
    if step.params.get("crash"):
        os.abort()
    if step.params.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def failing(step: Step, inputs: Mapping[str, Json]) -> Json:
    if step.params.get("expected"):
        raise DataError("it cannot be read", fix="mend it")
    if step.params.get("full"):
        raise OSError(28, "No space left on device", "/x")
    raise KeyError("a bug")


def talking(step: Step, inputs: Mapping[str, Json]) -> Json:
    sys.stdout.write("{not an answer}\n")
    os.write(1, b"nor is this\n")
    return {"text": "ü\ud800" * 100_000, "key": os.environ.get("X_API_KEY")}


def ran(perform: Any, *params: dict[str, Any], pool: str = "processes") -> list[Result]:
    tasks = Tasks(lambda kind: pool, perform)
    steps = [Step(f"s{n}", "k", {"key": f"k{n}", **one}, effect=Effect.NONE) for n, one in enumerate(params)]
    with survey_runner(tasks, MemoryCache(), 2, lambda step, result: None, limit=LIMIT) as runner:
        results = runner(steps)
    return [results[step.id] for step in steps]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"


def gone(pid: int) -> bool:
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("pool", ["processes", "threads"])
def test_a_step_that_hangs_is_given_up_and_the_others_are_done(pool: str) -> None:
    results = ran(sleeping, {}, {"seconds": 60}, {}, {}, pool=pool)
    assert [result.status is Status.DONE for result in results] == [True, False, True, True]
    assert results[1].reason == GIVEN_UP
    assert "longer than 4 s and was given up" in results[1].error
    assert "--step-timeout" in results[1].error


def test_what_was_given_up_is_not_tried_twice_in_a_run(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    step = Step("s", "k", {"seconds": 60, "pids": str(pids)}, effect=Effect.NONE)
    tasks = Tasks(lambda kind: "processes", sleeping)
    with survey_runner(tasks, MemoryCache(), 2, lambda step, result: None, limit=LIMIT) as runner:
        first = runner([step])
        pids.unlink()
        assert runner([step]) == first
    assert not pids.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX's")
def test_the_process_that_hangs_is_killed_with_all_that_it_has_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    [result] = ran(sleeping, {"seconds": 60, "program": True, "pids": str(pids)})
    assert result.reason == GIVEN_UP
    own, program = map(int, pids.read_text("utf-8").split())
    assert gone(own)
    assert gone(program)


def test_large_files_get_more_time() -> None:
    assert TimeLimit(20).seconds(0) == 20 * 60
    assert TimeLimit(20).seconds(300 * 10**9) == 320 * 60


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(
    ("how", "said"), [("crash", "crashed (SIGABRT)"), ("kill", "usually because the memory was full")]
)
def test_a_process_that_dies_costs_its_own_file(how: str, said: str) -> None:
    results = ran(crashing, {}, {how: True}, {}, {})
    assert [result.status is Status.DONE for result in results] == [True, False, True, True]
    assert results[1].reason == GIVEN_UP
    assert said in results[1].error


def test_errors_are_the_same_as_in_this_process() -> None:
    apart = ran(failing, {"expected": True}, {"full": True}, {})
    here = ran(failing, {"expected": True}, {"full": True}, {}, pool="threads")
    assert [result.error for result in apart[:2]] == [result.error for result in here[:2]]
    assert "KeyError" in apart[2].error
    assert {result.reason for result in apart} == {""}


def test_what_packages_print_is_no_answer_and_no_secret_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_API_KEY", "secret")
    [result] = ran(talking, {})
    assert result.output == {"text": "ü\ud800" * 100_000, "key": None}


def test_nothing_is_imported_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets.py").write_text("raise SystemExit(7)", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("NEW", "1")  # and so a new process
    assert ran(sleeping, {})[0].status is Status.DONE


def test_processes_are_used_again_unless_the_environment_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    [first], [second] = ran(sleeping, {}), ran(sleeping, {})
    monkeypatch.setenv("NEW", "2")
    [third] = ran(sleeping, {})
    assert first.output == second.output != third.output


ORPHAN = """
import os, sys, threading, time
from dandifile.model import Step
from dandifile.run.processes import Children
from dandifile.run.processes import Supervision
from tests.running.test_processes import sleeping
pool = Children(1, Supervision())
pool.submit(sleeping, Step("s", "k", {"seconds": 600, "pids": sys.argv[1]}), {})
while not os.path.exists(sys.argv[1]) or not open(sys.argv[1]).read():
    time.sleep(0.05)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    pids = tmp_path / "pids"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")])}
    subprocess.run([sys.executable, "-c", ORPHAN, str(pids)], env=environment, cwd=tmp_path, check=False)
    assert gone(int(pids.read_text("utf-8")))
