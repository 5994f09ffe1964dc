from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from localdandi import testing
from localdandi.document import StartError
from localdandi.server import find, running_server


def test_a_started_server_answers_is_found_and_ends_with_the_block(store: Path) -> None:
    assert find(store) is None
    with running_server(store) as archive:
        answer = requests.get(
            f"{archive.api_url}/auth/token/", headers={"Authorization": f"token {archive.key}"}
        )
        assert answer.json() == archive.key
        assert find(store) == archive
        with running_server(store) as same:
            assert same == archive
        assert requests.get(f"{archive.api_url}/info/").ok, (
            "the inner block did not start it and must not end it"
        )
    assert find(store) is None
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{archive.api_url}/info/")


def test_what_is_stored_outlives_the_server(store: Path) -> None:
    def call(archive: object, method: str, path: str, **kwargs: object) -> requests.Response:
        url, key = archive.api_url, archive.key  # type: ignore[attr-defined]  # a Running
        return requests.request(method, url + path, headers={"Authorization": f"token {key}"}, **kwargs)  # type: ignore[arg-type]

    with running_server(store) as first:
        call(first, "POST", "/dandisets/", json={"name": "Kept", "metadata": {}})
    with running_server(store) as second:
        assert second.key == first.key
        document = call(second, "GET", "/dandisets/000001/versions/draft/").json()
    assert document["name"] == "Kept"
    assert document["url"].startswith(second.web_url), "links follow the server to its new port"


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_only_the_owner_can_read_the_keys(store: Path) -> None:
    with running_server(store) as archive:
        assert archive.key not in repr(archive)
        for name in ("admin.key", "server.json"):
            assert stat.S_IMODE((store / name).stat().st_mode) == 0o600


def test_two_processes_cannot_open_one_store(store: Path) -> None:
    with testing.archive(store), pytest.raises(StartError, match="another process"), testing.archive(store):
        pass


def test_a_stale_file_of_a_server_that_died_is_not_believed(store: Path) -> None:
    with running_server(store):
        stale = (store / "server.json").read_text()
    (store / "server.json").write_text(stale)
    assert find(store) is None


def test_the_server_of_another_store_is_not_taken_for_this_one(store: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with running_server(store):
        (other / "server.json").write_text((store / "server.json").read_text())
        assert find(other) is None


def test_of_two_that_start_one_at_once_both_use_the_same(store: Path) -> None:
    def pid() -> int:
        with running_server(store) as archive:
            together.wait(30)
            return archive.pid

    together = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(lambda _: pid(), range(2)))) == 1


def test_after_a_restart_the_key_in_the_file_is_the_admins_again(store: Path) -> None:
    with testing.archive(store) as archive:
        headers = {"Authorization": f"token {archive.key}"}
        made = {"name": "owned by the admin", "metadata": {}}
        requests.post(f"{archive.api_url}/dandisets/", json=made, headers=headers, timeout=30)
        new = requests.post(f"{archive.api_url}/auth/token/", headers=headers, timeout=30).json()
        assert new != archive.key
    with testing.archive(store) as archive:
        headers = {"Authorization": f"token {archive.key}"}
        assert requests.get(f"{archive.api_url}/users/me/", headers=headers, timeout=30).json()["admin"]


def test_why_a_server_does_not_start_is_told(store: Path) -> None:
    with (
        testing.archive(store),
        pytest.raises(StartError, match="another process") as caught,
        running_server(store),
    ):
        pass
    assert caught.value.fix


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_served_store_is_left_in_order(store: Path, number: int) -> None:
    code = (
        "import sys; from pathlib import Path; from localdandi.server import serve\n"
        "serve(Path(sys.argv[1]), 0, on_ready=lambda running: print(running.api_url, flush=True))"
    )
    command = [sys.executable, "-c", code, str(store)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout
    assert requests.get(f"{server.stdout.readline().strip()}/info/", timeout=30).ok
    server.send_signal(number)
    assert server.wait(30) != 0
    server.stdout.close()
    assert not (store / "server.json").exists()


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_the_server_ends_when_its_parent_is_killed(store: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from localdandi.server import running_server\n"
        "with running_server(Path(sys.argv[1])) as r: print(r.api_url, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    url = parent.stdout.readline().strip()
    assert requests.get(f"{url}/info/").ok
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while find(store) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert find(store) is None


def test_a_store_of_another_version_is_refused_in_words(store: Path) -> None:
    with testing.archive(store):
        pass
    database = sqlite3.connect(store / "archive.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StartError, match="format 99"), testing.archive(store):
        pass
