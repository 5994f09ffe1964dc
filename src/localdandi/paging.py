"""Pages of a listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from localdandi import errors
from localdandi.document import Json
from localdandi.http import Call
from localdandi.store.dandisets import dump

if TYPE_CHECKING:
    from starlette.datastructures import URL
    from starlette.responses import Response

_DEFAULT, _MAXIMUM = 100, 1000
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
        """The request's own URL with another page number; without one for the first."""
        if number < 1:
            return None
        if number == 1:
            return str(self.url.remove_query_params("page"))
        return str(self.url.include_query_params(page=number))

    def envelope(self, results: list[str], count: int | None, *, more: bool) -> Response:
        """The page as JSON, from items that are JSON text already."""
        following = self.link(self.number + 1) if more else None
        head = {"count": count, "next": following, "previous": self.link(self.number - 1)}
        return errors.json_text(f'{dump(head)[:-1]},"results":[{",".join(results)}]}}')


def paging(call: Call, *, count: int | None = None) -> Paging:
    """Reads `page` and `page_size`. `count` is the number of items where it is known.

    Sizes above 1,000 are cut to it without a word, and nonsense means 100.
    """
    size = call.query.get("page_size", "")
    length = min(int(size), _MAXIMUM) if size.isdecimal() and int(size) > 0 else _DEFAULT
    page = call.query.get("page", "1")
    pages = None if count is None else max(1, -(-count // length))
    if page == "last" and pages is not None:
        page = str(pages)
    number = int(page) if page.isdecimal() else 0
    if number < 1 or (pages is not None and number > pages):
        raise errors.detail("Invalid page.", 404)
    return Paging(call.request.url, number, length, count)


def paginated(call: Call, items: Sequence[Json]) -> Response:
    """A page of a list that is in memory."""
    page = paging(call, count=len(items))
    return page.envelope([dump(item) for item in page.cut(items)], page.count, more=page.more)
