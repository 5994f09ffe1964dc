"""The way to the embedded archive: its store, and what is said where it is not installed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from dandifile.errors import UserError
from dandifile.session import embedded
from localdandi.testing import archive


def test_the_store_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DANDIFILE_STORE", str(tmp_path))
    assert embedded.default_store() == tmp_path
    monkeypatch.delenv("DANDIFILE_STORE")
    assert embedded.default_store().name == "archive"


def _run(store: Path) -> None:
    with embedded.open_archive(store):
        pass


USES: list[Callable[[Path], object]] = [
    _run,
    lambda store: embedded.serve(store, 0, "127.0.0.1", print),
]


@pytest.mark.parametrize("missing", embedded.REQUIRED)
@pytest.mark.parametrize("use", USES)
def test_where_it_is_not_installed_the_command_to_install_it_is_named(
    use: Callable[[Path], object], missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(embedded, "find_spec", lambda name: None if name == missing else real(name))
    with pytest.raises(UserError, match=missing) as caught:
        use(tmp_path)
    assert caught.value.fix == 'run pip install "dandifile[local]"'
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_started_is_the_instance_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCALDANDI_NAME", "EMBER-DANDI")
    with embedded.open_archive(tmp_path) as started:
        info = requests.get(f"{started.api_url}/info/", timeout=30).json()
    assert info["instance_config"]["instance_name"] == "EMBER-DANDI"


def test_a_refusal_of_the_archive_is_an_error_of_ours(tmp_path: Path) -> None:
    with archive(tmp_path), pytest.raises(UserError, match="another process") as caught:
        embedded.serve(tmp_path, 0, "127.0.0.1", print)
    assert caught.value.fix
