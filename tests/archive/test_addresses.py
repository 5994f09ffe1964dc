"""What a text means as the name of a dandiset, and what it does not mean."""

from __future__ import annotations

import pytest

from dandifile.archive.addresses import Address, instance_of, parse_address
from dandifile.errors import UserError

DRAFT, VERSION = "draft", "0.230101.1200"
LOCAL = "http://localhost:8000"
MEANT = {
    "000123": ("000123", DRAFT, ""),
    " 000123 ": ("000123", DRAFT, ""),
    "DANDI:000123": ("000123", DRAFT, "dandi"),
    "dandi:000123/draft": ("000123", DRAFT, "dandi"),
    f"DANDI:000123/{VERSION}": ("000123", VERSION, "dandi"),
    f"DANDI:000123@{VERSION}": ("000123", VERSION, "dandi"),
    "EMBER-DANDI:000123": ("000123", DRAFT, "ember-dandi"),
    "dandi://dandi-sandbox/000123/sub-1/a.nwb": ("000123", DRAFT, "dandi-sandbox"),
    f"dandi://dandi/000123@{VERSION}": ("000123", VERSION, "dandi"),
    "https://dandiarchive.org/dandiset/000123": ("000123", DRAFT, "dandi"),
    "https://dandiarchive.org/dandiset/000123/": ("000123", DRAFT, "dandi"),
    "https://dandiarchive.org/dandiset/000123/draft/files?location=sub-1": ("000123", DRAFT, "dandi"),
    f"https://dandiarchive.org/dandiset/000123/{VERSION}": ("000123", VERSION, "dandi"),
    "https://dandiarchive.org/#/dandiset/000123/draft": ("000123", DRAFT, "dandi"),
    "https://gui.dandiarchive.org/#/dandiset/000123": ("000123", DRAFT, "dandi"),
    "https://gui-staging.dandiarchive.org/#/dandiset/000123": ("000123", DRAFT, "dandi-sandbox"),
    "https://sandbox.dandiarchive.org/dandiset/000123": ("000123", DRAFT, "dandi-sandbox"),
    "https://dandi.emberarchive.org/dandiset/000123": ("000123", DRAFT, "ember-dandi"),
    "https://dandiarchive.org/000123": ("000123", DRAFT, "dandi"),
    "https://api.dandiarchive.org/api/dandisets/000123/": ("000123", DRAFT, "dandi"),
    "https://api.dandiarchive.org/api/dandisets/000123/versions/": ("000123", DRAFT, "dandi"),
    "https://api.dandiarchive.org/api/dandisets/000123/versions/draft/info/": ("000123", DRAFT, "dandi"),
    f"https://api.dandiarchive.org/api/dandisets/000123/versions/{VERSION}/": ("000123", VERSION, "dandi"),
    "https://identifiers.org/DANDI:000123": ("000123", DRAFT, "dandi"),
    f"https://doi.org/10.48324/dandi.000123/{VERSION}": ("000123", VERSION, "dandi"),
    f"10.48324/dandi.000123/{VERSION}": ("000123", VERSION, "dandi"),
    "http://localhost:8085/dandiset/000123": ("000123", DRAFT, "dandi-api-local-docker-tests"),
    "https://archive.example.org/dandiset/000123": ("000123", DRAFT, "https://archive.example.org"),
}


@pytest.mark.parametrize("text", MEANT)
def test_what_a_text_means(text: str) -> None:
    found = parse_address(text)
    assert (found.identifier, found.version, found.archive) == MEANT[text]


MEANINGLESS = {
    "": "does not name a dandiset",
    "dandiset": "does not name a dandiset",
    "0001234": "does not name a dandiset",
    "123": "it has six digits",
    "DANDI:123": "does not name a dandiset",
    "LAB:000123": "no archive that dandifile knows",
    "https://dandiarchive.org": "is not the address of a dandiset",
    "https://dandiarchive.org/dandiset/123": "is not the address of a dandiset",
    "https://[dandiarchive.org/dandiset/000123": "is not a URL",
    "http://archive.example.org/dandiset/000123": "plain HTTP",
    "10.1038/s41586-023-06031-6": "does not name a dandiset",
}


@pytest.mark.parametrize("text", MEANINGLESS)
def test_what_means_no_dandiset_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_address(text)
    assert MEANINGLESS[text] in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("address", "named", "archive"),
    [
        ("000123", "", "dandi"),
        ("000123", "local", "local"),
        ("DANDI:000123", "", "dandi"),
        ("DANDI:000123", "dandi-sandbox", "dandi-sandbox"),  # copies of an archive have its prefix
        ("https://dandiarchive.org/dandiset/000123", "dandi", "dandi"),
        ("https://dandiarchive.org/dandiset/000123", "https://dandiarchive.org", "https://dandiarchive.org"),
        ("https://archive.example.org/dandiset/000123", "", "https://archive.example.org"),
    ],
)
def test_the_archive_is_as_named_else_as_the_address_says(address: str, named: str, archive: str) -> None:
    assert instance_of(parse_address(address), named) == archive


@pytest.mark.parametrize("named", ["dandi-sandbox", "local", "https://archive.example.org"])
def test_an_archive_that_the_address_contradicts_is_refused(named: str) -> None:
    with pytest.raises(UserError, match="is one of dandi, and --instance says"):
        instance_of(parse_address("https://dandiarchive.org/dandiset/000123"), named)


def test_a_name_that_is_no_archive_is_refused() -> None:
    with pytest.raises(UserError, match="no archive is called"):
        instance_of(Address("000123"), "dandy")
