"""`publish`: a version once everything is right, never without its flags, never twice."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from ruamel.yaml import YAML

from dandifile import waits
from dandifile.errors import Exit
from dandifile.model import JsonObject
from localdandi.store import dandisets
from tests.conftest import CONTACT, Lab, Ran, begin_upload, write_document
from tests.releases import publish_now, validate_now

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\nkeywords: [rat, track]\n{CONTACT}\n{PATHS}"
ALLOWED = ("--yes", "--allow", "publish", "--timeout", "2")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other at once."""
    monkeypatch.setattr(waits, "FIRST", 0.05)


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC)
    lab.files({"a.csv": "a", "sub/b.csv": "bb"})
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.err + ran.out
    return lab


@pytest.fixture
def ready(applied: Lab) -> Lab:
    settle(applied)
    return applied


def settle(lab: Lab) -> None:
    """The archive's background work, done now."""
    validate_now(lab.archive)


def unsettle(lab: Lab) -> None:
    """The archive has yet to validate the draft, as it does a while after a change."""
    with lab.archive.serving.archive.database.write() as db:
        dandiset = dandisets.by_id(db, 1)
        assert dandiset is not None
        dandisets.set_status(db, dandisets.draft_of(db, dandiset).id, "Pending")


def change(lab: Lab, words: str) -> None:
    """Another description, applied and validated."""
    lab.spec(SPEC.replace("Rats on a track", words))
    ran = lab.run("apply", "--yes")
    assert ran.code == Exit.DONE, ran.err + ran.out
    settle(lab)


def versions(lab: Lab) -> list[str]:
    found = lab.get("/dandisets/000001/versions/")["results"]
    return sorted(one["version"] for one in found if one["version"] != "draft")


def status(lab: Lab) -> str:
    return str(lab.get("/dandisets/000001/versions/draft/info/")["status"])


def locked(lab: Lab) -> list[JsonObject]:
    known = YAML(typ="safe").load(lab.lock.read_text("utf-8")) if lab.lock.exists() else {}
    found: list[JsonObject] = known.get("published", [])
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


def meanwhile(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object], *, pending: bool = False
) -> None:
    """Holds the archive's background work until the first pause of a wait, in which `happen` is called."""
    held = contextlib.ExitStack()
    held.enter_context(lab.archive.at_rest())
    if pending:
        unsettle(lab)

    def pause(_seconds: float) -> None:
        monkeypatch.setattr(waits, "sleep", plain)
        happen()
        held.close()

    plain = waits.sleep
    monkeypatch.setattr(waits, "sleep", pause)


# --- A version --------------------------------------------------------------------------------


def test_a_ready_draft_becomes_a_version_with_its_doi_url_and_citation(ready: Lab) -> None:
    ran = ready.run("publish", *ALLOWED)
    assert ran.code == Exit.DONE, ran.err + ran.out
    (version,) = versions(ready)
    document = ready.get(f"/dandisets/000001/versions/{version}/")
    for said in (version, document["doi"], document["url"]):
        assert said in ran.out
    assert flat(document["citation"]) in flat(ran.out)
    assert (status(ready), document["description"]) == ("Published", "Rats on a track")


def test_the_lock_has_what_readme_and_paper_quote(ready: Lab) -> None:
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    (version,) = versions(ready)
    document = ready.get(f"/dandisets/000001/versions/{version}/")
    assert locked(ready) == [
        {
            "environment": "",
            "api_url": ready.archive.api_url,
            "identifier": "000001",
            "version": version,
            "url": document["url"],
            "citation": document["citation"],
            "published": document["datePublished"][:10],
            "doi": document["doi"],
        }
    ]
    assert ready.run("plan", "--detailed-exitcode").code == Exit.DONE, (
        "the lock is valid, and changes no plan"
    )


def test_every_version_is_in_the_lock_and_its_comments_stay(ready: Lab) -> None:
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    text = ready.lock.read_text("utf-8").replace("published:\n", "published:  # for the paper\n")
    ready.lock.write_text(text, "utf-8")
    change(ready, "Rats in a maze")
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    assert [one["version"] for one in locked(ready)] == versions(ready)
    assert "# for the paper" in ready.lock.read_text("utf-8")


def test_a_version_that_a_killed_run_could_not_note_is_noted_by_the_next_one(ready: Lab) -> None:
    first = publish_now(ready.archive)
    change(ready, "Rats in a maze")
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    assert [one["version"] for one in locked(ready)] == versions(ready)
    assert versions(ready)[0] == first


def test_one_request_writes(ready: Lab) -> None:
    ready.archive.reset_counts()
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    assert ready.archive.writes() == 1


def test_with_nothing_new_it_says_so_and_writes_nothing(ready: Lab) -> None:
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    ready.archive.reset_counts()
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, ready.archive.writes(), len(versions(ready))) == (Exit.DONE, 0, 1)
    assert "Nothing to publish. The draft has not changed since its last version." in flat(ran.out)


def test_json_says_it_all(ready: Lab) -> None:
    found = json.loads(ready.run("publish", *ALLOWED, "--format", "json").out)
    (version,) = versions(ready)
    assert (found["identifier"], found["published"]["version"]) == ("000001", version)
    assert (found["published"]["assets"], found["published"]["size"]) == (2, 3)
    assert (found["made"], found["noted"], found["lock"]) == (True, True, "dandiset.lock.yaml")
    assert found["readiness"]["ready"]
    again = json.loads(ready.run("publish", *ALLOWED, "--format", "json").out)
    assert (again["made"], again["noted"], again["published"]) == (False, False, found["published"])


# --- Release notes ----------------------------------------------------------------------------


def test_release_notes_come_from_a_file(ready: Lab, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("\n# What is new\n\nThe first data.\n", "utf-8")
    assert ready.run("publish", *ALLOWED, "--notes", str(notes)).code == Exit.DONE
    document = ready.get(f"/dandisets/000001/versions/{versions(ready)[0]}/")
    assert document["releaseNotes"] == "# What is new\n\nThe first data."


def test_release_notes_are_written_from_what_has_changed(ready: Lab) -> None:
    assert ready.run("publish", *ALLOWED, "--notes", "auto").code == Exit.DONE
    first = ready.get(f"/dandisets/000001/versions/{versions(ready)[0]}/")["releaseNotes"]
    assert first.startswith("First version: 2 files (3 B)")
    ready.files({"c.csv": "ccc"})
    change(ready, "Rats in a maze")
    assert ready.run("publish", *ALLOWED, "--notes", "auto").code == Exit.DONE
    second = ready.get(f"/dandisets/000001/versions/{versions(ready)[1]}/")["releaseNotes"]
    assert ("c.csv" in second, "escription" in second, "a.csv" in second) == (True, True, False), second


@pytest.mark.parametrize(
    ("text", "why"), [("x" * 5001, "5,001 characters; the archive takes 5,000"), (" \n", "are empty")]
)
def test_notes_that_the_archive_would_not_take_are_refused_before_anything_else(
    ready: Lab, tmp_path: Path, text: str, why: str
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text(text, "utf-8")
    ready.archive.reset_counts()
    ran = ready.run("publish", *ALLOWED, "--notes", str(notes))
    assert (ran.code, why in ran.err, ready.archive.counts()) == (Exit.INPUT, True, {})


def test_a_file_of_notes_that_is_not_there_is_named(ready: Lab) -> None:
    ran = ready.run("publish", *ALLOWED, "--notes", "nowhere.md")
    assert (ran.code, "nowhere.md" in ran.err, versions(ready)) == (Exit.INPUT, True, [])


# --- Permission -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        ((), Exit.INPUT, "pass --yes --allow publish"),
        (("--allow", "publish"), Exit.INPUT, "pass --yes --allow publish"),
        (("--yes",), Exit.BLOCKED, "add --allow publish"),
        (("--yes", "--allow", "delete"), Exit.INPUT, "--allow delete is not known"),
    ],
)
def test_without_a_terminal_it_needs_both_flags(
    ready: Lab, flags: tuple[str, ...], code: Exit, says: str
) -> None:
    ready.archive.reset_counts()
    ran = ready.run("publish", *flags)
    assert (ran.code, says in ran.err, ready.archive.counts()) == (code, True, {}), ran.err


@dataclass
class Terminal:
    """A terminal on which somebody types; `before` happens while they read."""

    typed: str
    before: Callable[[], object] = lambda: None

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        self.before()
        return self.typed


@pytest.mark.parametrize(
    ("typed", "flags", "code", "count"),
    [
        ("000001\n", (), Exit.DONE, 1),
        (" 000001 \n", ("--yes",), Exit.DONE, 1),
        ("", ALLOWED, Exit.DONE, 1),
        ("yes\n", (), Exit.INTERRUPTED, 0),
        ("000002\n", ("--allow", "publish"), Exit.INTERRUPTED, 0),
        ("", (), Exit.INTERRUPTED, 0),
    ],
)
def test_on_a_terminal_the_identifier_is_typed(  # noqa: PLR0913, PLR0917 - one a column
    ready: Lab, monkeypatch: pytest.MonkeyPatch, typed: str, flags: tuple[str, ...], code: Exit, count: int
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    ran = ready.run("publish", *flags)
    assert (ran.code, len(versions(ready))) == (code, count), ran.err
    assert ("type 000001" in ran.err) == (flags != ALLOWED)


def test_what_is_shown_before_the_question_is_what_is_published(
    ready: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the user reads, somebody changes the draft."""

    def edit() -> None:
        write_document(ready, {**ready.document(), "description": "changed"})
        settle(ready)

    monkeypatch.setattr("sys.stdin", Terminal("000001\n", edit))
    ran = ready.run("publish")
    assert (ran.code, versions(ready)) == (Exit.BLOCKED, [])
    assert "the draft was changed since it was looked at; nothing was published" in flat(ran.err)


# --- Dry run ----------------------------------------------------------------------------------


def test_a_dry_run_says_everything_and_writes_nothing(ready: Lab) -> None:
    ready.archive.reset_counts()
    before = ready.lock.read_text("utf-8")
    ran = ready.run("publish", "--dry-run", "--notes", "auto")
    assert ran.code == Exit.DONE, ran.err
    for part in ("2 assets, 3 B", "(Version …)", "no contributor is cited", "First version: 2 files"):
        assert part in flat(ran.out)
    assert (ready.archive.writes(), versions(ready), ready.lock.read_text("utf-8")) == (0, [], before)


def test_a_dry_run_waits_only_if_asked(applied: Lab) -> None:
    with applied.archive.at_rest():
        unsettle(applied)
        ran = applied.run("publish", "--dry-run")
    assert (ran.code, "the archive is still at work" in flat(ran.out)) == (Exit.BLOCKED, True)
    ran = applied.run("publish", "--dry-run", "--wait")
    assert (ran.code, versions(applied), "ready" in ran.out) == (Exit.DONE, [], True)


def test_a_dry_run_of_a_draft_that_is_published_notes_nothing(ready: Lab) -> None:
    publish_now(ready.archive)
    assert ready.run("publish", "--dry-run").code == Exit.DONE
    assert locked(ready) == []


# --- What prevents it -------------------------------------------------------------------------


def codes(ran: Ran) -> list[str]:
    return [one["code"] for one in json.loads(ran.out)["readiness"]["blockers"]]


def test_a_plan_that_is_not_empty_stops_it_unless_the_draft_is_published_as_it_is(ready: Lab) -> None:
    ready.spec(SPEC.replace("track]", "maze]"))
    ready.files({"c.csv": "ccc"})
    ready.archive.reset_counts()
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, ready.archive.writes()) == (Exit.BLOCKED, 0)
    for part in ("2 changes (1 in assets, 1 in metadata)", "`dandifile apply`", "--as-is"):
        assert part in flat(ran.out)
    assert ready.run("publish", *ALLOWED, "--as-is").code == Exit.DONE
    assert ready.get(f"/dandisets/000001/versions/{versions(ready)[0]}/")["keywords"] == ["rat", "track"]


def test_files_that_only_another_machine_has_stop_it(ready: Lab) -> None:
    assert ready.run("scan").code == Exit.DONE
    manifest = ready.folder / "dandiset.assets.tsv"
    lines = manifest.read_text("utf-8").splitlines()
    more = next(line for line in lines if "a.csv" in line).replace("a.csv", "z.csv")
    manifest.write_text("\n".join([*lines, more]) + "\n", "utf-8")
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, "1 file of the manifest not on the draft" in flat(ran.out)) == (Exit.BLOCKED, True)


def test_every_reason_is_named_at_once(applied: Lab) -> None:
    applied.spec(SPEC + "assets: [{match: 'a.csv', metadata: {keywords: 5}}]\npolicy: {require: [ethics]}\n")
    assert applied.run("apply", "--yes").code == Exit.BLOCKED
    applied.spec(SPEC + "assets: [{match: 'a.csv', metadata: {keywords: 5}}]\n")
    assert applied.run("apply", "--yes").code == Exit.DONE
    document = applied.document()
    del document["contributor"][0]["email"]
    write_document(applied, {**document, "license": []})
    requests.post(
        f"{applied.archive.api_url}/zarr/",
        json={"name": "old.zarr", "dandiset": "000001"},
        headers={"Authorization": f"token {applied.archive.key}"},
        timeout=30,
    ).raise_for_status()
    settle(applied)
    ran = applied.run("publish", *ALLOWED, "--wait", "--format", "json")
    assert ran.code == Exit.BLOCKED
    assert codes(ran) == ["zarr", *["plan"] * 3, "metadata", "metadata", "assets"]
    text = flat(applied.run("publish", *ALLOWED).out)
    for part in ("old.zarr", "license", "contributors: add `email` to Doe, Jane", "file: data/a.csv"):
        assert part in text
    assert (versions(applied), status(applied)) == ([], "Invalid")


def test_someone_who_is_no_owner_cannot_publish(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ready.environ:
        monkeypatch.setenv(variable, ready.archive.add_user("roe", "Roe, Richard"))
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, "ask an owner (admin) to add roe" in flat(ran.out)) == (Exit.INPUT, True), ran.out


def test_under_embargo_nothing_is_published(lab: Lab) -> None:
    requests.post(
        f"{lab.archive.api_url}/dandisets/",
        params={"embargo": "true"},
        json={"name": "Place cells", "metadata": {}},
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    ).raise_for_status()
    lab.spec("identifier: '000001'\n" + SPEC)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--yes").code == Exit.DONE
    settle(lab)
    lab.archive.reset_counts()
    ran = lab.run("publish", *ALLOWED)
    assert (ran.code, lab.archive.writes()) == (Exit.BLOCKED, 0)
    assert "`dandifile apply --allow unembargo`" in flat(ran.out)


def test_a_spec_without_a_dandiset(lab: Lab) -> None:
    lab.spec(SPEC)
    ran = lab.run("publish", *ALLOWED)
    assert (ran.code, "apply --create" in ran.err) == (Exit.INPUT, True)


def test_unfinished_uploads_are_noted_and_stop_nothing(ready: Lab) -> None:
    begin_upload(ready, "not sent yet")
    ran = ready.run("publish", "--dry-run")
    assert (ran.code, "1 upload was begun and not finished" in flat(ran.out)) == (Exit.DONE, True)


# --- Waiting ----------------------------------------------------------------------------------


def test_a_draft_that_is_still_validated_is_waited_for_only_if_asked(applied: Lab) -> None:
    with applied.archive.at_rest():
        unsettle(applied)
        ran = applied.run("publish", *ALLOWED)
        assert (ran.code, "publish --wait" in flat(ran.out)) == (Exit.BLOCKED, True)
        ran = applied.run("publish", *ALLOWED, "--wait", "--timeout", "0.01")
        assert (ran.code, "the archive still validates" in flat(ran.err)) == (Exit.BLOCKED, True), ran.err
        assert "--timeout" in flat(ran.err)
    ran = applied.run("publish", *ALLOWED, "--wait")
    assert (ran.code, len(versions(applied))) == (Exit.DONE, 1), ran.err + ran.out


def test_waiting_ends_early_where_the_archive_finds_a_fault(applied: Lab) -> None:
    write_document(applied, {**applied.document(), "license": []})
    ran = applied.run("publish", *ALLOWED, "--wait", "--as-is")
    assert (ran.code, "license" in ran.out) == (Exit.BLOCKED, True), ran.err


def test_a_status_that_is_not_known_is_no_reason_to_wait_for_ever(ready: Lab) -> None:
    with ready.archive.at_rest():
        with ready.archive.serving.archive.database.write() as db:
            db.execute("UPDATE versions SET status = 'Reviewing' WHERE version = 'draft'")
        ran = ready.run("publish", *ALLOWED, "--wait")
    assert (ran.code, "calls the draft Reviewing" in flat(ran.out)) == (Exit.BLOCKED, True)


def test_a_draft_that_somebody_changes_during_the_wait_is_compared_again(
    applied: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit() -> None:
        write_document(applied, {**applied.document(), "keywords": ["mouse"]})

    meanwhile(applied, monkeypatch, edit, pending=True)
    ran = applied.run("publish", *ALLOWED, "--wait")
    assert (ran.code, versions(applied)) == (Exit.BLOCKED, [])
    assert "1 change (1 in metadata)" in flat(ran.out)


# --- While the archive publishes --------------------------------------------------------------


def test_a_publication_that_a_write_has_ended_is_noticed(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(ready, monkeypatch, lambda: write_document(ready, {**ready.document(), "keywords": ["mouse"]}))
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, versions(ready), locked(ready)) == (Exit.FAILED, [], []), ran.out
    for part in ("publishing was lost", "there is no new version", "run `dandifile publish --wait` again"):
        assert part in flat(ran.err)


def test_a_publication_that_never_ends_is_given_up_with_what_to_do(
    ready: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ready.archive.at_rest():
        ran = ready.run("publish", *ALLOWED, "--timeout", "0.01")
        assert (ran.code, status(ready)) == (Exit.FAILED, "Publishing")
        assert "has not ended publishing within" in flat(ran.err)
        ready.spec(SPEC.replace("track]", "maze]"))
        ran = ready.run("apply", "--yes")
        assert (ran.code, "a change now would make it give up" in flat(ran.out)) == (Exit.BLOCKED, True)
        ready.spec(SPEC)
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, len(versions(ready))) == (Exit.DONE, 1), ran.err


def test_somebody_elses_publication_is_waited_for_and_recognised(
    ready: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(ready, monkeypatch, lambda: None)
    url = f"{ready.archive.api_url}/dandisets/000001/versions/draft/publish/"
    headers = {"Authorization": f"token {ready.archive.key}"}
    requests.post(url, json={}, headers=headers, timeout=30).raise_for_status()
    ready.archive.reset_counts()
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, ready.archive.writes(), len(versions(ready))) == (Exit.DONE, 0, 1), ran.err
    assert [one["version"] for one in locked(ready)] == versions(ready)


def test_a_version_made_elsewhere_is_noted_and_not_published_again(ready: Lab) -> None:
    version = publish_now(ready.archive)
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, versions(ready), "commit that" in ran.out) == (Exit.DONE, [version], True)
    assert [one["version"] for one in locked(ready)] == [version]


def test_a_version_that_is_not_what_was_looked_at_is_reported(
    ready: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last look and the request somebody changes the draft, and the archive is quick."""
    from dandifile.archive.writer import Writer

    plain = Writer.publish

    def late(writer: Writer, notes: str, _check: object) -> object:
        write_document(ready, {**ready.document(), "keywords": ["mouse"]})
        settle(ready)
        return plain(writer, notes, lambda: None)

    monkeypatch.setattr(Writer, "publish", late)
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, len(versions(ready))) == (Exit.FAILED, 1)
    assert "it is not the draft that was looked at: keywords differ" in flat(ran.err)
    assert [one["version"] for one in locked(ready)] == versions(ready), "it is there all the same"


# --- An archive that misbehaves ----------------------------------------------------------------

PUBLISH = "/publish/$"


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 502}, {"drop": "before"}])
def test_a_request_that_had_no_effect_publishes_nothing(ready: Lab, fault: JsonObject) -> None:
    ready.archive.misbehave(method="POST", route=PUBLISH, **fault)
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, versions(ready)) == (Exit.INPUT, []), ran.err
    assert "run the same command again" in flat(ran.err)
    assert ready.run("publish", *ALLOWED).code == Exit.DONE


def test_a_lost_answer_is_made_up_for(ready: Lab) -> None:
    ready.archive.misbehave(method="POST", route=PUBLISH, drop="after")
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, len(versions(ready))) == (Exit.DONE, 1), ran.err


def test_the_doi_may_come_a_moment_after_the_version(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from dandifile.archive.versions import VersionReader

    plain, asked = VersionReader.document, []

    def late(version: VersionReader) -> JsonObject:
        asked.append(version.name)
        document = dict(plain(version))
        return document if len(asked) > 2 else {key: document[key] for key in document if key != "doi"}

    monkeypatch.setattr(VersionReader, "document", late)
    found = json.loads(ready.run("publish", *ALLOWED, "--format", "json").out)
    assert (len(asked), found["published"]["doi"]) == (3, locked(ready)[0]["doi"])


def test_whatever_the_archive_says_of_a_version_the_lock_stays_valid(
    ready: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dandifile.archive.versions import VersionReader

    plain = VersionReader.document

    def odd(version: VersionReader) -> JsonObject:
        return {
            **plain(version),
            "doi": "not a DOI",
            "datePublished": "yesterday",
            "citation": "Doe,\nJane\x1b[2J",
            "url": 5,
        }

    monkeypatch.setattr(VersionReader, "document", odd)
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    (entry,) = locked(ready)
    assert ("doi" in entry, entry["citation"]) == (False, "Doe, Jane\\x1b[2J")
    assert ready.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_a_lock_that_cannot_be_written_loses_no_version(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("dandifile.lookup.lock.replace_content", full)
        ran = ready.run("publish", *ALLOWED)
    assert (ran.code, locked(ready), len(versions(ready))) == (Exit.FAILED, [], 1)
    assert "the lock cannot be written: No space left on device" in flat(ran.err)
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    assert len(versions(ready)) == len(locked(ready)) == 1


@pytest.mark.parametrize("status", [400, 409])
def test_a_refusal_is_passed_on(ready: Lab, status: int) -> None:
    ready.archive.misbehave(method="POST", route=PUBLISH, status=status)
    ran = ready.run("publish", *ALLOWED)
    assert (ran.code, "misbehaving as told" in ran.err, versions(ready)) == (Exit.INPUT, True, [])


def test_an_archive_that_falls_silent_while_it_publishes(ready: Lab) -> None:
    """404 is not tried again, as silence would be, so that the test is quick."""
    ready.archive.misbehave(method="GET", route="/versions/draft/info/", skip=5, times=-1, status=404)
    ran = ready.run("publish", *ALLOWED)
    if ran.code == Exit.FAILED:
        assert "publishing has begun" in flat(ran.err)
    ready.archive.behave()
    assert ready.run("publish", *ALLOWED).code == Exit.DONE
    assert len(versions(ready)) == len(locked(ready)) == 1


# --- Killed -------------------------------------------------------------------------------------


def _rounds() -> Iterator[int]:
    """How many requests go well before the kill: some of the looks, then each one around the publication."""
    yield from range(0, 12, 6)
    yield from range(12, 60)


def test_killed_at_any_request_and_run_again_it_publishes_once(ready: Lab) -> None:
    rounds = 0
    for skip in _rounds():
        change(ready, f"Rats on track {skip}")
        through = not ready.kill_at(skip, "publish", *ALLOWED, "--wait")
        ran = ready.run("publish", *ALLOWED, "--wait")
        rounds += 1
        assert ran.code == Exit.DONE, f"after {skip} requests: {ran.err}{ran.out}"
        assert len(versions(ready)) == rounds, f"after {skip} requests"
        assert [one["version"] for one in locked(ready)] == versions(ready), f"after {skip} requests"
        if through:
            break
    assert through, "no round got through"
    assert rounds > 8, "it was killed in between"
