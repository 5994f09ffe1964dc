from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from dandifile.boundary import run
from dandifile.errors import Exit
from localdandi import schemas
from localdandi.testing import archive


def test_serve_says_where_it_is_in_its_first_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from dandifile.boundary import main; main()", "archive", "serve"]
    options = ["--port", "0", "--store", str(tmp_path / "store"), "--format", "json"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        place = json.loads(process.stdout.readline())
        user = requests.get(
            f"{place['api']}/users/me/", headers={"Authorization": f"token {place['key']}"}, timeout=30
        )
        process.terminate()
    assert place.keys() == {"web", "api", "key"}
    assert user.json()["admin"] is True


def test_serve_takes_what_the_archive_calls_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from dandifile.boundary import main; main()", "archive", "serve"]
    options = ["--port", "0", "--store", str(tmp_path / "store"), "--format", "json"]
    instance = ["--name", "EMBER-DANDI", "--licenses", "MIT", "--schema-version", schemas.newest_version()]
    environ = os.environ | {"LOCALDANDI_NAME": "LINC", "LOCALDANDI_DOI_PREFIX": "10.12345"}
    with subprocess.Popen(
        [*command, *options, *instance], stdout=subprocess.PIPE, text=True, env=environ
    ) as process:
        assert process.stdout
        info = requests.get(f"{json.loads(process.stdout.readline())['api']}/info/", timeout=30).json()
        process.terminate()
    assert info["schema_version"] == schemas.newest_version()
    config = info["instance_config"]
    assert (config["instance_name"], config["doi_prefix"]) == ("EMBER-DANDI", "10.12345")
    assert config["licenses"] == ["spdx:MIT"]


def test_serve_refuses_a_schema_that_it_cannot_speak(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = str(tmp_path / "store")
    assert run(["archive", "serve", "--store", store, "--schema-version", "0.6.0"]) == Exit.INPUT
    error = capsys.readouterr().err
    assert "schema 0.6.0 cannot be served" in error
    assert "choose 0.7.0 or" in error


def test_list_shows_what_is_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with archive(tmp_path / "store") as served:
        requests.post(
            f"{served.api_url}/dandisets/",
            json={"name": "Place cells", "metadata": {}},
            headers={"Authorization": f"token {served.key}"},
            timeout=30,
        ).raise_for_status()
    assert run(["archive", "list", "--store", str(tmp_path / "store")]) == Exit.DONE
    assert "000001  Place cells" in capsys.readouterr().out


def test_reset_asks_for_yes_and_only_takes_an_archive(tmp_path: Path) -> None:
    store, other = tmp_path / "store", tmp_path / "other"
    with archive(store):
        pass
    other.mkdir()
    assert run(["archive", "reset", "--store", str(store)]) == Exit.INPUT
    assert store.exists()
    assert run(["archive", "reset", "--store", str(other), "--yes"]) == Exit.INPUT
    assert other.exists()
    assert run(["archive", "reset", "--store", str(store), "--yes"]) == Exit.DONE
    assert not store.exists()


def test_looking_into_an_archive_that_is_not_there_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["archive", "list", "--store", str(tmp_path / "store")]) == Exit.DONE
    assert "no dandisets" in capsys.readouterr().out
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("port", ["99999", "65536", "-1"])
def test_a_port_that_there_is_not_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    assert run(["archive", "serve", "--store", str(tmp_path / "store"), f"--port={port}"]) == Exit.INPUT
    assert "from 1 to 65535" in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(("host", "warns"), [("0.0.0.0", True), ("127.0.0.1", False), ("localhost", False)])
def test_who_serves_to_other_machines_is_warned_and_told_a_url_that_works(
    tmp_path: Path, host: str, warns: bool
) -> None:
    command = [sys.executable, "-c", "from dandifile.boundary import main; main()", "archive", "serve"]
    options = ["--port", "0", "--store", str(tmp_path / "store"), "--host", host]
    pipe = subprocess.PIPE
    with subprocess.Popen([*command, *options], stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout
        assert process.stderr
        first = process.stdout.readline()
        url = next(word for word in first.split() if word.startswith("http://"))
        info = requests.get(f"{url}/api/info/", timeout=30)
        others = [process.stdout.readline() for _ in range(4)] if warns else []
        process.terminate()
        said = process.stderr.read()
    assert info.ok
    assert ("warning" in said) == warns
    if (
        warns
    ):  # what it says works: other machines get no further without a tunnel, as keys are not sent to them
        port = urlsplit(url).port
        assert f":{port}, with a key" in others[0]
        assert f"ssh -N -L {port}:localhost:{port} " in others[2]
        assert f"`instance: http://localhost:{port}`" in others[3]


def _make(store: Path, query: str = "") -> None:
    """A store with one dandiset."""
    with archive(store) as running:
        headers = {"Authorization": f"token {running.key}"}
        body = {"name": "Place cells", "metadata": {}}
        url = f"{running.api_url}/dandisets/{query}"
        requests.post(url, json=body, headers=headers, timeout=30).raise_for_status()


def test_export_writes_the_pages_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, folder = tmp_path / "store", tmp_path / "pages"
    _make(store, "?embargo=true")
    options = ["archive", "export", str(folder), "--store", str(store)]
    assert run(options) == Exit.DONE
    printed = capsys.readouterr()
    assert f"open {folder / 'index.html'}" in printed.out
    assert "under embargo, so show these pages to their owners only: 000001" in printed.err
    assert "Place cells" in (folder / "000001" / "draft" / "index.html").read_text(encoding="utf-8")
    assert run([*options, "--format", "json"]) == Exit.DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["index"], found["embargoed"]) == (str(folder / "index.html"), ["000001"])


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--dandiset", "000007"], "the archive has no dandiset 000007"),
        (["--version", "0.990101.0000"], "no dandiset has a version 0.990101.0000"),
        (["--files", "-1"], "--files -1 is not a number of files"),
    ],
)
def test_export_refuses_what_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], problem: str
) -> None:
    store, folder = tmp_path / "store", tmp_path / "pages"
    _make(store)
    assert run(["archive", "export", str(folder), "--store", str(store), *options]) == Exit.INPUT
    assert problem in capsys.readouterr().err
    assert not folder.exists()


def test_export_leaves_a_folder_with_other_files_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, folder = tmp_path / "store", tmp_path / "pages"
    _make(store)
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine", encoding="utf-8")
    assert run(["archive", "export", str(folder), "--store", str(store)]) == Exit.INPUT
    assert "the folder holds other files: thesis.txt" in capsys.readouterr().err
    assert [one.name for one in folder.iterdir()] == ["thesis.txt"]


def test_a_user_is_added_once_and_then_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ("--store", str(tmp_path / "store"))
    assert run(["archive", "add-user", "jdoe", "--name", "Doe, Jane", *store]) == Exit.DONE
    assert run(["archive", "add-user", "rroe", *store]) == Exit.DONE
    assert run(["archive", "add-user", "jdoe", *store]) == Exit.INPUT
    assert "exists already" in capsys.readouterr().err
    assert run(["archive", "add-user", "asmith", "--name", "Ann Smith", *store]) == Exit.INPUT
    assert "Last, First" in capsys.readouterr().err
    with archive(tmp_path / "store") as served:
        headers = {"Authorization": f"token {served.key}"}
        url = f"{served.api_url}/users/search/?username=jdoe"
        (found,) = requests.get(url, headers=headers, timeout=30).json()
    assert (found["name"], found["status"]) == ("Jane Doe", "APPROVED")
