"""From a dandiset.yaml to the Spec: read, fill in, check, build; every problem at once.

Between reading and building, whoever calls may look up what the spec names.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from dandifile.errors import Problem, SpecError, UserError
from dandifile.model import Json, JsonObject, Spec
from dandifile.reading.document import Document, KeyPath, read_document
from dandifile.reading.files import SPEC_LIMIT, read_text
from dandifile.schemafiles import spec_schema
from dandifile.spec.build import build_spec
from dandifile.spec.facts import Facts, NothingKnown, References, find_references
from dandifile.spec.faults import Fault
from dandifile.spec.need import EVERYTHING, Need
from dandifile.spec.rules import rule_faults
from dandifile.spec.schema_faults import schema_faults
from dandifile.spec.template import RenderedSpec, render
from dandifile.spelling import nearest


@dataclass(frozen=True)
class Declaration:
    """A spec that has been read and checked, with one environment chosen.

    `value` is what it declares; templates that are `waiting` for the paper are in it as they are
    written. `document` has the places of it all. `need` is what of it the command rests on.
    """

    file: Path
    environment: str
    document: Document
    value: JsonObject
    waiting: tuple[KeyPath, ...]
    need: Need = EVERYTHING

    @property
    def references(self) -> References:
        return find_references(self.value)

    def error_of(self, faults: Iterable[Fault]) -> SpecError:
        return _spec_error([self.document.problem(fault) for fault in faults], self.document.file)


def load(file: Path, environment: str = "") -> Spec:
    """The Spec in `file`, with the environment of that name chosen, and nothing looked up.

    Raises a SpecError that holds every problem, each with file:line:column; a UserError
    where the file cannot be read at all.
    """
    return build(read(file, environment), NothingKnown())


def read(file: Path, environment: str = "", need: Need = EVERYTHING) -> Declaration:
    """What `file` declares, as far as it is needed. Raises as `load` does."""
    shown = _display_path(file)
    document = read_document(read_text(file, "the spec", SPEC_LIMIT, shown), shown)
    _check_is_spec(document)
    check_environment(document.value, environment, shown)
    rendered = _fill_templates(document.value, environment)
    faults = rendered.faults + _find_faults(rendered, document, rendered.faults, need)
    relevant = [document.problem(fault) for fault in faults if need.concerns(fault)]
    if problems := [*document.problems, *relevant]:
        raise _spec_error(problems, shown)
    value = apply_environment(need.usable(rendered.value, faults), environment)
    waiting = tuple(place for place in rendered.waiting if place[0] in value)
    return Declaration(file.absolute(), environment, document, value, waiting, need)


def build(declared: Declaration, facts: Facts) -> Spec:
    """The Spec, with what was looked up. SpecError for what only then turns out to be wrong."""
    value, waiting, need = declared.value, declared.waiting, declared.need
    if waiting and facts.paper is not None:
        rendered = _fill_templates(declared.document.value, declared.environment, facts.paper)
        faults = rendered.faults + _find_faults(rendered, declared.document, rendered.faults, need)
        of_templates = rendered.faults if need.templates else []
        if relevant := [fault for fault in faults if need.concerns(fault) or fault in of_templates]:
            raise declared.error_of(relevant)
        value, waiting = apply_environment(need.usable(rendered.value, faults), declared.environment), ()
    spec, faults = build_spec(declared.file, value, declared.environment, facts, waiting)
    if relevant := [fault for fault in faults if need.concerns(fault)]:
        raise declared.error_of(relevant)
    open_ = tuple(f"{fault.what}; {fault.fix}" for fault in faults)
    return replace(spec, notes=(*spec.notes, *open_))


def _display_path(file: Path) -> str:
    """The file as messages name it: from here, if it is below here."""
    file = file.absolute()
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else os.fspath(file)


def _check_is_spec(document: Document) -> None:
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


def _fill_templates(value: JsonObject, environment: str, paper: JsonObject | None = None) -> RenderedSpec:
    seen = {"name": environment, "instance": apply_environment(value, environment).get("instance", "")}
    return render(value, seen, paper)


def _find_faults(rendered: RenderedSpec, document: Document, known: list[Fault], need: Need) -> list[Fault]:
    """What the schema and the rules have against it, without what is wrong or open already."""
    told = {*rendered.waiting, *(fault.path for fault in known)}
    by_schema = schema_faults(rendered.value, spec_schema(), document.written)
    faults = [fault for fault in by_schema if fault.path not in told]
    left_out = {*told, *(fault.path for fault in faults)}
    left = _remove_paths(rendered.value, left_out)
    return faults + rule_faults(left) + need.license_faults(left)


def _remove_paths(rendered: JsonObject, paths: Iterable[KeyPath]) -> JsonObject:
    """A copy from which what stands at these paths is taken out: keys go, list items become None."""
    left = copy.deepcopy(rendered)
    for path in paths:
        holder: Json = left
        for part in path[:-1]:
            known = holder is not None and (
                part in holder if isinstance(holder, dict) else isinstance(part, int)
            )
            holder = holder[part] if known else None
        if not path or holder is None:
            continue
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
        elif isinstance(holder, list):
            holder[int(path[-1])] = None
    return left


def _spec_error(problems: list[Problem], shown: str) -> SpecError:
    def place(problem: Problem) -> tuple[int, ...]:
        return tuple(
            int(part) for part in problem.where.removeprefix(f"{shown}:").split(":") if part.isdigit()
        )

    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return SpecError(f"{shown} has {count}", sorted(problems, key=place))


class UnknownEnvironmentError(UserError):
    """The spec has no environment of the name that was asked for."""


def check_environment(document: JsonObject, name: str, shown: str) -> None:
    """UnknownEnvironmentError if there is no `name`, which was asked for; `shown` names the spec."""
    there = document.get("environments")
    names = list(there) if isinstance(there, dict) else []
    if not name or name in names:
        return
    near = nearest(name, names)
    listed = (
        f"there are: {', '.join(names)}" if names else "the spec has no `environments`: leave the flag out"
    )
    fix = f"did you mean `{near}`? {listed}" if near else listed
    raise UnknownEnvironmentError(
        f"--environment {name}: the spec has no environment of this name", where=shown, fix=fix
    )


def apply_environment(document: JsonObject, name: str) -> JsonObject:
    """What is declared in the environment of that name; "" for what is declared outside of any.

    Another instance drops the identifier, which does not hold there. None: not declared.
    """
    declared = {key: value for key, value in document.items() if key != "environments"}
    there = document.get("environments")
    override = (there.get(name) if isinstance(there, dict) else None) or {}
    if not isinstance(override, dict):  # told by the schema
        return declared
    if "instance" in override:
        declared.pop("identifier", None)
    declared |= override
    nullable = ("identifier", "embargo", "owners")
    return {key: value for key, value in declared.items() if value is not None or key not in nullable}


SPEC_NAME = "dandiset.yaml"


def spec_file(named: Path | None) -> Path:
    """The spec that was named, by its file or by its folder; else the one that `find` finds from here."""
    if named is None:
        return find_spec(Path.cwd())
    return named / SPEC_NAME if named.is_dir() else named


def find_spec(start: Path) -> Path:
    """The `dandiset.yaml` in `start` or the nearest parent that has one; a UserError if none has."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / SPEC_NAME).is_file():
            return folder / SPEC_NAME
    raise UserError(
        f"there is no {SPEC_NAME} here or in a parent folder",
        where=str(start),
        fix="`dandifile init --data DIR` begins one; `-f FILE` names a spec elsewhere",
    )
