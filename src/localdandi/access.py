"""Who may see and change what, and the proof that a server serves this store.

Refusals are in the archive's own words.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from localdandi import errors
from localdandi.http import Call
from localdandi.store import dandisets, users
from localdandi.store.dandisets import Dandiset, Version

UNEMBARGOING = "Dandiset modification not allowed during unembargo"


def owns(call: Call, dandiset: Dandiset) -> bool:
    return call.user is not None and users.owns(call.db, dandiset.id, call.user)


def require_dandiset(call: Call) -> Dandiset:
    """The dandiset of the URL, for any user."""
    dandiset = dandisets.by_id(call.db, int(call.param("dandiset")))
    if dandiset is None:
        raise errors.not_found()
    return dandiset


def visible_dandiset(call: Call) -> Dandiset:
    """The dandiset of the URL, for those who may see it."""
    dandiset = require_dandiset(call)
    if not dandiset.open:
        call.known()
        if not owns(call, dandiset):
            raise errors.forbidden()
    return dandiset


def visible_version(call: Call) -> tuple[Dandiset, Version]:
    dandiset = visible_dandiset(call)
    return dandiset, _version(call, dandiset)


def owned_dandiset(call: Call) -> Dandiset:
    """The dandiset of the URL, for its owners; others get an empty 403."""
    dandiset = require_dandiset(call)
    if not owns(call, dandiset):
        raise errors.not_owner()
    return dandiset


def owned_version(call: Call) -> tuple[Dandiset, Version]:
    dandiset = owned_dandiset(call)
    return dandiset, _version(call, dandiset)


def owned_draft(call: Call) -> tuple[Dandiset, Version]:
    """The draft of the URL, to be written to by an owner now."""
    dandiset, version = owned_version(call)
    if not version.draft:
        raise errors.refused_error("Only draft versions can be modified.", 405)
    if dandiset.unembargoing:
        raise errors.refused_error(UNEMBARGOING)
    return dandiset, version


def _version(call: Call, dandiset: Dandiset) -> Version:
    version = dandisets.version_of(call.db, dandiset.id, call.param("version"))
    if version is None:
        raise errors.not_found()
    return version


@dataclass(frozen=True)
class Running:
    """A server that answers. `key` is the admin's. `lasting`: it stays up when this command has ended."""

    web_url: str
    api_url: str
    key: str
    pid: int
    lasting: bool = False

    def __repr__(self) -> str:
        return f"Running({self.web_url!r}, pid={self.pid})"  # never the key


def identity_proof(key: str, store: Path, nonce: str) -> str:
    """What only a server of `store` can answer to `nonce`: the key itself goes nowhere."""
    return hmac.new(key.encode(), f"{nonce}\n{store}".encode(), hashlib.sha256).hexdigest()
