from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dandifile.errors import BlockedError
from dandifile.run.alone import alone

HOLD = "import sys, pathlib; from dandifile.run.alone import alone\nwith alone(pathlib.Path(sys.argv[1])):\n"


def test_a_second_process_is_refused_at_once_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    file = tmp_path / "state" / "apply.lock"
    waiting = HOLD + "    print('held', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", waiting, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline().strip() == b"held"
    with pytest.raises(BlockedError, match="another apply"), alone(file):
        pass
    other.kill()
    other.communicate()
    with alone(file):
        pass


def test_other_specs_are_not_kept_out(tmp_path: Path) -> None:
    with alone(tmp_path / "one"), alone(tmp_path / "two"):
        pass


@pytest.mark.parametrize("garbage", [b"", b"no database, but long enough to be taken for one" * 100])
def test_where_no_file_can_be_locked_nobody_is_kept_out(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / "state").write_bytes(garbage)
    with alone(tmp_path / "state" / "apply.lock"):
        pass
    with alone(tmp_path / "state"):
        pass
