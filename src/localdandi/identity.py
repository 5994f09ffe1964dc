"""A server that answers: where it is, and how it shows whose store it serves."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path


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
