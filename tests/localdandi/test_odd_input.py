"""Whatever is sent, a request gets an answer of the API; a 500 only where the real archive gives one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.localdandi.conftest import Client

_VALUES: list[Any] = [
    *(None, True, 0, -1, 2**63, 10**40, 1.5, 1e300),
    *("", "  ", "a\x00b", "\ud800", "\U0001f4a5", "x" * 2000, "9" * 5000, "../..", "1.0"),
    *([], [[]], ["x"], [None], [{}], {}, {"a": 1}, {"": {"": []}}),
]
_TEXTS = ["NaN", "1e999", "1" * 5000, "[" * 450 + "]" * 450, "[" * 100_000, '{"a":' * 600 + "1" + "}" * 600]
_ETAG = hashlib.md5(b"").hexdigest() + "-1"
_PERSON = {"name": "A, B", "includeInCitation": True, "roleName": ["dcite:ContactPerson"]}
_DRAFT = {"contributor": [_PERSON], "access": [{"status": "x"}], "schemaVersion": "0.7.0", "name": "x"}
_ASSET = {"path": "a.txt", "schemaVersion": "0.7.0", "encodingFormat": "text/plain", "digest": {}}
_BODIES: dict[str, Any] = {
    "POST /dandisets/": {"name": "x", "metadata": {"identifier": "DANDI:000777", **_DRAFT}},
    "PUT /dandisets/<dandiset>/versions/draft/": {"name": "x", "metadata": _DRAFT},
    "POST /dandisets/<dandiset>/versions/draft/publish/": {"release_notes": "x"},
    "POST /dandisets/<dandiset>/versions/draft/assets/": {"blob_id": "<blob>", "metadata": _ASSET},
    "PUT /dandisets/<dandiset>/versions/draft/assets/<asset>/": {"blob_id": "<blob>", "metadata": _ASSET},
    "PUT /dandisets/<dandiset>/users/": [{"username": "alice"}],
    "POST /uploads/initialize/": {
        "contentSize": 5,
        "digest": {"algorithm": "dandi:dandi-etag", "value": _ETAG},
        "dandiset": "<dandiset>",
    },
    "POST /uploads/<upload>/complete/": {"parts": [{"part_number": 1, "size": 2, "etag": "x"}]},
    "POST /blobs/digest/": {"algorithm": "dandi:dandi-etag", "value": "x"},
    "POST /zarr/": {"name": "q.zarr", "dandiset": "<dandiset>"},
    "POST /zarr/<zarr>/files/": [{"path": "a", "base64md5": "1B2M2Y8AsgTpgAmY7PhCfg=="}],
    "DELETE /zarr/<zarr>/files/": [{"path": "a"}],
    "POST <root>/_test/users": {"login": "u", "first_name": "a", "last_name": "b", "email": "c@example.org"},
    "POST <root>/_test/faults": {"method": "NOPE", "times": 1, "latency": 0.0, "retry_after": 1, "drop": ""},
}
# Where the real archive answers 500: metadata that are no object, an identifier or a path that is no text,
# a content too large for parts.
_REAL = {
    ("POST /dandisets/", ("metadata",)),
    ("POST /dandisets/", ("metadata", "identifier")),
    ("PUT /dandisets/<dandiset>/versions/draft/", ("metadata",)),
    ("POST /dandisets/<dandiset>/versions/draft/assets/", ("metadata", "path")),
    ("PUT /dandisets/<dandiset>/versions/draft/assets/<asset>/", ("metadata", "path")),
    ("POST /uploads/initialize/", ("contentSize",)),
}
_QUERIES = {
    "/dandisets/": ("page", "page_size", "ordering", "search", "user", "draft", "embargoed", "starred"),
    "/dandisets/search/": ("file_type", "file_size_min", "genotype", "species", "search", "page"),
    "/search/species/": ("species", "page"),
    "/dandisets/<dandiset>/versions/": ("order", "page", "page_size"),
    "/dandisets/<dandiset>/versions/draft/assets/": ("path", "glob", "metadata", "zarr", "order", "page"),
    "/dandisets/<dandiset>/versions/draft/assets/paths/": ("path_prefix", "page"),
    "/webdav/assets/atpath/?dandiset_id=<dandiset>&version_id=draft": (
        "version_id",
        "path",
        "children",
        "page",
    ),
    "/zarr/": ("dandiset", "name", "page"),
    "/zarr/<zarr>/files/": ("prefix", "after", "limit", "download"),
    "/assets/<asset>/download/": ("content_disposition",),
    "/users/search/": ("username",),
    "/schemas/": ("model",),
    "/audit/events/asset": ("page_size", "cursor", "before", "reverse_order"),
    "<root>/dandi-dandisets/blobs/<a>/<b>/<blob>": (
        "response-content-type",
        "response-content-disposition",
        "X-Amz-Signature",
    ),
}
_ODD = [
    "",
    "%00",
    "%ff",
    "0",
    "-1",
    "9" * 30,
    "9" * 5000,
    "1e5",
    "true",
    "%F0%9F%92%A5",
    "%25",
    '"',
    "../..",
    "٣",
    "/",
]


@pytest.fixture(scope="module")
def names(admin: Client) -> Iterator[dict[str, str]]:
    dandiset = admin.create("Odd")
    info = admin.add(dandiset, "a.txt", b"odd")
    zarr = admin("POST", "/zarr/", json={"name": "z.zarr", "dandiset": dandiset}).json()["zarr_id"]
    body = {
        "contentSize": 3,
        "digest": {"algorithm": "dandi:dandi-etag", "value": _ETAG},
        "dandiset": dandiset,
    }
    upload = admin("POST", "/uploads/initialize/", json=body).json()["upload_id"]
    blob = info["blob"]
    yield {
        "dandiset": dandiset,
        "asset": info["asset_id"],
        "blob": blob,
        "zarr": zarr,
        "upload": upload,
        "root": admin.archive.web_url,
        "a": blob[:3],
        "b": blob[3:6],
    }
    answer = admin("GET", f"/dandisets/{dandiset}/versions/draft/assets/?metadata=true")
    assert answer.status_code == 200  # nothing that was let in makes what is there unreadable


def _filled(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"<{name}>", value)
    return text


def _places(part: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield place
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in items:
        yield from _places(value, (*place, name))


def _with(body: Any, place: tuple[str | int, ...], text: str) -> str:
    """The body as JSON, with `text` at one place."""
    if not place:
        return text
    copy = inner = json.loads(json.dumps(body))
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = "@@"
    return json.dumps(copy).replace('"@@"', text)


@pytest.mark.parametrize("route", _BODIES)
def test_an_odd_body_is_refused_or_taken(admin: Client, names: dict[str, str], route: str) -> None:
    method, path = _filled(route, names).split(" ", 1)
    failed = []
    for place in _places(_BODIES[route]):
        for text in [*map(json.dumps, _VALUES), *_TEXTS]:
            body = _filled(_with(_BODIES[route], place, text), names)
            answer = admin(method, path, data=body, headers={"Content-Type": "application/json"})
            if answer.status_code >= 500 and (route, place) not in _REAL:
                failed.append((place, text[:40], answer.status_code))
    assert failed == []


@pytest.mark.parametrize("path", _QUERIES)
def test_an_odd_query_is_refused_or_taken(admin: Client, names: dict[str, str], path: str) -> None:
    url = _filled(path, names)
    failed = []
    for name in _QUERIES[path]:
        for value in [*_ODD, f"1&{name}=2"]:
            answer = admin("GET", f"{url}{'&' if '?' in url else '?'}{name}={value}")
            if answer.status_code >= 500:
                failed.append((name, value[:40], answer.status_code))
    assert failed == []
