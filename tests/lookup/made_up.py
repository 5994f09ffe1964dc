"""Small answers in the services' shapes, about no real people. ORCID iDs are ORCID's own examples."""

from __future__ import annotations

from typing import Any

from dandifile.model import JsonObject
from tests.lookup.replay import Replay

DOI = "10.5555/place-cells"
PREPRINT = "10.5555/preprint"
JANE, RICHARD, OTHER = "0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"
COLUMBIA, NIH, SIMONS = (
    "https://ror.org/00hj8s172",
    "https://ror.org/01cwqze88",
    "https://ror.org/01cmst727",
)
TOULOUSE, TOULOUSE_NOW = "https://ror.org/02v6kpv12", "https://ror.org/01ahyrz84"


def authorship(name: str, **changed: Any) -> JsonObject:
    """An authorship of OpenAlex."""
    return {
        "author_position": "middle",
        "author": {"id": "https://openalex.org/A1", "display_name": name, "orcid": None},
        "institutions": [],
        "is_corresponding": False,
        "raw_author_name": name,
        "raw_affiliation_strings": [],
        "raw_orcid": None,
        "affiliations": [],
        **changed,
    }


def institution(number: int, name: str, ror: str | None) -> JsonObject:
    return {"id": f"https://openalex.org/I{number}", "display_name": name, "ror": ror, "lineage": []}


def openalex_work(**changed: Any) -> JsonObject:
    """Two people and a consortium; one award of two funders; one institution that no text backs."""
    return {
        "id": "https://openalex.org/W1",
        "doi": f"https://doi.org/{DOI}",
        "title": "Place cells in <i>CA1</i>",
        "publication_date": "2026-02-03",
        "type": "article",
        "primary_location": {"version": "publishedVersion", "license": "cc-by"},
        "authorships": [
            authorship(
                "Jane Doe",
                author={"id": "A1", "display_name": "Jane Q. Doe", "orcid": f"https://orcid.org/{JANE}"},
                raw_orcid=f"https://orcid.org/{JANE}",
                is_corresponding=True,
                institutions=[
                    institution(1, "Columbia University", COLUMBIA),
                    institution(2, "Université Toulouse III - Paul Sabatier", TOULOUSE),
                ],
                raw_affiliation_strings=["Zuckerman Institute, New York"],
                affiliations=[
                    {
                        "raw_affiliation_string": "Zuckerman Institute, New York",
                        "institution_ids": ["https://openalex.org/I1"],
                    }
                ],
            ),
            authorship(
                "Richard van der Roe",
                author={"id": "A2", "display_name": "R. Roe", "orcid": f"https://orcid.org/{RICHARD}"},
            ),
            authorship("The Example Brain Laboratory"),
        ],
        "awards": [
            {
                "id": "https://openalex.org/G1",
                "funder_award_id": "R01MH000000",
                "funder_id": "https://openalex.org/F1",
                "funder_display_name": "NIH",
            }
        ],
        "funders": [
            {"id": "https://openalex.org/F1", "display_name": "National Institutes of Health", "ror": NIH},
            {"id": "https://openalex.org/F2", "display_name": "Simons Foundation", "ror": SIMONS},
        ],
        "abstract_inverted_index": {"Cells": [0], "fire.": [1]},
        **changed,
    }


def crossref_work(**changed: Any) -> JsonObject:
    """The same paper as its publisher deposited it."""
    return {
        "status": "ok",
        "message-type": "work",
        "message": {
            "DOI": "10.5555/Place-Cells",
            "type": "journal-article",
            "title": ["Place cells in CA1"],
            "abstract": "<jats:title>Abstract</jats:title><jats:p>Cells fire in places.</jats:p>",
            "published": {"date-parts": [[2026, 2, 3]]},
            "author": [
                {
                    "given": "Jane",
                    "family": "Doe",
                    "ORCID": f"http://orcid.org/{JANE}",
                    "authenticated-orcid": True,
                    "affiliation": [{"name": "Zuckerman Institute, Columbia University, New York"}],
                },
                {"given": "Richard", "family": "van der Roe", "suffix": "Jr.", "affiliation": []},
                {"name": "The Example Brain Laboratory", "affiliation": []},
            ],
            "funder": [
                {"DOI": "10.13039/100000002", "name": "U.S. | NIH", "award": ["R01 MH000000", "MH54671"]},
                {"name": "Whitehall Foundation"},
            ],
            "license": [
                {"URL": "https://www.publisher.example.org/tdm", "content-version": "vor"},
                {"URL": "http://creativecommons.org/licenses/by/4.0/", "content-version": "tdm"},
            ],
            "relation": {"has-preprint": [{"id-type": "doi", "id": PREPRINT, "asserted-by": "object"}]},
            **changed,
        },
    }


def datacite_work(**changed: Any) -> JsonObject:
    """A preprint of arXiv."""
    return {
        "data": {
            "id": "10.48550/arxiv.2601.00001",
            "type": "dois",
            "attributes": {
                "doi": "10.48550/arXiv.2601.00001",
                "titles": [{"title": "Sous-titre", "titleType": "Subtitle"}, {"title": "Place cells"}],
                "creators": [
                    {
                        "name": "Doe, Jane",
                        "nameType": "Personal",
                        "givenName": "Jane",
                        "familyName": "Doe",
                        "affiliation": [
                            {"name": "Columbia University", "affiliationIdentifier": COLUMBIA},
                            "Zuckerman Institute",
                        ],
                        "nameIdentifiers": [
                            {"nameIdentifierScheme": "ORCID", "nameIdentifier": f"https://orcid.org/{JANE}"}
                        ],
                    },
                    {"name": "Richard van der Roe", "affiliation": [], "nameIdentifiers": []},
                    {"name": "Example Consortium", "nameType": "Organizational", "nameIdentifiers": []},
                ],
                "types": {"resourceTypeGeneral": "Text", "resourceType": "Article"},
                "descriptions": [
                    {"descriptionType": "Methods", "description": "Mice."},
                    {"descriptionType": "Abstract", "description": "Cells <b>fire</b>."},
                ],
                "dates": [{"date": "2026-01-01T00:00:00Z", "dateType": "Issued"}],
                "publicationYear": 2026,
                "fundingReferences": [
                    {
                        "funderName": "Simons Foundation",
                        "funderIdentifier": "https://doi.org/10.13039/100000893",
                        "funderIdentifierType": "Crossref Funder ID",
                        "awardNumber": 351109,
                    },
                    {"funderName": "NIH", "funderIdentifier": NIH, "funderIdentifierType": "ROR"},
                ],
                "relatedIdentifiers": [
                    {"relatedIdentifier": DOI, "relatedIdentifierType": "DOI", "relationType": "IsVersionOf"}
                ],
                "rightsList": [{"rightsUri": "https://creativecommons.org/licenses/by/4.0/"}],
                **changed,
            },
        }
    }


def orcid_person(family: str | None = "Doe", given: str | None = "Jane") -> JsonObject:
    def named(value: str | None) -> JsonObject | None:
        return None if value is None else {"value": value}

    return {"name": {"given-names": named(given), "family-name": named(family), "credit-name": None}}


def ror_record(
    ror: str, name: str, *, status: str = "active", successors: tuple[str, ...] = (), fundref: str = ""
) -> JsonObject:
    return {
        "id": ror,
        "status": status,
        "names": [
            {"lang": "en", "types": ["acronym"], "value": "AAA"},
            {"lang": "en", "types": ["label", "ror_display"], "value": name},
        ],
        "relationships": [{"type": "related", "id": NIH, "label": "x"}]
        + [{"type": "successor", "id": successor, "label": "next"} for successor in successors],
        "external_ids": [{"type": "fundref", "preferred": None, "all": [fundref]}] if fundref else [],
    }


def all_well(server: Replay) -> None:
    """The paper, its two people and its institutions are known, and nothing is wrong with them."""
    server.says(f"openalex/works/doi:{DOI}", openalex_work())
    server.says(f"crossref/works/{DOI}", crossref_work())
    server.says(f"orcid/{JANE}/person", orcid_person())
    server.says(f"orcid/{RICHARD}/person", orcid_person("van der Roe", "R."))
    for ror, name in ((COLUMBIA, "Columbia University"), (NIH, "NIH"), (SIMONS, "Simons"), (TOULOUSE, "UPS")):
        server.says(f"ror/organizations/{ror[-9:]}", ror_record(ror, name))
