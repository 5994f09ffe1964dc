"""A server that says what it was told to say: recorded answers and every way in which a service fails."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, unquote_plus, urlsplit

from dandifile.lookup.client import PATIENT
from dandifile.lookup.services import TITLES, Services, variable
from dandifile.model import Json
from dandifile.net.connections import Timeouts

HURRIED = replace(PATIENT, first=0.01, longest=0.5, pause=0.5, timeouts=Timeouts(1.0, 0.4, 0.4, 15.0))


@dataclass(frozen=True)
class Said:
    """One answer. `drop` closes the connection without one; `delay` is in seconds."""

    status: int = 200
    body: Json = None
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False

    @property
    def content(self) -> bytes:
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def text(status: int, body: str, **headers: str) -> Said:
    return Said(status, body, "text/plain", {key.replace("_", "-"): value for key, value in headers.items()})


def html(status: int) -> Said:
    return Said(status, "<html><title>Nothing to see</title></html>", "text/html")


def redirect(location: str, body: Json = None, status: int = 301) -> Said:
    return Said(status, body, headers={"Location": location})


@dataclass(frozen=True)
class Asked:
    """A request: the path without the query, unquoted, and the headers."""

    path: str
    query: str
    headers: Mapping[str, str]


@dataclass
class Replay:
    """Answers by path, as in `ror/organizations/0190ak572`, or by path and query (`…?affiliation=NYU`).

    Several answers to one question are given one after another, the last one for ever. What
    is not known is a 404 in the form of that service.
    """

    url: str
    answers: dict[str, list[Said]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    counting: threading.Lock = field(default_factory=threading.Lock)
    under_way: Counter[str] = field(default_factory=Counter)
    at_once: Counter[str] = field(default_factory=Counter)  # the most that were, by service

    def says(self, path: str, *answers: Said | Json) -> None:
        self.answers[path] = [each if isinstance(each, Said) else Said(body=each) for each in answers]

    def count(self, path: str = "") -> int:
        return sum(each.path.startswith(path) for each in self.asked)

    @property
    def services(self) -> Services:
        return Services(**{name: f"{self.url}/{name}" for name in TITLES})

    @property
    def environment(self) -> dict[str, str]:
        """What makes a command ask this server."""
        return {variable(name): f"{self.url}/{name}" for name in TITLES}

    @contextmanager
    def busy(self, service: str) -> Iterator[None]:
        with self.counting:
            self.under_way[service] += 1
            self.at_once[service] = max(self.at_once[service], self.under_way[service])
        yield
        with self.counting:
            self.under_way[service] -= 1

    def answer(self, asked: Asked) -> Said:
        for key in (f"{asked.path}?{asked.query}", asked.path):
            if found := self.answers.get(key):
                return found.pop(0) if len(found) > 1 else found[0]
        return MISSING.get(asked.path.partition("/")[0], html(404))


MISSING = {
    "openalex": html(404),
    "crossref": text(404, "Resource not found."),
    "datacite": Said(404, {"errors": [{"status": "404", "title": "not there"}]}, "application/vnd.api+json"),
    "doi": Said(200, [{"DOI": "?", "status": "DOI does not exist"}]),
    "orcid": Said(404, {"response-code": 404, "error-code": 9016, "user-message": "not found"}),
    "ror": Said(404, {"errors": ["ROR ID does not exist"]}),
}


@contextmanager
def replaying() -> Iterator[Replay]:
    """A server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = Asked(unquote(parts.path).lstrip("/"), unquote_plus(parts.query), dict(self.headers))
            with replay.busy(asked.path.partition("/")[0]):
                replay.asked.append(asked)
                said = replay.answer(asked)
                time.sleep(said.delay)
            if said.drop:
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in {"Content-Type": said.kind, **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.content)))
            self.end_headers()
            self.wfile.write(said.content)

        def log_message(self, *args: object) -> None:
            """Says nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    replay = Replay(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
