"""`.ci/constraints.txt` pins what pyproject.toml asks for, by name and version alone."""

from __future__ import annotations

import re
import tomllib
from itertools import chain

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.frame import ROOT

LINES = [
    line
    for line in (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_a_line_is_a_name_and_a_version() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[\w.-]+==[\w.!+]+", line)] == []


def test_every_requirement_has_a_pinned_version_that_fits() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    pinned = {canonicalize_name(name): version for name, version in (line.split("==") for line in LINES)}
    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        if name != "dandifile":
            assert name in pinned, f"{name} is not in .ci/constraints.txt: renew it (CONTRIBUTING.md)"
            assert requirement.specifier.contains(pinned[name]), f"{requirement} but {pinned[name]} is pinned"
