"""Ctrl-C during an apply: once to let it end what is running, twice to stop at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from dandifile.errors import Exit
from tests.conftest import CONTACT, Lab
from tests.frame import ROOT
from tests.running.test_processes import gone
from tests.survey.lab import write, write_nwb

SPEC = f"description: d\nlicense: CC-BY-4.0\n{CONTACT}\npaths: [{{source: data, standard: any}}]\n"
COMMAND = [sys.executable, "-c", "from dandifile.boundary import main; main()"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


def test_the_second_one_stops_whatever_is_waited_for_and_a_rerun_goes_on(lab: Lab) -> None:
    lab.spec(SPEC)
    lab.files({"a.csv": "a", "b.csv": "b"})
    lab.archive.misbehave(method="PUT", route="/objects/", stall=True, times=-1)
    with subprocess.Popen(
        [*COMMAND, "apply", "--file", str(lab.folder / "dandiset.yaml"), "--create", "--yes"],
        env={**os.environ, **lab.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert lab.archive.stalled(60)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        said = ""
        while "Ctrl-C again" not in said:  # a busy machine may first say what it waits for
            said = process.stderr.readline()
            assert said
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == Exit.INTERRUPTED
        assert process.stderr.read().endswith("stopped; run the same command again to go on\n")
    lab.archive.behave()
    assert lab.run("apply", "--yes").code == Exit.DONE
    assert set(lab.assets()) == {"a.csv", "b.csv"}


def test_the_second_one_ends_a_step_that_hangs(tmp_path: Path) -> None:
    """The package that reads NWB here is one that sleeps."""
    mark = tmp_path / "mark"
    sleep = (
        f"import os, pathlib, time; pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(600)"
    )
    slow = write(tmp_path / "slow" / "dandi.py", sleep).parent
    write_nwb(tmp_path / "data" / "a.nwb")
    head = "dandifile: 1\ninstance: dandi-sandbox\nname: n\npaths: [data]\n"
    spec = write(tmp_path / "dandiset.yaml", head)
    with subprocess.Popen(
        [*COMMAND, "validate", "--file", str(spec)],
        env={**os.environ, "PYTHONPATH": str(slow)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        while not mark.exists() or not mark.read_text("utf-8"):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        while "Ctrl-C again" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == Exit.INTERRUPTED
    assert gone(int(mark.read_text("utf-8")))


EARLY = """
import os, signal, sys
class Interrupts:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupts())
sys.argv = ["dandifile", "schema"]
from {entry} import {function}
sys.exit({function}())
"""


@pytest.mark.parametrize("module", ["typer", "dandifile.cli", "dandifile.errors"])
def test_one_while_the_command_line_loads_shows_no_traceback(module: str) -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    entry, function = scripts["dandifile"].split(":")
    early = EARLY.format(module=module, entry=entry, function=function)
    ended = subprocess.run([sys.executable, "-c", early], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (Exit.INTERRUPTED, "")
    assert ended.stderr == "interrupted; run the same command again to go on\n"


DROPPED = """
import os, signal, sys, time
from dandifile import boundary, interrupt
class Dropping:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
def command(arguments):
    try:
        dropping = Dropping()
        del dropping  # Python drops what is raised in there
        time.sleep(60)
    except KeyboardInterrupt:
        return interrupt.CODE
boundary.run = command
boundary.main()
"""


def test_one_that_python_drops_comes_again() -> None:
    ended = subprocess.run([sys.executable, "-c", DROPPED], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (Exit.INTERRUPTED, "", "")


WAITING = """
import os, signal, sys, threading, time
from dandifile import boundary, interrupt
def command(arguments):
    threading.Thread(target=time.sleep, args=(600,)).start()  # as a thread of a pool that waits for something
    try:
        print("waits", flush=True)
        time.sleep(600)
    except KeyboardInterrupt:
        {then}
        return interrupt.CODE
boundary.run = command
boundary.main()
"""


@pytest.mark.parametrize(
    ("then", "said"),
    [("pass", ""), ("os.kill(os.getpid(), signal.SIGINT)", "stopped; run the same command again to go on\n")],
    ids=["one", "two"],
)
def test_the_process_ends_without_waiting_for_its_threads(then: str, said: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITING.format(then=then)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == Exit.INTERRUPTED
        assert process.stderr
        assert process.stderr.read() == said
