from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dandifile.archive import transfer
from dandifile.archive.objectstore import TRIES
from dandifile.archive.transfer import LEFT_BEHIND, ON_ARCHIVE, upload
from dandifile.archive.writer import Embargo, Writer
from dandifile.digests import etag_of
from dandifile.errors import ArchiveError, BlockedError, DataError
from localdandi.testing import TestArchive
from tests.archive.files import METADATA, Sample, of, sample

PART_PUT = ("PUT", "/objects/blobs/{id}")
JOIN = ("POST", "/objects/blobs/{id}")
INITIALIZE = ("POST", "/api/uploads/initialize/")
Make = Callable[..., Writer]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three parts: two of 64 MiB and a rest. Most of it is a hole."""
    path = tmp_path_factory.mktemp("large") / "large.bin"
    with path.open("wb") as file:
        file.truncate((2 << 26) + 5)
    return path


@pytest.fixture
def three_parts(large: Path) -> Sample:
    """Give it content that no test before has sent."""
    with large.open("r+b") as file:
        file.write(os.urandom(64))
    return of(large)


def send(writer: Writer, file: Sample, progress: Callable[[int], None] | None = None) -> str:
    return upload(writer, file.path, file.size, file.digest, progress).blob


def test_new_content_is_sent_once_in_six_requests(local: TestArchive, writer: Writer, file: Sample) -> None:
    told: list[int] = []
    done = upload(writer, file.path, file.size, file.digest, told.append)
    assert (done.sent_bytes, done.reused, sum(told)) == (file.size, False, file.size)
    assert local.counts() == {
        ("GET", "/api/dandisets/{id}/"): 1,
        INITIALIZE: 1,
        PART_PUT: 1,
        ("POST", "/api/uploads/{id}/complete/"): 1,
        JOIN: 1,
        ("POST", "/api/uploads/{id}/validate/"): 1,
    }
    found = writer.reader.blob(file.digest)
    assert found is not None
    assert (found["blob_id"], found["size"]) == (done.blob, file.size)


def test_nothing_of_the_upload_is_attached_to_the_draft(writer: Writer, file: Sample) -> None:
    send(writer, file)
    assert writer.reader.fresh().assets() == {}


def test_content_that_the_archive_has_is_not_sent(local: TestArchive, writer: Writer, file: Sample) -> None:
    first = send(writer, file)
    done = upload(writer, file.path, file.size, file.digest)
    assert (done.blob, done.sent_bytes, done.reused, done.reason) == (first, 0, True, ON_ARCHIVE)
    assert local.counts()[PART_PUT] == 1


def test_a_large_file_goes_in_parts_and_its_bytes_are_counted(
    local: TestArchive, writer: Writer, three_parts: Sample
) -> None:
    told: list[int] = []
    blob = send(writer, three_parts, told.append)
    assert sum(told) == three_parts.size
    assert max(told) <= 1 << 20
    assert local.counts()[PART_PUT] == 3
    found = writer.reader.blob(three_parts.digest)
    assert found is not None
    assert found["blob_id"] == blob


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "after"}])
def test_only_the_part_that_failed_is_sent_again(
    local: TestArchive, writer: Writer, three_parts: Sample, fault: dict[str, object]
) -> None:
    told: list[int] = []
    local.misbehave(method="PUT", route="/objects/", skip=1, **fault)
    send(writer, three_parts, told.append)
    assert local.counts()[PART_PUT] == 4
    assert local.counts()[INITIALIZE] == 1
    assert sum(told) == three_parts.size


@pytest.mark.parametrize("route", ["/initialize/", "/complete/", "/validate/", "/objects/"])
@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "before"}, {"drop": "after"}])
def test_a_lost_answer_of_any_request_ends_in_one_blob(
    local: TestArchive, writer: Writer, file: Sample, route: str, fault: dict[str, object]
) -> None:
    local.misbehave(method="POST", route=route, **fault)
    blob = send(writer, file)
    found = writer.reader.blob(file.digest)
    assert found is not None
    assert found["blob_id"] == blob
    assert local.counts()[PART_PUT] == 1


def test_urls_that_have_expired_are_asked_for_anew(local: TestArchive, writer: Writer, file: Sample) -> None:
    local.settings.url_lifetime = -1

    told: list[int] = []

    def renew(count: int) -> None:
        told.append(count)
        local.settings.url_lifetime = None

    done = upload(writer, file.path, file.size, file.digest, renew)
    assert not done.reused
    assert (done.sent_bytes, sum(told)) == (file.size, file.size)
    assert local.counts()[INITIALIZE] == 2


def test_urls_that_are_never_good_are_given_up(local: TestArchive, writer: Writer, file: Sample) -> None:
    local.settings.url_lifetime = -1
    with pytest.raises(ArchiveError, match="3 times"):
        send(writer, file)
    assert local.counts()[INITIALIZE] == 3


def test_somebody_else_who_finishes_first_is_no_trouble(
    local: TestArchive, writer: Writer, file: Sample, new_writer: Make
) -> None:
    theirs: list[str] = []

    def overtake(_: int) -> None:
        if not theirs:
            theirs.append(send(new_writer(writer.identifier), file))

    assert send(writer, file, overtake) == theirs[0]
    assert local.counts()["POST", "/api/uploads/{id}/validate/"] == 3  # one finds nothing joined yet


def test_a_file_of_another_size_than_planned_is_not_sent(
    local: TestArchive, writer: Writer, file: Sample
) -> None:
    file.path.write_bytes(b"short")
    with pytest.raises(DataError, match="changed since the plan") as error:
        send(writer, file)
    assert "plan" in error.value.fix
    assert local.writes() == 0


def test_a_file_of_other_content_than_planned_is_never_joined(
    local: TestArchive, writer: Writer, file: Sample
) -> None:
    content = bytearray(file.path.read_bytes())
    content[0] ^= 1
    file.path.write_bytes(content)
    with pytest.raises(DataError, match="changed since the plan"):
        send(writer, file)
    assert JOIN not in local.counts()
    assert writer.reader.blob(file.digest) is None


def test_a_part_that_was_damaged_on_the_way_is_sent_again(
    local: TestArchive, writer: Writer, three_parts: Sample
) -> None:
    """The damage is played by a file that is not itself until all of it was read."""
    right = three_parts.path.read_bytes()[:1]
    told: list[int] = []

    def become(first: bytes) -> None:
        with three_parts.path.open("r+b") as file:
            file.write(first)

    def mend(count: int) -> None:
        told.append(count)
        if sum(told) == three_parts.size:
            become(right)

    become(bytes([right[0] ^ 1]))
    send(writer, three_parts, mend)
    assert writer.reader.blob(three_parts.digest) is not None
    assert sum(told) == three_parts.size
    assert local.counts()[PART_PUT] == 3 + 1


def test_what_is_damaged_every_time_is_given_up(local: TestArchive, writer: Writer, file: Sample) -> None:
    right = file.path.read_bytes()
    wrong = bytes([right[0] ^ 1]) + right[1:]
    told: list[int] = []

    def play(count: int) -> None:
        told.append(count)
        if count < 0:  # it is about to go again
            file.path.write_bytes(wrong)
        elif sum(told) == file.size:  # it is about to be summed up here
            file.path.write_bytes(right)

    file.path.write_bytes(wrong)
    with pytest.raises(ArchiveError, match="arrives damaged"):
        send(writer, file, play)
    assert local.counts()[PART_PUT] == TRIES
    assert JOIN not in local.counts()


def test_a_file_that_is_gone_is_told(writer: Writer, file: Sample) -> None:
    file.path.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        send(writer, file)


def test_data_under_embargo_is_not_released_by_reusing_it(
    local: TestArchive, writer: Writer, new_writer: Make, file: Sample
) -> None:
    hidden = new_writer()
    hidden.create("Secret", {}, Embargo())
    hidden.create_asset("a.bin", send(hidden, file), METADATA)
    with pytest.raises(BlockedError, match="would release it for everyone") as error:
        send(writer, file)
    assert str(writer.identifier) in error.value.fix
    assert send(hidden, file)  # in the embargoed one itself it may be used again
    another = new_writer()
    another.create("Secret too", {}, Embargo())
    assert send(another, file)  # and in another one, which hides it as well
    assert local.counts()[PART_PUT] == 1


def test_what_the_open_dandiset_has_already_is_released_and_may_be_used_again(
    writer: Writer, new_writer: Make, file: Sample
) -> None:
    hidden = new_writer()
    hidden.create("Secret", {}, Embargo())
    blob = send(hidden, file)
    hidden.create_asset("a.bin", blob, METADATA)
    writer.create_asset("a.bin", blob, METADATA)  # by hand, and for everyone to see
    assert send(new_writer(writer.identifier), file) == blob


def test_an_object_that_is_not_what_was_sent_is_told(
    local: TestArchive, writer: Writer, file: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that joins the parts of somebody else's request."""
    monkeypatch.setattr(transfer, "join_parts", lambda url, body: f"{'0' * 32}-1")
    with pytest.raises(ArchiveError, match="has other content for a") as error:
        send(writer, file)
    assert file.digest in error.value.what
    assert ("POST", "/api/uploads/{id}/validate/") not in local.counts()


def test_part_md5s_make_the_dandi_etag(file: Sample) -> None:
    import hashlib

    assert etag_of([hashlib.md5(file.path.read_bytes()).hexdigest()]) == file.digest


# --- killed -------------------------------------------------------------------------------------

REQUESTS = ["dandiset", "initialize", "part", "complete", "join", "validate", "asset"]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("done", range(len(REQUESTS)), ids=[f"before-{name}" for name in REQUESTS])
def test_killed_before_any_request_the_rerun_ends_with_one_of_each(
    local: TestArchive, instance_of_child: list[str], new_writer: Make, file: Sample, done: int
) -> None:
    command = [*instance_of_child, str(file.path), str(file.size), file.digest]
    local.misbehave(method="POST|PUT", skip=done, times=-1, stall=True)
    child = subprocess.Popen(command)
    try:
        assert local.stalled(30), "the child did not come to this request"
    finally:
        child.kill()
        child.wait()
        local.behave()
    subprocess.run(command, check=True, timeout=60)

    drafts = new_writer().reader.own_drafts("Place cells")
    assert len(drafts) == 1
    reader = new_writer(drafts[0]["identifier"]).reader
    (asset,) = reader.assets().values()
    assert (asset.path, asset.digest) == ("a.bin", file.digest)
    found = reader.blob(file.digest)
    assert found is not None
    assert found["blob_id"] == asset.blob
    sent = local.counts()[PART_PUT]
    assert sent == (2 if REQUESTS[done] in ("part", "complete", "join") else 1)


@pytest.fixture
def instance_of_child(local: TestArchive, user: object, tmp_path: Path) -> list[str]:
    from dandifile.archive.credentials import Secret

    assert isinstance(user, Secret)
    root = Path(__file__).parents[2]
    script = root / "tests" / "archive" / "one_upload.py"
    os.environ["LOCAL_API_KEY"] = user.reveal()
    return [sys.executable, str(script), local.web_url, local.api_url, str(tmp_path / "create.json")]


def test_an_upload_that_lacks_only_its_validation_is_not_sent_again(
    local: TestArchive, writer: Writer, new_writer: Make, file: Sample
) -> None:
    local.misbehave(method="POST", route="/validate/", status=400, times=1)
    with pytest.raises(ArchiveError):
        send(writer, file)
    local.reset_counts()
    done = upload(new_writer(writer.identifier), file.path, file.size, file.digest)
    assert (done.reused, done.sent_bytes, done.reason) == (True, 0, LEFT_BEHIND)
    assert PART_PUT not in local.counts()


def test_an_upload_of_an_earlier_run_that_lacks_more_is_begun_again(
    local: TestArchive, writer: Writer, new_writer: Make, file: Sample
) -> None:
    writer.initialize(file.size, file.digest)
    done = upload(new_writer(writer.identifier), file.path, file.size, file.digest)
    assert not done.reused
    assert local.counts()[PART_PUT] == 1


def test_uploads_of_other_files_are_left_alone(
    writer: Writer, new_writer: Make, file: Sample, tmp_path: Path
) -> None:
    other = sample(tmp_path / "other.bin", os.urandom(10))
    writer.initialize(other.size, other.digest)
    send(new_writer(writer.identifier), file)
    assert [begun["etag"] for begun in writer.reader.fresh().open_uploads()] == [other.digest]
