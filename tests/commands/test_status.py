"""`dandifile status`: what is missing or not published, who owns it; and `--watch` until it is validated."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable

import pytest
import requests

from dandifile import waits
from dandifile.boundary import run
from dandifile.errors import Exit
from dandifile.model import Json, JsonObject
from dandifile.session import overview as overview_module
from tests.conftest import CONTACT, Lab, set_owners, squeeze
from tests.session.test_draft_state import settle

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\n{CONTACT}\n"
SESSIONS = {
    f"sub-{subject}/sub-{subject}_ses-{number}.csv": f"{subject}{number}"
    for subject in "AB"
    for number in "12"
}


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC + PATHS)
    lab.files(SESSIONS)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    settle(lab)
    return lab


@pytest.fixture
def published(applied: Lab) -> Lab:
    requests.post(
        f"{applied.archive.api_url}/dandisets/000001/versions/draft/publish/",
        headers={"Authorization": f"token {applied.archive.key}"},
        json={},
        timeout=30,
    ).raise_for_status()
    for _ in range(600):
        if applied.get("/dandisets/000001/versions/draft/info/")["status"] == "Published":
            return applied
    raise AssertionError("it is not published")


def found(lab: Lab) -> JsonObject:
    ran = lab.run("status", "--format", "json")
    assert ran.code == Exit.DONE, ran.err
    answer: JsonObject = json.loads(ran.out)
    return answer


# --- What surrounds the draft -----------------------------------------------------------------------


def test_nothing_is_written(applied: Lab) -> None:
    writes = applied.archive.writes()
    assert applied.run("status").code == Exit.DONE
    assert applied.run("status", "--watch").code == Exit.DONE
    assert applied.archive.writes() == writes


def test_owners_and_links_are_shown(applied: Lab) -> None:
    applied.archive.add_user("jdoe")
    set_owners(applied, "admin", "jdoe")
    text = squeeze(applied.run("status").out)
    assert "owners admin, jdoe" in text
    assert f"page {applied.archive.web_url}/dandiset/000001/draft" in text
    answer = found(applied)
    assert answer["owners"] == ["admin", "jdoe"]
    assert answer["links"]["page"] == f"{applied.archive.web_url}/dandiset/000001/draft"


def test_sessions_that_are_here_and_not_on_the_draft_are_missing_by_subject(applied: Lab) -> None:
    applied.files({"sub-B/sub-B_ses-3.csv": "b3", "sub-C/sub-C_ses-1.csv": "c1"})
    text = squeeze(applied.run("status").out)
    assert "missing 2 sessions of 2 subjects not on the draft" in text
    assert "sub-B 1 session: 3" in text
    assert found(applied)["missing_sessions"] == {"B": ["3"], "C": ["1"]}


def test_so_are_those_that_only_the_manifest_has(applied: Lab) -> None:
    applied.files({"sub-C/sub-C_ses-1.csv": "c1"})
    assert applied.run("scan").code == Exit.DONE
    (applied.folder / "data" / "sub-C" / "sub-C_ses-1.csv").unlink()
    assert found(applied)["missing_sessions"] == {"C": ["1"]}


def test_what_changed_since_the_last_version_is_counted(published: Lab) -> None:
    assert "nothing has changed since" in squeeze(published.run("status").out)
    published.files({"sub-A/sub-A_ses-1.csv": "other", "sub-A/sub-A_ses-3.csv": "new"})
    published.spec(SPEC + PATHS + "keywords: [new]\n")
    assert published.run("apply", "--yes").code == Exit.DONE
    text = squeeze(published.run("status").out)
    assert "since then 1 asset added (3 B), 1 replaced (5 B)" in text
    answer = found(published)["unpublished"]
    assert answer["assets"] == {"added": 1, "replaced": 1, "moved": 0, "removed": 0, "changed": 0}
    assert answer["fields"] == ["keywords"]
    assert answer["since"] == published.get("/dandisets/000001/")["most_recent_published_version"]["version"]


def test_a_draft_with_too_many_assets_is_not_compared(
    published: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview_module, "MOST_COMPARED", 3)
    published.files({"sub-A/sub-A_ses-1.csv": "other"})
    assert published.run("apply", "--yes").code == Exit.DONE
    assert "`dandifile diff` shows what has changed since" in squeeze(published.run("status").out)
    assert found(published)["unpublished"]["assets"] is None


def test_the_days_of_an_embargo_are_counted(lab: Lab) -> None:
    requests.post(
        f"{lab.archive.api_url}/dandisets/",
        params={"embargo": "true", "embargo_end_date": "2027-06-01"},
        json={"name": "Place cells", "metadata": {}},
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    ).raise_for_status()
    lab.spec("identifier: '000001'\n" + SPEC)
    answer = found(lab)["embargo"]
    assert (answer["status"], answer["until"]) == ("EMBARGOED", "2027-06-01")
    assert isinstance(answer["days_left"], int)
    assert "embargo until 2027-06-01" in squeeze(lab.run("status").out)


def test_without_a_key_an_open_draft_is_shown(applied: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(next(iter(applied.environ)))
    assert found(applied)["owners"] == ["admin"]


# --- Watching ---------------------------------------------------------------------------------------


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What is done in place of each wait between two looks, the last one again and again."""
    work: list[Callable[[], object]] = []

    def sleep(_seconds: float) -> None:
        (work.pop(0) if len(work) > 1 else work[0])()

    monkeypatch.setattr(waits, "sleep", sleep)
    return work


def test_watch_ends_with_the_validation(lab: Lab, meanwhile: list[Callable[[], object]]) -> None:
    lab.spec(SPEC + PATHS)
    lab.files(SESSIONS)
    with lab.archive.at_rest():
        assert lab.run("apply", "--create", "--yes").code == Exit.DONE
        ran = lab.run("status", "--watch", "--timeout", "0")
    assert ran.code == Exit.FAILED
    assert "the archive validates the draft" in ran.err
    assert "The archive's own validation: Pending" in ran.out
    assert "--timeout" in squeeze(ran.err)
    meanwhile[:] = [lambda: settle(lab)]
    ran = lab.run("status", "--watch")
    assert ran.code == Exit.DONE, ran.err
    assert "ready to publish" in ran.out


def test_watch_says_each_thing_once_and_json_only_at_the_end(
    lab: Lab, meanwhile: list[Callable[[], object]]
) -> None:
    lab.spec(SPEC + PATHS)
    lab.files(SESSIONS)
    with lab.archive.at_rest():
        assert lab.run("apply", "--create", "--yes").code == Exit.DONE
        set_status = _status_setter(lab)
        meanwhile += [
            lambda: None,
            lambda: None,
            lambda: set_status("Publishing"),
            lambda: set_status("Valid"),
        ]
        ran = lab.run("status", "--watch", "--format", "json")
    assert json.loads(ran.out)["draft"]["status"] == "Valid"
    assert ran.err.count("the archive validates the draft") == 1
    assert ran.err.count("the archive publishes the draft") == 1


def test_a_fault_that_the_archive_finds_ends_it_with_4(
    lab: Lab, meanwhile: list[Callable[[], object]]
) -> None:
    lab.spec(SPEC + PATHS + "assets: [{match: 'sub-A/**', metadata: {keywords: 5}}]\n")
    lab.files(SESSIONS)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    meanwhile += [lambda: settle(lab)]
    ran = lab.run("status", "--watch")
    assert ran.code == Exit.BLOCKED, ran.out + ran.err
    assert "file: data/sub-A/" in squeeze(ran.out)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_whole_status_is_drawn_again_and_stays_once(
    applied: Lab, meanwhile: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    with applied.archive.at_rest():
        set_status = _status_setter(applied)
        set_status("Pending")
        meanwhile += [lambda: None, lambda: set_status("Valid")]
        with contextlib.redirect_stdout(screen):
            code = run(["status", "--watch", "--file", str(applied.folder / "dandiset.yaml")])
    drawn = screen.getvalue()
    assert code == Exit.DONE
    assert drawn.count("Ctrl-C stops watching") >= 2
    last = drawn.rpartition("Ctrl-C stops watching")[2]
    assert (last.count("validation: Pending"), last.count("validation: Valid")) == (1, 1)
    assert ERASE_LINE in drawn


ERASE_LINE = "\x1b[2K"


def test_a_ctrl_c_while_watching_ends_it(applied: Lab, meanwhile: list[Callable[[], object]]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    meanwhile += [interrupt]
    with applied.archive.at_rest():
        _status_setter(applied)("Pending")
        ran = applied.run("status", "--watch")
    assert ran.code == Exit.INTERRUPTED
    assert "Traceback" not in ran.err


def _status_setter(lab: Lab) -> Callable[[str], Json]:
    def set_status(status: str) -> Json:
        with lab.archive.serving.archive.database.write() as db:
            db.execute("UPDATE versions SET status = ? WHERE version = 'draft'", (status,))
            db.execute("UPDATE assets SET status = 'Valid'")
        return None

    return set_status
