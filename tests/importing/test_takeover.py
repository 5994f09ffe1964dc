"""A spec that takes fields over says them, and what says the same as before stays as it is written."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dandifile.importing.document import import_document
from dandifile.importing.takeover import Written, take_over
from dandifile.importing.text import spec_text
from dandifile.importing.trial import Trial
from dandifile.model import Json, JsonObject
from dandifile.reading.document import read_document
from dandifile.spec.comments import find_comments
from dandifile.spec.editing import edit
from dandifile.spec.fields import DANDISET_FIELDS
from dandifile.spec.licenses import SCHEMA_LICENSES
from dandifile.spec.template import render

JANE, RICHARD = "0000-0002-1825-0097", "0000-0001-5109-3700"


def person(name: str, **keys: Json) -> JsonObject:
    return {"schemaKey": "Person", "name": name, "roleName": ["dcite:Author"], **keys}


def jane(**keys: Json) -> JsonObject:
    """An entry of the spec: the contact, without whom the spec takes no list of contributors."""
    return {"name": "Doe, Jane", "roles": ["ContactPerson"], **keys}


def said_after(raw: JsonObject, name: str, value: Json) -> JsonObject:
    found = import_document({name: value}, SCHEMA_LICENSES)
    return take_over(Written(raw, filled(raw)), name, value, found.values)


def filled(raw: JsonObject) -> JsonObject:
    """The spec's own values with their templates filled in."""
    rendered = render(raw, {"name": "", "instance": "dandi"}).value
    return {key: value for key, value in rendered.items() if key not in ("dandifile", "instance")}


CASES: list[tuple[str, JsonObject, str, Json, JsonObject]] = [
    (
        "an ORCID iD in another spelling stays, a changed key changes",
        {"contributors": [jane(orcid=f"https://orcid.org/{JANE}", email="a@b.org")]},
        "contributor",
        [person("Doe, Jane", identifier=JANE, email="c@d.org", roleName=["dcite:ContactPerson"])],
        {"contributors": [jane(orcid=f"https://orcid.org/{JANE}", email="c@d.org")]},
    ),
    (
        "roles in another order are the same",
        {"contributors": [{"name": "Doe, Jane", "roles": ["ContactPerson", "Author"], "email": "a@b.org"}]},
        "contributor",
        [person("Doe, Jane", roleName=["dcite:Author", "dcite:ContactPerson"], email="c@d.org")],
        {"contributors": [{"name": "Doe, Jane", "roles": ["ContactPerson", "Author"], "email": "c@d.org"}]},
    ),
    (
        "a person with another name and the same ORCID iD is the same person",
        {"contributors": [jane(name="Doe, J", orcid=JANE, email="a@b.org")]},
        "contributor",
        [person("Doe, Jane", identifier=JANE, email="a@b.org", roleName=["dcite:ContactPerson"])],
        {"contributors": [jane(orcid=JANE, email="a@b.org")]},
    ),
    (
        "a literal text keeps its last line break",
        {"description": "one\ntwo\n"},
        "description",
        "one\nthree",
        {"description": "one\nthree\n"},
    ),
    (
        "what was under metadata stays there",
        {"metadata": {"keywords": ["a"]}},
        "keywords",
        ["a", "b"],
        {"metadata": {"keywords": ["a", "b"]}},
    ),
    ("an emptied list is an empty list", {"keywords": ["a"]}, "keywords", [], {"keywords": []}),
    ("an emptied text is nothing", {"description": "a"}, "description", None, {"description": None}),
    (
        "regions in the long form stay in it",
        {"regions": {"dandiset": [{"name": "pons", "id": "UBERON:0000988"}], "from_nwb": True}},
        "about",
        [{"schemaKey": "Disorder", "name": "epilepsy", "identifier": "DOID:1826"}],
        {
            "regions": {"dandiset": [], "from_nwb": True},
            "about": {"disorders": [{"name": "epilepsy", "id": "DOID:1826"}]},
        },
    ),
    (
        "a text with braces is no template",
        {"description": "a"},
        "description",
        "{{ x }}",
        {"description": "{% raw %}{{ x }}{% endraw %}"},
    ),
]


@pytest.mark.parametrize(
    ("raw", "name", "value", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_takes_over(raw: JsonObject, name: str, value: Json, wanted: JsonObject) -> None:
    before = copy.deepcopy(raw)
    assert said_after(raw, name, value) == wanted
    assert raw == before


WORDS = st.sampled_from(["sleep", "place cells", "a: b", "{{ x }}", "C#", "été", "12"])
PEOPLE = st.builds(
    lambda name, keys: person(name, **keys),
    st.sampled_from(["Doe, Jane", "Roe, Richard", "Poe, Edgar", "Noe, No"]),
    st.fixed_dictionaries(
        {},
        optional={
            "email": st.sampled_from(["a@b.org", "c@d.org"]),
            "identifier": st.sampled_from([JANE, RICHARD]),
            "includeInCitation": st.booleans(),
            "affiliation": st.just([{"schemaKey": "Affiliation", "name": "Columbia University"}]),
            "url": st.just("https://example.org/"),
            "identifierType": st.just("odd"),
        },
    ),
)
TERMS = st.sampled_from(
    [
        {"schemaKey": "Anatomy", "name": "pons", "identifier": "UBERON:0000988"},
        {"schemaKey": "Anatomy", "name": "hippocampal formation", "identifier": "UBERON:0002421"},
        {"schemaKey": "Disorder", "name": "epilepsy", "identifier": "DOID:1826"},
    ]
)
DOCUMENTS: st.SearchStrategy[JsonObject] = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Place cells", "Grid: cells"]),
        "description": st.lists(WORDS, min_size=1, max_size=30).map(" ".join),
        "keywords": st.lists(WORDS, max_size=4, unique=True),
        "contributor": st.lists(PEOPLE, max_size=4, unique_by=str),
        "about": st.lists(TERMS, max_size=3, unique_by=str),
        "acknowledgement": WORDS,
        "license": st.just(["spdx:CC0-1.0"]),
    },
)


def text_of(document: JsonObject) -> str:
    values = import_document(document, SCHEMA_LICENSES).values
    text = spec_text(["Mine."], {"dandifile": 1, "instance": "dandi", **values}, {})
    lines = [
        f"{line}  # {number}" if line[:1] in "nkcr" else line for number, line in enumerate(text.split("\n"))
    ]
    return "\n".join(lines)


@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=60)
def test_every_field_of_another_document_is_said_and_comments_stay(now: JsonObject, then: JsonObject) -> None:
    text = text_of(now)
    raw: Any = read_document(text, "").value
    declared = [name for name in DANDISET_FIELDS if name in import_fields(raw)]
    for name in declared:
        raw = said_after(raw, name, then.get(name))
    edited = edit(text, "", raw)
    assert read_document(edited.text, "").value == raw
    for name in declared:
        assert (name == "license" and "license" not in then) or Trial(then).is_said(filled(raw), name)
    kept = {comment.text for comment in find_comments(edited.text)}
    assert "# Mine." in kept


def import_fields(raw: JsonObject) -> JsonObject:
    fields = Trial({}).fields(filled(raw))
    assert fields is not None
    return fields


def test_regions_of_assets_stay_where_the_dandisets_go_under_metadata() -> None:
    odd: list[Json] = [{"schemaKey": "GenericType", "name": "a database"}]
    raw = {"regions": {"dandiset": [], "subjects": {"C005": ["UBERON:0000988"]}}, "about": {"disorders": []}}
    assert take_over(Written(raw, raw), "about", odd, {"metadata": {"about": odd}}) == {
        "regions": {"subjects": {"C005": ["UBERON:0000988"]}},
        "metadata": {"about": odd},
    }
