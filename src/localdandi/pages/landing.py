"""The list of dandisets, and a dandiset's own page."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from localdandi import access, jobs, metadata, search
from localdandi.document import JsonObject
from localdandi.errors import RefusedError
from localdandi.pages import documents
from localdandi.pages.documents import Link
from localdandi.pages.visit import VERSION, PageCall, visit
from localdandi.paging import read_paging
from localdandi.store import assets, dandisets, users
from localdandi.store.dandisets import Dandiset, Version

if TYPE_CHECKING:
    from starlette.responses import Response

_SUMMARY = (
    ("Species", "species"),
    ("Approaches", "approach"),
    ("Techniques", "measurementTechnique"),
    ("Standards", "dataStandard"),
)
_COUNTS = (("Subjects", "numberOfSubjects"), ("Samples", "numberOfSamples"), ("Cells", "numberOfCells"))


@dataclass(frozen=True)
class _Card:
    """A dandiset in the list."""

    identifier: str
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
    items = [_card(call.db, identifier) for identifier in page.cut(found)]
    return call.page(
        "dandisets",
        items=items,
        search=call.query.get("search", ""),
        problem=problem,
        previous=page.link(page.number - 1),
        following=page.link(page.number + 1) if page.more else None,
    )


def _card(db: sqlite3.Connection, identifier: int) -> _Card:
    dandiset = dandisets.by_id(db, identifier)
    assert dandiset is not None
    draft, published = dandisets.draft_of(db, dandiset), dandisets.last_published(db, dandiset)
    return _Card(
        identifier=dandiset.identifier,
        name=draft.name,
        contact_person=metadata.contact_person(draft.document()),
        assets=draft.asset_count,
        size=draft.size,
        status=draft.status,
        embargo=dandiset.embargo_status,
        published=published.version if published else "",
    )


def _redirect_to_newest(call: PageCall) -> Response:
    """As readers come: to what is published, or else to the draft."""
    dandiset = access.visible_dandiset(call)
    published = dandisets.last_published(call.db, dandiset)
    version = published.version if published else dandisets.DRAFT
    return RedirectResponse(f"/dandiset/{dandiset.identifier}/{version}", 302)


def _landing(call: PageCall) -> Response:
    dandiset, version = access.visible_version(call)
    document: JsonObject = json.loads(metadata.insert_origin(version.metadata, call.origin))
    doi = documents.text(document.get("doi"))
    return call.page(
        "dandiset",
        dandiset=dandiset,
        version=version,
        base=f"/dandiset/{dandiset.identifier}/{version.version}",
        metadata=document,
        objections=_objections(call.db, dandiset, version),
        citation=documents.text(document.get("citation")),
        doi=Link(doi, f"https://doi.org/{doi}") if doi else None,
        description=documents.paragraphs(document.get("description")),
        keywords=documents.texts(document.get("keywords")),
        licences=documents.licences(document),
        contributors=documents.contributors(document),
        funders=documents.funders(document),
        about=documents.terms(document.get("about")),
        ethics=documents.ethics(document),
        related=documents.related_links(document),
        protocols=[
            Link(url, documents.web_url_or_none(url)) for url in documents.texts(document.get("protocol"))
        ],
        acknowledgement=documents.text(document.get("acknowledgement")),
        summary=_summary(document),
        errors=json.loads(version.errors),
        asset_errors=assets.asset_errors(call.db, version),
        versions=list(reversed(dandisets.versions_of(call.db, dandiset))),
        owners=users.owners(call.db, dandiset.id),
    )


def _objections(db: sqlite3.Connection, dandiset: Dandiset, version: Version) -> list[str]:
    """All that keeps a draft from being published."""
    if not version.draft:
        return []
    first = jobs.objection(db, dandiset, version)
    found = [] if first is None else [first[1]]
    errors = json.loads(version.errors)
    if errors:
        found.append(f"{len(errors)} finding{'s' if len(errors) > 1 else ''} in the metadata, below")
    bad = {error["path"] for error in assets.asset_errors(db, version)}
    return (
        [*found, f"{len(bad)} file{'s' if len(bad) > 1 else ''} not valid, or not validated yet"]
        if bad
        else found
    )


def _summary(document: JsonObject) -> list[tuple[str, list[Link]]]:
    summary = document.get("assetsSummary")
    summary = summary if isinstance(summary, dict) else {}
    rows = [(title, documents.terms(summary.get(name))) for title, name in _SUMMARY]
    rows.append(("Variables", [Link(one) for one in documents.texts(summary.get("variableMeasured"))]))
    rows += [(title, [Link(str(summary[name]))]) for title, name in _COUNTS if summary.get(name)]
    return [(title, values) for title, values in rows if values]


ROUTES = [
    visit("/", _list),
    visit("/dandiset/{dandiset:dandiset}", _redirect_to_newest),
    visit(VERSION, _landing),
]
