"""Which dandisets a listing shows, and in which order: filters, and the words and operators of a search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from localdandi import errors, fields
from localdandi.http import Call
from localdandi.store.database import fold_text

# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters


# A dandiset is described by its newest version: the draft, unless it was published.
_NEWEST = "SELECT max(id) FROM versions WHERE dandiset = d.id"
_EMBARGOED = "Authentication credentials must be provided when attempting to access embargoed dandisets"
_ORDERS = {
    "id": "d.id",
    "name": "v.name",
    "modified": "v.modified",
    "size": "v.size",
    "stars": "(SELECT count(*) FROM stars WHERE dandiset = d.id)",
}


def dandisets(call: Call, *, embargoed: bool = False) -> list[int]:
    """Ids of the dandisets that fit the query and that the caller may see.

    `embargoed` is whether embargoed ones are shown where the query does not say.
    """
    conditions, values = _visibility_filter(call, embargoed=embargoed)
    if not fields.flag(call.query, "draft", default=True):
        conditions.append("EXISTS (SELECT 1 FROM versions WHERE dandiset = d.id AND version <> 'draft')")
    if not fields.flag(call.query, "empty", default=True):
        conditions.append("v.asset_count > 0")
    order = _order(call)
    if fields.flag(call.query, "starred", default=False):
        if call.user is None:
            raise errors.refused_error("Must be authenticated to filter by starred dandisets.", 401)
        conditions.append("d.id IN (SELECT dandiset FROM stars WHERE user = ?)")
        values.append(call.user.id)
    for condition, value in term_conditions(call.query.get("search", "").replace("\x00", "")):
        conditions.append(condition)
        values.append(value)
    query = (
        f"SELECT d.id FROM dandisets d JOIN versions v ON v.id = ({_NEWEST})"
        f" WHERE {' AND '.join(conditions)} ORDER BY {order}"
    )
    return [row[0] for row in call.db.execute(query, values)]


def _visibility_filter(call: Call, *, embargoed: bool) -> tuple[list[str], list[object]]:
    mine = fields.choice(call.query, "user", ("me",)) == "me"
    owned = "d.id IN (SELECT dandiset FROM owners WHERE user = ?)"
    user = call.user.id if call.user else None
    if not fields.flag(call.query, "embargoed", default=embargoed):
        return (["d.embargo_status = 'OPEN'", owned], [user]) if mine else (["d.embargo_status = 'OPEN'"], [])
    if call.user is None:
        raise errors.refused_error(_EMBARGOED, 401)
    if mine:
        return [owned], [user]
    return (["1"], []) if call.user.admin else ([f"(d.embargo_status = 'OPEN' OR {owned})"], [user])


def _order(call: Call) -> str:
    """Unknown orders are ignored."""
    wanted = call.query.get("ordering", "")
    column = _ORDERS.get(wanted.removeprefix("-"))
    if column is None:
        return "d.created, d.id"
    return f"{column} DESC, d.id" if wanted.startswith("-") else f"{column}, d.id"


_TOKEN = re.compile(
    r'(?P<key>[a-z_]+):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]\S*))|"(?P<phrase>[^"]*)"|(?P<word>\S+)'
)
_LONGEST = 1024
_TYPES = {"nwb": "application/x-nwb", "image": "image/", "text": "text/", "video": "video/"}

_NEWEST_VERSION = "(SELECT {0} FROM versions WHERE dandiset = d.id ORDER BY id DESC LIMIT 1)"
_DATES = {
    "created": "d.created",
    "modified": _NEWEST_VERSION.format("modified"),
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


def term_conditions(text: str) -> Iterator[tuple[str, str]]:
    """SQL conditions, each with its one parameter. Refuses what cannot be understood."""
    if len(text) > _LONGEST:
        raise _search_error(f"Search query is too long ({len(text)} characters; max {_LONGEST}).")
    if text.count('"') % 2:
        raise _search_error(
            "Unbalanced quote in search query."
            " Remove the stray quote, or wrap the intended phrase in matched quotes."
        )
    for token in _TOKEN.finditer(text):
        if token["key"]:
            value = token["quoted"] if token["value"] is None else token["value"]
            yield _operator(token["key"], value.strip())
        else:
            yield _WORD, fold_text(token["word"] or token["phrase"] or "")


def _operator(key: str, value: str) -> tuple[str, str]:
    if key not in _KEYS:
        near = get_close_matches(key, _KEYS, n=1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        quoting = 'Wrap the term in double quotes (e.g. "foo:bar") to search for it as text.'
        raise _search_error(f'Unknown search operator "{key}".{hint} {quoting}')
    if not value:
        raise _search_error(f'Operator "{key}" requires a value.')
    if key in _SUMMARIES:
        return _IN_SUMMARY.format(_SUMMARIES[key]), fold_text(value)
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
        raise _search_error(f'Invalid date for "{key}": {value!r}. Use YYYY-MM-DD.') from None


def _search_error(message: str) -> errors.RefusedError:
    return errors.refused_error({"search": message})
