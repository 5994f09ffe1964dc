"""What comes of asking a service: found, not found, or unreachable, which is never taken for not found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from dandifile.model import Json


@dataclass(frozen=True)
class Found:
    """An answer and the day it was given. `status` is 200, or one that the request said means something."""

    body: Json
    fetched: str
    status: int = 200
    location: str = ""  # of a redirect, which is never followed


@dataclass(frozen=True)
class NotFound:
    """The service was reached and does not have it."""

    fetched: str


@dataclass(frozen=True)
class Unreachable:
    """Nothing is known: `why` follows the service's name, as in "OpenAlex: no answer in time"."""

    why: str


Answer: TypeAlias = Found | NotFound | Unreachable


@dataclass(frozen=True)
class Request:
    """A GET. `service` is a field of `Services`; `path` is quoted already.

    Statuses in `means` are `Found` beside 200: the caller reads them. A redirect is followed
    where `follow` says so, within the service's own host.
    """

    service: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    means: frozenset[int] = frozenset()
    follow: bool = False

    @property
    def key(self) -> str:
        """Names the question for the cache."""
        return f"{self.service} {self.path} {'&'.join(map('='.join, self.params))}".rstrip()


class Asks(Protocol):
    """Whoever can ask a service: `lookup.http.Client`."""

    def ask(self, request: Request) -> Answer: ...
