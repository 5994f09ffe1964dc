"""Readers that go away, disks that are full, and Ctrl-C: said in a word, and never as a bug."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dandifile.errors import Exit
from tests.conftest import Lab

COMMAND = [sys.executable, "-c", "from dandifile.boundary import main; main()"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")


@POSIX
@pytest.mark.parametrize("arguments", [["schema"], ["--help"], ["plan"], ["plan", "--format", "json"]])
def test_who_stops_reading_gets_no_complaint(lab: Lab, arguments: list[str]) -> None:
    lab.spec("")
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=lab.folder
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == Exit.UNREAD


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize("arguments", [["schema"], ["plan"]])
def test_a_full_disk_is_no_bug(lab: Lab, arguments: list[str]) -> None:
    lab.spec("")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*COMMAND, *arguments],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=lab.folder,
        )
    assert ran.returncode == Exit.FAILED
    assert "No space left on device" in ran.stderr
    assert "bug" not in ran.stderr


@POSIX
def test_a_ctrl_c_is_told_in_one_line_while_the_archive_that_was_started_says_nothing(tmp_path: Path) -> None:
    """A terminal sends it to all that the command started, so to the embedded archive, too."""
    (tmp_path / "dandiset.yaml").write_text("dandifile: 1\ninstance: local\nname: a\n", "utf-8")
    store = tmp_path / "store"
    with subprocess.Popen(
        [*COMMAND, "apply", "--create", "--yes", "--executor", "dask://127.0.0.1:1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "DANDIFILE_STORE": str(store)},
        start_new_session=True,
    ) as process:
        for _ in range(400):
            if (store / "server.json").exists() or process.poll() is not None:
                break
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr
        said = process.stderr.read()
        assert process.wait() == Exit.INTERRUPTED, said
    assert said == "interrupted; run the same command again to go on\n"


@POSIX
def test_a_ctrl_c_stops_an_archive_that_is_kept_up_and_is_no_failure(tmp_path: Path) -> None:
    arguments = ["archive", "serve", "--port", "0", "--store", str(tmp_path / "store")]
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        time.sleep(0.3)  # it answers; uvicorn takes signals a moment later
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "stopped\n"
        assert process.wait() == Exit.DONE
