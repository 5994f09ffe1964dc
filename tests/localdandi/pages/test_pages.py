"""The web pages, as text and in a real browser."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from localdandi.pages import documents
from localdandi.pages.export import Choice, export
from tests.localdandi import chromium
from tests.localdandi.chromium import Page
from tests.localdandi.conftest import Client
from tests.localdandi.pages.html import Page as PageOf

_EVIL = '<script>document.title="owned"</script><img src=x onerror=alert(1)>"\'{{ 7*7 }}'
_DOCUMENT: dict[str, Any] = {
    "description": f"First paragraph.\n\nSecond {_EVIL}",
    "keywords": ["hippocampus", _EVIL],
    "license": ["spdx:CC-BY-4.0"],
    "acknowledgement": "Thanks.",
    "contributor": [
        {
            "schemaKey": "Person",
            "name": "Doe, Jane",
            "identifier": "0000-0002-1825-0097",
            "email": "jane@example.org",
            "roleName": ["dcite:ContactPerson", "dcite:DataCollector"],
            "includeInCitation": True,
            "affiliation": [{"name": "Columbia University", "identifier": "https://ror.org/00hj8s172"}],
        },
        {
            "schemaKey": "Organization",
            "name": "National Institute of Mental Health",
            "identifier": "https://ror.org/04xeg9z08",
            "awardNumber": "R21MH117788",
            "roleName": ["dcite:Funder"],
        },
    ],
    "about": [{"schemaKey": "Anatomy", "name": "hippocampal formation", "identifier": "UBERON:0002421"}],
    "ethicsApproval": [{"identifier": "IACUC #12345", "contactPoint": {"name": "Columbia IACUC"}}],
    "relatedResource": [
        {"name": "Code", "url": "https://github.com/lab/code", "relation": "dcite:IsSupplementedBy"},
        {"name": "Trap", "url": "javascript:alert(1)", "relation": "dcite:IsDescribedBy"},
        {"name": "Paper", "identifier": "doi:10.1000/1", "relation": "dcite:IsDescribedBy"},
    ],
}


def _nwb(file: Path) -> bytes:
    import numpy as np
    from pynwb import NWBHDF5IO, NWBFile, TimeSeries

    nwb = NWBFile("a session", "1", datetime(2024, 1, 1, tzinfo=UTC))
    data = np.sin(np.arange(1000) / 10)
    nwb.add_acquisition(TimeSeries(name="a wave", data=data, unit="V", rate=100.0))
    nwb.add_unit(spike_times=[0.1, 0.5, 1.2])
    nwb.add_unit(spike_times=[0.2, 0.9])
    with NWBHDF5IO(file, "w") as io:
        io.write(nwb)
    return file.read_bytes()


@pytest.fixture(scope="module")
def rehearsed(alice: Client, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Paths of pages about one dandiset."""
    dandiset = alice.create(f"Rehearsal {_EVIL}", **_DOCUMENT)
    nwb = alice.add(
        dandiset,
        "sub-1/sub-1_ses-1.nwb",
        _nwb(tmp_path_factory.mktemp("nwb") / "a.nwb"),
        encodingFormat="application/x-nwb",
        evil=_EVIL,
    )
    alice.add(dandiset, "a-very-long-name-of-a-file" * 12 + ".txt", b"long")
    base = f"/dandiset/{dandiset}/draft"
    return {
        "list": "/",
        "landing": base,
        "files": f"{base}/files",
        "folder": f"{base}/files?location=sub-1",
        "asset": f"{base}/asset/{nwb['asset_id']}",
        "picture": f"/picture/{nwb['asset_id']}",
        "subjects": f"{base}/subjects",
        "subject": f"{base}/subject?id=1",
        "login": "/login",
    }


def _get(client: Client, path: str) -> str:
    answer = client("GET", client.archive.web_url + path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_landing_page_shows_what_its_readers_will_see(anonymous: Client, rehearsed: dict[str, str]) -> None:
    text = _get(anonymous, rehearsed["landing"])
    for link in (
        "https://orcid.org/0000-0002-1825-0097",
        "https://ror.org/00hj8s172",
        "https://ror.org/04xeg9z08",
        "http://purl.obolibrary.org/obo/UBERON_0002421",
        "https://spdx.org/licenses/CC-BY-4.0",
        "https://github.com/lab/code",
        "https://doi.org/10.1000/1",
        "mailto:jane@example.org",
    ):
        assert f'href="{link}"' in text
    for words in (
        "R21MH117788",
        "IACUC #12345",
        "Columbia IACUC",
        "Data Collector",
        "Doe, Jane (",
        "ready to be published",
    ):
        assert words.lower() in text.lower()


@pytest.mark.parametrize("page", ["list", "landing", "files", "folder", "asset"])
def test_everything_is_escaped(anonymous: Client, rehearsed: dict[str, str], page: str) -> None:
    text = _get(anonymous, rehearsed[page])
    assert text.count("<script") == 1, "only our own"
    assert "<img src=x" not in text
    assert 'href="javascript:' not in text
    assert "49" not in re.sub(r"[0-9a-f-]{36}|\d\d+:\d\d|{.*?}", "", text) or "{{ 7*7 }}" in text
    policy = anonymous("GET", anonymous.archive.web_url + rehearsed[page]).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")


_ODD: list[Any] = [
    None,
    7,
    "text",
    {},
    {"a": 1},
    [],
    [None],
    [1, "a"],
    [[]],
    [{}],
    [{"name": {}, "identifier": []}],
]


@pytest.mark.parametrize("document", [dict.fromkeys(_DOCUMENT, odd) for odd in _ODD], ids=str)
def test_no_metadata_breaks_a_page(alice: Client, document: dict[str, Any]) -> None:
    dandiset = alice.create("Odd")
    alice("PUT", f"/dandisets/{dandiset}/versions/draft/", json={"name": "Odd", "metadata": document})
    assert "Odd" in _get(alice, f"/dandiset/{dandiset}/draft")


_DESCRIBED = ("wasAttributedTo", "wasGeneratedBy", "approach", "measurementTechnique", "variableMeasured")
_ODD_FIELDS: list[Any] = [
    [{"schemaKey": "Participant", "identifier": "9" * 5000, "age": odd, "species": odd, "sex": odd}]
    for odd in _ODD
]
_ODD_FIELDS += [
    [{"schemaKey": "Session", "identifier": odd, "name": odd, "startDate": odd, "used": odd}] for odd in _ODD
]


@pytest.mark.parametrize("number", range(len(_ODD) + len(_ODD_FIELDS)))
def test_no_metadata_of_an_asset_breaks_a_page(alice: Client, number: int) -> None:
    odd = [*_ODD, *_ODD_FIELDS][number]
    dandiset = alice.create("Odd")
    asset = alice.add(dandiset, "sub-1/sub-1_ses-2.nwb", b"odd", **dict.fromkeys(_DESCRIBED, odd))
    base = f"/dandiset/{dandiset}/draft"
    for page in ("", "/subjects", "/files", f"/asset/{asset['asset_id']}"):
        assert PageOf(_get(alice, base + page)).faults == []
    subject = re.search(r'href="([^"]*/subject\?id=[^"]*)"', _get(alice, f"{base}/subjects"))
    assert subject
    assert "sub-1_ses-2.nwb" in _get(alice, subject[1])


def test_real_metadata_makes_pages(alice: Client) -> None:
    folder = Path(__file__).resolve().parents[4] / "shared" / "data" / "dandisets"
    if not folder.is_dir():
        pytest.skip("the real metadata is not beside this checkout")
    for file in sorted(folder.glob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        document.pop("identifier", None)
        dandiset = alice.create(document.pop("name"), **document)
        assert "Contributors" in _get(alice, f"/dandiset/{dandiset}/draft"), file.name


def test_a_file_shows_digests_metadata_and_a_picture(anonymous: Client, rehearsed: dict[str, str]) -> None:
    text = _get(anonymous, rehearsed["asset"])
    assert "dandi:dandi-etag" in text
    assert "application/x-nwb" in text
    for theme in ("light", "dark"):
        answer = anonymous("GET", f"{anonymous.archive.web_url}{rehearsed['picture']}?theme={theme}")
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG")


def test_a_broken_file_has_a_picture_too(alice: Client) -> None:
    asset = alice.add(alice.create("Broken"), "broken.nwb", b"this is no HDF5")
    answer = alice("GET", f"{alice.archive.web_url}/picture/{asset['asset_id']}")
    assert answer.content.startswith(b"\x89PNG")


def test_an_embargoed_page_is_for_its_owners(alice: Client, anonymous: Client) -> None:
    dandiset = alice.create("Secret", "?embargo=true")
    web = alice.archive.web_url
    assert anonymous("GET", f"{web}/dandiset/{dandiset}/draft").status_code == 401
    assert "Secret" not in _get(anonymous, "/")
    key = str(alice.session.headers["Authorization"]).removeprefix("token ")
    wrong = anonymous("POST", f"{web}/login", data={"key": "0" * 40})
    assert wrong.status_code == 401
    answer = anonymous("POST", f"{web}/login", data={"key": key})
    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "Secret" in _get(anonymous, "/"), "the session keeps the cookie"
    assert anonymous("GET", f"{web}/dandiset/{dandiset}/draft").status_code == 200
    anonymous.session.cookies.clear()


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("UBERON:0001882", "http://purl.obolibrary.org/obo/UBERON_0001882"),
        ("http://purl.obolibrary.org/obo/MONDO_0005090", "http://purl.obolibrary.org/obo/MONDO_0005090"),
        ("javascript:alert", "http://purl.obolibrary.org/obo/javascript_alert"),
        ("data:text/html,x", None),
        (None, None),
    ],
)
def test_terms_link_only_to_the_web(identifier: Any, url: str | None) -> None:
    assert documents.term_url(identifier) == url


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if os.name == "nt" or chromium.program() is None:
        pytest.skip("no Chromium here")
    with chromium.browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_in_a_browser(
    browser: Page, anonymous: Client, rehearsed: dict[str, str], theme: str, width: int
) -> None:
    """No page scrolls sideways, text can be told from its ground, and pictures are there."""
    dark = theme == "dark"
    for name in ("list", "landing", "files", "asset", "subjects", "subject", "login"):
        browser.look(anonymous.archive.web_url + rehearsed[name], width=width, theme=theme)
        assert browser.ask("document.documentElement.scrollWidth") <= width, name
        assert browser.ask("document.title") != "owned"
        assert browser.ask("document.querySelectorAll('h1').length") == 1, name
        ground, ink = (
            _lightness(browser.ask(f"getComputedStyle(document.body).{one}"))
            for one in ("backgroundColor", "color")
        )
        assert (ground < 0.2) == dark, name
        assert abs(ground - ink) > 0.6, name
    browser.look(anonymous.archive.web_url + rehearsed["asset"], width=width, theme=theme)
    picture = "document.querySelector('figure img')"
    browser.ask(f"{picture}.scrollIntoView()")
    assert browser.ask(f"{picture}.decode().then(() => {picture}.naturalWidth)") == 900
    assert browser.ask(f"{picture}.currentSrc").endswith(f"theme={theme}")


def test_a_button_copies_also_in_an_exported_page(
    browser: Page, anonymous: Client, rehearsed: dict[str, str], tmp_path: Path
) -> None:
    """The one script may run there, and the style is there; a reader without scripts sees no button."""
    export(anonymous.archive.serving.archive.store, tmp_path, Choice(files=1))
    dandiset = rehearsed["landing"].split("/")[2]
    file = (tmp_path / dandiset / "draft" / "index.html").as_uri()
    button = "document.querySelector('button.copy')"
    for url in (anonymous.archive.web_url + rehearsed["landing"], file):
        browser.look(url, width=1200, theme="light")
        assert browser.ask("getComputedStyle(document.querySelector('.columns')).display") == "grid"
        assert not browser.ask(f"{button}.hidden")
        changed = f"new Promise(done => {{ new MutationObserver(() => done({button}.textContent))"
        pressed = f".observe({button}, {{childList: true}}); {button}.click() }})"
        assert browser.ask(changed + pressed) in ("Copied", "Press Ctrl+C")
        browser.look(url, width=1200, theme="light", script=False)
        assert browser.ask(f"{button}.hidden")


def _lightness(colour: str) -> float:
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
