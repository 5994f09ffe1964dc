from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.survey.asset_paths import MAX_LENGTH, clashes, fault, organized_faults

# The server's rule, said the slow way: runs of characters with single slashes and dots between.
SERVER = re.compile(r"^\.?[A-z0-9(),&\s#+~_=-](?:/?\.?[A-z0-9(),&\s#+~_=-])*$")


@pytest.mark.parametrize(
    "path",
    ["a", "a/b.c", ".bidsignore", "a/.b", "a b (1), c & d #2 + ~_=-.txt", "a[0]^`\\_.x", "x" * MAX_LENGTH],
)
def test_paths_that_the_server_takes(path: str) -> None:
    assert fault(path) is None


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("sub-Mäuschen/x.nwb", "'ä'"),
        ("a:b", "':'"),
        ("a/b?.nwb", "'?'"),
        ("a..b", "two dots"),
        ("a/../b", "two dots"),
        ("a//b", "empty"),
        ("/a", "empty"),
        ("a/", "empty"),
        ("", "empty"),
        ("a./b", "a dot"),
        ("./x", "a dot"),
        ("a.", "a dot"),
        ("x" * (MAX_LENGTH + 1), "513 characters"),
        ("a" * 200 + "!", "'!'"),  # exponential time in the server's own expression
    ],
)
def test_paths_that_the_server_refuses_name_the_reason(path: str, named: str) -> None:
    why = fault(path)
    assert why is not None
    assert named in why


@given(st.text(alphabet="aZ0 ./_-[é!@\\", max_size=12))
def test_the_rule_is_the_servers(path: str) -> None:
    assert (fault(path) is None) == bool(SERVER.match(path))


@given(
    st.from_regex(
        r"(sub-[a.]{1,2}/)?sub-[ab_]{1,2}(_ses-[a.1]{1,2})?(_desc-x)?(_[a-z+]{1,4})?\.nwb", fullmatch=True
    )
)
def test_the_layout_is_judged_as_the_dandi_package_judges_it(path: str) -> None:
    from dandi.organize import validate_organized_path

    theirs = [result.id for result in validate_organized_path(path, Path(path), Path())]
    assert [check for check, _ in organized_faults(path)] == theirs


@pytest.mark.parametrize(
    ("paths", "clashing"),
    [
        ({"1": "a/b", "2": "a/c"}, {}),
        ({"1": "a", "2": "a"}, {"1": "2", "2": "1"}),
        ({"1": "a/B", "2": "a/b"}, {}),  # the archive takes both
        ({"1": "a", "2": "a/b/c"}, {"1": "2", "2": "1"}),
        ({"1": "A", "2": "a/b"}, {}),
    ],
)
def test_paths_that_do_not_go_together_name_each_other(
    paths: dict[str, str], clashing: dict[str, str]
) -> None:
    assert {source: other for source, (other, _) in clashes(paths).items()} == clashing
