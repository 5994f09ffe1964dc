"""Locks between processes: held by one, freed by its end, and never in the way where none can be had."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dandifile.errors import BlockedError
from dandifile.locking import hold

HELD = BlockedError("another apply of this spec is running", fix="run this one again when it has ended")
HOLDING = """
import pathlib, sys
from dandifile.locking import hold
with hold(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(file: Path) -> subprocess.Popen[bytes]:
    """Another process that holds `file` by now."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == b"held"
    return other


def test_a_second_process_is_refused_at_once_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "state" / "apply.lock"
    other = holder(file)
    with pytest.raises(BlockedError, match="another apply"), hold(file, held=HELD):
        pass
    other.kill()
    other.communicate()
    with hold(file, held=HELD):
        pass


def test_without_an_error_to_raise_the_second_one_waits(tmp_path: Path) -> None:
    file = tmp_path / "store.lock"
    other = holder(file)
    threading.Timer(0.2, other.communicate).start()
    with hold(file):
        assert other.wait() == 0


def test_a_lock_ends_with_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with hold(tmp_path / "one", held=HELD):
            pass


def test_other_files_are_not_locked(tmp_path: Path) -> None:
    with hold(tmp_path / "one", held=HELD), hold(tmp_path / "two", held=HELD):
        pass


@pytest.mark.parametrize("content", [b"", b"a file where the folder should be"])
def test_where_there_can_be_no_file_the_block_runs(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state").write_bytes(content)
    with hold(tmp_path / "state" / "apply.lock", held=HELD):
        pass
    with hold(tmp_path / "state", held=HELD):
        pass
    assert (tmp_path / "state").read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="flock is not what locks there")
@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOLCK, errno.EIO])
@pytest.mark.filterwarnings("error")
def test_where_the_disk_cannot_lock_the_block_runs_and_leaves_nothing_that_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    import fcntl

    def flock(_file: int, _operation: int) -> None:
        raise OSError(code, "no locks here")

    monkeypatch.setattr(fcntl, "flock", flock)
    with hold(tmp_path / "apply.lock", held=HELD), hold(tmp_path / "apply.lock", held=HELD):
        pass
