from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.archive.metadata import (
    ASSET_COMPUTED,
    DANDISET_COMPUTED,
    content_digest,
    strip_asset,
    strip_dandiset,
)

READ = {
    "@context": "https://raw.githubusercontent.com/dandi/schema/master/releases/0.7.0/context.json",
    "id": "dandiasset:1",
    "identifier": "1",
    "path": "a.nwb",
    "access": [{"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}],
    "contentUrl": ["https://api/assets/1/download/"],
    "contentSize": 3,
    "digest": {"dandi:dandi-etag": "e-1", "dandi:sha2-256": "s"},
    "schemaKey": "Asset",
    "schemaVersion": "0.7.0",
    "encodingFormat": "application/x-zarr",
    "dateModified": "2026-01-01T00:00:00+00:00",
    "about": [],
}


def test_what_is_sent_and_what_is_read_back_agree_once_stripped() -> None:
    sent = {
        key: READ[key] for key in ("schemaKey", "schemaVersion", "encodingFormat", "dateModified", "about")
    }
    assert strip_asset({**sent, "path": "a.nwb"}) == strip_asset(READ) == sent


def test_a_published_assets_own_keys_go_too() -> None:
    assert strip_asset({"datePublished": "x", "publishedBy": {}, "keywords": ["k"]}) == {"keywords": ["k"]}


def test_of_a_dandiset_the_servers_fields_go_and_everything_else_stays() -> None:
    document = dict.fromkeys(DANDISET_COMPUTED, "x") | {
        "@context": "c",
        "repository": "r",
        "schemaKey": "Dandiset",
        "schemaVersion": "0.7.0",
        "keywords": ["k"],
        "access": [
            {"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess", "description": "d"},
            {"a": 1},
        ],
    }
    assert strip_dandiset(document) == {
        "@context": "c",
        "repository": "r",
        "schemaKey": "Dandiset",
        "schemaVersion": "0.7.0",
        "keywords": ["k"],
        "access": [{"description": "d"}, {"a": 1}],
    }


@pytest.mark.parametrize("access", [None, [], "x", ["x"], {}])
def test_an_access_field_of_another_shape_is_left_as_it_is(access: Any) -> None:
    assert strip_dandiset({"access": access}) == {"access": access}


documents = st.dictionaries(
    st.sampled_from(sorted(DANDISET_COMPUTED | ASSET_COMPUTED | {"about", "keywords", "schemaKey"})),
    st.one_of(st.text(), st.lists(st.dictionaries(st.sampled_from(["status", "x"]), st.text()))),
)


@given(documents)
def test_stripping_twice_is_stripping_once_and_changes_nothing_in_place(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    for strip in (strip_asset, strip_dandiset):
        assert strip(strip(document)) == strip(document)
    assert document == before


@pytest.mark.parametrize(
    ("digest", "content"),
    [
        ({"dandi:dandi-etag": "e-1", "dandi:sha2-256": "s"}, "e-1"),
        ({"dandi:dandi-zarr-checksum": "z-1--2"}, "z-1--2"),
        ({"dandi:dandi-zarr-checksum": None}, ""),
        (None, ""),
        ({}, ""),
    ],
)
def test_the_digest_that_says_which_content_it_is(digest: Any, content: str) -> None:
    assert content_digest({"digest": digest}) == content
