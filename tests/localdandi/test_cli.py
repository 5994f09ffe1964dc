"""The archive's own command line and pytest plugin: it works in a project that knows nothing of dandifile."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from localdandi.cli import main
from localdandi.testing import archive
from tests.frame import ROOT

README = (ROOT / "src" / "localdandi" / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal on Windows")
def test_it_serves_until_interrupted(store: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "localdandi.cli",
        "serve",
        "--store",
        str(store),
        "--port",
        "0",
        "--json",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        place = json.loads(server.stdout.readline())
        headers = {"Authorization": f"token {place['key']}"}
        assert requests.get(f"{place['api']}/users/me/", headers=headers, timeout=30).json()["admin"]
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0


def test_a_reset_deletes_the_store(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with archive(store):
        pass
    assert main(["reset", "--store", str(store)]) == 0
    assert "deleted" in capsys.readouterr().out
    assert not store.exists()


def test_what_cannot_be_done_is_an_error_with_a_hint(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reset", "--store", str(store)]) == 3
    said = capsys.readouterr().err
    assert said.startswith("error: this is not the folder of an embedded archive")
    assert "hint: name the right folder" in said


@pytest.mark.parametrize("command", ["serve", "reset"])
def test_where_it_is_not_fully_installed_the_command_to_install_it_is_named(
    command: str, store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localdandi.cli.EXTRA", ("json", "no_such_package"))
    assert main([command, "--store", str(store)]) == 3
    said = capsys.readouterr().err
    assert said.startswith("error: the archive is not fully installed: no_such_package cannot be found")
    assert 'hint: run pip install "dandifile[local]"' in said


def test_the_test_in_the_readme_passes_in_a_project_of_its_own(tmp_path: Path) -> None:
    """So the plugin is found, and its fixtures do what the README says."""
    source = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert source
    (tmp_path / "test_readme.py").write_text(source.group(1), "utf-8")
    (tmp_path / "test_fixtures.py").write_text(
        "import requests\n\n"
        "def test_a_fault_is_played(dandi_archive):\n"
        "    dandi_archive.misbehave(status=503)\n"
        "    assert requests.get(dandi_archive.api_url + '/info/').status_code == 503\n\n"
        "def test_a_second_user_is_no_admin(dandi_archive, dandi_second_user_key):\n"
        "    assert dandi_archive.counts() == {}\n"
        "    headers = {'Authorization': 'token ' + dandi_second_user_key}\n"
        "    me = requests.get(dandi_archive.api_url + '/users/me/', headers=headers).json()\n"
        "    assert (me['username'], me['admin'], me['status']) == ('second', False, 'APPROVED')\n",
        "utf-8",
    )
    command = [sys.executable, "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "3 passed" in ended.stdout, ended.stdout


def test_a_test_of_another_project_says_what_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import localdandi.cli\nlocaldandi.cli.EXTRA = ('no_such_package',)\n"
    )
    (tmp_path / "test_one.py").write_text("def test_one(dandi_archive):\n    pass\n", "utf-8")
    command = [sys.executable, "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "no_such_package cannot be found: run pip install" in ended.stdout, ended.stdout
    assert "Traceback" not in ended.stdout
