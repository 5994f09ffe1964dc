"""Identifiers of dandisets on the local instance, and the id of its store. They stay in that store.

A spec is known by its absolute path or, in a copy or clone of its folder, by the title that it had at
its last apply, if the file says the same as the one that was applied: another spec of the same title is
not the same dandiset. Either together with the environment.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dandifile.errors import UserError
from dandifile.locking import hold
from dandifile.model import Spec
from dandifile.writing import replace_content

_FILE = "identifiers.json"


@dataclass(frozen=True)
class Place:
    """One spec in one environment, with the title that it gives its dandiset."""

    spec: Path
    environment: str
    name: str = ""


def place_of(spec: Spec) -> Place:
    return Place(spec.file, spec.environment, str(spec.fields.get("name") or ""))


@dataclass(frozen=True)
class _Entry:
    spec: str
    environment: str
    name: str
    identifier: str
    content: str = ""  # SHA-256 of the spec at its last apply


@dataclass(frozen=True)
class _Known:
    store: str = ""
    entries: tuple[_Entry, ...] = field(default=())


def store_id(store: Path) -> str:
    """What names this store for good. It is made once; a store that is deleted takes it along."""
    known = _read(store).store
    if known:
        return known
    with _hold_store(store) as before:
        made = before.store or secrets.token_hex(8)
        _write(store, _Known(made, before.entries))
    return made


def existing_store_id(store: Path) -> str:
    """As `store_id`; "" for a store that has no id yet. Nothing is written."""
    return _read(store).store


def find_identifier(store: Path, place: Place) -> str | None:
    """The identifier that a spec has in `store`, six digits; None if it has none yet.

    Its path decides. Where the path is new, title and content must lead to one dandiset.
    """
    entries = [entry for entry in _read(store).entries if entry.environment == place.environment]
    here = [entry.identifier for entry in entries if entry.spec == _path(place)]
    if here:
        return here[-1]
    called = {
        entry.identifier
        for entry in entries
        if entry.name and entry.name == place.name.strip() and _is_copy(place.spec, entry)
    }
    return called.pop() if len(called) == 1 else None


def remember_identifier(store: Path, place: Place, identifier: str) -> None:
    """Remembers an identifier. Whole or not at all, also when two processes do it at once."""
    entry = _Entry(_path(place), place.environment, place.name.strip(), identifier, _content(place.spec))
    if entry in _read(store).entries:
        return
    with _hold_store(store) as known:
        others = [
            one for one in known.entries if (one.spec, one.environment) != (entry.spec, entry.environment)
        ]
        _write(store, _Known(known.store, (*others, entry)))


def _is_copy(spec: Path, entry: _Entry) -> bool:
    """Whether a spec says what the other one says now, or said at its last apply."""
    content = _content(spec)
    return bool(content) and content in (entry.content, _content(Path(entry.spec)))


def _content(spec: Path) -> str:
    """A digest of what a spec says, whatever line ends git gives it; "" where it cannot be read."""
    try:
        return hashlib.sha256(spec.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError:
        return ""


def _path(place: Place) -> str:
    return str(place.spec.resolve())


@contextmanager
def _hold_store(store: Path) -> Iterator[_Known]:
    store.mkdir(parents=True, exist_ok=True)
    with hold(store / f"{_FILE}.lock"):
        yield _read(store)


def _write(store: Path, known: _Known) -> None:
    document = {"store": known.store, "specs": [asdict(entry) for entry in known.entries]}
    replace_content(store / _FILE, json.dumps(document, indent=2))


def _read(store: Path) -> _Known:
    file = store / _FILE
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if "specs" not in document:  # the earlier form: by path, then by environment
            old = ((path, *one) for path, own in document.items() for one in own.items())
            return _Known("", tuple(_Entry(path, name, "", identifier) for path, name, identifier in old))
        return _Known(document["store"], tuple(_Entry(**entry) for entry in document["specs"]))
    except (FileNotFoundError, NotADirectoryError):
        return _Known()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "dandifile did not write it like this"
        raise UserError(
            f"the list of specs and their dandisets on the embedded archive cannot be read: {why}",
            where=str(file),
            fix="restore it from a backup; or delete it and write `identifier:` into each spec",
        ) from None
