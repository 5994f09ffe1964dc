"""Saves a plan and loads it back: the one place that knows the file's form.

The form is the dataclasses' own, field by field, enums as their values; it is checked by
`schemas/plan.schema.json` before anything is made of it. A plan holds no secrets, so its
file needs no protection beyond its folder's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

from dandifile.errors import Problem, SpecError, UserError
from dandifile.model import (
    Block,
    Change,
    Effect,
    Forecast,
    Json,
    JsonObject,
    Key,
    Plan,
    Reason,
    Step,
    Target,
    Why,
)
from dandifile.reading.files import LIST_LIMIT, read_bytes
from dandifile.reading.jsontext import NotJsonError, parse_json
from dandifile.schemafiles import schema
from dandifile.writing import replace_content

VERSION = 2
_FIX = "make it again: dandifile plan --out FILE"
_MOST_PROBLEMS = 20
_LONGEST = 200


def to_json(plan: Plan) -> JsonObject:
    """The plan as JSON; `from_json` gives an equal plan back."""
    document: JsonObject = _as_json(plan)
    return {"dandifile_plan": VERSION, **document}


def from_json(document: Json, file: str) -> Plan:
    """The plan that `document` holds. SpecError, with every fault in `file`, when it holds none."""
    _refuse_other_version(document, file)
    problems = list(_faults(document))
    if problems:
        raise SpecError(f"{file} is not a plan that this version of dandifile can use", problems, fix=_FIX)
    return Plan(
        target=Target(**document["target"]),
        changes=tuple(_change(change) for change in document["changes"]),
        steps=tuple(_step(step) for step in document["steps"]),
        blocked=tuple(_block(block) for block in document["blocked"]),
        elsewhere=tuple(document["elsewhere"]),
        notes=tuple(document["notes"]),
        unchanged=document["unchanged"],
        bytes_to_send=document["bytes_to_send"],
        allow=tuple(document["allow"]),
        base=document["base"],
        environment=document["environment"],
        spec=document["spec"],
        forecast=tuple(_forecast(one) for one in document["forecast"]),
        unpinned=tuple(document.get("unpinned", ())),
    )


def refuse_overwriting(path: Path) -> None:
    """UserError where `path` holds something other than a saved plan, such as the spec."""
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is not a file", fix="give --out the name of a file")
    if not path.exists():
        return
    try:
        held = read_bytes(path, "the file", LIST_LIMIT)
        is_plan = not held or "dandifile_plan" in parse_json(held)
    except (UserError, NotJsonError, TypeError):
        is_plan = False
    if not is_plan:
        raise UserError(
            f"{path} exists and is not a saved plan, so it is not overwritten", fix="give --out another name"
        )


def write(plan: Plan, path: Path, spec: Path) -> None:
    """Saves the plan whole or not at all: `path` is the old file or the new one.

    `spec` is the file that it was made from. Its path is noted as seen from the plan's own folder, so that
    both can be taken to another machine together.
    """
    plan = replace(plan, spec=_seen_from_folder(path, spec))
    text = json.dumps(to_json(plan), indent=1, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_content(path, text + "\n")


def read(path: Path) -> Plan:
    """The plan saved at `path`; SpecError when there is none that can be used."""
    try:
        document = parse_json(read_bytes(path, "the plan", LIST_LIMIT))
    except UserError as error:
        raise SpecError(f"{path}: {error.what}", (), fix=_FIX) from None
    except NotJsonError as error:
        problem = Problem(error.place(str(path)), error.what)
        raise SpecError(f"{path} is not JSON", (problem,), fix=_FIX) from None
    return from_json(document, str(path))


def spec_of(plan: Plan, path: Path) -> Path | None:
    """The spec that the plan saved at `path` was made from; None where it is no longer there."""
    spec = path.parent / plan.spec
    return spec if plan.spec and spec.is_file() else None


def _seen_from_folder(path: Path, spec: Path) -> str:
    """`spec` seen from the folder of `path`; the whole path where there is no way, as between drives."""
    spec = spec.parent.resolve() / spec.name  # a link stays one: data is looked for next to it
    try:
        return Path(os.path.relpath(spec, path.parent.resolve())).as_posix()
    except ValueError:
        return spec.as_posix()


def _as_json(value: Json) -> Json:
    """Dataclasses as objects, tuples as lists, everything else as JSON has it."""
    if is_dataclass(value):
        return {field.name: _as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: _as_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    return value.value if isinstance(value, Effect | Why) else value


def _change(document: JsonObject) -> Change:
    return Change(**{**document, "key": Key(**document["key"]), "reason": _reason(document)})


def _step(document: JsonObject) -> Step:
    needs, after, effect = tuple(document["needs"]), tuple(document["after"]), Effect(document["effect"])
    given = {"needs": needs, "after": after, "effect": effect, "reason": _reason(document)}
    return Step(**{**document, **given})


def _reason(document: JsonObject) -> Reason | None:
    """None also where the plan was saved before reasons were part of it."""
    known = document.get("reason")
    return Reason(Why(known["code"]), known["detail"]) if known else None


def _forecast(document: JsonObject) -> Forecast:
    return Forecast(**{**document, "assets": tuple(document["assets"])})


def _block(document: JsonObject) -> Block:
    return Block(**{**document, "key": Key(**document["key"]) if document["key"] else None})


def _refuse_other_version(document: Json, file: str) -> None:
    version = document.get("dandifile_plan") if isinstance(document, dict) else None
    if isinstance(version, int) and version != VERSION:
        age = "an older" if version < VERSION else "a newer"
        what = f"plan format {version}; this dandifile reads format {VERSION}"
        raise SpecError(
            f"{file} was saved by {age} dandifile, and cannot be applied by this one",
            [Problem("$.dandifile_plan", what)],
            fix=_FIX if version < VERSION else f"update dandifile, or {_FIX}",
        )


def _faults(document: Json) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator

    for number, error in enumerate(Draft202012Validator(schema("plan.schema.json")).iter_errors(document)):
        if number == _MOST_PROBLEMS:
            yield Problem("$", "and more; only the first are shown")
            return
        message = error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}…"
        yield Problem(error.json_path, message)
