"""Imports go one way: a reader of one layer needs to know only the layers below it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.frame import ROOT
from tests.frame.imports import imports

SOURCE = ROOT / "src"

NOUNS = {"model", "digests", "errors", "globs", "identifiers", "spelling", "doi", "taxa", "words"}
BASE = NOUNS | {"schemafiles", "writing", "reading", "waits", "interrupt", "locking"}
PARTS = {"spec", "lookup", "survey", "archive", "planning"}
MAY_IMPORT: dict[str, AbstractSet[str]] = {
    **dict.fromkeys(NOUNS, frozenset[str]()),
    "globs": {"errors"},
    "schemafiles": {"model"},
    "writing": {"errors"},
    "reading": {"model", "errors"},
    "locking": frozenset[str](),
    "waits": frozenset[str](),
    "interrupt": frozenset[str](),
    **dict.fromkeys(PARTS, BASE),
    "net": {"errors", "waits"},
    "archive": BASE | {"net"},
    "lookup": BASE | {"net"},
    "kinds": BASE | PARTS | {"checklist"},
    "comparison": BASE | {"spec", "planning", "kinds"},
    "explanation": BASE | PARTS | {"kinds", "desired"},
    "run": BASE | PARTS | {"kinds"},
    "desired": BASE | PARTS | {"kinds", "run"},
    "session": BASE
    | PARTS
    | {"kinds", "comparison", "explanation", "run", "desired", "pulling", "importing"},
    "organize": BASE | {"survey"},
    "report": {"model", "errors", "globs", "identifiers", "words", "checklist"},
    "checklist": {"model", "words"},
    "init": BASE | {"spec", "lookup", "survey"},
    "importing": BASE | PARTS | {"kinds"},
    "pulling": BASE | {"survey", "archive", "net", "organize"},
    "demo_lab": frozenset[str](),
    "terminal": BASE | {"planning", "kinds", "run", "session", "report"},
    "commands": BASE
    | PARTS
    | {"kinds", "run", "desired", "session", "organize", "pulling", "checklist", "report"}
    | {"init", "importing", "demo_lab", "terminal"},
    "flags": set(),
    "cli_archive": {"flags", "commands"},
    "cli_dandiset": {"flags", "session", "terminal", "commands"},
    "cli": {"cli_archive", "cli_dandiset", "flags", "session", "terminal", "commands"},
    "boundary": {"errors", "flags", "terminal", "cli", "interrupt"},
    "__init__": set(),
    "__main__": {"boundary"},
}
"""Each unit of the package and what it may import besides itself; a new one needs a line here."""

HTTP = {"requests", "urllib3", "httpx", "aiohttp", "http.client", "urllib.request"}
FILES = sorted((SOURCE / "dandifile").rglob("*.py"))


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts)


def unit(module: str) -> str:
    """`dandifile.spec.load` belongs to `spec`."""
    return module.split(".")[1]


def own_units(source: str, module: str) -> set[str]:
    """Which units `module` imports; names that are no unit are what `dandifile` itself defines."""
    names = {name.split(".")[1] for name in imports(source, module) if name.startswith("dandifile.")}
    return names & MAY_IMPORT.keys()


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_a_module_imports_only_what_lies_below_it(file: Path) -> None:
    module = module_of(file)
    above = own_units(file.read_text(encoding="utf-8"), module) - MAY_IMPORT[unit(module)] - {unit(module)}
    assert above == set(), f"{module} may not import {above}"


def test_no_module_imports_itself_by_way_of_another() -> None:
    modules = {module_of(file).removesuffix(".__init__"): file for file in FILES}
    needs: dict[str, set[str]] = {}
    for module, file in modules.items():
        names = imports(file.read_text(encoding="utf-8"), module_of(file))
        places = {name if name in modules else name.rpartition(".")[0] for name in names}
        needs[module] = (places & modules.keys()) - {module}
    TopologicalSorter(needs).prepare()  # CycleError names the circle


def test_only_net_speaks_http() -> None:
    """What else there is to know of HTTP, such as the archive's paths, does without a library for it."""
    speaking = {
        unit(module_of(file))
        for file in FILES
        for name in imports(file.read_text("utf-8"), module_of(file))
        if any(f"{name}.".startswith(f"{library}.") for library in HTTP)
    }
    assert speaking == {"net"}


SAMPLE = """
import dandifile.commands.plan
from typing import TYPE_CHECKING
from ..model import Spec
from . import diff
if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
else:
    import json
def late():
    from dandifile.archive import observe
    with open("x") as file:
        import requests.adapters
"""


def test_the_two_packages_know_nothing_of_each_other_but_in_one_module() -> None:
    """dandifile reaches the embedded archive over HTTP; `session.embedded` starts it."""
    crossing = {
        module_of(file)
        for package, other in (("dandifile", "localdandi"), ("localdandi", "dandifile"))
        for file in (SOURCE / package).rglob("*.py")
        if any(name.split(".")[0] == other for name in imports(file.read_text("utf-8"), module_of(file)))
    }
    assert crossing == {"dandifile.session.embedded"}


def test_imports_are_found_wherever_they_run() -> None:
    assert imports(SAMPLE, "dandifile.kinds.assets") == {
        "dandifile.commands.plan",
        "typing.TYPE_CHECKING",
        "dandifile.model.Spec",
        "dandifile.kinds.diff",
        "json",
        "dandifile.archive.observe",
        "requests.adapters",
    }


def test_a_package_finds_its_relative_imports_below_itself() -> None:
    assert imports("from . import assets\nfrom .. import model", "dandifile.kinds.__init__") == {
        "dandifile.kinds.assets",
        "dandifile.model",
    }


def test_an_import_of_a_layer_above_is_seen() -> None:
    assert own_units("from dandifile import commands, __version__", "dandifile.spec.load") == {"commands"}
