"""What users uploaded is data for a browser, never a page; and a browser never holds an API key."""

from __future__ import annotations

import pytest
import requests

from localdandi import http
from localdandi.testing import TestArchive
from tests.localdandi.conftest import Client, log_in

PAGE = b"<html><script>document.title = document.cookie</script></html>"


@pytest.fixture(scope="module")
def uploaded(alice: Client) -> str:
    """The URL under which an open HTML file can be downloaded."""
    dandiset = alice.create("Pages")
    asset = alice.add(dandiset, "page.html", PAGE, encodingFormat="text/html")
    return f"/dandisets/{dandiset}/versions/draft/assets/{asset['asset_id']}/download/"


@pytest.mark.parametrize("disposition", ["attachment", "inline"])
def test_a_downloaded_file_runs_nothing_in_a_browser(alice: Client, uploaded: str, disposition: str) -> None:
    answer = alice("GET", f"{uploaded}?content_disposition={disposition}", allow_redirects=True)
    assert answer.content == PAGE
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith(disposition)


def test_only_a_signed_url_chooses_type_and_disposition(
    alice: Client, anonymous: Client, uploaded: str
) -> None:
    signed = alice("GET", uploaded).headers["Location"]
    plain = signed.partition("?")[0]
    query = "?response-content-type=text/html&response-content-disposition=inline"
    answer = anonymous("GET", plain + query)
    assert answer.content == PAGE
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Content-Disposition" not in answer.headers  # as the real one


def test_the_cookie_is_a_session_of_its_own_and_ends_with_it(local: TestArchive) -> None:
    def reads(token: str) -> str:
        return requests.get(local.web_url, headers={"Cookie": f"session={token}"}, timeout=30).text

    key = local.add_user("dora", "Explorer, Dora")
    token, other = log_in(local.web_url, key), log_in(local.web_url, key)
    assert key not in (token, other)
    assert token != other
    assert "Dora" in reads(token)
    assert "Dora" not in reads(key)
    cookie = {"Cookie": f"session={token}"}
    requests.get(f"{local.web_url}/logout", headers=cookie, timeout=30, allow_redirects=False)
    assert "Dora" not in reads(token)
    assert "Dora" in reads(other)


def test_a_new_key_ends_the_sessions_of_the_old_one(local: TestArchive) -> None:
    key = local.add_user("erin", "Hunter, Erin")
    token = log_in(local.web_url, key)
    headers = {"Authorization": f"token {key}"}
    assert requests.post(f"{local.api_url}/auth/token/", headers=headers, timeout=30).ok
    page = requests.get(local.web_url, headers={"Cookie": f"session={token}"}, timeout=30).text
    assert "Erin" not in page


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("alice", 413)])
def test_a_body_is_read_only_from_those_who_may_send_it(
    who: str, status: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is small here: without a key the answer comes before any of it counts."""
    monkeypatch.setattr(http, "LARGEST_BODY", 1000)
    client: Client = request.getfixturevalue(who)
    answer = client("POST", "/dandisets/", json={"name": "x" * 2000, "metadata": {}})
    assert answer.status_code == status


def test_who_has_no_key_may_ask_for_a_digest_with_a_small_body_only(anonymous: Client) -> None:
    question = {"algorithm": "dandi:dandi-etag", "value": "0" * 100}
    assert anonymous("POST", "/blobs/digest/", json=question).status_code == 404
    question["value"] = "0" * http.LARGEST_UNKNOWN_BODY
    assert anonymous("POST", "/blobs/digest/", json=question).status_code == 413
