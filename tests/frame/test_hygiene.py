"""Nothing that is committed knows the machine that it was written on."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.frame import ROOT

MACHINE = re.compile(
    r"""
      (?<! [\w.~-] ) / (root|work|opt/pypi|tmp/dev) /
    | / (home|Users) / [a-z]\w*
    | [A-Z] : \\ Users \\
    | pythonhosted\.org | pypi\.org/simple
    | --(extra-)?index-url
    """,
    re.VERBOSE,
)


def committed() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_machine_path_or_a_package_host() -> None:
    found = []
    for name in committed():
        text = (ROOT / name).read_bytes().decode("utf-8", "replace")
        found += [f"{name}: {match.group()}" for match in MACHINE.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("one", "other"),  # in two parts, so that this file passes its own test
    [
        ("see /work", "/main"),
        ("/home", "/jane/data"),
        ("https://files.python", "hosted.org/x"),
        ("C:", "\\Users\\jane"),
        ("pip --index", "-url x"),
    ],
)
def test_a_machine_path_is_seen(one: str, other: str) -> None:
    assert MACHINE.search(one + other)


def test_nothing_stray_lies_at_the_top() -> None:
    known = {
        *("README.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "SECURITY.md"),
        *("dandi.yaml.example", "dandifile", "pyproject.toml", "action.yml"),
    }
    assert {name for name in committed() if "/" not in name and not name.startswith(".")} <= known
