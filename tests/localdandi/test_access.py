"""Who may do what, and in which shape the archive says no: a table of requests and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.localdandi.conftest import Client

_DENIED = {"detail": "You do not have permission to perform this action."}
_ANONYMOUS = {"detail": "Authentication credentials were not provided."}
_NOT_FOUND = {"detail": "Not found."}
_NIL = "00000000-0000-4000-8000-000000000000"
_HTML = "html"


@dataclass(frozen=True)
class Case:
    who: str  # owner | stranger | unapproved | anonymous | wrong (a key that nobody has)
    method: str
    path: str  # {d} is the owner's dandiset, {e} the owner's embargoed one
    status: int
    body: Any = _HTML  # JSON, or a page, or "" for nothing at all
    send: Any = field(default=None)

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.path} {self.status}"


_NAMED = {"name": "n", "metadata": {}}
_CASES = [
    Case("wrong", "GET", "/info/", 401, {"detail": "Invalid token."}),
    Case("wrong", "GET", "/dandisets/", 401, {"detail": "Invalid token."}),
    Case("anonymous", "GET", "/auth/token/", 401, _ANONYMOUS),
    Case("anonymous", "GET", "/auth/token", 401, _ANONYMOUS),
    Case("unapproved", "GET", "/auth/token/", 403, _DENIED),
    Case("unapproved", "POST", "/dandisets/", 403, _DENIED, _NAMED),
    Case("anonymous", "POST", "/dandisets/", 401, _ANONYMOUS, _NAMED),
    Case("anonymous", "GET", "/users/me/", 401, _ANONYMOUS),
    Case("unapproved", "GET", "/users/search/?username=o", 403, _DENIED),
    Case("owner", "GET", "/users/", 403, _DENIED),
    Case("owner", "GET", "/users/search/?username=", 200, []),
    # Routes that do not fit are a web page's 404; things that are not there are the API's.
    Case("anonymous", "GET", "/dandisets/1/", 404),
    Case("anonymous", "GET", "/dandisets/{d}/versions/0.1/", 404),
    Case("anonymous", "GET", "/assets/not-a-uuid/", 404),
    Case("anonymous", "GET", "/dandisets/999999/", 404, _NOT_FOUND),
    Case("anonymous", "GET", "/dandisets/{d}/versions/0.200101.0000/", 404, _NOT_FOUND),
    Case("anonymous", "GET", f"/assets/{_NIL}/", 404, _NOT_FOUND),
    Case("owner", "PATCH", "/dandisets/{d}/", 405, {"detail": 'Method "PATCH" not allowed.'}),
    # Owner checks on versions and assets answer with nothing; others explain.
    Case("stranger", "PUT", "/dandisets/{d}/versions/draft/", 403, "", _NAMED),
    Case("stranger", "POST", "/dandisets/{d}/versions/draft/assets/", 403, "", {}),
    Case("stranger", "POST", "/dandisets/{d}/versions/draft/publish/", 403, "", {}),
    Case("stranger", "POST", "/dandisets/{e}/unembargo/", 403, ""),
    Case("stranger", "DELETE", "/dandisets/{d}/", 403, "Cannot delete dandisets which you do not own."),
    Case("stranger", "PUT", "/dandisets/{d}/users/", 403, "Action not allowed", [{"username": "stranger"}]),
    Case("stranger", "GET", "/dandisets/{d}/uploads/", 403, _DENIED),
    Case("anonymous", "GET", "/dandisets/{d}/uploads/", 401, _ANONYMOUS),
    # Embargoed: 401 for nobody, 403 for somebody else, absent for uploads and zarrs.
    Case("anonymous", "GET", "/dandisets/{e}/", 401, _ANONYMOUS),
    Case("stranger", "GET", "/dandisets/{e}/", 403, _DENIED),
    Case("stranger", "GET", "/dandisets/{e}/versions/draft/", 403, _DENIED),
    Case("stranger", "GET", "/dandisets/{e}/versions/draft/assets/", 403, _DENIED),
    Case("owner", "GET", "/dandisets/{e}/versions/", 200, None),
    Case(
        "stranger",
        "POST",
        "/uploads/initialize/",
        404,
        _NOT_FOUND,
        {"dandiset": "{e}", "contentSize": 1, "digest": {"algorithm": "dandi:dandi-etag", "value": "x-1"}},
    ),
    Case(
        "stranger",
        "POST",
        "/zarr/",
        400,
        None,
        {"dandiset": "{e}", "name": "z.zarr"},
    ),
    Case(
        "anonymous",
        "GET",
        "/dandisets/?embargoed=true",
        401,
        "Authentication credentials must be provided when attempting to access embargoed dandisets",
    ),
    # Bodies.
    Case("owner", "POST", "/dandisets/", 400, {"name": ["This field is required."]}, {"metadata": {}}),
    Case(
        "owner",
        "POST",
        "/dandisets/",
        400,
        {"name": ["This field may not be blank."]},
        {"name": " ", "metadata": {}},
    ),
    Case("owner", "POST", "/dandisets/", 500, _HTML, {"name": "x"}),
    Case("owner", "POST", "/dandisets/", 500, _HTML, {"name": "x", "metadata": []}),
    Case(
        "owner",
        "POST",
        "/dandisets/",
        400,
        "Invalid Identifier abc",
        {"name": "x", "metadata": {"identifier": "abc"}},
    ),
    Case(
        "owner",
        "POST",
        "/dandisets/",
        400,
        "Creating a dandiset for a given identifier is an admin only operation.",
        {"name": "x", "metadata": {"identifier": "DANDI:000777"}},
    ),
    Case(
        "owner",
        "POST",
        "/dandisets/?embargo=true&funding_source=NIH",
        400,
        {"non_field_errors": ["Award number is required when funding source is set"]},
        _NAMED,
    ),
    Case(
        "owner",
        "POST",
        "/dandisets/?embargo=true&embargo_end_date=2999-01-01",
        400,
        {"non_field_errors": ["Invalid embargo end date"]},
        _NAMED,
    ),
    Case("owner", "PUT", "/dandisets/{d}/users/", 400, ["Cannot remove all draft owners"], []),
    Case("owner", "PUT", "/dandisets/{d}/users/", 400, ["User nobody not found"], [{"username": "nobody"}]),
    Case("owner", "PUT", "/dandisets/{d}/users/", 400, [{"username": ["This field is required."]}], [{}]),
    Case("owner", "POST", "/dandisets/{d}/unembargo/", 400, "Dandiset not embargoed"),
    Case("owner", "DELETE", "/dandisets/{d}/versions/draft/", 403, "Cannot delete draft versions"),
    Case(
        "owner",
        "POST",
        "/blobs/digest/",
        400,
        "Unsupported Digest Algorithm. Supported: dandi:dandi-etag, dandi:sha2-256",
        {"algorithm": "dandi:md5", "value": "x"},
    ),
    Case(
        "anonymous", "POST", "/blobs/digest/", 404, _NOT_FOUND, {"algorithm": "dandi:sha2-256", "value": "x"}
    ),
    Case("owner", "POST", "/uploads/initialize/", 500, _HTML, {"dandiset": "{d}", "contentSize": 1}),
    Case(
        "owner",
        "POST",
        "/uploads/initialize/",
        400,
        ["Unsupported Digest Type"],
        {"dandiset": "{d}", "contentSize": 1, "digest": {"algorithm": "dandi:md5", "value": "x"}},
    ),
    Case(
        "owner",
        "POST",
        "/uploads/initialize/",
        400,
        {"contentSize": ["Ensure this value is greater than or equal to 1."]},
        {"dandiset": "{d}", "contentSize": 0, "digest": {"algorithm": "dandi:dandi-etag", "value": "x"}},
    ),
    Case(
        "owner",
        "POST",
        "/uploads/initialize/",
        400,
        {"dandiset": ["A valid Dandiset identifier is required."]},
        {"dandiset": "DANDI:{d}", "contentSize": 1},
    ),
    Case("owner", "GET", "/dandisets/{d}/versions/draft/assets/?order=size", 400, None),
    Case("owner", "GET", "/dandisets/{d}/versions/draft/assets/?page=0", 404, {"detail": "Invalid page."}),
    Case("owner", "GET", "/dandisets/{d}/versions/draft/assets/?page=last", 404, {"detail": "Invalid page."}),
    Case("owner", "GET", "/dandisets/?page=999", 404, {"detail": "Invalid page."}),
    Case("owner", "GET", "/schemas/", 400, {"model": ["This field is required."]}),
    Case("owner", "GET", "/schemas/?model=Blob", 400, {"model": ['"Blob" is not a valid choice.']}),
    Case("owner", "GET", "/webdav/assets/atpath/?dandiset_id=x&version_id=draft", 500),
    Case("owner", "GET", "/audit/events/asset", 403, _DENIED),
]


@pytest.fixture(scope="module")
def callers(local: Any, anonymous: Client) -> dict[str, Client]:
    from tests.localdandi.conftest import client_of

    return {
        "owner": client_of(local, local.add_user("owner", "Owner, Olivia")),
        "stranger": client_of(local, local.add_user("stranger")),
        "unapproved": client_of(local, local.add_user("unapproved", approved=False)),
        "anonymous": anonymous,
        "wrong": client_of(local, "0" * 40),
    }


@pytest.fixture(scope="module")
def dandisets(callers: dict[str, Client]) -> dict[str, str]:
    owner = callers["owner"]
    return {"{d}": owner.create("Open"), "{e}": owner.create("Closed", "?embargo=true")}


def _filled(value: Any, dandisets: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, dandisets) for key, one in value.items()}
    if isinstance(value, str):
        for mark, identifier in dandisets.items():
            value = value.replace(mark, identifier)
    return value


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_answers(case: Case, callers: dict[str, Client], dandisets: dict[str, str]) -> None:
    send = _filled(case.send, dandisets)
    response = callers[case.who](case.method, _filled(case.path, dandisets), json=send)
    assert response.status_code == case.status, response.text
    if case.body == _HTML:
        assert response.headers["Content-Type"].startswith("text/html")
        assert response.content
    elif case.body == "":
        assert response.content == b""
        assert response.headers["Content-Type"].startswith("text/html")
    elif case.body is not None:
        assert response.json() == case.body


def test_a_missing_slash_is_a_redirect_that_loses_a_body(callers: dict[str, Client]) -> None:
    for method in ("GET", "POST"):
        answer = callers["owner"](method, "/dandisets", json=_NAMED if method == "POST" else None)
        assert answer.status_code == 301
        assert answer.headers["Location"].endswith("/api/dandisets/")
