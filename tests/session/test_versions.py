from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dandifile.archive import listing
from dandifile.archive.reader import Reader
from dandifile.errors import UserError
from dandifile.run.state import MemoryCache
from dandifile.session.versions import changes_since_publication, compare_versions
from tests.archive.test_listing import Draft
from tests.net.scripted import Reply, Scripted, scripted

VERSION: dict[str, Any] = {
    "name": "Place cells",
    "status": "Valid",
    "created": "x",
    "asset_count": 60,
    "size": 420,
}
DETAIL: dict[str, Any] = {
    "identifier": "000001",
    "embargo_status": "OPEN",
    "draft_version": {},
    "most_recent_published_version": None,
}


@pytest.fixture
def server() -> Iterator[Scripted]:
    """An archive with a dandiset that was never published."""
    with scripted() as script:
        script.on("/api/dandisets/000001/", Reply(200, DETAIL))
        versions = {"next": None, "results": [{"version": "draft", **VERSION}]}
        script.on("/api/dandisets/000001/versions/", Reply(200, versions))
        script.on("/api/dandisets/000001/versions/draft/", Reply(200, {"license": ["spdx:CC0-1.0"]}))
        yield script


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 20)


def reader_of(server: Scripted) -> Reader:
    return Reader(server.instance, "000001", None, MemoryCache(), server.api())


def test_a_dandiset_that_was_never_published_is_compared_with_nothing(server: Scripted) -> None:
    Draft(server, 60)
    found = changes_since_publication(reader_of(server))
    assert found.before is None
    assert len(found.assets) == found.census_after.files == 60
    assert [one.field for one in found.fields] == ["license", "name"]
    with pytest.raises(UserError, match="has no published version"):
        compare_versions(reader_of(server))


def test_a_draft_that_is_written_to_meanwhile_is_compared_again(server: Scripted) -> None:
    draft = Draft(server, 60)

    def shift(page: int) -> None:
        if page == 2 and len(draft.items) == 60:
            draft.items.append(Draft.item("sub-00000/0.nwb"))

    draft.meanwhile = shift
    found = changes_since_publication(reader_of(server))
    assert [one.path for one in found.assets][:2] == ["sub-00000/0.nwb", "sub-00000/a.nwb"]
    assert len(found.assets) == 61


def test_a_draft_that_never_comes_to_rest_is_an_error(server: Scripted) -> None:
    draft = Draft(server, 60)

    def shift(page: int) -> None:
        if page == 2:
            draft.items.append(Draft.item(f"sub-00000/{len(draft.items)}.nwb"))

    draft.meanwhile = shift
    with pytest.raises(listing.ListingChangedError, match="changed while they were listed"):
        changes_since_publication(reader_of(server))
