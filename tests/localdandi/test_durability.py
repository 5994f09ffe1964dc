"""A server that is killed loses nothing that it acknowledged, and keeps nothing that is half."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from localdandi import testing
from localdandi.objects import multipart_etag

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills by signal")


@dataclass
class _Acknowledged:
    """What the server said yes to."""

    contents: dict[str, bytes] = field(default_factory=dict)  # by path of the asset
    names: list[str] = field(default_factory=list)  # of the dandiset, in their order
    deleted: set[str] = field(default_factory=set)


def _served(store: Path) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    command = [sys.executable, "-m", "localdandi", str(store)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    return process, json.loads(process.stdout.readline())


def _work(told: dict[str, Any], done: _Acknowledged, part: int) -> None:
    """Uploads, deletes and renames until the server is gone."""
    api = told["api_url"]
    session = requests.Session()
    session.headers["Authorization"] = f"token {told['key']}"
    draft = f"{api}/dandisets/000001/versions/draft"
    try:
        for number in range(10_000):
            path, content = f"{part}/{number}.bin", os.urandom(3000 + number)
            md5 = hashlib.md5(content).hexdigest()
            digest = {"algorithm": "dandi:dandi-etag", "value": multipart_etag([md5])}
            body: dict[str, Any] = {"contentSize": len(content), "digest": digest, "dandiset": "000001"}
            upload = session.post(f"{api}/uploads/initialize/", json=body, timeout=30).json()
            requests.put(upload["parts"][0]["upload_url"], data=content, timeout=30).raise_for_status()
            parts = [{"part_number": 1, "size": len(content), "etag": md5}]
            url = f"{api}/uploads/{upload['upload_id']}"
            complete = session.post(f"{url}/complete/", json={"parts": parts}, timeout=30).json()
            requests.post(complete["complete_url"], data=complete["body"], timeout=30).raise_for_status()
            blob = session.post(f"{url}/validate/", timeout=30).json()["blob_id"]
            body = {"metadata": {"path": path}, "blob_id": blob}
            asset = session.post(f"{draft}/assets/", json=body, timeout=30).json()["asset_id"]
            done.contents[path] = content
            if number % 3 == 0:
                # Once it is asked for it may be done, whether or not the answer comes.
                done.contents.pop(path)
                session.delete(f"{draft}/assets/{asset}/", timeout=30).raise_for_status()
                done.deleted.add(path)
            if part == 0:
                name = f"name {number}"
                session.put(f"{draft}/", json={"name": name, "metadata": {}}, timeout=30).raise_for_status()
                done.names.append(name)
    except (requests.RequestException, ValueError, KeyError):
        return


@pytest.mark.parametrize("seconds", [0.35, 0.8])
def test_killed_while_three_clients_write(store: Path, seconds: float) -> None:
    process, told = _served(store)
    headers = {"Authorization": f"token {told['key']}"}
    requests.post(
        f"{told['api_url']}/dandisets/", json={"name": "first", "metadata": {}}, headers=headers, timeout=30
    )
    done = _Acknowledged()
    threads = [threading.Thread(target=_work, args=(told, done, part)) for part in range(3)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while not (done.names and done.contents) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(seconds)
    process.kill()
    process.wait()
    for thread in threads:
        thread.join()
    assert done.contents
    assert done.names
    with testing.archive(store) as again:
        draft = f"{again.api_url}/dandisets/000001/versions/draft"
        listed = requests.get(f"{draft}/assets/?page_size=1000", timeout=30).json()["results"]
        paths = {one["path"]: one for one in listed}
        assert done.contents.keys() <= paths.keys(), "what was acknowledged is there"
        assert not done.deleted & paths.keys()
        name = requests.get(f"{draft}/", timeout=30).json()["name"]
        assert int(name.split()[1]) >= int(done.names[-1].split()[1])
        info = requests.get(f"{draft}/info/", timeout=30).json()
        assert (info["asset_count"], info["size"]) == (len(listed), sum(one["size"] for one in listed))
        for path, one in paths.items():
            url = f"{again.api_url}/assets/{one['asset_id']}"
            content = requests.get(f"{url}/download/", timeout=30).content
            etag = multipart_etag([hashlib.md5(content).hexdigest()])
            assert requests.get(f"{url}/", timeout=30).json()["digest"]["dandi:dandi-etag"] == etag, (
                "nothing is half"
            )
            assert content == done.contents.get(path, content)


def test_a_store_of_the_format_before_is_brought_up_to_date(tmp_path: Path) -> None:
    with testing.archive(tmp_path) as running:
        users = {"Authorization": f"token {running.key}"}
        body = {"name": "Kept", "metadata": {}}
        requests.post(
            f"{running.api_url}/dandisets/", json=body, headers=users, timeout=30
        ).raise_for_status()
    with contextlib.closing(sqlite3.connect(tmp_path / "archive.sqlite")) as db:
        db.executescript(
            "ALTER TABLE versions DROP COLUMN written; ALTER TABLE assets DROP COLUMN settled;"
            " PRAGMA user_version = 1;"
        )
    with testing.archive(tmp_path) as running:
        found = requests.get(f"{running.api_url}/dandisets/", timeout=30).json()["results"]
        assert [one["draft_version"]["name"] for one in found] == ["Kept"]
