from __future__ import annotations

from typing import Any

import pytest

from dandifile.lookup.authors import full_name
from dandifile.lookup.facts import Affiliation, Funder
from dandifile.lookup.openalex import funders, paper
from dandifile.model import JsonObject
from tests.lookup.made_up import (
    COLUMBIA,
    DOI,
    JANE,
    NIH,
    OTHER,
    RICHARD,
    SIMONS,
    TOULOUSE,
    authorship,
    institution,
    openalex_work,
)


def test_a_work_is_a_paper() -> None:
    found = paper(openalex_work(), "2026-11-20")
    assert (found.doi, found.title, found.kind) == (DOI, "Place cells in CA1", "article")
    assert (found.abstract, found.published, found.license) == ("Cells fire.", "2026-02-03", "cc-by")
    assert [full_name(author) for author in found.authors] == [
        "Doe, Jane",
        "van der Roe, Richard",
        "The Example Brain Laboratory",
    ]
    assert [author.collective for author in found.authors] == [False, False, True]
    assert [author.corresponding for author in found.authors] == [True, False, False]
    assert (found.source, found.fetched, found.warnings) == ("openalex", "2026-11-20", ())


def test_an_institution_that_no_text_backs_is_inferred() -> None:
    assert paper(openalex_work()).authors[0].affiliations == (
        Affiliation("Columbia University", COLUMBIA),
        Affiliation("Université Toulouse III - Paul Sabatier", TOULOUSE, inferred=True),
    )


def test_an_institution_that_a_text_names_is_not_inferred() -> None:
    who = authorship(
        "Jane Doe",
        institutions=[institution(1, "Our Research (Canada)", None)],
        raw_affiliation_strings=["Our Research, Vancouver"],
    )
    assert paper(openalex_work(authorships=[who])).authors[0].affiliations == (
        Affiliation("Our Research (Canada)"),
    )


def test_without_an_institution_the_texts_are_the_affiliations() -> None:
    who = authorship("Jane Doe", raw_affiliation_strings=["A", "A", "B"])
    assert paper(openalex_work(authorships=[who])).authors[0].affiliations == (
        Affiliation("A"),
        Affiliation("B"),
    )


@pytest.mark.parametrize(
    ("raw", "inferred", "orcid", "said_by", "warns"),
    [
        (JANE, JANE, JANE, "deposited", False),
        (JANE, OTHER, JANE, "deposited", True),
        (None, OTHER, OTHER, "inferred", False),
        (JANE, None, JANE, "deposited", False),
        (None, None, "", "", False),
        ("0000-0002-1825-0098", OTHER, OTHER, "inferred", True),
    ],
)
def test_the_papers_orcid_is_before_openalexs(
    raw: str | None, inferred: str | None, orcid: str, said_by: str, warns: bool
) -> None:
    who = authorship("Jane Doe", raw_orcid=raw, author={"display_name": "J. Doe", "orcid": inferred})
    found = paper(openalex_work(authorships=[who]))
    assert (found.authors[0].orcid, found.authors[0].orcid_from) == (orcid, said_by)
    assert bool(found.warnings) == warns
    assert all(warning.startswith("Doe, Jane: ") for warning in found.warnings)


def test_awards_are_joined_with_their_funders() -> None:
    assert paper(openalex_work()).funders == (
        Funder("National Institutes of Health", NIH, award="R01MH000000"),
        Funder("Simons Foundation", SIMONS),
    )


def test_the_old_grants_are_read_too() -> None:
    old: JsonObject = {
        "grants": [
            {"funder": "F1", "funder_display_name": "NIH", "award_id": "R01"},
            {"funder": "F1", "funder_display_name": "NIH", "award_id": "R02"},
            {"funder": "F2", "funder_display_name": "NSF", "award_id": None},
        ]
    }
    assert funders(old) == [Funder("NIH", award="R01"), Funder("NIH", award="R02"), Funder("NSF")]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"type": "review"}, "article"),
        ({"type": "preprint"}, "preprint"),
        ({"primary_location": {"version": "submittedVersion"}}, "preprint"),
        ({"type": "dataset"}, "dataset"),
        ({"type": "paratext"}, "other"),
        ({"type": None, "primary_location": None}, "other"),
    ],
)
def test_preprint_and_article_are_reported_apart(changed: dict[str, Any], kind: str) -> None:
    assert paper(openalex_work(**changed)).kind == kind


def test_a_retraction_is_reported() -> None:
    assert "retracted" in paper(openalex_work(is_retracted=True)).warnings[0]


def test_a_work_without_anything_is_an_empty_paper() -> None:
    found = paper({"id": "https://openalex.org/W0"})
    assert (found.doi, found.title, found.authors, found.funders) == ("", "", (), ())


def test_whose_orcid_is_only_inferred_says_so() -> None:
    assert (paper(openalex_work()).authors[1].orcid, paper(openalex_work()).authors[1].orcid_from) == (
        RICHARD,
        "inferred",
    )
