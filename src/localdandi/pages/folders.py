"""The folders of a version: sorted, filtered, a page at a time. All of it works by links and forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse

from localdandi import errors
from localdandi.document import JsonObject
from localdandi.pages.documents import natural
from localdandi.pages.shown import Shown
from localdandi.pages.visit import VERSION, PageCall, visit
from localdandi.store import listing
from localdandi.store.listing import Entry

if TYPE_CHECKING:
    from starlette.responses import Response

ENTRIES = 200  # a page
STATUSES = ("Valid", "Invalid", "Pending")

_KEYS: dict[str, Callable[[Entry], Any]] = {
    "name": lambda one: one.path == "",  # all alike: the natural order is there already
    "type": lambda one: one.kind,
    "status": lambda one: ("Invalid", "Pending", "Valid").index(one.status),
    "modified": lambda one: one.modified,
    "size": lambda one: one.size,
}
COLUMNS = (
    ("name", "Name"),
    ("type", "Type"),
    ("status", "Status"),
    ("modified", "Changed"),
    ("size", "Size"),
)


@dataclass(frozen=True)
class Wish:
    """What of a folder a reader wants to see: with a text or a status, all files below it that fit."""

    folder: str = ""
    text: str = ""
    status: str = ""
    sort: str = "name"  # a column, with a minus for descending
    page: int = 1

    @classmethod
    def of_query(cls, query: dict[str, str], page: int) -> Wish:
        """Reads a query; what it cannot mean is as if it were not there."""
        sort, status = query.get("sort", ""), query.get("status", "")
        return cls(
            folder=query.get("location", "").strip("/"),
            text=query.get("search", "").strip(),
            status=status if status in STATUSES else "",
            sort=sort if sort.removeprefix("-") in _KEYS else "name",
            page=page,
        )

    @property
    def filtered(self) -> bool:
        return bool(self.text or self.status)

    @property
    def query(self) -> dict[str, str]:
        """All but folder and page, as parameters of an address."""
        sort = "" if self.sort == "name" else self.sort
        return {"search": self.text, "status": self.status, "sort": sort}


@dataclass(frozen=True)
class Column:
    """The head of a column: where a click leads, and how the list is sorted by it now."""

    name: str
    title: str
    url: str | None
    order: str  # ascending | descending, or nothing


def entries(shown: Shown, wish: Wish) -> list[Entry]:
    """Folders before files, each sorted; names in natural order where nothing else decides."""
    db, version = shown.db, shown.version.id
    if wish.filtered:
        found = listing.matching(db, version, wish.folder, text=wish.text, status=wish.status)
    else:
        found = listing.children(db, version, wish.folder)
    found.sort(key=lambda one: natural(one.path), reverse=wish.sort == "-name")
    found.sort(
        key=_KEYS[wish.sort.removeprefix("-")], reverse=wish.sort.startswith("-") and wish.sort != "-name"
    )
    found.sort(key=lambda one: one.asset_id is not None)
    return found


def view(shown: Shown, wish: Wish, found: list[Entry]) -> JsonObject:
    """The values of a folder's page, from all of its entries."""
    to, start = shown.to, (wish.page - 1) * ENTRIES
    more = start + ENTRIES < len(found)
    return {
        "shown": shown,
        "wish": wish,
        "crumbs": crumbs(wish.folder),
        "columns": [_column(shown, wish, *one) for one in COLUMNS],
        "statuses": STATUSES,
        "entries": found[start : start + ENTRIES],
        "first": start + 1,
        "total": len(found),
        "size": sum(one.size for one in found),
        "previous": to.folder(wish.folder, wish.page - 1, wish.query) if wish.page > 1 else None,
        "following": to.folder(wish.folder, wish.page + 1, wish.query) if more else None,
    }


def _column(shown: Shown, wish: Wish, name: str, title: str) -> Column:
    order = {name: "ascending", f"-{name}": "descending"}.get(wish.sort, "")
    # Sizes and dates are first wanted from the largest and latest on.
    first, second = (f"-{name}", name) if name in ("size", "modified") else (name, f"-{name}")
    following = replace(wish, sort=second if wish.sort == first else first)
    url = shown.to.folder(wish.folder, query=following.query) if shown.to.served else None
    return Column(name, title, url, order)


def crumbs(folder: str) -> list[tuple[str, str]]:
    """Every folder on the way, by name and path."""
    names = folder.split("/") if folder else []
    return [(name, "/".join(names[: place + 1])) for place, name in enumerate(names)]


def _folder(call: PageCall) -> Response:
    """A folder; where the location is a file, as in links for the dandi client, its page."""
    shown = call.shown()
    wish = Wish.of_query(call.query, call.page_number())
    found = entries(shown, wish)
    if wish.folder and not found and not wish.filtered:
        url = shown.address_of(wish.folder)
        if url is None:
            raise errors.not_found()
        return RedirectResponse(url, 302)
    return call.page("files", **view(shown, wish, found))


ROUTES = [visit(VERSION + "/files", _folder)]
