"""What is asked in the tests: nothing, or a small OLS4 with a few terms on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from dandifile.lookup.client import PATIENT, Answer, Client, Request, Unreachable
from dandifile.lookup.services import Services
from dandifile.lookup.terms.outcome import TermKind, TermOutcome
from dandifile.lookup.terms.search import find_term
from dandifile.model import Json, JsonObject

NOW = datetime(2026, 11, 20, tzinfo=UTC)


class Nobody:
    """Offline."""

    def ask(self, request: Request) -> Answer:
        return Unreachable("not asked (offline)")


def offline(asked: str, kind: TermKind) -> TermOutcome:
    return find_term(asked, kind, Nobody())


class Memory:
    """A cache that forgets nothing."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], Json] = {}

    def get_many(self, table: str, keys: Iterable[str]) -> dict[str, Json]:
        return {key: self._items[table, key] for key in keys if (table, key) in self._items}

    def put_many(self, table: str, items: Mapping[str, Json]) -> None:
        self._items.update({(table, key): value for key, value in items.items()})


def term(obo_id: str, label: str, *synonyms: tuple[str, str], **more: Json) -> JsonObject:
    """A term as OLS4's term endpoint gives it; synonyms are (name, scope), as `hasRelatedSynonym`."""
    return {
        "iri": f"http://purl.obolibrary.org/obo/{obo_id.replace(':', '_')}",
        "label": label,
        "ontology_name": obo_id.partition(":")[0].lower(),
        "short_form": obo_id.replace(":", "_"),
        "obo_id": obo_id,
        "is_obsolete": False,
        "term_replaced_by": None,
        "is_defining_ontology": True,
        "obo_synonym": [{"name": name, "scope": scope} for name, scope in synonyms] or None,
        "annotation": {},
        **more,
    }


class SmallOls:
    """Answers as OLS4 does: searches match tokens and never tell obsolete terms, nor scopes of synonyms."""

    def __init__(self, terms: Iterable[JsonObject], *, by_iri_only: Iterable[str] = ()) -> None:
        self.terms = list(terms)
        self.by_iri_only = set(by_iri_only)
        self.status = 200
        self.broken: str | None = None  # paths that begin so fail
        self.asked: list[str] = []

    def answer(self, target: str) -> tuple[int, Json]:
        self.asked.append(unquote(target))
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if self.status != 200:
            return self.status, {"status": self.status}
        if self.broken and path.startswith(self.broken):
            return 503, {"status": 503}
        if path == "/search":
            return 200, {"response": {"docs": list(self._found(query)), "start": 0}}
        found = [t for t in self.terms if self._is(t, query) and f"/{t['ontology_name']}/" in path]
        return (200, {"_embedded": {"terms": found}}) if found else (404, {"status": 404, "message": "none"})

    def _is(self, found: JsonObject, query: dict[str, list[str]]) -> bool:
        id_, iri = query.get("obo_id"), query.get("iri")
        return iri == [found["iri"]] or (id_ == [found["obo_id"]] and found["obo_id"] not in self.by_iri_only)

    def _found(self, query: dict[str, list[str]]) -> Iterator[JsonObject]:
        text, exact = query["q"][0].lower(), query["exact"] == ["true"]
        for found in self.terms:
            names = [name["name"] for name in found["obo_synonym"] or ()]
            texts = [name.lower() for name in (found["label"], *names)]
            there = text in texts if exact else set(text.split()) & set(" ".join(texts).split())
            if there:
                keys = ("iri", "label", "short_form", "obo_id", "ontology_name", "is_defining_ontology")
                yield {key: found[key] for key in keys} | {"synonym": names, "type": "class"}


@contextmanager
def served(ols: SmallOls) -> Iterator[Client]:
    """The real client, asking it over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = ols.answer(self.path)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield Client(
            Services(ols=url),
            Memory(),
            now=NOW,
            patience=replace(PATIENT, attempts=2, first=0.01, longest=0.1, pause=0.1),
        )
    finally:
        server.shutdown()
        server.server_close()
