"""`dandiset.lock.yaml`, committed beside the spec: what was looked up, and the identifiers that were made.

Who writes it changes what has changed and nothing else: order, comments and the form of all
other entries stay, and a lock that says the same already is not written at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from dandifile.errors import Problem, SpecError
from dandifile.lookup.facts import Lock
from dandifile.lookup.lockform import SECTIONS, from_json, identity, to_json
from dandifile.model import Json, JsonObject
from dandifile.schemafiles import schema
from dandifile.writing import replace_content

VERSION = 1
_WIDTH = 100
_FIX = "restore it from git, or delete the entry and run `dandifile resolve`"


def lock_file(spec_file: Path) -> Path:
    """`dandiset.lock.yaml` for `dandiset.yaml`: every spec has its own."""
    return spec_file.with_suffix(".lock.yaml")


def load_lock(file: Path) -> Lock:
    """Read a lock, empty where there is no file. SpecError, with every place, where it is not a lock."""
    document = _load(file)
    if problems := list(_problems(file, document)):
        raise SpecError(f"{file.name} cannot be used", problems, fix=_FIX)
    return from_json(_plain(document))


def save_lock(file: Path, lock: Lock) -> bool:
    """Write what changed. False, and the file untouched, where nothing did."""
    document = _load(file)
    known, new = _plain(document), to_json(lock)
    if document and all(known.get(section, []) == new.get(section, []) for section in SECTIONS):
        return False
    document.setdefault("dandifile_lock", VERSION)
    for section in SECTIONS:
        _lay_over(document, section, new.get(section, []))
    _write(file, document)
    return True


def locked_identifier(file: Path, environment: str, api_url: str) -> str | None:
    """The identifier of this environment's dandiset on this archive, if it was created from this spec."""
    for entry in _load(file).get("identifiers", ()):
        if (entry.get("environment", ""), entry.get("api_url")) == (environment, api_url):
            return str(entry["identifier"])
    return None


def lock_identifier(file: Path, environment: str, api_url: str, identifier: str) -> None:
    """Adds an identifier; everything else in the file stays as it is."""
    document = _load(file)
    document.setdefault("dandifile_lock", VERSION)
    entry = {"environment": environment, "api_url": api_url, "identifier": identifier}
    document.setdefault("identifiers", []).append(entry)
    _write(file, document)


def _lay_over(document: Any, section: str, entries: list[JsonObject]) -> None:
    """Known entries that say the same stay the very nodes that they are, comments included."""
    nodes = {identity(section, node): node for node in document.get(section, ())}
    wanted = []
    for entry in entries:
        node = nodes.get(identity(section, entry))
        wanted.append(node if node is not None and _plain(node) == entry else _readable(entry))
    if not wanted:
        document.pop(section, None)
    elif section in document:
        document[section][:] = wanted
    else:
        document[section] = wanted


def _readable(value: Json) -> Json:
    """Long texts as blocks that a diff shows line by line, everything else as it is."""
    from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString

    if isinstance(value, dict):
        return {key: _readable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_readable(each) for each in value]
    if not isinstance(value, str) or ("\n" not in value and len(value) <= _WIDTH):
        return value
    if "\n" in value:
        return LiteralScalarString(value)
    folded = FoldedScalarString(value)
    folded.fold_pos = _breaks(value)
    return folded


def _breaks(text: str) -> list[int]:
    """The blanks at which lines of about `_WIDTH` end."""
    breaks, start = [], 0
    while (rest := len(text) - start) > _WIDTH:
        blank = text.rfind(" ", start + 1, start + _WIDTH)
        blank = blank if blank > 0 else text.find(" ", start + _WIDTH, start + rest - 1)
        if blank < 0:
            break
        breaks.append(blank)
        start = blank + 1
    return breaks


def _plain(value: Any) -> Any:
    """Without what ruamel adds to remember the file's form."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


def _load(file: Path) -> Any:
    from ruamel.yaml.error import YAMLError

    if not file.exists():
        return {}
    try:
        document = _yaml().load(file.read_text("utf-8")) or {}
    except (YAMLError, UnicodeDecodeError) as error:
        raise _unusable(file, str(error)) from error
    if not isinstance(document, dict) or document.get("dandifile_lock", VERSION) != VERSION:
        raise _unusable(file, f"not a lock of version {VERSION}")
    return document


def _problems(file: Path, document: Any) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator

    if document:
        for error in Draft202012Validator(schema("lock.schema.json")).iter_errors(_plain(document)):
            yield Problem(_place(file, document, error.absolute_path), error.message)


def _place(file: Path, document: Any, path: Iterable[Any]) -> str:
    """`file:line:column` of what a JSON path leads to, or of the nearest thing around it."""
    line, column = 0, 0
    for step in path:
        if not hasattr(document, "lc"):
            break
        places = document.lc
        line, column = places.key(step) if isinstance(step, str) else places.item(step)
        document = document[step]
    return f"{file.name}:{line + 1}:{column + 1}"


def _write(file: Path, document: Any) -> None:
    stream = BytesIO()
    _yaml().dump(document, stream)
    replace_content(file, stream.getvalue())


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 10_000  # lines are broken here, or not at all
    return yaml


def _unusable(file: Path, why: str) -> SpecError:
    return SpecError(f"{file.name} cannot be used", [Problem(file.name, why)], fix="restore it from git")
