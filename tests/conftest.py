"""A lab on a served embedded archive: every test of the whole tool starts from here."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings

from dandifile import interrupt
from dandifile.boundary import run
from dandifile.model import Json, JsonObject
from dandifile.run import processes
from localdandi.instance import Instance
from localdandi.testing import TestArchive, archive
from tests.lookup.replay import Replay, replaying

# Child processes that were started with the same environment are used again, also by the next test.
# A child asks no service, so the addresses of a test's own services (`DANDIFILE_…_URL`) make no difference.
processes.SECRET_ENDINGS += ["PYTEST_CURRENT_TEST", "_URL"]

# A busy machine is no reason to fail: examples may take their time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

SLOW = (
    "archive/",
    "benchmarks/",
    "commands/",
    "conformance/",
    "desired/test_regions_from_nwb.py",
    "frame/test_dependencies.py",
    "frame/test_interrupted_tests.py",
    "frame/test_launcher.py",
    "frame/test_wheel.py",
    "importing/test_round_trip.py",
    "kinds/test_contract.py",
    "kinds/assets/test_sending.py",
    "kinds/test_new_kind.py",
    "kinds/test_owners.py",
    "kinds/test_outgoing.py",
    "kinds/test_uploads.py",
    "localdandi/",
    "lookup/test_client.py",
    "organize/",
    "running/",
    "spec/test_bounds.py",
    "survey/",
    "test_bad_input.py",
    "test_docs.py",
    "test_edited_meanwhile.py",
    "session/test_api.py",
    "session/test_draft_state.py",
    "session/test_embedded.py",
    "session/test_python_page.py",
    "test_forecast.py",
    "test_invariants.py",
    "test_isolation.py",
    "test_mutations.py",
    "test_nwb_zarr.py",
    "test_protection.py",
    "test_pull_resumes.py",
    "test_random_walk.py",
    "test_real_data.py",
    "test_rights.py",
    "test_saved_elsewhere.py",
    "test_saved_plans.py",
    "test_together.py",
    "test_trouble.py",
    "test_under_fire.py",
    "test_zarr_resumes.py",
)
"""Files and folders of tests that take long: `tests/run --fast` leaves them out."""


LONGEST = (
    "test_invariants.py",
    "kinds/test_contract.py",
    "commands/test_publish.py",
    "test_mutations.py",
    "test_random_walk.py",
    "test_pull_resumes.py",
    "localdandi/",
)
"""These begin first, so that no worker is left with one of them while the others have ended."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    places = {
        item.path: item.path.relative_to(here).as_posix() if item.path.is_relative_to(here) else ""
        for item in items
    }
    for item in items:
        if places[item.path].startswith(SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: not places[item.path].startswith(LONGEST))


_INTERRUPTED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """A Ctrl-C ends the run, also while a test runs one of our commands, which would take it for its own.

    A worker of pytest-xdist ends at once: the process that shows the results gets the same Ctrl-C.
    """

    def interrupted(_number: int, _frame: object) -> None:
        if config.stash.get(_INTERRUPTED, False) or hasattr(config, "workerinput"):
            interrupt.end_process(interrupt.CODE)
        config.stash[_INTERRUPTED] = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupted)


def pytest_runtest_makereport(item: pytest.Item) -> None:
    """Whatever became of the test in which the Ctrl-C came, none follows."""
    if item.config.stash.get(_INTERRUPTED, False):
        pytest.exit("interrupted")


SHARED = Path(__file__).parents[2] / "shared" / "data"
"""Real data that is not part of the project; CI has it next to the checkout."""

CONTACT = """
contributors:
  - {name: "Doe, Jane", email: jane@example.org, roles: [Author, ContactPerson]}
"""


@dataclass(frozen=True)
class Ran:
    """One command line's exit code and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Lab:
    """A folder with a spec and data, bound to a served archive."""

    folder: Path
    archive: TestArchive
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def lock(self) -> Path:
        return self.folder / "dandiset.lock.yaml"

    def spec(self, text: str, *, name: str = "Place cells") -> None:
        """Writes dandiset.yaml; `text` follows the instance and the name."""
        head = f"dandifile: 1\ninstance: {self.archive.web_url}\nname: {name}\n"
        (self.folder / "dandiset.yaml").write_text(head + text, "utf-8")

    def files(self, files: dict[str, str], *, under: str = "data") -> None:
        for path, text in files.items():
            file = self.folder / under / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    def run(self, *arguments: str) -> Ran:
        """Runs one command in this process, the way the command line does."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([arguments[0], "--file", str(self.folder / "dandiset.yaml"), *arguments[1:]])
        return Ran(int(code), out.getvalue(), err.getvalue())

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts one command as a process of its own, to be killed."""
        command = [sys.executable, "-c", "from dandifile.boundary import main; main()"]
        spec = str(self.folder / "dandiset.yaml")
        return subprocess.Popen(
            [*command, arguments[0], "--file", spec, *arguments[1:]],
            env={**os.environ, **self.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def requests_of(self, *command: str) -> int:
        """How many requests a command makes."""
        before = sum(self.archive.counts().values())
        ran = self.run(*command)
        assert ran.code == 0, ran.err + ran.out
        return sum(self.archive.counts().values()) - before

    def kill_at(self, skip: int, *command: str, method: str = "", route: str = "") -> bool:
        """Starts a command and kills it when `skip` such requests went well; False if it ended first."""
        self.archive.behaviour.stalled.clear()
        self.archive.misbehave(method=method, route=route, stall=True, skip=skip, times=-1)
        process = self.start(*command)
        while process.poll() is None and not self.archive.stalled(0.05):
            pass
        reached = self.archive.behaviour.stalled.is_set()
        process.kill()
        process.wait()
        self.archive.behave()
        return reached

    def get(self, path: str) -> JsonObject:
        """What the archive answers to its admin."""
        import requests

        headers = {"Authorization": f"token {self.archive.key}"}
        answer = requests.get(f"{self.archive.api_url}{path}", headers=headers, timeout=30)
        answer.raise_for_status()
        found: JsonObject = answer.json()
        return found

    def assets(self, identifier: str = "000001") -> dict[str, JsonObject]:
        """The draft's assets with their metadata, by path."""
        path = f"/dandisets/{identifier}/versions/draft/assets/?metadata=true&page_size=1000"
        return {asset["path"]: asset for asset in self.get(path)["results"]}

    def document(self, identifier: str = "000001") -> JsonObject:
        return self.get(f"/dandisets/{identifier}/versions/draft/")


def write_document(lab: Lab, document: JsonObject, identifier: str = "000001") -> None:
    """Replaces the draft's document, as the web form does."""
    import requests

    answer = requests.put(
        f"{lab.archive.api_url}/dandisets/{identifier}/versions/draft/",
        json={"name": document["name"], "metadata": document},
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    )
    answer.raise_for_status()


def set_owners(lab: Lab, *logins: str, identifier: str = "000001") -> None:
    """Replaces the owners, as the dandiset's page does."""
    import requests

    requests.put(
        f"{lab.archive.api_url}/dandisets/{identifier}/users/",
        json=[{"username": login} for login in logins],
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    ).raise_for_status()


def owners_of(lab: Lab, identifier: str = "000001") -> list[str]:
    """The owners' logins, sorted."""
    users: Json = lab.get(f"/dandisets/{identifier}/users/")
    return sorted(user["username"] for user in users)


def squeeze(text: str) -> str:
    """What was printed, without the line breaks and columns of its layout."""
    return " ".join(text.split())


def begin_upload(lab: Lab, content: str, identifier: str = "000001", key: str = "") -> str:
    """Begins an upload and leaves it at that, as a run that is killed does; its id."""
    import hashlib

    import requests

    part = hashlib.md5(content.encode(), usedforsecurity=False).digest()
    etag = f"{hashlib.md5(part, usedforsecurity=False).hexdigest()}-1"
    # An archive that has the content begins no upload of it: then it was begun before.
    with lab.archive.serving.archive.database.write() as db:
        known = db.execute("UPDATE blobs SET etag = 'x' || etag WHERE etag = ?", (etag,)).rowcount
    answer = requests.post(
        f"{lab.archive.api_url}/uploads/initialize/",
        json={
            "contentSize": len(content),
            "digest": {"algorithm": "dandi:dandi-etag", "value": etag},
            "dandiset": identifier,
        },
        headers={"Authorization": f"token {key or lab.archive.key}"},
        timeout=30,
    )
    if known:
        with lab.archive.serving.archive.database.write() as db:
            db.execute("UPDATE blobs SET etag = ? WHERE etag = ?", (etag, f"x{etag}"))
    answer.raise_for_status()
    return str(answer.json()["upload_id"])


@pytest.fixture
def face() -> Instance:
    """What the archive calls itself and which schema it speaks: as in production."""
    return Instance()


@pytest.fixture
def served(tmp_path: Path, face: Instance) -> Iterator[TestArchive]:
    with archive(tmp_path / "store", instance=face) as running:
        yield running


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """The services that commands ask, replayed: they know nothing until a test says what."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with replaying() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def lab(served: TestArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    variable = f"{urlsplit(served.web_url).netloc}_API_KEY".upper()
    monkeypatch.setenv(variable, served.key)
    monkeypatch.setenv("DANDI_NO_ET", "1")
    folder = tmp_path / "lab"
    folder.mkdir()
    return Lab(folder, served, {variable: served.key})
