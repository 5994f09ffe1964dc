"""From a dandiset.yaml to the Spec: read, fill in, check, build; every problem at once."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable
from pathlib import Path

from dandifile.errors import Problem, SpecError
from dandifile.model import Json, JsonObject, Spec
from dandifile.spec.build import build_spec
from dandifile.spec.document import Document, read_document, read_text
from dandifile.spec.environment import overridden, unknown_environment
from dandifile.spec.fault import Fault
from dandifile.spec.messages import schema_faults
from dandifile.spec.rules import rule_faults
from dandifile.spec.schema import spec_schema
from dandifile.spec.template import render


def load(file: Path, environment: str = "") -> Spec:
    """The Spec in `file`, with the environment of that name chosen.

    Raises a SpecError that holds every problem, each with file:line:column; a UserError
    where the file cannot be read at all.
    """
    shown = _shown(file)
    document = read_document(read_text(file, shown), shown)
    _recognise(document)
    rendered, faults = _filled_in(document.value, environment)
    faults += _checked(rendered, document, faults)
    problems = [*document.problems, *(document.problem(fault) for fault in faults)]
    if problems:
        raise _all_of(problems, shown)
    return build_spec(file.absolute(), overridden(rendered, environment), environment)


def _shown(file: Path) -> str:
    """The file as messages name it: from here, if it is below here."""
    file = file.absolute()
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else os.fspath(file)


def _recognise(document: Document) -> None:
    """Refuses what is not a spec at all, and says what it is."""
    value, where = document.value, f"{document.file}:1:1"
    if not isinstance(value, dict):
        what = "a spec is a mapping (`key: value`), and this is " + (
            "a list" if isinstance(value, list) else "a text"
        )
        raise SpecError(f"{document.file} is not a spec", [Problem(where, what, "copy dandi.yaml.example")])
    if value.get("schemaKey") != "Dandiset":
        return
    if "dandifile" in value:
        what = "the dandi client overwrote your spec: it wrote the archive's metadata into it"
        fix = "restore it from git, and download into another folder"
    else:
        what = "this is the dandi client's export of a dandiset (schemaKey: Dandiset), not a spec"
        fix = "write a spec from dandi.yaml.example, and keep the export in another folder"
    raise SpecError(f"{document.file} is not a spec", [Problem(where, what, fix)])


def _filled_in(value: JsonObject, environment: str) -> tuple[JsonObject, list[Fault]]:
    chosen_fault = unknown_environment(value, environment)
    chosen = "" if chosen_fault else environment
    seen = {"name": chosen, "instance": overridden(value, chosen).get("instance", "")}
    rendered, faults = render(value, seen)
    return rendered, [*chosen_fault, *faults]


def _checked(rendered: JsonObject, document: Document, known: list[Fault]) -> list[Fault]:
    """What the schema and the rules have against it, without what is known to be wrong already."""
    told = {fault.path for fault in known}
    by_schema = schema_faults(rendered, spec_schema(), document.written)
    faults = [fault for fault in by_schema if fault.path not in told]
    return faults + rule_faults(_without(rendered, [*known, *faults]))


def _without(rendered: JsonObject, faults: Iterable[Fault]) -> JsonObject:
    """A copy from which what has a fault is taken out: keys go, list items become None."""
    left = copy.deepcopy(rendered)
    for fault in faults:
        holder: Json = left
        for part in fault.path[:-1]:
            known = holder is not None and (
                part in holder if isinstance(holder, dict) else isinstance(part, int)
            )
            holder = holder[part] if known else None
        if not fault.path or holder is None:
            continue
        if isinstance(holder, dict):
            holder.pop(fault.path[-1], None)
        elif isinstance(holder, list):
            holder[int(fault.path[-1])] = None
    return left


def _all_of(problems: list[Problem], shown: str) -> SpecError:
    def place(problem: Problem) -> tuple[int, ...]:
        return tuple(
            int(part) for part in problem.where.removeprefix(f"{shown}:").split(":") if part.isdigit()
        )

    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return SpecError(f"{shown} has {count}", sorted(problems, key=place))
