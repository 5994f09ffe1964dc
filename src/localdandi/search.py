"""Which dandisets a listing shows, and in which order."""
# ruff: noqa: S608  queries are put together from constants; what is sent goes in as parameters

from __future__ import annotations

from localdandi import errors, fields, search_terms
from localdandi.http import Call

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
    conditions, values = _visible(call, embargoed=embargoed)
    if not fields.flag(call.query, "draft", default=True):
        conditions.append("EXISTS (SELECT 1 FROM versions WHERE dandiset = d.id AND version <> 'draft')")
    if not fields.flag(call.query, "empty", default=True):
        conditions.append("v.asset_count > 0")
    order = _order(call)
    if fields.flag(call.query, "starred", default=False):
        if call.user is None:
            raise errors.refused("Must be authenticated to filter by starred dandisets.", 401)
        conditions.append("d.id IN (SELECT dandiset FROM stars WHERE user = ?)")
        values.append(call.user.id)
    for condition, value in search_terms.conditions(call.query.get("search", "").replace("\x00", "")):
        conditions.append(condition)
        values.append(value)
    query = (
        f"SELECT d.id FROM dandisets d JOIN versions v ON v.id = ({_NEWEST})"
        f" WHERE {' AND '.join(conditions)} ORDER BY {order}"
    )
    return [row[0] for row in call.db.execute(query, values)]


def _visible(call: Call, *, embargoed: bool) -> tuple[list[str], list[object]]:
    mine = fields.choice(call.query, "user", ("me",)) == "me"
    owned = "d.id IN (SELECT dandiset FROM owners WHERE user = ?)"
    user = call.user.id if call.user else None
    if not fields.flag(call.query, "embargoed", default=embargoed):
        return (["d.embargo_status = 'OPEN'", owned], [user]) if mine else (["d.embargo_status = 'OPEN'"], [])
    if call.user is None:
        raise errors.refused(_EMBARGOED, 401)
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
