"""A Ctrl-C ends `tests/run`, whatever the test that runs takes it for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.frame import ROOT

TESTS = """
import pathlib, time
here = pathlib.Path(__file__).parent

def test_that_takes_the_interrupt_for_its_own():
    (here / "begun").touch()
    try:
        time.sleep(600)
    except KeyboardInterrupt:
        pass

def test_that_must_not_run():
    (here / "next").touch()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "xdist"])
def test_one_interrupt_ends_the_run(workers: list[str], tmp_path: Path) -> None:
    file = tmp_path / "test_slow.py"
    file.write_text(TESTS, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            "--rootdir",
            str(tmp_path),
            *workers,
            str(file),
        ],
        cwd=tmp_path,
        env={**environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        while not (tmp_path / "begun").exists():
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED, said
    assert not (tmp_path / "next").exists()
