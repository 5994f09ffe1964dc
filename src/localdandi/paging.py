"""Pages of a listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlencode

from localdandi import errors, fields
from localdandi.document import Json
from localdandi.http import Call
from localdandi.store.dandisets import dump

if TYPE_CHECKING:
    from starlette.datastructures import URL
    from starlette.responses import Response

_DEFAULT, _MAXIMUM = 100, 1000
_LAST = 10**12  # page; any that comes after is as empty
T = TypeVar("T")


@dataclass(frozen=True)
class Paging:
    """Which page was asked for; `number` counts from 1. `count` is how many items there are, where known."""

    url: URL
    number: int
    size: int
    count: int | None = None

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def more(self) -> bool:
        """Whether there are items after this page, where that is known."""
        return self.count is not None and self.offset + self.size < self.count

    def cut(self, items: Sequence[T]) -> Sequence[T]:
        """The items of this page, of all that there are."""
        return items[self.offset : self.offset + self.size]

    def link(self, number: int) -> str | None:
        """The request's own URL with another page number; without one for the first page."""
        if number < 1:
            return None
        return with_query(self.url, page=None if number == 1 else str(number))

    def envelope(self, results: list[str], count: int | None, *, more: bool) -> Response:
        """The page as JSON, from items that are JSON text already."""
        following = self.link(self.number + 1) if more else None
        head = {"count": count, "next": following, "previous": self.link(self.number - 1)}
        return errors.json_text(f'{dump(head)[:-1]},"results":[{",".join(results)}]}}')


def with_query(url: URL, **changes: str | None) -> str:
    """A URL with some parameters replaced, or left out where they are None; all of them come sorted."""
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(url.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    for name, change in changes.items():
        query.pop(name, None)
        if change is not None:
            query[name] = [change]
    return str(url.replace(query=urlencode(sorted(query.items()), doseq=True)))


def read_paging(call: Call, *, count: int | None = None) -> Paging:
    """Reads `page` and `page_size`. `count` is the number of items where it is known.

    Sizes above 1,000 are cut to it without a word, and nonsense means 100.
    """
    size = fields.whole_number(call.query.get("page_size", ""))
    length = min(size, _MAXIMUM) if size is not None and size > 0 else _DEFAULT
    page = call.query.get("page", "1")
    pages = None if count is None else max(1, -(-count // length))
    if page == "last" and pages is not None:
        page = str(pages)
    number = fields.whole_number(page) or 0
    if number < 1 or (pages is not None and number > pages):
        raise errors.detail("Invalid page.", 404)
    number = min(number, _LAST)
    return Paging(call.request.url, number, length, count)


def page_of_list(call: Call, items: Sequence[Json]) -> Response:
    """A page of a list that is in memory."""
    page = read_paging(call, count=len(items))
    return page.envelope([dump(item) for item in page.cut(items)], page.count, more=page.more)
