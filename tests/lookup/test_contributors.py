from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.lookup import crossref, openalex
from dandifile.lookup.contributors import MergedContributors, merge_contributors
from dandifile.lookup.credits import Review, related_resources
from dandifile.lookup.facts import (
    Affiliation,
    Author,
    Funder,
    Paper,
)
from dandifile.model import JsonObject
from tests.lookup.made_up import (
    COLUMBIA,
    DOI,
    JANE,
    NIH,
    OTHER,
    PREPRINT,
    RICHARD,
    SIMONS,
    TOULOUSE,
    crossref_work,
    openalex_work,
)
from tests.lookup.valid import assert_valid, write

PAPER = openalex.paper(openalex_work())
EMAIL = {"name": "Doe, Jane", "email": "jane@example.org"}


def merged(
    declared: Sequence[JsonObject] = (EMAIL,), papers: Sequence[Paper] = (PAPER,)
) -> MergedContributors:
    return merge_contributors(papers, declared, write)


def names(result: MergedContributors) -> list[str]:
    return [each["name"] for each in result.contributors]


def one(result: MergedContributors, name: str) -> JsonObject:
    return next(each for each in result.contributors if each["name"] == name)


def test_authors_in_their_order_then_funders() -> None:
    result = merged()
    assert names(result) == [
        "Doe, Jane",
        "van der Roe, Richard",
        "The Example Brain Laboratory",
        "National Institutes of Health",
        "Simons Foundation",
    ]
    assert_valid(result.contributors)
    assert result.problems == ()


def test_each_is_what_the_paper_says() -> None:
    result = merged()
    assert one(result, "Doe, Jane") == {
        "schemaKey": "Person",
        "name": "Doe, Jane",
        "identifier": JANE,
        "email": "jane@example.org",
        "roleName": ["dcite:Author", "dcite:ContactPerson"],
        "includeInCitation": True,
        "affiliation": [{"schemaKey": "Affiliation", "name": "Columbia University", "identifier": COLUMBIA}],
    }
    assert one(result, "The Example Brain Laboratory") == {
        "schemaKey": "Organization",
        "name": "The Example Brain Laboratory",
        "roleName": ["dcite:Author"],
        "includeInCitation": True,
    }
    assert one(result, "National Institutes of Health") == {
        "schemaKey": "Organization",
        "name": "National Institutes of Health",
        "identifier": NIH,
        "roleName": ["dcite:Funder"],
        "awardNumber": "R01MH000000",
        "includeInCitation": False,
    }


def test_what_only_openalex_says_is_for_review_and_not_used() -> None:
    assert merged().review == (
        Review("Doe, Jane", "affiliation", f"Université Toulouse III - Paul Sabatier ({TOULOUSE})"),
        Review("van der Roe, Richard", "ORCID iD", RICHARD),
    )


def test_what_the_spec_says_needs_no_review() -> None:
    declared: list[JsonObject] = [
        EMAIL | {"affiliations": ["Columbia University"]},
        {"name": "van der Roe, Richard", "orcid": RICHARD},
    ]
    assert merged(declared).review == ()


@pytest.mark.parametrize(
    "entry",
    [
        {"orcid": JANE, "name": "Doe-Smith, Jane Q."},
        {"name": "Doe, Jane"},
        {"name": "doe, JANE"},
        {"name": "Dóe, Jane"},
        {"name": "Doe, J."},
        {"name": "Doe, Jane Q."},
    ],
)
def test_an_entry_is_applied_on_top_of_its_author_by_orcid_or_name(entry: JsonObject) -> None:
    result = merged([entry | {"email": "jane@example.org"}])
    assert len(result.contributors) == 5
    assert result.contributors[0]["name"] == entry["name"]
    assert result.contributors[0]["identifier"] == JANE
    assert_valid(result.contributors)


def test_an_entry_of_another_orcid_and_the_same_name_corrects_it() -> None:
    result = merged([EMAIL | {"orcid": OTHER}])
    assert result.contributors[0]["identifier"] == OTHER
    assert JANE in result.warnings[0]


def test_a_name_short_for_one_of_another_orcid_is_somebody_else() -> None:
    result = merged([EMAIL, {"name": "Doe, J.", "orcid": OTHER, "roles": ["DataCurator"]}])
    assert names(result)[3] == "Doe, J."


def test_a_name_that_may_be_two_authors_is_reported_and_matches_neither() -> None:
    paper = replace(PAPER, authors=(Author("Doe", "Jane"), Author("Doe", "John", corresponding=True)))
    result = merged([{"name": "Doe, J.", "email": "x@example.org"}], [paper])
    assert "Doe, Jane; Doe, John" in result.problems[0].what
    assert result.problems[0].where == "contributors[0]"


def test_the_spec_replaces_affiliations_and_roles() -> None:
    declared: list[JsonObject] = [
        EMAIL
        | {
            "affiliations": [{"name": "NYU", "ror": "0190ak572"}],
            "roles": ["Author", "ContactPerson"],
            "cite": False,
        }
    ]
    jane = merged(declared).contributors[0]
    assert [each["name"] for each in jane["affiliation"]] == ["NYU"]
    assert jane["roleName"] == ["dcite:Author", "dcite:ContactPerson"]
    assert jane["includeInCitation"] is False


def test_declared_and_empty_takes_away() -> None:
    jane = merged([EMAIL | {"affiliations": []}]).contributors[0]
    assert "affiliation" not in jane


def test_people_whom_the_paper_lacks_come_after_its_authors() -> None:
    declared: list[JsonObject] = [
        {"name": "Poe, Edgar", "roles": ["DataCurator"]},
        EMAIL,
        {"name": "Woe, Ann", "roles": ["Author"]},
        {"organization": "Example Core Facility", "roles": ["DataManager"]},
    ]
    result = merged(declared)
    assert names(result)[2:7] == [
        "The Example Brain Laboratory",
        "Poe, Edgar",
        "Woe, Ann",
        "Example Core Facility",
        "National Institutes of Health",
    ]
    assert one(result, "Poe, Edgar")["includeInCitation"] is False
    assert one(result, "Woe, Ann")["includeInCitation"] is True
    assert one(result, "Example Core Facility")["includeInCitation"] is False
    assert_valid(result.contributors)


def test_a_curator_is_cited_where_the_spec_says_so() -> None:
    result = merged([EMAIL, {"name": "Poe, Edgar", "roles": ["DataCurator"], "cite": True}])
    assert one(result, "Poe, Edgar")["includeInCitation"] is True


def test_whom_the_spec_omits_is_not_there() -> None:
    declared: list[JsonObject] = [
        EMAIL,
        {"name": "van der Roe, Richard", "omit": True},
        {"organization": "The Example Brain Laboratory", "omit": True},
        {"organization": "Simons Foundation", "omit": True},
        {"name": "Nobody, Ever", "omit": True},
    ]
    result = merged(declared)
    assert names(result) == ["Doe, Jane", "National Institutes of Health"]
    assert "Nobody, Ever" in result.warnings[0]
    assert [review.who for review in result.review] == ["Doe, Jane"]


AWARDS = replace(
    PAPER,
    funders=(
        Funder("National Institutes of Health", NIH, award="R01 MH000000"),
        Funder("National Institutes of Health", NIH, award="MH54671"),
        Funder("Simons Foundation", SIMONS),
    ),
)


@pytest.mark.parametrize(
    ("entry", "awards"),
    [
        ({"organization": "NIH", "ror": NIH, "award": "R01-MH000000"}, ["R01-MH000000", "MH54671", None]),
        ({"organization": "NIH", "ror": NIH, "url": "https://nih.gov"}, ["R01 MH000000", "MH54671", None]),
        ({"organization": "Simons foundation", "award": "351109"}, ["R01 MH000000", "MH54671", "351109"]),
        (
            {"organization": "NIH", "ror": NIH, "award": "U19", "roles": ["Funder"]},
            ["R01 MH000000", "MH54671", None, "U19"],
        ),
        ({"organization": "NIH", "ror": NIH, "omit": True}, [None]),
        ({"organization": "NIH", "ror": NIH, "award": "MH54671", "omit": True}, ["R01 MH000000", None]),
    ],
)
def test_a_funder_of_the_spec_is_applied_to_its_award(entry: JsonObject, awards: list[str | None]) -> None:
    result = merged([EMAIL, entry], [AWARDS])
    paid = [each for each in result.contributors if "dcite:Funder" in each["roleName"]]
    assert [each.get("awardNumber") for each in paid] == awards
    assert_valid(result.contributors)


def test_a_funder_that_did_something_else_too_is_two_entries() -> None:
    result = merged([EMAIL, {"organization": "NIH", "ror": NIH, "roles": ["DataManager"]}], [AWARDS])
    assert [each["roleName"] for each in result.contributors if each.get("identifier") == NIH] == [
        ["dcite:DataManager"],
        ["dcite:Funder"],
        ["dcite:Funder"],
    ]


FAMILIES, GIVEN = ("Doe", "Roe", "van der Berg", "王"), ("Jane", "J.", "Jane Q.", "Richard", "小明")
PEOPLE = st.builds(
    Author,
    st.sampled_from(FAMILIES),
    st.sampled_from(GIVEN),
    orcid=st.sampled_from(["", JANE, RICHARD]),
    corresponding=st.booleans(),
    affiliations=st.lists(st.builds(Affiliation, st.just("NYU"), inferred=st.booleans())).map(tuple),
)
FUNDERS = st.builds(
    Funder, st.sampled_from(["NIH", "NSF"]), award=st.sampled_from(["", "R01", "r-01", "U19"])
)
ENTRIES = st.fixed_dictionaries(
    {"name": st.builds("{}, {}".format, st.sampled_from(FAMILIES), st.sampled_from(GIVEN))},
    optional={
        "orcid": st.sampled_from([JANE, OTHER]),
        "email": st.just("a@example.org"),
        "roles": st.sampled_from([["Author"], ["DataCurator"], ["Author", "ContactPerson"], []]),
        "affiliations": st.sampled_from([[], ["UCL"]]),
        "omit": st.booleans(),
    },
)


@given(st.lists(PEOPLE, max_size=5), st.lists(FUNDERS, max_size=5), st.lists(ENTRIES, max_size=4))
def test_no_author_is_lost_and_none_is_invented(
    people: list[Author], paying: list[Funder], declared: list[JsonObject]
) -> None:
    paper = Paper(DOI, "T", "article", authors=tuple(people), funders=tuple(paying))
    result = merged(declared, [paper])
    found = [each for each in result.contributors if each["schemaKey"] == "Person"]
    omitted = sum(entry.get("omit", False) for entry in declared)
    kept = len(declared) - omitted
    assert max(len(people) - omitted, kept) <= len(found) <= len(people) + kept
    awards = {(each.name, each.award.lower().replace("-", "")) for each in paying}
    expected = {(who, award) for who, award in awards if award or not any(a for w, a in awards if w == who)}
    assert len(result.contributors) - len(found) == len(expected)
    problems = {problem.what for problem in (*result.problems, *result.missing)}
    contacts = [each for each in found if "dcite:ContactPerson" in each.get("roleName", ())]
    assert contacts or any("ContactPerson" in what for what in problems)
    if all("email" in each for each in contacts):
        assert_valid(result.contributors)


def test_without_a_paper_the_spec_is_the_result() -> None:
    declared: list[JsonObject] = [
        {"organization": "NIH", "roles": ["Funder"]},
        {"name": "Roe, Richard", "roles": ["DataCurator"]},
        {"name": "Doe, Jane", "omit": True},
    ]
    result = merge_contributors([], declared, write)
    assert result == MergedContributors((write(declared[0]), write(declared[1])))


def test_the_corresponding_author_needs_an_address() -> None:
    problem = merged([]).missing[0]
    assert "Doe, Jane is the corresponding author" in problem.what
    assert "email" in problem.fix
    assert JANE in problem.fix


def test_whom_the_spec_makes_a_contact_is_the_only_one() -> None:
    declared: list[JsonObject] = [
        {"name": "Poe, Edgar", "email": "e@example.org", "roles": ["ContactPerson"]}
    ]
    result = merged(declared)
    assert result.problems == ()
    assert "dcite:ContactPerson" not in result.contributors[0]["roleName"]


def test_roles_that_leave_the_contact_out_keep_it_out() -> None:
    result = merged([EMAIL | {"roles": ["Author"]}])
    assert "there is no ContactPerson" in result.missing[0].what


def test_a_paper_without_a_corresponding_author_needs_one_from_the_spec() -> None:
    result = merged([EMAIL], [crossref.paper(crossref_work())])
    assert "does not name its corresponding author" in result.missing[0].what


def test_of_two_corresponding_authors_one_address_is_enough() -> None:
    authors = (PAPER.authors[0], replace(PAPER.authors[1], corresponding=True))
    result = merged([EMAIL], [replace(PAPER, authors=authors)])
    assert result.problems == ()
    assert "van der Roe, Richard" in result.warnings[0]
    both = merged([], [replace(PAPER, authors=authors)]).missing[0]
    assert "Doe, Jane and van der Roe, Richard are the corresponding authors" in both.what


@pytest.mark.parametrize("name", ["Plato", "राम शर्मा"])
def test_a_name_that_the_archive_rejects_is_a_problem(name: str) -> None:
    result = merged([EMAIL], [replace(PAPER, authors=(*PAPER.authors, Author(name=name)))])
    assert name in result.problems[0].what


def test_the_spec_mends_a_name_that_could_not_be_split() -> None:
    paper = replace(PAPER, authors=(*PAPER.authors, Author(name="Plato")))
    result = merged([EMAIL, {"name": "Plato, Aristocles"}], [paper])
    assert result.problems == ()
    assert names(result)[3] == "Plato, Aristocles"
    assert_valid(result.contributors)


def test_two_papers_are_one_list() -> None:
    first = replace(PAPER, authors=(Author("Doe", "J."), Author("Roe", "Rita")))
    second = replace(PAPER, doi=PREPRINT, funders=(Funder("NSF"), *PAPER.funders))
    result = merged([EMAIL], [first, second])
    assert names(result)[:4] == [
        "Doe, Jane",
        "Roe, Rita",
        "van der Roe, Richard",
        "The Example Brain Laboratory",
    ]
    assert result.contributors[0]["identifier"] == JANE
    assert names(result)[4:] == ["National Institutes of Health", "Simons Foundation", "NSF"]


def test_authors_of_one_paper_are_never_confused() -> None:
    authors = (Author("Wang", "Y."), Author("Wang", "Yi"), Author("Wang", "Wei"), Author("Wang", "Wei"))
    result = merged([], [replace(PAPER, authors=authors)])
    assert names(result)[:4] == ["Wang, Y.", "Wang, Yi", "Wang, Wei", "Wang, Wei"]


def test_papers_are_what_the_dandiset_is_described_by() -> None:
    related = related_resources([PAPER, replace(PAPER, doi=PREPRINT, kind="preprint")])
    assert related[0] == {
        "schemaKey": "Resource",
        "identifier": f"doi:{DOI}",
        "url": f"https://doi.org/{DOI}",
        "name": "Place cells in CA1",
        "relation": "dcite:IsDescribedBy",
        "resourceType": "dcite:JournalArticle",
    }
    assert related[1]["resourceType"] == "dcite:Preprint"
    assert_valid((), related)


def test_an_affiliation_without_an_id_has_none() -> None:
    author = Author("Doe", "Jane", corresponding=True, affiliations=(Affiliation("NYU"),))
    result = merged([EMAIL], [replace(PAPER, authors=(author,))])
    assert result.contributors[0]["affiliation"] == [{"schemaKey": "Affiliation", "name": "NYU"}]
