"""A Zarr is many requests and one asset: killed between any two of them, a rerun ends in the same state."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from dandifile.errors import Exit
from tests.conftest import Lab
from tests.kinds.test_contract import PATHS, zarr

WRITES = "POST|PUT|DELETE"


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(PATHS)
    lab.files(zarr("x.zarr", "one", "two", "three"))
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    return lab


@pytest.mark.parametrize(
    ("saved", "writes"), [(False, 12), (True, 5)], ids=["from the spec, with a new one", "from a saved plan"]
)
def test_killed_before_any_write_and_run_again_it_ends_in_the_same_state(
    applied: Lab, saved: bool, writes: int
) -> None:
    """Each round changes a chunk, drops or adds one, and may make a new Zarr, until an apply gets through."""
    killed = 0
    while _killed_at(applied, killed, saved):
        made = [asset for path, asset in applied.assets().items() if path.startswith("new")]
        assert all(asset["size"] for asset in made), "no asset is made of a Zarr that is half sent"
        rerun = ("apply", str(_plan(applied)), "--yes") if saved else ("apply", "--yes")
        ran = applied.run(*rerun)
        assert ran.code == Exit.DONE, f"after {killed} writes: {ran.err}{ran.out}"
        again = applied.run("plan", "--detailed-exitcode")
        assert (again.code, "No changes" in again.out) == (Exit.DONE, True), f"{killed} writes: {again.out}"
        assert _rows(applied) == _held(applied), "each Zarr asset has a row of its own; none is left over"
        killed += 1
    assert killed >= writes


def test_killed_while_the_archive_sums_up_it_sends_nothing_again(applied: Lab) -> None:
    applied.files(zarr("new.zarr", "1", "2"))
    applied.archive.misbehave(method="POST", route="/draft/assets/$", stall=True, times=-1)
    process = applied.start("apply", "--yes")
    assert applied.archive.stalled(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    applied.archive.behave()
    applied.archive.reset_counts()
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert ("PUT", "/objects/zarr/{id}") not in applied.archive.counts()
    assert set(applied.assets()) == {"x.zarr", "new.zarr"}


def test_a_moved_zarr_is_not_sent(applied: Lab) -> None:
    before = applied.assets()["x.zarr"]["zarr"]
    (applied.folder / "data" / "x.zarr").rename(applied.folder / "data" / "y.zarr")
    applied.archive.reset_counts()
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert [name for name in applied.archive.counts() if "zarr" in name[1] and name[0] != "GET"] == []
    assert {path: asset["zarr"] for path, asset in applied.assets().items()} == {"y.zarr": before}


def test_one_changed_chunk_is_one_file_sent(applied: Lab) -> None:
    applied.files({"x.zarr/a/1": "TWO"})
    applied.archive.reset_counts()
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert applied.archive.counts()["PUT", "/objects/zarr/{id}"] == 1


def test_the_plan_says_that_a_zarr_keeps_a_dandiset_from_being_published(lab: Lab) -> None:
    lab.spec(PATHS)
    lab.files({"a.csv": "a"})
    assert "had a Zarr cannot be published" not in " ".join(lab.run("plan").out.split())
    lab.files(zarr("x.zarr", "one"))
    assert "had a Zarr cannot be published" in " ".join(lab.run("plan").out.split())


def _killed_at(lab: Lab, skip: int, saved: bool) -> bool:
    """Kills an apply of this round's changes at its write number `skip`; False if it ended first."""
    lab.files({f"x.zarr/a/{1 + skip % 2}": f"round {skip}"})
    if not saved:
        lab.files(zarr(f"new{skip}.zarr", f"{skip}"))
    extra = lab.folder / "data" / "x.zarr" / "extra"
    if skip % 2:
        extra.unlink()
    else:
        lab.files({"x.zarr/extra": f"{skip}"})
    arguments: tuple[str, ...] = ("apply", "--yes")
    if saved:
        assert lab.run("plan", "--out", str(_plan(lab))).code == Exit.DONE
        arguments = ("apply", str(_plan(lab)), "--yes")
    return lab.kill_at(skip, *arguments, method=WRITES)


def _plan(lab: Lab) -> Path:
    return lab.folder / "plan.json"


def _rows(lab: Lab) -> set[str]:
    return {row["zarr_id"] for row in lab.get("/zarr/?dandiset=000001&page_size=1000")["results"]}


def _held(lab: Lab) -> set[str]:
    return {asset["zarr"] for asset in lab.assets().values()}
