"""Metadata documents for property tests: as DANDI's schema has them, with all that goes wrong in them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from dandifile.model import Json, JsonObject

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = st.one_of(
    st.sampled_from([
        "", " ", "a", " padded ", "two  blanks", "yes", "null", "1e5", "0123", "- a", "a: b", "{{ name }}",
        "{% if", "a # b", "GAP: later", "line\nline", "line\n \n  line\n", "\ttab", "é\u2028\u200b",
        "[a, b]", "'", '"', "word " * 40, "&a", "*a", "!t", "%", "@", "x" * 200,
    ]),
    st.text(LETTERS, max_size=40),
)  # fmt: skip
JSON: st.SearchStrategy[Json] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-10, 10), st.floats(-1, 1), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
ORCIDS = ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0098", ""]
RORS = ["https://ror.org/00hj8s172", "00hj8s172", "https://ror.org/wrong", ""]
TERMS = [
    "UBERON:0002421",
    "http://purl.obolibrary.org/obo/UBERON_0001384",
    "CL:0000598",
    "HP:0000001",
    "01",
    "",
]
DOIS = [
    "doi:10.1234/abc",
    "10.1234/ABC",
    "https://doi.org/10.1234/abc",
    "DOI: 10.1234/x",
    "doi:wrong",
    "Paper",
    "",
]
URLS = ["https://example.org", "www.example.org", "ftp://example.org", "http://doi.org/10.1234/abc", ""]
EMAILS = ["jane@example.org", "nobody", " jane@example.org ", ""]


def odd(*usual: Any) -> st.SearchStrategy[Json]:
    """One of the usual values; now and then anything."""
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), TEXT, JSON)


def objects(schema_key: str, **keys: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Objects of one of DANDI's classes with some of its keys, and rarely with another class or none."""
    named = {"schemaKey": st.sampled_from([schema_key] * 6 + ["Anatomy", None])}
    other = {"unheard": JSON}
    return st.one_of(
        st.fixed_dictionaries(named, optional={**keys, **other}),
        st.fixed_dictionaries({"schemaKey": st.just(schema_key)}, optional=keys),
    )


ROLES = st.lists(
    st.sampled_from(["dcite:Author", "dcite:ContactPerson", "dcite:Funder", "Author", "dcite:X"]), max_size=3
)
AFFILIATION = objects("Affiliation", name=odd("Example University"), identifier=odd(*RORS))
CONTACT = objects("ContactPoint", name=odd("Office"), email=odd(*EMAILS), url=odd(*URLS))
CONTRIBUTOR = {
    "email": odd(*EMAILS),
    "url": odd(*URLS),
    "roleName": st.one_of(ROLES, JSON),
    "awardNumber": odd("R01MH117788", "R01MH117788, U19NS104590", "1"),
    "includeInCitation": odd(True, False),
    "affiliation": st.one_of(st.lists(AFFILIATION, max_size=2), JSON),
}
PERSON = objects(
    "Person", name=odd("Doe, Jane", " Roe, Ann", ", ", "Jane Doe"), identifier=odd(*ORCIDS), **CONTRIBUTOR
)
ORGANIZATION = objects(
    "Organization", name=odd("Fund", "Lab"), identifier=odd(*RORS), contactPoint=st.just([]), **CONTRIBUTOR
)
TERM = st.sampled_from(["Anatomy", "Disorder", "GenericType"]).flatmap(
    lambda name: objects(name, name=odd("hippocampus", "epilepsy"), identifier=odd(*TERMS))
)
ETHICS = objects("EthicsApproval", identifier=odd("IACUC 1"), contactPoint=st.one_of(CONTACT, JSON))
RESOURCE = objects(
    "Resource",
    identifier=odd(*DOIS),
    url=odd(*URLS),
    name=odd("A paper"),
    repository=odd("bioRxiv"),
    relation=odd("dcite:IsDescribedBy", "dcite:Cites", "IsDescribedBy"),
    resourceType=odd("dcite:JournalArticle", "dcite:Software"),
)
ACCESS = objects(
    "AccessRequirements", status=st.just("dandi:OpenAccess"), contactPoint=CONTACT, description=TEXT
)


def listed(item: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(st.lists(item, max_size=4), st.lists(item, max_size=4), JSON)


def documents() -> st.SearchStrategy[JsonObject]:
    """Documents that an archive would store."""
    return st.fixed_dictionaries(
        {"schemaKey": st.just("Dandiset"), "name": TEXT},
        optional={
            "description": odd("What was recorded."),
            "license": odd(["spdx:CC-BY-4.0"], ["spdx:CC0-1.0", "spdx:CC-BY-4.0"], "spdx:CC0-1.0", ["MIT"]),
            "keywords": st.one_of(st.lists(TEXT, max_size=4), JSON),
            "contributor": listed(st.one_of(PERSON, ORGANIZATION)),
            "about": listed(TERM),
            "ethicsApproval": listed(ETHICS),
            "relatedResource": listed(RESOURCE),
            "studyTarget": listed(TEXT),
            "acknowledgement": TEXT,
            "wasGeneratedBy": JSON,
            "access": st.one_of(st.lists(ACCESS, max_size=2), JSON),
            "unheard": JSON,
        },
    )
