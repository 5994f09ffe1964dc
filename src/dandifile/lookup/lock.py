"""`dandiset.lock.yaml`, committed next to the spec: what was looked up, created and published.

A write changes only the entries that differ. Order, comments and the form of all others stay, and a lock
without any difference is not written at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from dandifile.errors import Problem, SpecError
from dandifile.lookup.facts import SECTIONS, Lock, PublishedAs, identity_of, lock_from_json, lock_to_json
from dandifile.model import Json, JsonObject
from dandifile.reading.document import Document, find_unstorable, read_document
from dandifile.reading.files import LOCK_LIMIT, SPEC_LIMIT, read_text
from dandifile.schemafiles import schema
from dandifile.waits import say_busy
from dandifile.writing import replace_content

VERSION = 1
_WIDTH = 100
_MOST = 20  # problems that are shown
_LONG = 300  # characters of one
_FIX = "restore it from git, or delete the entry and run `dandifile resolve`"

_TITLES = {
    "papers": "paper",
    "people": "ORCID iD",
    "institutions": "ROR id",
    "terms": "term",
    "unsettled": "unsettled",
    "identifiers": "dandiset",
    "published": "version",
}
_SHOWN = {
    "papers": ("title",),
    "people": ("name", "status"),
    "institutions": ("name", "status"),
    "terms": ("label", "id", "match"),
    "unsettled": ("why",),
    "identifiers": ("identifier",),
    "published": ("doi", "published"),
}
_LONGEST = 70  # characters of a fact


def lock_file(spec_file: Path) -> Path:
    """`dandiset.lock.yaml` for `dandiset.yaml`: every spec has its own lock."""
    return spec_file.with_suffix(".lock.yaml")


def load_lock(file: Path) -> Lock:
    """Read a lock; it is empty if there is no file. SpecError, with every place, if it is not valid."""
    return lock_from_json(_read_checked(file))


def save_lock(file: Path, lock: Lock) -> bool:
    """Write what changed. False, and the file is not touched, if nothing did."""
    known, new = _read_checked(file, may_hold_more=True), lock_to_json(lock)
    if known and all(known.get(section, []) == new.get(section, []) for section in SECTIONS):
        return False
    document = _load_editable(file)
    for section in SECTIONS:
        _update_section(document, section, new.get(section, []))
    _write(file, document)
    return True


def identifier_in_lock(file: Path, environment: str, api_url: str) -> str | None:
    """The identifier of this environment's dandiset on this archive, if it was created from this spec."""
    for entry in load_lock(file).identifiers:
        if (entry.environment, entry.api_url) == (environment, api_url):
            return entry.identifier
    return None


def add_identifier(file: Path, environment: str, api_url: str, identifier: str) -> None:
    """Add an identifier and leave everything else in the file unchanged."""
    _read_checked(file, may_hold_more=True)
    document = _load_editable(file)
    entry = {"environment": environment, "api_url": api_url, "identifier": identifier}
    document.setdefault("identifiers", []).append(entry)
    _write(file, document)


def add_published(file: Path, version: PublishedAs) -> bool:
    """Add a published version, or what is new of it. False, and the file is not touched, if it is there."""
    known = lock_from_json(_read_checked(file, may_hold_more=True)).published
    if version in known:
        return False
    (new,) = lock_to_json(Lock(published=(version,)))["published"]
    kept = lock_to_json(Lock(published=known)).get("published", [])
    others = [entry for entry in kept if identity_of("published", entry) != identity_of("published", new)]
    document = _load_editable(file)
    _update_section(document, "published", [*others, new])
    _write(file, document)
    return True


def lock_changes(old: Lock, new: Lock) -> list[str]:
    """The differences as lines: `+` and `-` for whole entries; `~`, then an indented line a changed fact."""
    before, after = lock_to_json(old), lock_to_json(new)
    lines: list[str] = []
    for section in _TITLES:
        was = {identity_of(section, entry): entry for entry in before.get(section, ())}
        now = {identity_of(section, entry): entry for entry in after.get(section, ())}
        lines += [f"- {_head(section, entry)}" for key, entry in was.items() if key not in now]
        for key, entry in now.items():
            if key not in was:
                lines.append(f"+ {_head(section, entry)}")
            elif facts := list(_changes(was[key], entry)):
                lines += [f"~ {_head(section, entry)}", *(f"    {fact}" for fact in facts)]
    return lines


def _update_section(document: Any, section: str, entries: list[JsonObject]) -> None:
    """Keep the nodes of entries that did not change, with their comments."""
    nodes = {identity_of(section, node): node for node in document.get(section, ())}
    wanted = []
    for entry in entries:
        node = nodes.get(identity_of(section, entry))
        wanted.append(node if node is not None and _without_form(node) == entry else _as_blocks(entry))
    if not wanted:
        document.pop(section, None)
    elif section in document:
        document[section][:] = wanted
    else:
        document[section] = wanted


def _as_blocks(value: Json) -> Json:
    """Long texts as blocks, which a diff shows line by line; everything else unchanged."""
    from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString

    if isinstance(value, dict):
        return {key: _as_blocks(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_blocks(each) for each in value]
    if not isinstance(value, str) or ("\n" not in value and len(value) <= _WIDTH):
        return value
    if "\n" in value:
        return LiteralScalarString(value)
    folded = FoldedScalarString(value)
    folded.fold_pos = _breaks(value)
    return folded


def _breaks(text: str) -> list[int]:
    """The blanks that end lines of about `_WIDTH`."""
    breaks, start = [], 0
    while (rest := len(text) - start) > _WIDTH:
        blank = text.rfind(" ", start + 1, start + _WIDTH)
        blank = blank if blank > 0 else text.find(" ", start + _WIDTH, start + rest - 1)
        if blank < 0:
            break
        breaks.append(blank)
        start = blank + 1
    return breaks


def _without_form(value: Any) -> Any:
    """The plain value, without what ruamel adds to remember the file's form."""
    if isinstance(value, dict):
        return {str(key): _without_form(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_form(each) for each in value]
    return str(value) if isinstance(value, str) else value


def _read_checked(file: Path, *, may_hold_more: bool = False) -> JsonObject:
    """The lock as JSON that is valid by its schema; {} if there is no file, or an empty one.

    It is read like the spec, so that every problem has a place, and no YAML in it takes for ever.
    `may_hold_more`: top-level keys of a later version are allowed.
    """
    if not os.path.lexists(file):
        return {}
    try:
        text = read_text(file, "the lock", LOCK_LIMIT, file.name)
        if len(text) > SPEC_LIMIT:
            say_busy(f"reading {file.name} ({len(text) / 1e6:.1f} MB), which takes up to a minute …")
        document = read_document(text, file.name, may_be_empty=True)
        problems = document.problems or list(_problems(document, may_hold_more=may_hold_more))
    except SpecError as error:
        problems = list(error.problems)
    if problems:
        raise SpecError(f"{file.name} cannot be used", problems[:_MOST], fix=_FIX)
    return document.value or {}


def _problems(document: Document, *, may_hold_more: bool) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator

    value = document.value
    if value is None:
        return
    version = value.get("dandifile_lock") if isinstance(value, dict) else None
    if version is not None and version != VERSION:
        what = f"the lock has version {str(version)[:_LONG]}, but this dandifile reads version {VERSION}"
        yield Problem(document.place(("dandifile_lock",)), what, "update dandifile")
        return
    validator = Draft202012Validator(
        schema("lock.schema.json"), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    for error in validator.iter_errors(value):
        path = tuple(error.absolute_path)
        if not (may_hold_more and not path and error.validator == "additionalProperties"):
            message = error.message if len(error.message) <= _LONG else f"{error.message[:_LONG]}…"
            yield Problem(document.place(path), message)
    for path, found, at_key in find_unstorable(value):
        yield Problem(document.place(path, at_key=at_key), f"{found!a} cannot be stored", "delete it")


def _load_editable(file: Path) -> Any:
    """The valid lock, in the form in which ruamel writes it again with its comments."""
    document = _yaml().load(file.read_text("utf-8-sig")) if file.exists() else None
    document = {} if document is None else document
    document.setdefault("dandifile_lock", VERSION)
    return document


def _write(file: Path, document: Any) -> None:
    stream = BytesIO()
    _yaml().dump(document, stream)
    replace_content(file, stream.getvalue())


def _yaml() -> Any:
    """Dates stay texts, as in YAML 1.2; ruamel fails on impossible ones."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor

    class Constructor(RoundTripConstructor):
        """A class of our own, because a constructor is registered for all users of its class."""

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", Constructor.construct_scalar)
    yaml = YAML()
    yaml.Constructor = Constructor
    yaml.default_flow_style = False
    yaml.width = 10_000  # `_as_blocks` breaks lines, ruamel must not
    return yaml


def _head(section: str, entry: JsonObject) -> str:
    name = " ".join(filter(None, identity_of(section, entry)))
    shown = (str(entry[key]) for key in _SHOWN[section] if entry.get(key))
    return f"{_TITLES[section]} {name}  {_shorten(' · '.join(shown))}".rstrip()


def _changes(was: JsonObject, now: JsonObject) -> Iterator[str]:
    old, new = dict(_facts(was)), dict(_facts(now))
    for path in dict.fromkeys((*old, *new)):
        if old.get(path) != new.get(path):
            yield f"{path}: {_shorten(old.get(path, 'none'))} → {_shorten(new.get(path, 'none'))}"


def _facts(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every fact with its path. Items of a list go by name, so that a new one does not shift the others."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _facts(each, f"{path} / {key}" if path else key)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _facts(each, f"{path} / {_name(each) or number + 1}")
    else:
        yield path, str(value)


def _name(item: Json) -> str:
    if not isinstance(item, dict):
        return ""
    person = ", ".join(filter(None, (item.get("family"), item.get("given"))))
    name = str(item.get("name") or person or item.get("doi", ""))
    return f"{name} ({item['award']})" if item.get("award") else name


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
