"""A version's own page: what its readers will see, and what is left to do before it is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from localdandi import access
from localdandi.document import JsonObject
from localdandi.pages import citing, documents, findings, readme
from localdandi.pages.addresses import Served
from localdandi.pages.documents import Link
from localdandi.pages.shown import Shown
from localdandi.pages.visit import VERSION, PageCall, visit
from localdandi.store import assets, dandisets, listing, users
from localdandi.store.dandisets import Dandiset, Version

if TYPE_CHECKING:
    from starlette.responses import Response

_SUMMARY = (
    ("Species", "species"),
    ("Approaches", "approach"),
    ("Techniques", "measurementTechnique"),
    ("Standards", "dataStandard"),
)
_FIRST_SUBJECTS = 12  # on the dandiset's own page; all of them have a page of their own
_COUNTS = (("Subjects", "numberOfSubjects"), ("Samples", "numberOfSamples"), ("Cells", "numberOfCells"))


def _redirect_to_newest(call: PageCall) -> Response:
    """As readers come: to what is published, or else to the draft."""
    dandiset = access.visible_dandiset(call)
    published = dandisets.last_published(call.db, dandiset)
    version = published.version if published else dandisets.DRAFT
    return RedirectResponse(f"/dandiset/{dandiset.identifier}/{version}", 302)


def _landing(call: PageCall) -> Response:
    return call.page("dandiset", **view(call.shown()))


@dataclass(frozen=True)
class _Embargo:
    """`days` until the end date, negative once it has passed; None where there is no date."""

    status: str  # EMBARGOED | UNEMBARGOING
    until: str
    days: int | None


def view(shown: Shown) -> JsonObject:
    """The values of a version's own page."""
    document, version = shown.document, shown.version
    doi = documents.text(document.get("doi"))
    overview = shown.overview
    versions = list(reversed(dandisets.versions_of(shown.db, shown.dandiset)))
    return {
        **documents.about_dandiset(document),
        "shown": shown,
        "version": version,
        "embargo": _embargo(shown.dandiset),
        "release_notes": _rendered(documents.text(document.get("releaseNotes"))),
        "versions": versions,
        "notes": {
            one.id: _rendered(one.release_notes) for one in versions if one.release_notes and not one.draft
        },
        "unpublished": _has_unpublished_changes(shown),
        "newer": _newer(shown),
        "owners": users.owners(shown.db, shown.dandiset.id),
        "obstacles": findings.obstacles(shown),
        "errors": findings.of_json(version.errors),
        "asset_findings": findings.of_assets(shown),
        "doi": Link(doi, f"https://doi.org/{doi}") if doi else None,
        "citation": documents.text(document.get("citation")),
        "bibtex": citing.bibtex(document, year=version.created[:4]),
        "commands": citing.commands(
            f"{shown.origin}{Served(shown.dandiset.identifier, version.version).here()}"
        ),
        "readme": _readme(shown),
        "overview": overview,
        "grid_rows": overview.subjects[:_FIRST_SUBJECTS],
        "summary": _summary(document),
    }


def _rendered(notes: str) -> str:
    """Release notes as HTML, in which links to the web are the only ones."""
    return readme.html_of(notes[: readme.LARGEST], lambda path: None)  # noqa: ARG005


def _embargo(dandiset: Dandiset) -> _Embargo | None:
    if dandiset.open:
        return None
    until = dandiset.embargo_end_date or ""
    days = (date.fromisoformat(until) - datetime.now(UTC).date()).days if documents.day(until) else None
    return _Embargo(dandiset.embargo_status, until, days)


def _has_unpublished_changes(shown: Shown) -> Version | None:
    """The last published version, if this is a draft that has changed since."""
    if not shown.version.draft or shown.version.status in ("Publishing", "Published"):
        return None
    return dandisets.last_published(shown.db, shown.dandiset)


def _newer(shown: Shown) -> Version | None:
    """The last published version, if this is an older one."""
    last = None if shown.version.draft else dandisets.last_published(shown.db, shown.dandiset)
    return last if last and last.id != shown.version.id else None


def _readme(shown: Shown) -> readme.Readme | None:
    """The first README that the version has at its top."""
    here = listing.asset_ids(shown.db, shown.version.id, set(readme.NAMES))
    name = next((name for name in readme.NAMES if name in here), None)
    asset = assets.by_asset_id(shown.db, here[name]) if name else None
    if name is None or asset is None or asset.blob_id is None:
        return None
    try:
        return readme.read(shown.archive.objects.blob(asset.blob_id), name, shown.address_of)
    except OSError:  # lost from the store
        return None


def _summary(document: JsonObject) -> list[tuple[str, list[Link]]]:
    summary = document.get("assetsSummary")
    summary = summary if isinstance(summary, dict) else {}
    rows = [(title, documents.terms(summary.get(name))) for title, name in _SUMMARY]
    rows.append(("Variables", [Link(one) for one in documents.texts(summary.get("variableMeasured"))]))
    rows += [(title, [Link(str(summary[name]))]) for title, name in _COUNTS if summary.get(name)]
    return [(title, values) for title, values in rows if values]


ROUTES = [
    visit("/dandiset/{dandiset:dandiset}", _redirect_to_newest),
    visit(VERSION, _landing),
]
