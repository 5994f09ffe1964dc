"""Short forms and DANDI's objects say the same, in both directions."""

from __future__ import annotations

import pytest

from dandifile.model import JsonObject
from dandifile.spec.forms import (
    CONTACT,
    ETHICS,
    RESOURCE,
    contributor_form,
    dandi_object,
    short_contributor,
    short_form,
)

CONTRIBUTORS: list[JsonObject] = [
    {
        "name": "Doe, Jane",
        "orcid": "0000-0002-1825-0097",
        "email": "jane@example.org",
        "roles": ["Author", "ContactPerson"],
        "affiliations": [
            {"name": "Columbia University", "ror": "00hj8s172"},
            {"name": "Zuckerman Institute"},
        ],
        "cite": True,
    },
    {"name": "Roe, Richard", "cite": False},
    {"organization": "NIMH", "ror": "04xeg9z08", "award": "R21MH117788", "roles": ["Funder"]},
    {"organization": "A lab", "metadata": {"url": "https://example.org", "odd": [1]}},
]


@pytest.mark.parametrize("item", CONTRIBUTORS, ids=lambda item: next(iter(item.values())))
def test_contributors_come_back(item: JsonObject) -> None:
    dandi = dandi_object(contributor_form(item), item)
    short = short_contributor(dandi)
    assert dandi_object(contributor_form(short), short) == dandi
    assert "metadata" in item or short == item


def test_other_items_come_back() -> None:
    related = {
        "url": "https://x.org",
        "relation": "IsDescribedBy",
        "type": "Preprint",
        "metadata": {"odd": 1},
    }
    assert short_form(RESOURCE, dandi_object(RESOURCE, related)) == related
    assert short_form(CONTACT, dandi_object(CONTACT, {"name": "IACUC"})) == {"name": "IACUC"}
    ethics = {"protocol": "#1", "contact": {"name": "IACUC", "email": "iacuc@example.org"}}
    assert short_form(ETHICS, dandi_object(ETHICS, ethics)) == ethics
