from __future__ import annotations

import subprocess
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.errors import SpecError
from dandifile.survey.manifest import Line, load, manifest_file, parse, render, save
from tests.survey.lab import write


def line(path: str, source: str = "", digest: str = "d-1") -> Line:
    return Line(path, source or f"raw/{path}", 3, digest, "m1", "s1", "valid", "pynwb 3.1.0")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
lines = st.lists(
    st.builds(Line, names.filter(bool), names, st.integers(0, 2**62), texts, texts, texts, texts, texts),
    unique_by=lambda item: item.path,
)


@given(lines)
def test_what_is_written_is_read(made: list[Line]) -> None:
    assert parse(render(made), "x.tsv") == tuple(sorted(made))


@given(lines, st.randoms())
def test_the_order_of_the_lines_does_not_matter(made: list[Line], chance: Random) -> None:
    text = render(made)
    head, *rows = text.split("\n")
    chance.shuffle(rows)
    assert parse("\n".join([head, *rows]), "x.tsv") == parse(text, "x.tsv")


def test_it_is_sorted_by_path_one_line_an_asset() -> None:
    head, *rows = render([line("b"), line("a")]).splitlines()
    assert head == "path\tsource\tsize\tdigest\tsubject\tsession\tvalidation\ttools"
    assert [row.split("\t")[0] for row in rows] == ["a", "b"]


def test_line_ends_of_windows_are_fine() -> None:
    text = render([line("a")])
    assert parse(text.replace("\n", "\r\n"), "x.tsv") == parse(text, "x.tsv")


def test_no_file_has_no_lines(tmp_path: Path) -> None:
    assert load(tmp_path / "dandiset.assets.tsv") == ()


def test_it_is_written_only_where_it_says_something_else(tmp_path: Path) -> None:
    file = manifest_file(tmp_path / "dandiset.yaml")
    assert file.name == "dandiset.assets.tsv"
    assert save(file, [line("a")])
    assert not save(file, [line("a")])
    assert load(file) == (line("a"),)
    assert [item.name for item in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs", "||||||| 1a2b3c"])
@pytest.mark.parametrize("number", [1, 3])
def test_a_merge_conflict_is_told_with_its_line(tmp_path: Path, marker: str, number: int) -> None:
    rows = render([line("a"), line("b")]).splitlines()
    rows.insert(number - 1, marker)
    file = write(tmp_path / "dandiset.assets.tsv", "\n".join(rows))
    with pytest.raises(SpecError) as raised:
        load(file)
    assert raised.value.problems[0].where == f"{file}:{number}"
    assert "merge conflict" in raised.value.problems[0].what


@pytest.mark.parametrize(
    ("row", "said"),
    [("a\tb", "2 columns"), ("p\ts\tbig\td\t\t\t\t", "'big'"), ("a\traw/other\t3\td-9\t\t\t\t", "two lines")],
)
def test_a_line_that_is_wrong_is_told_with_its_place(row: str, said: str) -> None:
    text = render([line("a")]) + row
    with pytest.raises(SpecError) as raised:
        parse(text, "x.tsv")
    [problem] = raised.value.problems
    assert (problem.where, said in problem.what) == ("x.tsv:3", True)


def test_the_same_line_twice_is_one() -> None:
    text = render([line("a")])
    assert parse(text + text.split("\n")[1], "x.tsv") == (line("a"),)


def test_git_merges_what_two_machines_added(tmp_path: Path) -> None:
    """With `merge=union`: both sides' lines, side by side, and no conflict."""
    base = write(tmp_path / "base", render([line("a"), line("z")]))
    ours = write(tmp_path / "ours", render([line("a"), line("m"), line("z")]))
    theirs = write(tmp_path / "theirs", render([line("a"), line("n"), line("z")]))
    subprocess.run(["git", "merge-file", "--union", ours, base, theirs], check=True)
    assert [item.path for item in load(ours)] == ["a", "m", "n", "z"]


def test_a_hundred_thousand_lines_are_read_within_a_second() -> None:
    text = render([line(f"sub-{n:06}/sub-{n:06}_ses-1_ecephys.nwb") for n in range(100_000)])
    started = time.process_time()
    assert len(parse(text, "x.tsv")) == 100_000
    assert time.process_time() - started < 1
