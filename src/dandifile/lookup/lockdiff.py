"""What differs between two locks, a line a fact, for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.lookup.facts import Lock
from dandifile.lookup.lockform import identity, to_json
from dandifile.model import Json, JsonObject

_TITLES = {
    "papers": "paper",
    "people": "ORCID iD",
    "institutions": "ROR id",
    "terms": "term",
    "unsettled": "unsettled",
    "identifiers": "dandiset",
}
_SHOWN = {
    "papers": ("title",),
    "people": ("name", "status"),
    "institutions": ("name", "status"),
    "terms": ("label", "id", "match"),
    "unsettled": ("why",),
    "identifiers": ("identifier",),
}
_LONGEST = 70


def diff(old: Lock, new: Lock) -> list[str]:
    """`+` and `-` for entries that came and went; `~` and an indented line a fact for those that changed."""
    before, after = to_json(old), to_json(new)
    lines: list[str] = []
    for section in _TITLES:
        was = {identity(section, entry): entry for entry in before.get(section, ())}
        now = {identity(section, entry): entry for entry in after.get(section, ())}
        lines += [f"- {_head(section, entry)}" for key, entry in was.items() if key not in now]
        for key, entry in now.items():
            if key not in was:
                lines.append(f"+ {_head(section, entry)}")
            elif facts := list(_changes(was[key], entry)):
                lines += [f"~ {_head(section, entry)}", *(f"    {fact}" for fact in facts)]
    return lines


def _head(section: str, entry: JsonObject) -> str:
    name = " ".join(filter(None, identity(section, entry)))
    shown = (str(entry[key]) for key in _SHOWN[section] if entry.get(key))
    return f"{_TITLES[section]} {name}  {_short(' · '.join(shown))}".rstrip()


def _changes(was: JsonObject, now: JsonObject) -> Iterator[str]:
    old, new = dict(_facts(was)), dict(_facts(now))
    for path in dict.fromkeys((*old, *new)):
        if old.get(path) != new.get(path):
            yield f"{path}: {_short(old.get(path, 'none'))} → {_short(new.get(path, 'none'))}"


def _facts(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every single fact and the way to it; items of a list by name, so that one more shifts no other."""
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


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
