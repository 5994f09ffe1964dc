from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.archive import documents
from dandifile.archive.api import WriteApi
from dandifile.archive.credentials import Secret
from dandifile.archive.documents import (
    ASSET_COMPUTED,
    DANDISET_COMPUTED,
    content_digest,
    strip_asset,
    strip_dandiset,
)
from dandifile.archive.reader import Reader
from dandifile.archive.writer import Writer
from dandifile.errors import ArchiveError
from dandifile.model import Cache
from dandifile.reading.jsontext import ANYTHING, misfit
from tests.net.scripted import QUICK, Asked, Reply, Scripted

KEY = Secret("0123456789abcdef0123456789abcdef01234567")
OTHER = [{}, None, [1], "ok", 7, True, {"detail": "Not found."}, {"results": None, "next": None}]
"""JSON that no request here is answered with."""

OWN = "/api/dandisets/000001"
DRAFT = f"{OWN}/versions/draft"
LISTED = {"asset_id": "a1", "path": "a.csv", "size": 1, "blob": "b1", "zarr": None}
DETAIL = {
    "identifier": "000001",
    "embargo_status": "OPEN",
    "draft_version": {"active_uploads": 1},
    "most_recent_published_version": None,
}


def good(origin: str) -> dict[str, Any]:
    """What the archive answers to what comes before the request of interest."""
    return {
        "/api/info/": {"schema_version": "0.8.0", "services": {"api": {"url": f"{origin}/api"}}},
        f"{OWN}/": DETAIL,
        f"{DRAFT}/assets/?page=1&page_size=1000&order=path": {"count": 1, "results": [LISTED]},
    }


READS: list[tuple[str, Callable[[Reader], object]]] = [
    ("/api/info/", lambda reader: reader.info()),
    ("/api/info/", lambda reader: reader.check_instance()),
    ("/api/users/me/", lambda reader: reader.me()),
    ("/api/schemas/", lambda reader: reader.schema("Dandiset")),
    ("/api/blobs/digest/", lambda reader: reader.blob("e-1")),
    ("/api/dandisets/", lambda reader: reader.dandisets()),
    ("/api/dandisets/", lambda reader: reader.own_drafts("x")),
    ("/api/dandisets/", lambda reader: reader.embargoed_blobs()),
    (f"{OWN}/", lambda reader: reader.dandiset()),
    (f"{DRAFT}/info/", lambda reader: reader.draft()),
    (f"{OWN}/users/", lambda reader: reader.owners()),
    (f"{OWN}/uploads/", lambda reader: reader.open_uploads()),
    (f"{DRAFT}/assets/", lambda reader: reader.assets()),
    ("/api/assets/a1/", lambda reader: reader.assets()),
    ("/api/assets/a1/", lambda reader: reader.asset_metadata(["a1"])),
    (f"{DRAFT}/assets/", lambda reader: reader.asset_at("a.csv")),
    ("/api/zarr/", lambda reader: reader.zarr_named("a.zarr")),
    ("/api/zarr/z1/", lambda reader: reader.zarr("z1")),
    ("/api/zarr/z1/files/", lambda reader: list(reader.zarr_files("z1"))),
]
WRITES: list[tuple[str, Callable[[Writer], object]]] = [
    ("/api/info/", lambda writer: writer.delete_asset("a1")),
    ("/api/dandisets/", lambda writer: writer.create("x", {})),
    (f"{DRAFT}/assets/", lambda writer: writer.create_asset("a.csv", "b1", {})),
    (f"{DRAFT}/assets/a1/", lambda writer: writer.put_asset("a1", "a.csv", "b1", {})),
    ("/api/uploads/initialize/", lambda writer: writer.initialize(1, "e-1")),
    ("/api/uploads/u1/complete/", lambda writer: writer.complete("u1", [])),
    ("/api/uploads/u1/validate/", lambda writer: writer.validate("u1")),
    ("/api/zarr/", lambda writer: writer.create_zarr("a.zarr")),
    ("/api/zarr/z1/files/", lambda writer: writer.zarr_urls("z1", [])),
]


def name_of(value: object) -> str:
    return value if isinstance(value, str) and value.startswith("/") else ""


def refusals(server: Scripted, path: str, ask: Callable[[], object]) -> Iterable[ArchiveError]:
    for route, body in good(server.origin).items():
        server.on(route, Reply(200, body))
    if path == f"{DRAFT}/assets/":
        server.on(f"{path}?page=1&page_size=1000&order=path")
    for body in OTHER:
        server.on(path, Reply(200, b"null" if body is None else body))
        with pytest.raises(ArchiveError) as error:
            ask()
        yield error.value


@pytest.mark.parametrize(("path", "ask"), READS, ids=name_of)
def test_what_is_read_is_what_a_dandi_archive_gives(
    server: Scripted, cache: Cache, path: str, ask: Callable[[Reader], object]
) -> None:
    def fresh() -> object:
        return ask(Reader(server.instance, "000001", KEY, cache, server.api(KEY)))

    for error in refusals(server, path, fresh):
        assert "does not answer like a DANDI archive" in error.what
        assert error.where.endswith(f"{server.origin}{path}")
        assert "check `instance`" in error.fix


@pytest.mark.parametrize(("path", "ask"), WRITES, ids=name_of)
def test_what_is_answered_to_a_write_is_what_a_dandi_archive_gives(
    server: Scripted, cache: Cache, path: str, ask: Callable[[Writer], object]
) -> None:
    def fresh() -> object:
        api = WriteApi(server.instance, KEY, QUICK)
        return ask(Writer(server.instance, KEY, "000001", cache, api))

    for error in refusals(server, path, fresh):
        assert "does not answer like a DANDI archive" in error.what
        assert error.where.endswith(f"{server.origin}{path}")


def test_an_answer_of_another_shape_is_not_remembered(server: Scripted, cache: Cache) -> None:
    reader = Reader(server.instance, "000001", KEY, cache, server.api(KEY))
    server.on("/api/assets/a1/", Reply(200, {}), Reply(200, {"path": "a.csv", "about": []}))
    with pytest.raises(ArchiveError):
        reader.asset_metadata(["a1"])
    assert reader.asset_metadata(["a1"]) == {"a1": {"about": []}}


def test_a_list_that_promises_more_and_has_nothing_ends(server: Scripted, cache: Cache) -> None:
    def page(asked: Asked) -> Reply:
        return Reply(200, {"results": [], "next": f"{server.origin}{asked.path}"})

    server.on("/api/dandisets/", page)
    server.on("/api/zarr/z1/files/", page)
    reader = Reader(server.instance, "000001", KEY, cache, server.api(KEY))
    assert (reader.dandisets(), list(reader.zarr_files("z1"))) == ([], [])


@pytest.mark.parametrize(
    ("value", "shape", "fault"),
    [
        ({"a": "x", "b": 1}, {"a": str}, ""),
        ({"a": None}, {"a": documents.TEXT}, ""),
        ({"a": None}, {"a": ({"b": int}, None)}, ""),
        ({"a": {"b": 1}}, {"a": ({"b": int}, None)}, ""),
        ({"a": {"b": "1"}}, {"a": ({"b": int}, None)}, "a.b is a text"),
        ({"a": 1}, {"a": str}, "a is a number"),
        ({}, {"a": str}, "a is missing"),
        (None, {"a": str}, "it is null"),
        ([], {"a": str}, "it is a list"),
        ({}, [str], "it is an object"),
        (["x", 1], [str], "[1] is a number"),
        ({"a": [{"b": "x"}, {}]}, {"a": [{"b": str}]}, "a[1].b is missing"),
        ("the key", {"a": str}, "it is a text"),
        (None, ANYTHING, ""),
    ],
)
def test_a_misfit_is_told_by_its_place_and_without_its_value(value: Any, shape: Any, fault: str) -> None:
    assert misfit(value, shape) == fault


READ = {
    "@context": "https://raw.githubusercontent.com/dandi/schema/master/releases/0.7.0/context.json",
    "id": "dandiasset:1",
    "identifier": "1",
    "path": "a.nwb",
    "access": [{"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}],
    "contentUrl": ["https://api/assets/1/download/"],
    "contentSize": 3,
    "digest": {"dandi:dandi-etag": "e-1", "dandi:sha2-256": "s"},
    "schemaKey": "Asset",
    "schemaVersion": "0.7.0",
    "encodingFormat": "application/x-zarr",
    "dateModified": "2026-01-01T00:00:00+00:00",
    "about": [],
}


def test_what_is_sent_and_what_is_read_back_agree_once_stripped() -> None:
    sent = {
        key: READ[key] for key in ("schemaKey", "schemaVersion", "encodingFormat", "dateModified", "about")
    }
    assert strip_asset({**sent, "path": "a.nwb"}) == strip_asset(READ) == sent


def test_a_published_assets_own_keys_go_too() -> None:
    assert strip_asset({"datePublished": "x", "publishedBy": {}, "keywords": ["k"]}) == {"keywords": ["k"]}


def test_of_a_dandiset_the_servers_fields_go_and_everything_else_stays() -> None:
    document = dict.fromkeys(DANDISET_COMPUTED, "x") | {
        "@context": "c",
        "repository": "r",
        "schemaKey": "Dandiset",
        "schemaVersion": "0.7.0",
        "keywords": ["k"],
        "access": [
            {"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess", "description": "d"},
            {"a": 1},
        ],
    }
    assert strip_dandiset(document) == {
        "@context": "c",
        "repository": "r",
        "schemaKey": "Dandiset",
        "schemaVersion": "0.7.0",
        "keywords": ["k"],
        "access": [{"description": "d"}, {"a": 1}],
    }


@pytest.mark.parametrize("access", [None, [], "x", ["x"], {}])
def test_an_access_field_of_another_shape_is_left_as_it_is(access: Any) -> None:
    assert strip_dandiset({"access": access}) == {"access": access}


DOCUMENTS = st.dictionaries(
    st.sampled_from(sorted(DANDISET_COMPUTED | ASSET_COMPUTED | {"about", "keywords", "schemaKey"})),
    st.one_of(st.text(), st.lists(st.dictionaries(st.sampled_from(["status", "x"]), st.text()))),
)


@given(DOCUMENTS)
def test_stripping_twice_is_stripping_once_and_changes_nothing_in_place(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    for strip in (strip_asset, strip_dandiset):
        assert strip(strip(document)) == strip(document)
    assert document == before


@pytest.mark.parametrize(
    ("digest", "content"),
    [
        ({"dandi:dandi-etag": "e-1", "dandi:sha2-256": "s"}, "e-1"),
        ({"dandi:dandi-zarr-checksum": "z-1--2"}, "z-1--2"),
        ({"dandi:dandi-zarr-checksum": None}, ""),
        (None, ""),
        ({}, ""),
    ],
)
def test_the_digest_that_says_which_content_it_is(digest: Any, content: str) -> None:
    assert content_digest({"digest": digest}) == content
