"""The search box: words and `key:value` operators, as conditions over a table of dandisets `d`.

Everything must hold. Quotes keep words together and take an operator's meaning away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from localdandi import errors
from localdandi.store.database import folded

_TOKEN = re.compile(
    r'(?P<key>[a-z_]+):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]\S*))|"(?P<phrase>[^"]*)"|(?P<word>\S+)'
)
_LONGEST = 1024
_TYPES = {"nwb": "application/x-nwb", "image": "image/", "text": "text/", "video": "video/"}

_NEWEST = "(SELECT {0} FROM versions WHERE dandiset = d.id ORDER BY id DESC LIMIT 1)"
_DATES = {
    "created": "d.created",
    "modified": _NEWEST.format("modified"),
    "published": "(SELECT max(created) FROM versions WHERE dandiset = d.id AND version <> 'draft')",
}
_SUMMARIES = {"species": "species", "approach": "approach", "technique": "measurementTechnique"}
_KEYS = (
    *(f"{name}_{side}" for name in _DATES for side in ("before", "after")),
    *_SUMMARIES,
    "file_type",
    "owner",
)

_WORD = "EXISTS (SELECT 1 FROM versions WHERE dandiset = d.id AND instr(folded(metadata), ?))"
_IN_SUMMARY = (
    "EXISTS (SELECT 1 FROM versions v2, json_each(v2.metadata, '$.assetsSummary.{0}') s"
    " WHERE v2.dandiset = d.id AND instr(folded(coalesce(json_extract(s.value, '$.name'), '')), ?))"
)
_HAS_TYPE = (
    "EXISTS (SELECT 1 FROM versions v2 JOIN membership m ON m.version = v2.id JOIN assets a ON a.id = m.asset"
    " WHERE v2.dandiset = d.id AND instr(lower(json_extract(a.metadata, '$.encodingFormat')), ?) = 1)"
)
_OWNED = (
    "EXISTS (SELECT 1 FROM owners o JOIN users u ON u.id = o.user WHERE o.dandiset = d.id AND lower(?) IN"
    " (lower(login), lower(email), lower(first_name), lower(last_name),"
    " lower(first_name || ' ' || last_name)))"
)


def conditions(text: str) -> Iterator[tuple[str, str]]:
    """SQL conditions, each with its one parameter. Refuses what cannot be understood."""
    if len(text) > _LONGEST:
        raise _refused(f"Search query is too long ({len(text)} characters; max {_LONGEST}).")
    if text.count('"') % 2:
        raise _refused("Unbalanced quote in search query.")
    for token in _TOKEN.finditer(text):
        if token["key"]:
            value = token["quoted"] if token["value"] is None else token["value"]
            yield _operator(token["key"], value.strip())
        else:
            yield _WORD, folded(token["word"] or token["phrase"] or "")


def _operator(key: str, value: str) -> tuple[str, str]:
    if key not in _KEYS:
        near = get_close_matches(key, _KEYS, n=1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise _refused(f'Unknown search operator "{key}".{hint}')
    if not value:
        raise _refused(f'Operator "{key}" requires a value.')
    if key in _SUMMARIES:
        return _IN_SUMMARY.format(_SUMMARIES[key]), folded(value)
    if key == "file_type":
        return _HAS_TYPE, _TYPES.get(value.lower(), value.lower())
    if key == "owner":
        return _OWNED, value
    name, _, side = key.partition("_")
    return f"{_DATES[name]} {'<' if side == 'before' else '>='} ?", _day(key, value)


def _day(key: str, value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise _refused(f'Invalid date for "{key}": {value!r}. Use YYYY-MM-DD.') from None


def _refused(message: str) -> errors.RefusedError:
    return errors.refused({"search": message})
