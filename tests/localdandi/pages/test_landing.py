"""A version's own page: what is said of versions, owners, embargo, findings; what can be copied."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.localdandi.conftest import Client, client_of, log_in
from tests.localdandi.pages import lab
from tests.localdandi.pages.conftest import Site
from tests.localdandi.pages.html import Page


def test_a_published_version_shows_doi_citation_license_and_notes(site: Site) -> None:
    first, second = site.versions
    page = site.get(f"/dandiset/{site.dandiset}/{second}")
    doi = f"10.80507/dandi.{site.dandiset}/{second}"
    assert f"https://doi.org/{doi}" in page.links
    assert f"doi = {{{doi}}}" in page.text
    assert "The reward sites." in page.text
    assert "Doe, Jane; NIMH & Co" in page.text
    assert "https://spdx.org/licenses/CC-BY-4.0" in page.links
    assert f"/dandiset/{site.dandiset}/{first}" in page.links
    assert "There is a newer version" not in page.text
    assert "There is a newer version" in site.get(f"/dandiset/{site.dandiset}/{first}").text


def test_release_notes_are_rendered_and_lead_to_the_web_alone(site: Site) -> None:
    """On their version's own page, and in the list of versions of every other one."""
    for page in (site.get(f"/dandiset/{site.dandiset}/{site.versions[1]}"), site.get("")):
        assert "added one" in page.text
        assert "**" not in page.text
        assert "# Files" not in page.text
        assert "https://lab.example.org/notes" in page.links
        assert not any(link.startswith("javascript") or link.endswith("README.md") for link in page.links)


def test_what_the_archive_says_of_a_version_is_about_its_metadata(site: Site) -> None:
    """A draft with invalid files can have valid metadata: its files have marks of their own."""
    for path in ("", f"asset/{site.assets['sub-R2/sub-R2_ses-3.nwb']}", "/"):
        assert "Metadata valid" in site.get(path).text
    text = site.get(f"/dandiset/{site.dandiset}/{site.versions[1]}").text
    assert "Metadata valid" not in text
    assert f"{site.versions[1]} Published" in text


def test_a_draft_shows_what_keeps_it_from_being_published(site: Site) -> None:
    page = site.get("")
    assert "Not ready to be published yet" in page.text
    assert "Cannot publish dandisets which contain zarrs" in page.text
    assert "1 file not valid" in page.text
    assert f"The draft was changed after {site.versions[1]} was published." in " ".join(page.text.split())
    asset = f"/dandiset/{site.dandiset}/draft/asset/{site.assets['sub-R2/sub-R2_ses-3.nwb']}"
    assert asset in page.links, "the finding names the file"


def test_commands_name_this_page(site: Site) -> None:
    url = f"{site.client.archive.web_url}/dandiset/{site.dandiset}/draft"
    text = site.get("").text
    assert f"dandi download {url}" in text
    assert f"dandifile import {url} && dandifile pull" in text


def test_owners_are_named(site: Site) -> None:
    assert "Alice Liddell" in site.get("").text


def test_the_readme_is_rendered(site: Site) -> None:
    page = site.get("")
    assert f"/dandiset/{site.dandiset}/draft/asset/{site.assets['stimuli/tones.csv']}" in page.links
    assert page.tags["td"] > 0
    assert "https://lab.example.org" in page.links
    assert not any(link.startswith("javascript") or "missing" in link for link in page.links)


def test_an_embargo_shows_its_end_its_days_and_its_award(alice: Client) -> None:
    end = datetime.now(UTC).date() + timedelta(days=40)
    query = f"?embargo=true&funding_source=NIH&award_number=R01MH123456&embargo_end_date={end}"
    dandiset = alice.create("Held back", query)
    reader = client_of(alice.archive, None)
    key = str(alice.session.headers["Authorization"]).removeprefix("token ")
    reader.session.cookies.set("session", log_in(alice.archive.web_url, key))
    text = Page(reader("GET", f"{alice.archive.web_url}/dandiset/{dandiset}/draft").text).text
    for words in (
        "Under embargo",
        str(end),
        "40 days",
        "R01MH123456",
        "It is under embargo: release it first",
    ):
        assert words in text


def test_an_empty_dandiset_has_a_page(alice: Client, anonymous: Client) -> None:
    web, dandiset = alice.archive.web_url, alice.create("New")
    for path in ("", "/files", "/subjects", "/subject"):
        answer = anonymous("GET", f"{web}/dandiset/{dandiset}/draft{path}")
        assert Page(answer.text).faults == []
    assert "Nothing is published yet." in anonymous("GET", f"{web}/dandiset/{dandiset}/draft").text


@pytest.mark.parametrize("name", ["README", "README.txt"])
def test_a_readme_that_is_not_markdown_is_shown_as_it_is(alice: Client, anonymous: Client, name: str) -> None:
    dandiset = alice.create("Plain")
    alice.add(dandiset, name, f"# not a heading\n{lab.EVIL}".encode())
    page = Page(anonymous("GET", f"{alice.archive.web_url}/dandiset/{dandiset}/draft").text)
    assert "# not a heading" in page.text
    assert page.faults == []
