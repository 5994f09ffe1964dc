"""From a dandiset.yaml to the Spec: find, read, fill in templates, check, build; every problem at once.

Between `read` and `build` the caller can look up what the spec refers to.
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
from dandifile.spec.build import build_spec, fill_terms
from dandifile.spec.facts import Facts, NothingKnown, References, find_references
from dandifile.spec.faults import Fault
from dandifile.spec.need import EVERYTHING, Need
from dandifile.spec.rules import rule_faults
from dandifile.spec.schema_faults import schema_faults
from dandifile.spec.template import RenderedSpec, render
from dandifile.spelling import nearest_word
from dandifile.words import quantity

SPEC_NAME = "dandiset.yaml"


class UnknownEnvironmentError(UserError):
    """The spec has no environment of the given name."""


@dataclass(frozen=True)
class Declaration:
    """A spec that has been read and checked, with one environment chosen.

    `value` is what it declares; templates at the paths in `waiting` need the paper and are still as written.
    `document` knows where everything is in the file. `need` says which parts the command uses.
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


def spec_file(given: Path | None) -> Path:
    """The spec at `given`, a file or its folder; without it, the one that `find_spec` finds from here."""
    if given is None:
        return find_spec(Path.cwd())
    return given / SPEC_NAME if given.is_dir() else given


def find_spec(start: Path) -> Path:
    """The `dandiset.yaml` in `start` or the nearest parent that has one; UserError if none has."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / SPEC_NAME).is_file():
            return folder / SPEC_NAME
    raise UserError(
        f"there is no {SPEC_NAME} in this folder or in a parent folder",
        where=str(start),
        fix="run `dandifile init --data DIR` to start one, `dandifile import DANDI:000123` for a dandiset "
        "that exists, or name a spec with `-f FILE`",
    )


def load(file: Path, environment: str = "") -> Spec:
    """The Spec in `file`, with the environment of that name, and nothing looked up.

    Raises a SpecError that holds every problem, each with file:line:column; a UserError
    if the file cannot be read at all.
    """
    return build(read(file, environment), NothingKnown())


def read(file: Path, environment: str = "", need: Need = EVERYTHING) -> Declaration:
    """What `file` declares, checked as far as it is needed. Raises as `load` does."""
    return read_from(read_text(file, "the spec", SPEC_LIMIT, _display_path(file)), file, environment, need)


def read_from(text: str, file: Path, environment: str = "", need: Need = EVERYTHING) -> Declaration:
    """What `file` would declare with this text, checked as `read` does."""
    shown = _display_path(file)
    document = read_document(text, shown)
    _check_is_spec(document)
    check_environment(document.value, environment, shown)
    rendered = _fill_templates(document.value, environment)
    faults = rendered.faults + _find_faults(rendered, document, rendered.faults, need)
    relevant = [document.problem(fault) for fault in faults if need.concerns(fault)]
    if problems := [*document.problems, *relevant]:
        raise _spec_error(problems, shown)
    value = apply_environment(need.usable(rendered.value, faults), environment)
    waiting = tuple(path for path in rendered.waiting if path[0] in value)
    return Declaration(file.absolute(), environment, document, value, waiting, need)


def filled_in(declared: Declaration, facts: Facts) -> JsonObject:
    """What the file says, key by key as it is written, with templates filled in and terms complete."""
    rendered = _fill_templates(declared.document.value, declared.environment, facts.paper)
    return fill_terms(rendered.value, facts)[0]


def build(declared: Declaration, facts: Facts) -> Spec:
    """The Spec, with what was looked up. SpecError for what only the looked-up facts show to be wrong."""
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


def check_environment(document: JsonObject, name: str, shown: str) -> None:
    """UnknownEnvironmentError if a name is given and the spec has no such environment."""
    declared = document.get("environments")
    names = list(declared) if isinstance(declared, dict) else []
    if not name or name in names:
        return
    near = nearest_word(name, names)
    fix = (
        f"the spec has: {', '.join(names)}" if names else "the spec has no `environments`: leave the flag out"
    )
    raise UnknownEnvironmentError(
        f"--environment {name}: the spec has no environment of this name",
        where=shown,
        fix=f"did you mean `{near}`? {fix}" if near else fix,
    )


def apply_environment(document: JsonObject, name: str) -> JsonObject:
    """What the spec declares in the environment of that name; "" for no environment.

    Another instance drops the identifier, which is not valid there. None in an environment: not declared.
    """
    declared = {key: value for key, value in document.items() if key != "environments"}
    environments = document.get("environments")
    override = (environments.get(name) if isinstance(environments, dict) else None) or {}
    if not isinstance(override, dict):  # the schema reports it
        return declared
    if "instance" in override:
        declared.pop("identifier", None)
    declared |= override
    nullable = ("identifier", "embargo", "owners")
    return {key: value for key, value in declared.items() if value is not None or key not in nullable}


def _display_path(file: Path) -> str:
    """The file as messages name it: relative if it is below the current folder."""
    file = file.absolute()
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else os.fspath(file)


def _check_is_spec(document: Document) -> None:
    """SpecError, which says what it is instead, if the document is not a spec at all."""
    value, where = document.value, f"{document.file}:1:1"
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "a text"
        what = f"a spec must be a mapping (`key: value`), but this is {kind}"
        fix = "rename this file and run `dandifile init --data DIR` to write a new spec"
        raise SpecError(f"{document.file} is not a spec", [Problem(where, what, fix)])
    if value.get("schemaKey") != "Dandiset":
        return
    if "dandifile" in value:
        what = "the dandi client overwrote your spec: it wrote the archive's metadata into it"
        fix = "restore the spec from git, and download into another folder"
    else:
        what = "this is the dandi client's export of a dandiset (schemaKey: Dandiset), not a spec"
        fix = "move the export to another folder, and run `dandifile init --data DIR` to write a spec"
    raise SpecError(f"{document.file} is not a spec", [Problem(where, what, fix)])


def _fill_templates(value: JsonObject, environment: str, paper: JsonObject | None = None) -> RenderedSpec:
    seen = {"name": environment, "instance": apply_environment(value, environment).get("instance", "")}
    return render(value, seen, paper)


def _find_faults(rendered: RenderedSpec, document: Document, known: list[Fault], need: Need) -> list[Fault]:
    """What the schema and the rules find, without what is known to be wrong or waits for the paper."""
    reported = {*rendered.waiting, *(fault.path for fault in known)}
    by_schema = schema_faults(rendered.value, spec_schema(), document.written)
    faults = [fault for fault in by_schema if fault.path not in reported]
    sound = _remove_paths(rendered.value, {*reported, *(fault.path for fault in faults)})
    return faults + rule_faults(sound) + need.license_faults(sound)


def _remove_paths(value: JsonObject, paths: Iterable[KeyPath]) -> JsonObject:
    """A copy without the values at these paths: keys are removed, list items become None."""
    copied = copy.deepcopy(value)
    for path in paths:
        holder: Json = copied
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
    return copied


def _spec_error(problems: list[Problem], shown: str) -> SpecError:
    """All problems as one error, in the order of the file."""

    def position(problem: Problem) -> tuple[int, ...]:
        parts = problem.where.removeprefix(f"{shown}:").split(":")
        return tuple(int(part) for part in parts if part.isdigit())

    return SpecError(f"{shown} has {quantity(len(problems), 'problem')}", sorted(problems, key=position))
