from __future__ import annotations

from typing import Any

import pytest

from dandifile.lookup import crossref, datacite
from dandifile.lookup.authors import full_name
from dandifile.lookup.facts import Affiliation, Author, Funder, Related, Relation
from tests.lookup.made_up import COLUMBIA, DOI, JANE, NIH, PREPRINT, crossref_work, datacite_work

CONSORTIUM = Author(name="The Example Brain Laboratory", collective=True)


def test_crossref_gives_a_paper() -> None:
    found = crossref.paper(crossref_work(), "2026-11-20")
    assert (found.doi, found.title, found.kind) == (DOI, "Place cells in CA1", "article")
    assert (found.abstract, found.published) == ("Cells fire in places.", "2026-02-03")
    assert found.license == "https://creativecommons.org/licenses/by/4.0/"
    assert found.related == (Related(PREPRINT, Relation.PREPRINT),)
    jane, richard, consortium = found.authors
    assert (jane.orcid, jane.orcid_from) == (JANE, "authenticated")
    assert jane.affiliations == (Affiliation("Zuckerman Institute, Columbia University, New York"),)
    assert full_name(richard) == "van der Roe, Richard Jr."
    assert consortium == CONSORTIUM


def test_crossref_bare_says_the_same_as_wrapped() -> None:
    wrapped = crossref_work()
    bare = wrapped["message"] | {"title": "Place cells in CA1"}
    assert crossref.paper(bare) == crossref.paper(wrapped)


def test_one_entry_an_award() -> None:
    assert crossref.paper(crossref_work()).funders == (
        Funder("NIH", doi="10.13039/100000002", award="R01 MH000000"),
        Funder("NIH", doi="10.13039/100000002", award="MH54671"),
        Funder("Whitehall Foundation"),
    )


def test_crossref_with_ror_ids() -> None:
    funder = {"name": "NIH", "id": [{"id": NIH, "id-type": "ROR", "asserted-by": "publisher"}]}
    place = {"name": "Columbia", "id": [{"id": COLUMBIA, "id-type": "ROR"}]}
    author = {"given": "Jane", "family": "Doe", "affiliation": [place, place]}
    found = crossref.paper(crossref_work(funder=[funder], author=[author]))
    assert found.funders == (Funder("NIH", NIH),)
    assert found.authors[0].affiliations == (Affiliation("Columbia", COLUMBIA),)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"type": "posted-content", "subtype": "preprint"}, "preprint"),
        ({"type": "posted-content"}, "preprint"),
        ({"type": "posted-content", "subtype": "other"}, "other"),
        ({"type": "proceedings-article"}, "conference paper"),
        ({"type": "dataset"}, "dataset"),
        ({"type": "component"}, "other"),
    ],
)
def test_kinds_of_crossref(changed: dict[str, Any], kind: str) -> None:
    assert crossref.paper(crossref_work(**changed)).kind == kind


def test_a_preprint_knows_its_article() -> None:
    relation = {
        "is-preprint-of": [{"id-type": "doi", "id": DOI}, {"id-type": "uri", "id": "https://x.org/1"}]
    }
    found = crossref.paper(crossref_work(relation=relation))
    assert found.related == (Related(DOI, Relation.PUBLISHED),)


@pytest.mark.parametrize(
    ("changed", "published"),
    [
        ({"published": {"date-parts": [[2020, 1]]}}, "2020-01"),
        ({"published": None, "issued": {"date-parts": [[2020]]}}, "2020"),
        ({"published": {"date-parts": [[None]]}}, ""),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(changed: dict[str, Any], published: str) -> None:
    assert crossref.paper(crossref_work(**changed)).published == published


def test_an_orcid_that_fails_its_checksum_is_left_out_and_reported() -> None:
    author = {"given": "Jane", "family": "Doe", "ORCID": "http://orcid.org/0000-0002-1825-0098"}
    found = crossref.paper(crossref_work(author=[author]))
    assert found.authors == (Author("Doe", "Jane"),)
    assert "0000-0002-1825-0098" in found.warnings[0]


def test_datacite_gives_a_paper() -> None:
    found = datacite.paper(datacite_work(), "2026-11-20")
    assert (found.doi, found.title, found.kind) == ("10.48550/arxiv.2601.00001", "Place cells", "preprint")
    assert (found.abstract, found.published) == ("Cells fire.", "2026-01-01")
    assert found.related == (Related(DOI, Relation.PUBLISHED),)
    assert found.license == "https://creativecommons.org/licenses/by/4.0/"
    jane, richard, consortium = found.authors
    assert (jane.family, jane.given, jane.orcid) == ("Doe", "Jane", JANE)
    assert jane.affiliations == (
        Affiliation("Columbia University", COLUMBIA),
        Affiliation("Zuckerman Institute"),
    )
    assert full_name(richard) == "van der Roe, Richard"
    assert (consortium.name, consortium.collective) == ("Example Consortium", True)
    assert found.funders == (
        Funder("Simons Foundation", doi="10.13039/100000893", award="351109"),
        Funder("NIH", NIH),
    )


@pytest.mark.parametrize(
    ("general", "free", "kind"),
    [
        ("Preprint", "", "preprint"),
        ("Dataset", "Dataset", "dataset"),
        ("JournalArticle", "Journal article", "article"),
        ("Text", "Preprint", "preprint"),
        ("Text", "Article", "article"),
        ("Software", None, "software"),
        (None, None, "other"),
    ],
)
def test_kinds_of_datacite(general: str | None, free: str | None, kind: str) -> None:
    types = {"resourceTypeGeneral": general, "resourceType": free}
    assert datacite.paper(datacite_work(doi="10.5281/zenodo.1", types=types)).kind == kind


def test_a_version_elsewhere_is_no_article() -> None:
    assert datacite.paper(datacite_work(doi="10.5281/zenodo.1")).related == ()


@pytest.mark.parametrize("empty", [{}, {"data": None}, {"data": {"attributes": {}}}])
def test_a_work_without_anything_is_an_empty_paper(empty: dict[str, Any]) -> None:
    assert (datacite.paper(empty).title, datacite.paper(empty).authors) == ("", ())
    assert (crossref.paper(empty).title, crossref.paper(empty).authors) == ("", ())
