from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from dandifile.archive.credentials import Secret
from dandifile.archive.instance import Instance
from dandifile.archive.instances import known_instances
from dandifile.archive.reader import Once, Reader
from dandifile.archive.transfer import upload
from dandifile.archive.writer import Embargo, Writer
from dandifile.errors import ArchiveError, CredentialsError, UserError
from dandifile.model import Cache
from localdandi.testing import TestArchive
from tests.archive.files import METADATA, Sample
from tests.net.scripted import Reply, Scripted

ABSENT = "999999"


def test_a_reader_cannot_write(local: TestArchive, writer: Writer, file: Sample) -> None:
    blob = upload(writer, file.path, file.size, file.digest).blob
    made = writer.create_asset("a/b.bin", blob, METADATA)
    local.reset_counts()
    reader = writer.reader.fresh()
    reader.check_instance()
    reader.info()
    reader.me()
    reader.dandiset()
    reader.draft()
    reader.owners()
    reader.schema("Dandiset")
    reader.assets()
    reader.asset_metadata([made.asset_id])
    reader.blob(file.digest)
    reader.own_drafts("Place cells")
    reader.embargoed_blobs()
    reader.open_uploads()
    reader.asset_at("a/b.bin")
    assert local.writes() == 0


def test_what_was_asked_once_is_known(local: TestArchive, writer: Writer) -> None:
    reader = writer.reader.fresh()
    for _ in range(3):
        reader.info()
        reader.me()
        reader.dandiset()
        reader.draft()
        reader.owners()
        reader.assets()
    assert set(local.counts().values()) == {1}
    reader.fresh().draft()
    assert local.counts()["GET", "/api/dandisets/{id}/versions/draft/info/"] == 2


def test_threads_that_ask_together_ask_once(local: TestArchive, writer: Writer) -> None:
    reader = writer.reader.fresh()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: reader.draft(), range(16)))
    assert local.counts()["GET", "/api/dandisets/{id}/versions/draft/info/"] == 1


def test_what_a_new_dandiset_is(writer: Writer, user: Secret) -> None:
    reader = writer.reader
    assert reader.dandiset()["embargo_status"] == "OPEN"
    assert reader.draft()["name"] == "Place cells"
    assert reader.draft()["metadata"]["schemaKey"] == "Dandiset"
    assert reader.owners() == (reader.me(),)
    assert reader.assets() == {}
    assert reader.key == user


def test_an_open_dandiset_is_read_without_a_key(instance: Instance, writer: Writer, cache: Cache) -> None:
    reader = Reader(instance, writer.identifier, None, cache)
    assert reader.me() is None
    assert reader.draft()["name"] == "Place cells"


def test_a_dandiset_that_is_not_there_is_told_with_what_to_check(
    instance: Instance, user: Secret, cache: Cache
) -> None:
    with pytest.raises(ArchiveError, match=f"no dandiset {ABSENT}") as error:
        Reader(instance, ABSENT, user, cache).draft()
    assert error.value.status == 404
    assert "identifier" in error.value.fix


def test_the_key_of_another_archive_is_refused(instance: Instance, writer: Writer, cache: Cache) -> None:
    with pytest.raises(CredentialsError, match="rejects the API key"):
        Reader(instance, writer.identifier, Secret("0" * 40), cache).draft()


def test_the_schema_is_fetched_once_for_each_of_its_versions(local: TestArchive, writer: Writer) -> None:
    assert writer.reader.schema("Dandiset")["title"]
    assert "name" in writer.reader.fresh().schema("Dandiset")["properties"]
    assert writer.reader.schema("Asset") != writer.reader.schema("Dandiset")
    assert local.counts()["GET", "/api/schemas/"] == 2


def test_assets_and_their_metadata_cost_one_request_once_they_are_known(
    local: TestArchive, writer: Writer, file: Sample
) -> None:
    blob = upload(writer, file.path, file.size, file.digest).blob
    ids = [writer.create_asset(f"a/{number:02}.bin", blob, METADATA).asset_id for number in range(30)]
    local.reset_counts()
    reader = writer.reader.fresh()
    assets = reader.assets()
    assert [asset.asset_id for asset in assets.values()] == ids
    assert {asset.digest for asset in assets.values()} == {file.digest}
    assert len(reader.asset_metadata(ids)) == 30
    assert sum(local.counts().values()) == 1


def test_unknown_assets_cost_two_requests(
    local: TestArchive, writer: Writer, file: Sample, new_writer: Callable[..., Writer]
) -> None:
    blob = upload(writer, file.path, file.size, file.digest).blob
    for number in range(30):
        writer.create_asset(f"a/{number:02}.bin", blob, {**METADATA, "keywords": [str(number)]})
    local.reset_counts()
    reader = new_writer(writer.identifier).reader
    assets = reader.assets()
    metadata = reader.asset_metadata(asset.asset_id for asset in assets.values())
    assert [document["keywords"] for document in metadata.values()] == [[str(n)] for n in range(30)]
    assert not any("path" in document or "@context" in document for document in metadata.values())
    assert sum(local.counts().values()) == 2


def test_a_blob_is_known_by_its_digest(writer: Writer, file: Sample) -> None:
    assert writer.reader.blob(file.digest) is None
    made = upload(writer, file.path, file.size, file.digest)
    found = writer.reader.blob(file.digest)
    assert found is not None
    assert (found["blob_id"], found["size"]) == (made.blob, file.size)


def test_own_drafts_of_a_name_are_found_and_nobody_elses(
    local: TestArchive, instance: Instance, writer: Writer, cache: Cache, new_writer: Callable[..., Writer]
) -> None:
    hidden = new_writer().create("Place cells", {}, Embargo())
    new_writer().create("Place cells again", {})
    other = Writer(instance, Secret(local.add_user("stranger")), None, cache)
    other.create("Place cells", {})
    found = writer.reader.own_drafts(" Place cells ")
    assert {draft["identifier"] for draft in found} == {writer.identifier, hidden}


def test_blobs_under_embargo_are_known(
    writer: Writer, file: Sample, new_writer: Callable[..., Writer]
) -> None:
    hidden = new_writer()
    hidden.create("Secret", {}, Embargo())
    blob = upload(hidden, file.path, file.size, file.digest).blob
    hidden.create_asset("a.bin", blob, METADATA)
    assert writer.reader.embargoed_blobs() == {blob}


def test_the_right_archive_passes(writer: Writer) -> None:
    writer.reader.check_instance()


def test_another_archive_under_the_same_name_does_not_pass(
    instance: Instance, writer: Writer, cache: Cache
) -> None:
    reader = Reader(instance, writer.identifier, None, cache)
    reader.instance = known_instances()["dandi-sandbox"]
    assert reader.info()["instance_config"]["instance_name"] == "DANDI"
    with pytest.raises(UserError, match="is not dandi-sandbox: it says that its API is at"):
        reader.check_instance()


INFO = {"schema_version": "0.7.0", "cli-minimal-version": "0.74.0", "cli-bad-versions": []}


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({}, "does not answer like a DANDI archive"),
        ({"services": {"api": {"url": "ORIGIN/api"}}}, "does not answer like a DANDI archive"),
        (INFO, "does not answer like a DANDI archive"),
        ({**INFO, "services": {"api": {"url": "https://api.dandiarchive.org/api"}}}, "is not dandi-sandbox"),
        (
            {**INFO, "services": {"api": {"url": "ORIGIN/api"}}, "cli-minimal-version": "999.0"},
            "999.0 or later",
        ),
    ],
)
def test_what_is_not_the_archive_that_is_meant_is_told(
    server: Scripted, cache: Cache, info: dict[str, object], words: str
) -> None:
    body = repr(info).replace("ORIGIN", server.origin)
    server.on("/api/info/", Reply(200, eval(body)))
    with pytest.raises(UserError, match=words):
        Reader(server.instance, None, None, cache, server.api()).check_instance()


def test_a_client_that_the_server_calls_broken_is_told(server: Scripted, cache: Cache) -> None:
    from importlib.metadata import version

    services = {"api": {"url": f"{server.origin}/api/"}}
    server.on(
        "/api/info/", Reply(200, {**INFO, "services": services, "cli-bad-versions": [version("dandi")]})
    )
    with pytest.raises(UserError, match="refuses dandi"):
        Reader(server.instance, None, None, cache, server.api()).check_instance()


def test_many_ask_and_one_makes() -> None:
    once, made = Once(), []

    def make() -> int:
        time.sleep(0.02)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: once.get("a", make), range(40))) == {1}


def test_what_failed_is_tried_again() -> None:
    once = Once()
    with pytest.raises(ZeroDivisionError):
        once.get("a", lambda: 1 // 0)
    assert once.get("a", lambda: 2) == 2


def test_one_value_may_need_another() -> None:
    once = Once()
    assert once.get("a", lambda: once.get("b", lambda: 1) + 1) == 2


def test_nothing_is_a_value_too() -> None:
    once, made = Once(), []
    for _ in range(2):
        assert once.get("a", lambda: made.append(1)) is None
    assert made == [1]
