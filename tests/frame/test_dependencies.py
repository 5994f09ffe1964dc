"""What the code imports is what pyproject.toml asks for: nothing comes along by luck."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.frame import ROOT
from tests.frame.imports import imports

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
SOURCE = ROOT / "src"
UNITS = [
    *sorted(p for p in (SOURCE / "dandifile").iterdir() if p.suffix in ("", ".py")),
    SOURCE / "localdandi",
]

THROUGH_OTHERS = {"httptools"}
"""Needed and not imported: what uvicorn's protocol runs on."""


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def foreign(unit: Path) -> dict[str, set[str]]:
    """Third-party top-level modules that a file, or a folder's files, import, and who may provide each."""
    files = unit.rglob("*.py") if unit.is_dir() else [unit]
    found = {
        name.split(".")[0]
        for file in files
        for name in imports(file.read_text(encoding="utf-8"), "dandifile.some.module")
    }
    provided = packages_distributions()
    return {
        name: {canonicalize_name(one) for one in provided.get(name, [])}
        for name in found - sys.stdlib_module_names - {"dandifile", "localdandi"}
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_only_declared_packages_are_imported(unit: Path) -> None:
    declared = names(PROJECT["dependencies"])
    if unit.name == "localdandi":
        declared |= names(EXTRAS["local"]) | {"pytest"}  # its plugin is loaded by pytest alone
    if unit.name == "run":
        declared |= names(EXTRAS["dask"])
    undeclared = {name for name, providers in foreign(unit).items() if not providers & declared}
    assert undeclared == set(), "add them to pyproject.toml"


def test_nothing_is_declared_that_nobody_imports() -> None:
    used = set().union(*(providers for unit in UNITS for providers in foreign(unit).values()))
    assert names(PROJECT["dependencies"] + EXTRAS["local"] + EXTRAS["dask"]) - used == THROUGH_OTHERS
