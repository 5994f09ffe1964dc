"""What is wrong in the input of the verbs about a dandiset that is there is said, and nothing is written.

Every case is a command line in a lab whose dandiset 000001 has a published version. It ends with its exit
code and one error that says what, where and what to do; no file here and nothing on the archive changes.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dandifile.errors import Exit
from dandifile.net.failures import Cause
from dandifile.net.retry import FEWER
from tests.conftest import Lab, Ran
from tests.releases import DESCRIBED, publish_now

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
CASES = Path(__file__).parent / "cases" / "bad_input"
VERBS = (
    ("import", "{web}/dandiset/000001"),
    ("import", "--update", "--yes"),
    ("plan",),
    ("apply", "--yes"),
    ("status",),
    ("diff",),
    ("pull",),
    ("publish", "--yes", "--allow", "publish"),
    ("explain", "keywords"),
)
WRITING = tuple(verb for verb in VERBS if verb[0] in ("apply", "publish"))


@dataclass(frozen=True)
class Published:
    """A lab with a published dandiset, 000001."""

    lab: Lab
    version: str

    def filled(self, text: str) -> str:
        me = self.lab.get("/users/me/")["username"] if "{me}" in text else ""
        return text.format(web=self.lab.archive.web_url, version=self.version, me=me)

    def run(self, *words: str) -> Ran:
        """The command with the spec that is here; `import` of a dandiset in a folder without one."""
        words = tuple(self.filled(word) for word in words)
        if words[0] == "import" and "--update" not in words:
            empty = Lab(self.lab.folder / "elsewhere", self.lab.archive)
            empty.folder.mkdir(exist_ok=True)
            return empty.run(*words)
        return self.lab.run(*words)

    def left(self) -> str:
        """A digest of every file in the lab but caches, which may be deleted at any time."""
        files = sorted(path for path in self.lab.folder.rglob("*") if path.is_file())
        seen = hashlib.sha256()
        for file in files:
            if ".dandifile" not in file.parts:
                seen.update(f"{file}\0".encode() + file.read_bytes())
        return seen.hexdigest()


@pytest.fixture
def published(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Published:
    lab.spec(DESCRIBED + PATHS)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.archive.add_user("jdoe", "Doe, Jane")
    version = publish_now(lab.archive)
    lab.spec("identifier: '000001'\n" + DESCRIBED + PATHS)
    monkeypatch.chdir(lab.folder)
    for cause in (Cause.REFUSED, Cause.NO_HOST, Cause.UNCONNECTED):
        monkeypatch.setitem(FEWER, cause, 1)
    lab.archive.reset_counts()
    return Published(lab, version)


def cases(name: str) -> list[Any]:
    listed = YAML(typ="safe", pure=True).load((CASES / f"{name}.yaml").read_text("utf-8"))
    return [pytest.param(case, id=case["name"]) for case in listed]


def assert_refused(published: Published, words: tuple[str, ...], code: int, says: list[str]) -> Ran:
    before = published.left()
    published.lab.archive.reset_counts()
    ran = published.run(*words)
    shown = f"{' '.join(words)}\n{ran.out}\n{ran.err}"
    said = " ".join((ran.out + ran.err).split())
    assert ran.code == code, shown
    assert "Traceback" not in said, shown
    for text in says:
        assert published.filled(text) in said, shown
    if code == Exit.INPUT and "error:" in ran.err:
        assert (ran.err.count("error:"), "hint:" in ran.err) == (1, True), shown
    assert published.left() == before, shown
    assert published.lab.archive.writes() == 0, shown
    return ran


@pytest.mark.parametrize("case", cases("flags"))
def test_flags(published: Published, case: dict[str, Any]) -> None:
    assert_refused(published, tuple(case["run"]), case["code"], case["says"])


@pytest.mark.parametrize("case", cases("specs"))
def test_specs(published: Published, case: dict[str, Any]) -> None:
    published.lab.spec(case["spec"] + DESCRIBED + PATHS)
    if case.get("new"):
        published.lab.lock.unlink()
    for words in case["run"]:
        assert_refused(published, tuple(words), case["code"], case["says"])


# --- Keys and rights ------------------------------------------------------------------------------


def use_key(published: Published, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    [variable] = published.lab.environ
    monkeypatch.setenv(variable, key) if key else monkeypatch.delenv(variable)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_wrong_key(published: Published, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]) -> None:
    use_key(published, monkeypatch, "0" * 40)
    ran = assert_refused(published, verb, Exit.INPUT, ["_API_KEY"])
    assert "0" * 40 not in ran.out + ran.err


@pytest.mark.parametrize("verb", WRITING, ids=" ".join)
def test_no_key_where_one_is_needed(
    published: Published, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    use_key(published, monkeypatch, "")
    assert_refused(published, verb, Exit.INPUT, ["_API_KEY"])


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_an_embargoed_dandiset_of_others(
    published: Published, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    """Of a user who is no owner and, where the verb needs no key, of nobody."""
    with published.lab.archive.serving.archive.database.write() as db:
        db.execute("UPDATE dandisets SET embargo_status = 'EMBARGOED'")
    stranger = published.lab.archive.add_user("stranger", "Strange, Sam")
    for key in (stranger, *(() if verb in WRITING else ("",))):
        use_key(published, monkeypatch, key)
        assert_refused(published, verb, Exit.INPUT, ["000001", "under embargo: only its owners can see it"])


# --- Archives that are none -----------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_an_archive_that_cannot_be_reached(
    published: Published, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    nowhere = "http://127.0.0.1:9"
    monkeypatch.setenv("127.0.0.1:9_API_KEY", "x" * 40)
    replace_archive(published, nowhere)
    words = tuple(word.replace("{web}", nowhere) for word in verb)
    assert_refused(published, words, Exit.INPUT, ["127.0.0.1:9"])


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = b"<!doctype html><title>Log in to the hotel's network</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def hotel() -> Iterator[str]:
    """A server that answers everything with a web page, as a hotel's network does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_web_page_in_place_of_an_answer(
    published: Published, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...], hotel: str
) -> None:
    monkeypatch.setitem(os.environ, f"{hotel.removeprefix('http://')}_API_KEY", "x" * 40)
    replace_archive(published, hotel)
    words = tuple(word.replace("{web}", hotel) for word in verb)
    assert_refused(published, words, Exit.INPUT, [hotel.removeprefix("http://")])


def replace_archive(published: Published, url: str) -> None:
    file = published.lab.folder / "dandiset.yaml"
    file.write_text(file.read_text("utf-8").replace(published.lab.archive.web_url, url), "utf-8")
