"""The benchmarks run, small, and say what they measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import bench_diff
from benchmarks.lab import make_organized, make_raw
from benchmarks.main import BENCHES, main
from benchmarks.measure import Outcome, Side, alternate


@pytest.mark.timeout(1800)  # all of them, even on a busy machine
def test_every_bench_runs_and_a_no_op_asks_the_archive_at_most_eight_times(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks/run", "--json", "--files", "2"])
    main()
    outcomes = {said["name"]: said for said in map(json.loads, capsys.readouterr().out.splitlines())}
    assert outcomes.keys() == BENCHES.keys()
    assert 0 < outcomes["noop"]["dandifile"]["requests"] <= 8
    assert outcomes["one-large"]["least"] > 0
    assert all(said["dandi"]["seconds"] > 0 and said["ratio"] > 0 for said in outcomes.values())


def test_an_unknown_bench_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks/run", "nop"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2


def test_the_ratio_says_how_many_times_faster_dandifile_is() -> None:
    assert Outcome("x", "", Side(0.5), Side(5.0)).ratio == 10


def test_medians_are_of_runs_in_turn() -> None:
    order: list[str] = []
    seconds = iter([1.0, 10.0, 9.0, 20.0, 2.0, 60.0])

    def run(name: str) -> Side:
        order.append(name)
        return Side(next(seconds), requests=len(order))

    ours, theirs = alternate(lambda: run("ours"), lambda: run("theirs"), rounds=3)
    assert order == ["ours", "theirs"] * 3
    assert (ours, theirs) == (Side(2.0, 3), Side(20.0, 4))


def test_both_clients_get_the_same_recordings(tmp_path: Path) -> None:
    raw = make_raw(tmp_path / "raw", 3)
    organized = make_organized(raw, tmp_path / "organized", "000001")
    here = sorted(file.name for file in (raw / "recordings").iterdir())
    there = sorted(file.relative_to(organized).as_posix() for file in organized.rglob("*.nwb"))
    assert here == [f"2024-03-0{day}_rat_C005.nwb" for day in (1, 2, 3)]
    assert there == [f"sub-C005/sub-C005_ses-2024030{day}_ecephys.nwb" for day in (1, 2, 3)]
    one = (raw / "recordings" / here[0]).read_bytes()
    assert one == (organized / there[0]).read_bytes()


def test_a_diff_of_each_case_is_measured(tmp_path: Path) -> None:
    rows = list(bench_diff.measure(tmp_path, 30))
    assert [(row.case, row.output) for row in rows] == [
        (case, output)
        for case in ("1 in 100 replaced", "metadata of all", "all others")
        for output in ("text", "json", "markdown")
    ]
    assert all(row.seconds > 0 and row.requests > 0 and row.peak_mb > 0 for row in rows)
