"""The list of dandisets, with a search."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localdandi import metadata, search
from localdandi.archive import Archive
from localdandi.errors import RefusedError
from localdandi.pages.visit import PageCall, visit
from localdandi.paging import read_paging
from localdandi.store import dandisets
from localdandi.store.dandisets import Dandiset

if TYPE_CHECKING:
    from starlette.responses import Response


@dataclass(frozen=True)
class Card:
    """A dandiset in the list."""

    label: str
    url: str | None
    name: str
    contact_person: str
    assets: int
    size: int
    status: str
    embargo: str
    published: str


def _list(call: PageCall) -> Response:
    problem, found = "", list[int]()
    try:
        found = search.dandisets(call, embargoed=call.user is not None)
    except RefusedError as refusal:
        problem = str(
            json.loads(bytes(refusal.response.body)).get("search", "This search cannot be understood.")
        )
    page = read_paging(call, count=len(found))
    shown = [dandisets.by_id(call.db, identifier) for identifier in page.cut(found)]
    items = [card(call.archive, one, f"/dandiset/{one.identifier}") for one in shown if one]
    return call.page(
        "dandisets",
        items=items,
        search=call.query.get("search", ""),
        problem=problem,
        previous=page.link(page.number - 1),
        following=page.link(page.number + 1) if page.more else None,
    )


def card(archive: Archive, dandiset: Dandiset, url: str | None) -> Card:
    db = archive.database.read()
    draft, published = dandisets.draft_of(db, dandiset), dandisets.last_published(db, dandiset)
    return Card(
        label=f"{archive.instance.name}:{dandiset.identifier}",
        url=url,
        name=draft.name,
        contact_person=metadata.contact_person(draft.document()),
        assets=draft.asset_count,
        size=draft.size,
        status=draft.status,
        embargo=dandiset.embargo_status,
        published=published.version if published else "",
    )


ROUTES = [visit("/", _list)]
