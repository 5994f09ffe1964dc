from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dandifile.archive.api import WriteApi
from dandifile.archive.create import create_once, forget_intent
from dandifile.archive.credentials import Secret
from dandifile.archive.instance import Instance
from dandifile.archive.transfer import upload
from dandifile.archive.writer import Embargo, Writer
from dandifile.errors import ArchiveError, BlockedError
from dandifile.model import Cache, JsonObject
from dandifile.net.retry import Patience
from localdandi.testing import TestArchive
from tests.archive.files import METADATA, Sample

HASTY = Patience(attempts=1)
Make = Callable[..., Writer]


@pytest.fixture
def intent(tmp_path: Path) -> Path:
    return tmp_path / "state" / "create.json"


@pytest.fixture
def hasty(instance: Instance, user: Secret, cache: Cache) -> Writer:
    """A writer that gives up at once, as if it were killed."""
    return Writer(instance, user, None, cache, WriteApi(instance, user, HASTY))


def drafts(writer: Writer, name: str = "Place cells") -> list[str]:
    return [draft["identifier"] for draft in writer.reader.own_drafts(name)]


def test_a_dandiset_is_made_and_the_note_goes_when_that_is_settled(new_writer: Make, intent: Path) -> None:
    writer = new_writer()
    made = create_once(writer, "Place cells", {"keywords": ["k"]}, intent)
    assert writer.identifier == made
    assert drafts(writer) == [made]
    assert json.loads(intent.read_text())["name"] == "Place cells"
    forget_intent(intent)
    forget_intent(intent)
    assert not intent.exists()
    assert not list(intent.parent.iterdir())


def test_a_rerun_adopts_what_a_killed_run_made(new_writer: Make, intent: Path) -> None:
    made = create_once(new_writer(), "Place cells", {}, intent)
    again = new_writer()
    assert create_once(again, "Place cells", {}, intent) == made
    assert again.identifier == made
    assert drafts(again) == [made]


def test_an_embargoed_draft_is_found_and_adopted_too(new_writer: Make, intent: Path) -> None:
    made = create_once(new_writer(), "Place cells", {}, intent, Embargo())
    assert create_once(new_writer(), "Place cells", {}, intent, Embargo()) == made


@pytest.mark.parametrize("embargo", [None, Embargo()])
def test_an_open_draft_is_not_adopted_for_an_embargoed_one_nor_the_other_way(
    new_writer: Make, intent: Path, embargo: Embargo | None
) -> None:
    create_once(new_writer(), "Place cells", {}, intent, embargo)
    with pytest.raises(BlockedError):
        create_once(new_writer(), "Place cells", {}, intent, None if embargo else Embargo())


def test_a_lost_answer_ends_in_one_dandiset(local: TestArchive, hasty: Writer, intent: Path) -> None:
    local.misbehave(method="POST", route="/dandisets/", drop="after")
    made = create_once(hasty, "Place cells", {}, intent)
    assert drafts(hasty) == [made]
    assert local.counts()["POST", "/api/dandisets/"] == 1


@pytest.mark.parametrize("fault", [{"drop": "before"}, {"status": 500}, {"status": 429}])
def test_a_creation_that_had_no_effect_fails_and_the_next_run_makes_it(
    local: TestArchive, hasty: Writer, intent: Path, new_writer: Make, fault: dict[str, object]
) -> None:
    local.misbehave(method="POST", route="/dandisets/", **fault)
    with pytest.raises(ArchiveError):
        create_once(hasty, "Place cells", {}, intent)
    assert drafts(hasty) == []
    again = new_writer()
    made = create_once(again, "Place cells", {}, intent)
    assert drafts(again) == [made]


def test_a_draft_of_that_name_that_was_there_before_stops_it_with_the_choice(
    new_writer: Make, intent: Path, local: TestArchive
) -> None:
    there = new_writer().create("Place cells", {})
    local.reset_counts()
    with pytest.raises(BlockedError) as error:
        create_once(new_writer(), "Place cells", {}, intent)
    assert there in error.value.what
    assert f'identifier: "{there}"' in error.value.fix
    assert "name" in error.value.fix
    assert local.writes() == 0
    assert not intent.exists()


def test_a_draft_that_holds_assets_is_never_adopted(new_writer: Make, intent: Path, file: Sample) -> None:
    writer = new_writer()
    create_once(writer, "Place cells", {}, intent)
    blob = upload(writer, file.path, file.size, file.digest).blob
    writer.create_asset("a.bin", blob, METADATA)
    with pytest.raises(BlockedError, match="1 asset, created"):
        create_once(new_writer(), "Place cells", {}, intent)


def test_of_two_candidates_none_is_guessed(new_writer: Make, intent: Path) -> None:
    first = create_once(new_writer(), "Place cells", {}, intent)
    second = new_writer().create("Place cells", {})
    with pytest.raises(BlockedError) as error:
        create_once(new_writer(), "Place cells", {}, intent)
    assert first in error.value.what
    assert second in error.value.what


def test_a_draft_that_is_older_than_the_note_is_not_adopted(new_writer: Make, intent: Path) -> None:
    create_once(new_writer(), "Place cells", {}, intent)
    noted = json.loads(intent.read_text())
    noted["time"] = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    intent.write_text(json.dumps(noted))
    with pytest.raises(BlockedError):
        create_once(new_writer(), "Place cells", {}, intent)


def test_the_note_has_the_archives_time_whatever_the_clock_here_says(new_writer: Make, intent: Path) -> None:
    writer = new_writer()
    made = create_once(writer, "Place cells", {}, intent)
    noted = datetime.fromisoformat(json.loads(intent.read_text())["time"])
    created = datetime.fromisoformat(writer.reader.dandiset()["created"])
    assert timedelta(0) <= created - noted < timedelta(seconds=5)
    assert writer.identifier == made


@pytest.mark.parametrize("change", [{"name": "Other"}, {"archive": "https://api.dandiarchive.org/api"}])
def test_a_note_for_something_else_adopts_nothing(
    new_writer: Make, intent: Path, change: dict[str, str]
) -> None:
    create_once(new_writer(), "Place cells", {}, intent)
    intent.write_text(json.dumps(json.loads(intent.read_text()) | change))
    with pytest.raises(BlockedError):
        create_once(new_writer(), "Place cells", {}, intent)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": 1}', '{"name":"a","archive":"b","time":"x"}'])
def test_a_damaged_note_adopts_nothing(new_writer: Make, intent: Path, text: str) -> None:
    intent.parent.mkdir()
    intent.write_text(text)
    made = create_once(new_writer(), "Place cells", {}, intent)
    assert json.loads(intent.read_text())["name"] == "Place cells"
    intent.write_text(text)
    with pytest.raises(BlockedError, match=made):
        create_once(new_writer(), "Place cells", {}, intent)


def test_the_same_name_of_another_user_is_none_of_our_business(
    local: TestArchive, instance: Instance, cache: Cache, new_writer: Make, intent: Path
) -> None:
    stranger = Writer(instance, Secret(local.add_user("stranger-2")), None, cache)
    theirs = stranger.create("Place cells", {})
    assert create_once(new_writer(), "Place cells", {}, intent) != theirs


def test_of_two_that_create_at_the_same_instant_the_second_stops(
    new_writer: Make, intent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_writer(), new_writer()
    create, made = second.create, []

    def overtaken(name: str, metadata: JsonObject, embargo: Embargo | None = None) -> str:
        made.append(create_once(first, name, metadata, intent.with_name("other.json")))
        made.append(create(name, metadata, embargo))
        return made[-1]

    monkeypatch.setattr(second, "create", overtaken)
    with pytest.raises(BlockedError, match="two dandisets with this name") as stopped:
        create_once(second, "Place cells", {}, intent)
    assert sorted(drafts(first)) == made
    assert second.identifier is None
    assert f'`identifier: "{made[0]}"`' in stopped.value.fix
    assert f"delete {made[1]} at " in stopped.value.fix
    with pytest.raises(BlockedError, match="already"):
        create_once(new_writer(), "Place cells", {}, intent)


def test_of_two_that_create_at_the_same_instant_the_first_goes_on(
    new_writer: Make, intent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_writer(), new_writer()
    create = first.create

    def followed(name: str, metadata: JsonObject, embargo: Embargo | None = None) -> str:
        made = create(name, metadata, embargo)
        second.create(name, metadata, embargo)
        return made

    monkeypatch.setattr(first, "create", followed)
    assert create_once(first, "Place cells", {}, intent) == min(drafts(second))
