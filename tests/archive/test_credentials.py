from __future__ import annotations

import json
import logging
import pickle
import time
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from dandifile.archive import credentials
from dandifile.archive.credentials import Secret, find_key, require_key
from dandifile.archive.instance import Instance
from dandifile.archive.instances import known_instances
from dandifile.archive.reader import Reader
from dandifile.errors import ArchiveError, CredentialsError
from dandifile.model import Cache
from tests.net.scripted import Reply, Scripted

KEY = "0123456789abcdef0123456789abcdef01234567"
SANDBOX = known_instances()["dandi-sandbox"]


class Vault(KeyringBackend):
    """A keyring with one entry; what else it does, a test says."""

    priority = 1

    def __init__(self, seconds: float = 0, error: Exception | None = None) -> None:
        self._seconds = seconds
        self._error = error
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        time.sleep(self._seconds)
        if self._error:
            raise self._error
        return KEY if (service, username) == (SANDBOX.keyring_service, "key") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError(f"a look-up stores nothing: {service} {username} {len(password)}")


class PassphraseVault(Vault):
    """Like keyrings.alt's encrypted file: reading `keyring_key` asks on the terminal."""

    @property
    def keyring_key(self) -> str:
        raise AssertionError("nobody is to be asked")


@pytest.fixture(autouse=True)
def _keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(Vault(error=KeyringLocked("no")))
    yield
    keyring.set_keyring(before)


def test_the_archives_own_variable_comes_first() -> None:
    vault = Vault()
    keyring.set_keyring(vault)
    assert find_key(SANDBOX, environ={"DANDI_SANDBOX_API_KEY": f" {KEY}\n"}) == Secret(KEY)
    assert vault.asked == 0


def test_a_key_variable_that_no_shell_can_export_has_a_twin_that_one_can() -> None:
    instance = Instance.with_name("archive.lab.org", "https://x", "https://x/api")
    assert find_key(instance, environ={"ARCHIVE.LAB.ORG_API_KEY": KEY}) == Secret(KEY)
    assert find_key(instance, environ={"ARCHIVE_LAB_ORG_API_KEY": KEY}) == Secret(KEY)


@pytest.mark.parametrize("environ", [{}, {"DANDI_SANDBOX_API_KEY": "  "}])
def test_the_keyring_entry_of_the_dandi_client_is_next(environ: dict[str, str]) -> None:
    keyring.set_keyring(Vault())
    assert find_key(SANDBOX, environ=environ) == Secret(KEY)


@pytest.mark.parametrize("name", ["dandi", "linc"])
def test_the_key_of_one_archive_is_never_taken_for_another(name: str) -> None:
    keyring.set_keyring(Vault())
    assert find_key(known_instances()[name], environ={"DANDI_SANDBOX_API_KEY": KEY}) is None


@pytest.mark.parametrize("error", [KeyringLocked("no"), OSError("no bus"), Exception("no desktop")])
@pytest.mark.parametrize("terminal", [True, False])
def test_a_keyring_that_does_not_work_counts_as_empty(
    error: Exception, terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(Vault(error=error))
    monkeypatch.setattr(credentials, "_has_terminal", lambda: terminal)
    assert find_key(SANDBOX, environ={}) is None


def test_a_keyring_that_wants_a_passphrase_is_left_alone_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault = PassphraseVault()
    keyring.set_keyring(vault)
    monkeypatch.setattr(credentials, "_has_terminal", lambda: False)
    assert find_key(SANDBOX, environ={}) is None
    assert vault.asked == 0
    monkeypatch.setattr(credentials, "_has_terminal", lambda: True)
    assert find_key(SANDBOX, environ={}) == Secret(KEY)


def test_a_keyring_that_waits_for_a_dialog_does_not_hang_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(Vault(seconds=3))
    monkeypatch.setattr(credentials, "_has_terminal", lambda: False)
    monkeypatch.setattr(credentials, "_DIALOG_SECONDS", 0.05)
    started = time.monotonic()
    assert find_key(SANDBOX, environ={}) is None
    assert time.monotonic() - started < 2


def test_a_missing_key_is_told_with_the_variable_the_archive_and_where_keys_are() -> None:
    with pytest.raises(CredentialsError) as missing:
        require_key(SANDBOX, environ={})
    assert "dandi-sandbox" in missing.value.what
    assert "DANDI_SANDBOX_API_KEY" in missing.value.fix
    assert "https://sandbox.dandiarchive.org" in missing.value.fix


def test_the_key_of_dandi_is_told_from_the_one_that_is_needed() -> None:
    with pytest.raises(CredentialsError) as missing:
        require_key(SANDBOX, environ={"DANDI_API_KEY": KEY})
    assert "DANDI_API_KEY is set" in missing.value.what
    assert "DANDI_SANDBOX_API_KEY" in missing.value.fix
    assert KEY not in missing.value.what + missing.value.fix


@pytest.mark.parametrize("value", ["two words", f"{KEY}\n{KEY}", "naïve"])
def test_what_cannot_be_a_key_is_refused_without_quoting_it(value: str) -> None:
    with pytest.raises(CredentialsError) as refused:
        find_key(SANDBOX, environ={"DANDI_SANDBOX_API_KEY": value})
    assert value not in refused.value.what + refused.value.fix
    assert "DANDI_SANDBOX_API_KEY" in refused.value.what


def test_a_secret_shows_in_no_text() -> None:
    secret = Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {[secret]} {vars(secret) if hasattr(secret, '__dict__') else ''}"
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret.reveal() == KEY


def test_a_good_key_is_good(server: Scripted, cache: Cache) -> None:
    server.on("/api/users/me/", Reply(body={"username": "jdoe"}))
    assert Reader(server.instance, None, Secret(KEY), cache, server.api(Secret(KEY))).me() == "jdoe"
    assert server.asked[0].headers["Authorization"] == f"token {KEY}"


def test_a_bad_key_is_told_apart_from_an_archive_that_is_down(server: Scripted, cache: Cache) -> None:
    reader = Reader(server.instance, None, Secret(KEY), cache, server.api(Secret(KEY)))
    server.on("/api/users/me/", Reply(401, {"detail": "Invalid token."}))
    with pytest.raises(CredentialsError, match="rejects the API key") as refused:
        reader.me()
    assert "DANDI_SANDBOX_API_KEY" in refused.value.fix
    server.on("/api/users/me/", Reply(503))
    with pytest.raises(ArchiveError) as down:
        reader.me()
    assert down.value.status == 503
    server.on("/api/users/me/", Reply(dropped=True))
    with pytest.raises(ArchiveError) as away:
        reader.me()
    assert away.value.status is None


def test_the_key_is_in_no_log_and_no_error(
    server: Scripted, cache: Cache, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reader = Reader(server.instance, "000001", Secret(KEY), cache, server.api(Secret(KEY)))
    replies = [Reply(status, {"detail": "no"}) for status in (400, 401, 403, 404, 409, 500)]
    for reply in [*replies, Reply(body=b"<html>"), Reply(dropped=True)]:
        server.on("/api/dandisets/000001/", reply)
        with pytest.raises((ArchiveError, CredentialsError)) as said:
            reader.dandiset()
        error = said.value
        shown = f"{error!r} {error.what} {error.where} {error.fix} {error.__cause__!r}"
        assert KEY not in shown
        assert error.__suppress_context__ or error.__context__ is None or KEY not in repr(error.__context__)
    assert KEY not in caplog.text
    assert KEY not in f"{reader!r} {reader.api!r}"
