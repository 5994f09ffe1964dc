"""What the archive has already, and what to know before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest
import requests

from dandifile.errors import ArchiveError, Exit
from dandifile.kinds.assets import sending
from dandifile.kinds.assets.sending import TERABYTE, cautions, look_up_contents
from dandifile.kinds.assets.sides import NAME, ObservedAssets
from dandifile.model import Change, JsonObject, Key, RemoteAsset
from dandifile.planning.planner import bytes_to_send
from tests.conftest import CONTACT, Lab

ETAG, CHECKSUM = f"{'a' * 32}-1", f"{'b' * 32}-3--12"


def side(size: float, digest: str = ETAG) -> JsonObject:
    return {"path": "x", "digest": digest, "size": int(size * TERABYTE), "metadata": {}}


def observed(**sizes: float) -> ObservedAssets:
    return ObservedAssets(
        {path: RemoteAsset("id", path, int(size * TERABYTE), "D") for path, size in sizes.items()}
    )


@pytest.mark.parametrize(
    ("before", "after", "there", "told"),
    [
        (None, side(1), observed(), []),
        (None, side(5.2), observed(), ["x has 5.2 TB"]),
        (None, side(1), observed(y=9.5), ["would have 10.5 TB"]),
        (side(1), side(2, "other-1"), observed(x=1, y=9), ["would have 11.0 TB"]),
        (side(3), side(1, "other-1"), observed(x=3, y=8), []),
        (
            None,
            side(6, CHECKSUM),
            observed(y=6),
            ["cannot be published", "x has 6.0 TB", "would have 12.0 TB"],
        ),
        (side(1), None, observed(x=1, y=11), []),
        (side(1), side(1), observed(x=1, y=11), []),
    ],
)
def test_what_should_be_known_before_it_is_sent(
    before: JsonObject | None, after: JsonObject | None, there: ObservedAssets, told: list[str]
) -> None:
    notes = list(cautions([Change(Key(NAME, "x"), before, after)], there))
    assert len(notes) == len(told)
    for note, part in zip(notes, told, strict=True):
        assert part in note


PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"


def new(name: str, digest: str, size: int) -> Change:
    state = {"path": name, "digest": digest, "size": size, "metadata": {}, "source": name}
    return Change(Key("assets", name), None, state)


def test_bytes_are_those_that_go() -> None:
    changes = [new("a", "d-1", 5), new("b", "e-1", 7), new("c", "d-1", 5)]
    marked, blocks, notes = look_up_contents(changes, ObservedAssets(blobs=lambda digests: {"d-1": "blob"}))
    assert (bytes_to_send(marked), blocks, len(notes)) == (7, [], 1)


def test_only_so_many_are_asked_for_the_largest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_ASKED", 3)
    asked: list[str] = []

    def blobs(digests: Collection[str]) -> Mapping[str, str]:
        asked.extend(digests)
        return {}

    _, _, notes = look_up_contents(
        [new(str(n), f"d{n}-1", n) for n in range(10)], ObservedAssets(blobs=blobs)
    )
    assert asked == ["d9-1", "d8-1", "d7-1"]
    assert "the other 7" in notes[0]


def test_nothing_is_asked_where_nothing_is_sent() -> None:
    def fails(digests: Collection[str]) -> Mapping[str, str]:
        raise AssertionError(digests)

    zarr = new("a.zarr", "d-1--5", 5)
    deleted = Change(Key("assets", "b"), {"path": "b", "digest": "e-1", "size": 1, "metadata": {}}, None)
    assert look_up_contents([zarr, deleted], ObservedAssets(blobs=fails))[0] == [zarr, deleted]


def test_an_archive_that_does_not_say_it_is_no_obstacle() -> None:
    def fails(digests: Collection[str]) -> Mapping[str, str]:
        raise ArchiveError("the archive has an internal error (500)", status=500)

    marked, _, notes = look_up_contents([new("a", "d-1", 5)], ObservedAssets(blobs=fails))
    assert (bytes_to_send(marked), "could not be asked" in notes[0]) == (5, True)


def test_a_plan_says_nothing_to_send_where_another_dandiset_has_it_all(lab: Lab) -> None:
    lab.spec(CONTACT + PATHS)
    lab.files({"a.csv": "a" * 1000})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.lock.unlink()
    lab.spec(CONTACT + PATHS, name="Another one")
    lab.files({"b.csv": "b" * 2000})
    lab.archive.reset_counts()
    found = lab.run("plan")
    assert (found.code, "2.0 kB to send" in found.out) == (Exit.DONE, True), found.out
    assert "the archive has this content" in found.out
    assert lab.archive.counts()["POST", "/api/blobs/digest/"] == 2
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.archive.reset_counts()
    assert "No changes" in lab.run("plan").out
    assert ("POST", "/api/blobs/digest/") not in lab.archive.counts()


def test_content_of_an_embargoed_dandiset_of_ones_own_is_blocked_before_anything_is_written(lab: Lab) -> None:
    headers = {"Authorization": f"token {lab.archive.key}"}
    url = f"{lab.archive.api_url}/dandisets/?embargo=true"
    made = requests.post(url, json={"name": "Secret", "metadata": {}}, headers=headers, timeout=30)
    lab.files({"a.csv": "secret"})
    lab.spec(f'identifier: "{made.json()["identifier"]}"\n{CONTACT}{PATHS}', name="Secret")
    assert lab.run("apply", "--yes").code == Exit.DONE
    lab.spec(CONTACT + PATHS, name="Open")
    lab.files({"b.csv": "open"})
    found = lab.run("plan")
    assert (found.code, "release it for everyone" in found.out) == (Exit.BLOCKED, True), found.out
    done = lab.run("apply", "--create", "--yes")
    assert done.code == Exit.BLOCKED, done.out
    assert lab.assets("000002").keys() == {"b.csv"}
