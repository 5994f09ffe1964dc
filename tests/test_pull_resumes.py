"""A pull that is killed at any request, or in the middle of a file, and run again ends in the same state."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from dandifile.errors import Exit
from tests.commands.test_pull import contents, copy, plan, publish
from tests.conftest import Lab
from tests.kinds.test_contract import zarr

__all__ = ["copy"]  # a fixture

FILES = {"a.txt": "one", "sub/b.txt": "two", **zarr("x.zarr", "1", "2", "3")}


def test_killed_between_any_two_requests_and_run_again_it_ends_in_the_same_state(lab: Lab, copy: Lab) -> None:
    """Each round kills a fresh pull at its next request, until one gets through: from the first file on."""
    publish(lab, FILES)
    first = killed = copy.requests_of("pull", "--dry-run")
    while _killed_at(copy, killed):
        assert _visible(copy).items() <= FILES.items(), "what is there is whole"
        assert plan(copy).code == Exit.DONE, "what is not there is unknown"
        done = copy.run("pull")
        assert done.code == Exit.DONE, f"after {killed} requests: {done.err}{done.out}"
        assert contents(copy.folder / "data") == FILES, f"after {killed} requests"
        assert plan(copy).code == Exit.DONE, f"after {killed} requests"
        killed += 1
    assert killed - first > len(FILES)  # a content each, and where it is
    assert contents(copy.folder / "data") == FILES


def _killed_at(copy: Lab, skip: int) -> bool:
    """Kills a pull into an empty folder at its request number `skip`; False if it ended first."""
    shutil.rmtree(copy.folder / "data", ignore_errors=True)
    shutil.rmtree(copy.folder / ".dandifile", ignore_errors=True)
    return copy.kill_at(skip, "pull")


def test_killed_in_the_middle_of_a_file_it_goes_on_from_there(lab: Lab, copy: Lab) -> None:
    big = "0123456789" * 1_000_000
    publish(lab, {"big.txt": big})
    copy.archive.misbehave(method="GET", route="/dandi-dandisets/", bandwidth=4_000_000, times=-1)
    process = copy.start("pull")
    while not (arrived := _partial_size(copy)):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    copy.archive.behave()
    assert 0 < arrived < len(big)
    assert _visible(copy) == {}
    assert plan(copy).code == Exit.DONE, "half a file is no data"
    done = copy.run("pull")
    assert done.code == Exit.DONE, done.err
    assert contents(copy.folder / "data") == {"big.txt": big}


def test_two_pulls_at_once_do_not_meet(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    copy.archive.misbehave(route="/download/", stall=True, times=-1)
    process = copy.start("pull")
    assert copy.archive.stalled(60)
    copy.archive.behave()
    done = copy.run("pull")
    assert (done.code, "another pull of this spec is running" in done.err) == (Exit.BLOCKED, True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert copy.run("pull").code == Exit.DONE


def _visible(copy: Lab) -> dict[str, str]:
    found = contents(copy.folder / "data")
    return {path: text for path, text in found.items() if not path.startswith(".partial-dandifile/")}


def _partial_size(copy: Lab) -> int:
    partial: list[Path] = [*(copy.folder / "data").glob(".partial-dandifile/*")]
    return max((file.stat().st_size for file in partial if len(file.name) == 32), default=0)
