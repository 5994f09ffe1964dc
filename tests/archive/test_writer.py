from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from dandifile.archive import release
from dandifile.archive.api import WriteApi
from dandifile.archive.credentials import Secret
from dandifile.archive.instance import Instance
from dandifile.archive.transfer import upload
from dandifile.archive.writer import Embargo, Writer
from dandifile.errors import ArchiveError, BlockedError, CredentialsError, UserError
from dandifile.model import Cache
from localdandi.testing import TestArchive
from tests.archive.files import METADATA, Sample, sample
from tests.net.scripted import QUICK, Reply, Scripted


@pytest.fixture
def blob(writer: Writer, file: Sample) -> str:
    return upload(writer, file.path, file.size, file.digest).blob


@pytest.fixture
def other_blob(writer: Writer, file: Sample) -> str:
    other = sample(file.path.with_name("other.bin"), file.path.read_bytes() + b"!")
    return upload(writer, other.path, other.size, other.digest).blob


def test_nothing_is_written_to_an_archive_that_is_not_the_instances_own(
    server: Scripted, cache: Cache
) -> None:
    info = {"schema_version": "0.7.0", "services": {"api": {"url": "https://api.dandiarchive.org/api"}}}
    server.on("/api/info/", Reply(200, info))
    writer = Writer(server.instance, Secret("k"), "000001", cache)
    writes: list[Callable[[], object]] = [
        lambda: writer.create("x", {}),
        lambda: writer.put_metadata("x", {}),
        lambda: writer.put_owners(lambda: ["jdoe"]),
        lambda: writer.create_asset("a", "b", {}),
        lambda: writer.put_asset("i", "a", "b", {}),
        lambda: writer.delete_asset("i"),
        lambda: writer.initialize(1, "d"),
    ]
    for write in writes:
        with pytest.raises(UserError, match="is not dandi-sandbox"):
            write()
    assert {asked.method for asked in server.asked} == {"GET"}


def test_the_archive_is_looked_at_once_before_the_first_write(local: TestArchive, writer: Writer) -> None:
    for number in range(3):
        writer.put_metadata(
            "Place cells", {**writer.reader.fresh().draft()["metadata"], "keywords": [str(number)]}
        )
    assert ("GET", "/api/info/") not in local.counts()  # it was looked at when the dandiset was made


def test_a_new_dandiset_has_its_name_and_fields_but_not_another_identifier(
    writer: Writer, new_writer: Callable[..., Writer]
) -> None:
    made = new_writer()
    metadata = {"identifier": "DANDI:000001", "keywords": ["k"], "assetsSummary": {"numberOfFiles": 9}}
    identifier = made.create("A name", metadata)
    assert made.identifier == made.reader.identifier == identifier != writer.identifier
    draft = made.reader.draft()
    assert (draft["name"], draft["metadata"]["keywords"]) == ("A name", ["k"])


def test_a_creation_that_failed_is_not_repeated_blindly(
    local: TestArchive, instance: Instance, user: Secret, cache: Cache
) -> None:
    writer = Writer(instance, user, None, cache, WriteApi(instance, user, QUICK))
    local.misbehave(method="POST", route="/dandisets/", drop="after")
    with pytest.raises(ArchiveError):
        writer.create("Once", {})
    assert len(writer.reader.own_drafts("Once")) == 1
    assert local.counts()["POST", "/api/dandisets/"] == 1


def test_a_dandiset_can_be_embargoed_when_it_is_made(new_writer: Callable[..., Writer]) -> None:
    made = new_writer()
    made.create("Secret", {}, Embargo(until="2027-06-01", funding_source="NIH", award="R21MH117788"))
    assert made.reader.dandiset()["embargo_status"] == "EMBARGOED"
    draft = made.reader.draft()["metadata"]
    assert draft["access"][0]["embargoedUntil"] == "2027-06-01"
    assert any(person.get("awardNumber") == "R21MH117788" for person in draft["contributor"])


def test_once_somebody_releases_it_nothing_more_is_written_in_this_run(
    local: TestArchive, new_writer: Callable[..., Writer]
) -> None:
    """Later writes would be seen by everyone, and nobody has reviewed that."""
    writer = new_writer()
    writer.create("Secret", {}, Embargo())
    local.settings.background = False
    try:
        with local.at_rest():  # the pass that was under way has ended
            writer.unembargo(lambda: None)
        writer.unembargo(lambda: None)  # asked before: nothing is wrong
        with pytest.raises(BlockedError, match="somebody is releasing the embargo"):
            writer.put_metadata("Secret", {})
    finally:
        local.settings.background = True
    release.wait_until_open(writer.reader)
    release.check_open(writer.reader)
    writes = local.writes()
    with pytest.raises(BlockedError, match="everyone will see"):
        writer.put_metadata("Secret", {})
    assert local.writes() == writes


def test_metadata_is_replaced_whole(writer: Writer) -> None:
    document = writer.reader.draft()["metadata"]
    writer.put_metadata("New name", {**document, "keywords": ["k"]})
    draft = writer.reader.fresh().draft()
    assert (draft["name"], draft["metadata"]["keywords"]) == ("New name", ["k"])


def test_an_asset_is_created_with_its_metadata(writer: Writer, blob: str, file: Sample) -> None:
    read_back = {**METADATA, "@context": "x", "id": "y", "digest": {}, "about": []}
    made = writer.create_asset("a/b.bin", blob, read_back)
    assert (made.path, made.size, made.digest, made.blob) == ("a/b.bin", file.size, file.digest, blob)
    reader = writer.reader.fresh()
    assert reader.assets() == {"a/b.bin": made}
    assert reader.asset_metadata([made.asset_id])[made.asset_id].items() >= METADATA.items()
    assert "@context" not in reader.asset_metadata([made.asset_id])[made.asset_id]


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"drop": "before"}, {"status": 500}, {"status": 503}])
@pytest.mark.parametrize("verb", ["create", "change", "move", "delete"])
def test_an_asset_write_whose_answer_is_lost_is_done_once(
    local: TestArchive, writer: Writer, blob: str, fault: dict[str, object], verb: str
) -> None:
    made = None if verb == "create" else writer.create_asset("a.bin", blob, METADATA)
    local.misbehave(method="POST|PUT|DELETE", route="/assets/", **fault)
    changed = {**METADATA, "keywords": ["k"]}
    if made is None:
        now = writer.create_asset("a.bin", blob, changed)
    elif verb == "change":
        now = writer.put_asset(made.asset_id, "a.bin", blob, changed)
    elif verb == "move":
        now = writer.put_asset(made.asset_id, "b.bin", blob, METADATA)
    else:
        writer.delete_asset(made.asset_id)
        assert writer.reader.fresh().assets() == {}
        return
    assert writer.reader.fresh().assets() == {now.path: now}


def test_an_asset_that_is_there_already_as_wanted_is_as_good_as_created(writer: Writer, blob: str) -> None:
    first = writer.create_asset("a.bin", blob, METADATA)
    assert writer.create_asset("a.bin", blob, {**METADATA, "@context": "x"}) == first


def test_another_content_or_metadata_at_the_path_is_not_overwritten(
    writer: Writer, blob: str, other_blob: str
) -> None:
    first = writer.create_asset("a.bin", blob, METADATA)
    for its_blob, metadata in [(other_blob, METADATA), (blob, {**METADATA, "keywords": ["mine"]})]:
        with pytest.raises(BlockedError, match="by someone else") as error:
            writer.create_asset("a.bin", its_blob, metadata)
        assert "plan" in error.value.fix
    assert writer.reader.fresh().assets() == {"a.bin": first}


def test_a_file_cannot_become_a_folder(writer: Writer, blob: str) -> None:
    writer.create_asset("a", blob, METADATA)
    with pytest.raises(ArchiveError, match="conflicts with existing assets") as error:
        writer.create_asset("a/b.bin", blob, METADATA)
    assert error.value.status == 409


def test_a_put_makes_a_new_id_and_an_equal_one_none(writer: Writer, blob: str) -> None:
    first = writer.create_asset("a.bin", blob, METADATA)
    second = writer.put_asset(first.asset_id, "a.bin", blob, {**METADATA, "keywords": ["k"]})
    assert second.asset_id != first.asset_id
    read = writer.reader.fresh().api.get(f"assets/{second.asset_id}/")
    assert writer.put_asset(second.asset_id, "a.bin", blob, read) == second


def test_a_put_that_was_done_before_is_done(writer: Writer, blob: str) -> None:
    first = writer.create_asset("a.bin", blob, METADATA)
    changed = {**METADATA, "keywords": ["k"]}
    second = writer.put_asset(first.asset_id, "a.bin", blob, changed)
    assert writer.put_asset(first.asset_id, "a.bin", blob, changed) == second


def test_a_put_that_is_refused_for_another_reason_accuses_nobody(
    local: TestArchive, writer: Writer, blob: str
) -> None:
    first = writer.create_asset("a.bin", blob, METADATA)
    local.misbehave(method="PUT", status=409)
    with pytest.raises(ArchiveError, match="refuses it: misbehaving as told"):
        writer.put_asset(first.asset_id, "a.bin", blob, {**METADATA, "keywords": ["k"]})


def test_a_put_on_an_asset_that_somebody_else_changed_is_refused(writer: Writer, blob: str) -> None:
    first = writer.create_asset("a.bin", blob, METADATA)
    writer.put_asset(first.asset_id, "a.bin", blob, {**METADATA, "keywords": ["theirs"]})
    with pytest.raises(BlockedError, match="by someone else"):
        writer.put_asset(first.asset_id, "a.bin", blob, {**METADATA, "keywords": ["ours"]})


def test_a_put_on_an_asset_that_is_gone_is_told(writer: Writer, blob: str) -> None:
    first = writer.create_asset("a.bin", blob, METADATA)
    writer.delete_asset(first.asset_id)
    with pytest.raises(ArchiveError) as error:
        writer.put_asset(first.asset_id, "a.bin", blob, {**METADATA, "keywords": ["k"]})
    assert error.value.status == 404


def test_a_move_onto_another_asset_is_refused(writer: Writer, blob: str, other_blob: str) -> None:
    first = writer.create_asset("a.bin", blob, METADATA)
    writer.create_asset("b.bin", other_blob, METADATA)
    with pytest.raises(BlockedError):
        writer.put_asset(first.asset_id, "b.bin", blob, METADATA)


def test_deleting_twice_is_deleting_once(writer: Writer, blob: str) -> None:
    made = writer.create_asset("a.bin", blob, METADATA)
    writer.delete_asset(made.asset_id)
    writer.delete_asset(made.asset_id)
    assert writer.reader.fresh().assets() == {}


def test_what_was_written_need_not_be_asked_for(local: TestArchive, writer: Writer, blob: str) -> None:
    made = writer.create_asset("a.bin", blob, {**METADATA, "keywords": ["k"]})
    local.reset_counts()
    assert writer.reader.asset_metadata([made.asset_id])[made.asset_id]["keywords"] == ["k"]
    assert local.counts() == {}


def test_threads_may_write_together(writer: Writer, blob: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: writer.create_asset(f"{n:02}.bin", blob, METADATA), range(24)))
    assert len(writer.reader.fresh().assets()) == 24


def test_who_is_no_owner_is_told(
    local: TestArchive, instance: Instance, writer: Writer, blob: str, cache: Cache
) -> None:
    stranger = Writer(instance, Secret(local.add_user("passer-by")), writer.identifier, cache)
    with pytest.raises(CredentialsError, match="does not let your account") as error:
        stranger.create_asset("a.bin", blob, METADATA)
    assert "owner" in error.value.fix


def test_an_account_that_is_not_approved_is_told(
    local: TestArchive, instance: Instance, cache: Cache
) -> None:
    key = Secret(local.add_user("newcomer", approved=False))
    with pytest.raises(CredentialsError, match=r"approved|permission"):
        Writer(instance, key, None, cache).create("x", {})


def test_the_list_of_owners_is_made_again_before_it_is_sent_again(
    local: TestArchive, instance: Instance, user: Secret, writer: Writer, cache: Cache
) -> None:
    """Somebody may have become an owner since the request that failed."""
    for login in ("jdoe", "rroe"):
        local.add_user(login)
    me = str(writer.reader.me())
    lists = iter([[me, "jdoe"], [me, "jdoe", "rroe"]])
    local.misbehave(method="PUT", route="/users/$", status=503, times=1)
    quick = Writer(instance, user, writer.identifier, cache, WriteApi(instance, user, QUICK))
    quick.put_owners(lambda: next(lists))
    assert set(writer.reader.fresh().owners()) == {me, "jdoe", "rroe"}
