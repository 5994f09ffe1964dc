"""A real HTTP server that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from dandifile.archive.api import ReadApi
from dandifile.archive.instance import Instance
from dandifile.model import Json
from dandifile.net.failures import Cause
from dandifile.net.retry import Patience

QUICK = Patience(
    attempts=4,
    fewer={Cause.UNTRUSTED: 1, Cause.NO_HOST: 2, Cause.REFUSED: 2, Cause.UNCONNECTED: 2, Cause.SILENT: 2},
    first=0.01,
    longest=0.05,
    total=5.0,
)


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str  # with the query
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What to answer. `dropped` closes the connection instead, `cut` after so many bytes of the body."""

    status: int = 200
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    cut: int | None = None

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Scripted:
    """Answers each path with its replies in turn, the last one again and again; others with 404."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.asked: list[Asked] = []
        self._replies: dict[str, list[Reply | Callable[[Asked], Reply]]] = {}
        self._lock = Lock()

    @property
    def instance(self) -> Instance:
        return Instance.with_name("dandi-sandbox", "https://sandbox.dandiarchive.org", f"{self.origin}/api")

    def on(self, path: str, *replies: Reply | Callable[[Asked], Reply]) -> None:
        self._replies[path] = list(replies)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def api(self, key: Any = None, patience: Patience = QUICK) -> ReadApi:
        return ReadApi(self.instance, key, patience)

    def reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            replies = self._replies.get(asked.path) or self._replies.get(asked.path.partition("?")[0])
            if not replies:
                return Reply(404, {"detail": "Not found."})
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        return reply(asked) if callable(reply) else reply


@contextmanager
def scripted() -> Iterator[Scripted]:
    """Run one on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = script.reply(Asked(self.command, self.path, dict(self.headers), body))
            if reply.dropped:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            if "Date" not in reply.headers:
                self.send_header("Date", self.date_time_string())
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content[: reply.cut])
            self.close_connection = self.close_connection or reply.cut is not None

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names that http.server calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in http.server
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is part of what is tested."""

    server = Server(("127.0.0.1", 0), Handler)
    script = Scripted(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
