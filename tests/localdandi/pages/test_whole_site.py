"""Every page that can be reached from the list of dandisets."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import urljoin

import pytest

from tests.localdandi.conftest import Client
from tests.localdandi.pages import lab
from tests.localdandi.pages.conftest import Site
from tests.localdandi.pages.html import Page

_MOST = 1500


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, Page]:
    """All pages, by their address: crawled as somebody who is not logged in."""
    web = site.client.archive.web_url
    found: dict[str, Page] = {}
    ahead = [f"{web}/"]
    while ahead:
        url = ahead.pop()
        if url in found or not url.startswith(web):
            continue
        answer = site.reader("GET", url, allow_redirects=True)
        assert answer.status_code == 200, url
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        found[url] = Page(answer.text)
        _check_policy(answer.headers["Content-Security-Policy"], answer.text)
        ahead += [urljoin(answer.url, link).partition("#")[0] for link in found[url].links]
        ahead += [
            urljoin(answer.url, one) for one in found[url].loads if not one.startswith(("data:", "/picture/"))
        ]
        assert len(found) < _MOST
    return found


def _check_policy(policy: str, text: str) -> None:
    """The one script is the one that may run, and nothing may come from elsewhere."""
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_all_kinds_of_pages_are_reached(site: Site, pages: dict[str, Page]) -> None:
    paths = {re.sub(r"\?.*", "", url).rpartition(site.dandiset)[2] for url in pages}
    numbers = {path.split("/")[1] for path in paths if path.startswith("/")}
    assert numbers == {"draft", *site.versions}
    for end in ("", "/files", "/subjects", "/subject", f"/asset/{site.assets['README.md']}"):
        assert f"/{site.versions[1]}{end}" in paths
    assert f"/draft/asset/{site.assets['sub-R1/pyramid.ome.zarr']}/zarr" in paths


def test_every_page_is_well_formed(pages: dict[str, Page]) -> None:
    assert {url: page.faults for url, page in pages.items() if page.faults} == {}
    assert {url for url, page in pages.items() if page.tags["h1"] != 1 or page.tags["main"] != 1} == set()


def test_nothing_is_loaded_from_elsewhere(pages: dict[str, Page]) -> None:
    loads = {one for page in pages.values() for one in page.loads}
    assert {one for one in loads if not re.match(r"/(style\.css|picture/)|data:,$", one)} == set()


def test_links_out_are_those_of_the_metadata_and_the_readme(site: Site, pages: dict[str, Page]) -> None:
    web = site.client.archive.web_url
    out = {link for page in pages.values() for link in page.links if ":" in link and not link.startswith(web)}
    known = (
        r"https://(doi\.org/10\.|spdx\.org/licenses/|lab\.example\.org|orcid\.org/|ror\.org/)"
        r"|http://(purl\.obolibrary\.org|www\.w3\.org)|mailto:|https://(bids|www\.nwb|github|scicrunch)"
    )
    assert {link for link in out if not re.match(known, link)} == set()


def test_no_text_of_the_lab_becomes_markup(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert page.tags["script"] == 1
        assert page.tags["img"] <= 1
    shown = [page for page in pages.values() if "{{ 7*7 }}" in page.text]
    assert shown, "it is there, as text"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/files",
        "/subjects",
        "/subject?id=R1",
        "/asset/{asset}",
        "/asset/{zarr}/zarr",
        "/asset/{zarr}/zarr-file?path=.zgroup",
    ],
)
def test_all_pages_of_an_embargoed_dandiset_are_for_its_owners(
    bob: Client, anonymous: Client, path: str, embargoed: tuple[str, str, str]
) -> None:
    dandiset, asset, zarr = embargoed
    anonymous.session.cookies.clear()
    where = f"{anonymous.archive.web_url}/dandiset/{dandiset}/draft{path.format(asset=asset, zarr=zarr)}"
    assert anonymous("GET", where).status_code == 401


@pytest.fixture(scope="module")
def embargoed(bob: Client) -> tuple[str, str, str]:
    dandiset = bob.create("Secret", "?embargo=true")
    body = {"name": "a.zarr", "dandiset": dandiset}
    zarr = bob("POST", "/zarr/", json=body).json()["zarr_id"]
    document = {"schemaKey": "Asset", "encodingFormat": "application/x-zarr", "path": "a.zarr"}
    added = bob(
        "POST", f"/dandisets/{dandiset}/versions/draft/assets/", json={"metadata": document, "zarr_id": zarr}
    )
    asset = bob.add(dandiset, "a.nwb", b"hidden", **lab.recording("R1", "1"))["asset_id"]
    return dandiset, asset, added.json()["asset_id"]
