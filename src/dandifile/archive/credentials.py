"""API keys: where they are found, and how they stay out of everything that is written.

Order: the archive's own environment variable, then the keyring entry of the dandi client.
Nothing here prompts for a key, and without a terminal nothing waits for a passphrase or
a dialog.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from threading import Thread
from typing import TYPE_CHECKING, Any, NoReturn

from dandifile.archive.instance import Instance
from dandifile.errors import CredentialsError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_DIALOG_SECONDS = 5.0
"""How long a keyring can take when there is no terminal, and so perhaps no user to answer its dialog."""


class Secret:
    """An API key that no message, log, traceback, JSON document or pickle can show.

    Only `reveal` gives it, for the Authorization header.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        return self.__value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.__value

    def __hash__(self) -> int:
        return hash(self.__value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret stays in its process: find the key again where it is needed")


def find_key(instance: Instance, *, environ: Mapping[str, str] = os.environ) -> Secret | None:
    """The key for this archive, or None. Reads need none while the dandiset is open."""
    for variable in (instance.key_variable, instance.shell_variable):
        value = environ.get(variable, "").strip()
        if value:
            return _to_secret(value, f"the value of {variable}")
    stored = _from_keyring(instance.keyring_service, may_ask=_has_terminal())
    return _to_secret(stored.strip(), f"the keyring's entry {instance.keyring_service}") if stored else None


def require_key(instance: Instance, *, environ: Mapping[str, str] = os.environ) -> Secret:
    """The key for this archive. CredentialsError says which variable to set, and where to get a key."""
    key = find_key(instance, environ=environ)
    if key is None:
        raise missing_key_error(instance, environ=environ)
    return key


def missing_key_error(instance: Instance, *, environ: Mapping[str, str] = os.environ) -> CredentialsError:
    """The error for when a key is needed and there is none."""
    other = ""
    if instance.name != "dandi" and environ.get("DANDI_API_KEY"):
        other = "; DANDI_API_KEY is set, but that key is for dandi only"
    return CredentialsError(
        f"there is no API key for {instance.name}{other}",
        fix=f"set {instance.shell_variable}; {_key_place(instance)}",
    )


def rejected_key_error(instance: Instance) -> CredentialsError:
    """The error for when the archive answers that the key is not one of its own."""
    return CredentialsError(
        f"{instance.name} rejects the API key: it is not valid there",
        fix=f"set {instance.shell_variable} to the key for {instance.api_url}; {_key_place(instance)}",
    )


def _key_place(instance: Instance) -> str:
    return f"find the key under your initials at the top right of {instance.web_url}"


def _to_secret(value: str, what: str) -> Secret:
    # A header with other characters would be rejected later, in a message that quotes it.
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise CredentialsError(
            f"{what} is not an API key: it contains spaces, or characters that no key has",
            fix="copy the key again, without quotes and line breaks",
        )
    return Secret(value)


def _has_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _from_keyring(service: str, *, may_ask: bool) -> str | None:
    """What the dandi client stored, or None; a keyring that does not work counts as empty."""
    if may_ask:
        return _look_up(service, may_ask=True)
    found: list[str | None] = []
    thread = Thread(target=lambda: found.append(_look_up(service, may_ask=False)), daemon=True)
    thread.start()
    thread.join(_DIALOG_SECONDS)
    return found[0] if found else None


def _look_up(service: str, *, may_ask: bool) -> str | None:
    import keyring

    try:
        members = _members(keyring.get_keyring())
    except Exception:  # noqa: BLE001 - the back end that is configured may fail in any way, or not exist
        return None
    for backend in members:
        if may_ask or not _wants_passphrase(backend):
            value = _entry(backend, service)
            if value:
                return value
    return None


def _entry(backend: KeyringBackend, service: str) -> str | None:
    try:
        return backend.get_password(service, "key")
    except Exception:  # noqa: BLE001 - locked, or no desktop to talk to: each fails in its own way
        return None


def _members(backend: Any) -> list[KeyringBackend]:
    """The back ends behind keyring's chainer, to ask each on its own; or the one itself."""
    return list(getattr(backend, "backends", None) or [backend])


def _wants_passphrase(backend: KeyringBackend) -> bool:
    # keyrings.alt's encrypted files; looked up on the class, as reading the property prompts.
    return hasattr(type(backend), "keyring_key")
