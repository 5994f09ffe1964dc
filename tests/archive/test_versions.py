from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dandifile.archive import listing, versions
from dandifile.archive.credentials import Secret
from dandifile.archive.instance import Instance
from dandifile.archive.reader import Reader
from dandifile.archive.transfer import upload
from dandifile.archive.versions import VersionReader, find_version, last_published, list_versions
from dandifile.archive.writer import Embargo, Writer
from dandifile.errors import ArchiveError, CredentialsError, Exit, UserError
from dandifile.model import Cache
from localdandi.testing import TestArchive
from tests.archive.files import METADATA, Sample
from tests.archive.test_listing import Draft
from tests.net.scripted import Reply, Scripted
from tests.releases import publish_now

COMPLETE: dict[str, Any] = {
    "description": "Recordings of place cells.",
    "license": ["spdx:CC-BY-4.0"],
}


@pytest.fixture
def filled(writer: Writer, file: Sample) -> Writer:
    """A dandiset that can be published, with two assets."""
    blob = upload(writer, file.path, file.size, file.digest).blob
    for path in ("sub-2/b.bin", "sub-1/a.bin"):
        writer.create_asset(path, blob, METADATA)
    draft = writer.reader.draft()
    writer.put_metadata(draft["name"], {**draft["metadata"], **COMPLETE})
    return writer


def opened(reader: Reader, name: str) -> VersionReader:
    return find_version(reader, list_versions(reader), name)


def test_the_versions_are_listed_in_the_order_of_their_time_with_the_draft_last(
    local: TestArchive, filled: Writer, file: Sample
) -> None:
    assert filled.identifier is not None
    first = publish_now(local, filled.identifier, "The first.")
    second = publish_now(local, filled.identifier)
    found = list_versions(filled.reader.fresh())
    assert [(one.version, one.notes, one.assets, one.size) for one in found] == [
        (first, "The first.", 2, 2 * file.size),
        (second, "", 2, 2 * file.size),
        ("draft", "", 2, 2 * file.size),
    ]
    assert found[0].created < found[1].created
    published = last_published(found)
    assert published is not None
    assert (published.version, published.status) == (second, "Valid")
    assert found[-1].status == "Published"


def test_a_dandiset_that_was_never_published_has_its_draft_alone(writer: Writer) -> None:
    found = list_versions(writer.reader)
    assert [one.version for one in found] == ["draft"]
    assert last_published(found) is None


def test_a_published_version_has_its_doi_and_the_draft_has_none(local: TestArchive, filled: Writer) -> None:
    assert filled.identifier is not None
    name = publish_now(local, filled.identifier)
    reader = filled.reader.fresh()
    assert opened(reader, name).doi.endswith(f"{filled.identifier}/{name}")
    assert opened(reader, name).document()["version"] == name
    assert opened(reader, "draft").doi == ""


def test_what_changes_on_the_draft_does_not_change_a_published_version(
    local: TestArchive, filled: Writer
) -> None:
    assert filled.identifier is not None
    name = publish_now(local, filled.identifier)
    assets = filled.reader.fresh().assets()
    filled.delete_asset(assets["sub-1/a.bin"].asset_id)
    reader = filled.reader.fresh()
    there, draft = opened(reader, name), opened(reader, "draft")
    assert [one.path for one in there.listed_assets()] == ["sub-1/a.bin", "sub-2/b.bin"]
    (left,) = draft.listed_assets()
    assert left in list(there.listed_assets()), "an asset that is unchanged is in both, with its id"
    assert left.content == assets["sub-2/b.bin"].blob
    assert there.assets()["sub-1/a.bin"].digest == assets["sub-1/a.bin"].digest


def test_the_metadata_of_a_version_are_those_of_its_own_assets(local: TestArchive, filled: Writer) -> None:
    """Publishing writes computed keys into the stored metadata: they are stripped as the others are."""
    assert filled.identifier is not None
    name = publish_now(local, filled.identifier)
    there = opened(filled.reader.fresh(), name)
    places = {one.asset_id: place for place, one in enumerate(there.listed_assets())}
    found = there.asset_metadata(places)
    assert [set(document) for document in found.values()] == [{*METADATA, "schemaVersion"}] * 2


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("drafts", "draft"), ("0.260218", ""), ("", "")],
)
def test_a_version_that_is_not_there_is_an_error_with_those_that_are(
    writer: Writer, asked: str, meant: str
) -> None:
    with pytest.raises(UserError, match=f"has no version '{asked}'") as error:
        opened(writer.reader, asked)
    assert error.value.exit_code is Exit.INPUT
    assert error.value.fix == (f"did you mean {meant}? " if meant else "") + "It has: draft"


def test_of_many_versions_an_error_names_the_newest(
    server: Scripted, monkeypatch: pytest.MonkeyPatch, cache: Cache
) -> None:
    monkeypatch.setattr(versions, "_MOST", 2)
    rows = [
        {"version": name, "name": "x", "status": "Valid", "created": name, "asset_count": 1, "size": 1}
        for name in ("0.1", "draft", "0.3", "0.2")
    ]
    server.on("/api/dandisets/000001/versions/", Reply(200, {"next": None, "results": rows}))
    detail: dict[str, Any] = {
        "identifier": "000001",
        "embargo_status": "OPEN",
        "draft_version": {},
        "most_recent_published_version": None,
    }
    server.on("/api/dandisets/000001/", Reply(200, detail))
    reader = Reader(server.instance, "000001", None, cache, server.api())
    with pytest.raises(UserError) as error:
        opened(reader, "zzz")
    assert error.value.fix == "It has: draft, 0.3, and 2 older ones"


def test_no_dandiset_no_key_and_no_right_are_different_errors(
    instance: Instance, user: Secret, local: TestArchive, cache: Cache, new_writer: Callable[..., Writer]
) -> None:
    hidden = new_writer().create("Hidden", {}, Embargo())
    stranger = Secret(local.add_user("a-stranger"))
    with pytest.raises(ArchiveError, match="has no dandiset 999999"):
        list_versions(Reader(instance, "999999", user, cache))
    with pytest.raises(CredentialsError, match="under embargo: only its owners can see it"):
        list_versions(Reader(instance, hidden, None, cache))
    with pytest.raises(CredentialsError, match="under embargo: only its owners can see it"):
        list_versions(Reader(instance, hidden, stranger, cache))


# --- The stream ----------------------------------------------------------------------------------


@pytest.fixture
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 20)


@pytest.mark.usefixtures("_small_pages")
@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 115])
def test_the_stream_has_every_asset_once_in_the_order_of_the_paths(
    server: Scripted, cache: Cache, count: int
) -> None:
    draft = Draft(server, count)
    streamed = [row.path for row in listing.Listing(server.api(), "000001", cache).stream()]
    assert streamed == sorted(item["path"] for item in draft.items)


@pytest.mark.usefixtures("_small_pages")
def test_the_stream_is_read_a_few_pages_ahead(server: Scripted, cache: Cache) -> None:
    draft = Draft(server, 20 * 40)
    rows = listing.Listing(server.api(), "000001", cache).stream()
    for _ in range(21):
        next(rows)
    assert draft.pages <= 1 + listing.WIDTH


@pytest.mark.usefixtures("_small_pages")
@pytest.mark.parametrize("adds", [True, False], ids=["added", "deleted"])
def test_a_write_while_the_stream_is_read_is_noticed(server: Scripted, cache: Cache, *, adds: bool) -> None:
    draft = Draft(server, 60)

    def shift(page: int) -> None:
        if page == 2 and len(draft.items) == 60:
            draft.items = [*draft.items, Draft.item("sub-00000/0.nwb")] if adds else draft.items[1:]

    draft.meanwhile = shift
    with pytest.raises(listing.ListingChangedError, match="changed while they were listed"):
        list(listing.Listing(server.api(), "000001", cache).stream())
