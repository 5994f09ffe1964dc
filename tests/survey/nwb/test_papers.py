"""Papers as people write them into `related_publications`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.survey.nwb.papers import related_resources

DOI = "https://doi.org/10.1038/s41586-023-06031-6"
PUBMED = "https://pubmed.ncbi.nlm.nih.gov/34616066/"
SICI = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2"


def found(named: object) -> list[str]:
    resources, remarks = related_resources(named)
    assert not remarks
    assert all(each["relation"] == "dcite:IsDescribedBy" for each in resources)
    return [each.get("identifier") or each["url"] for each in resources]


@pytest.mark.parametrize(
    "text",
    [
        DOI,
        "http://doi.org/10.1038/s41586-023-06031-6",
        "http://dx.doi.org/10.1038/s41586-023-06031-6",
        "https://www.doi.org/10.1038/s41586-023-06031-6",
        "doi.org/10.1038/s41586-023-06031-6",
        "doi:10.1038/s41586-023-06031-6",
        "DOI: 10.1038/s41586-023-06031-6",
        "DOI 10.1038/s41586-023-06031-6.",
        "doi:https://doi.org/10.1038/s41586-023-06031-6",
        "info:doi/10.1038/s41586-023-06031-6",
        "10.1038/s41586-023-06031-6",
        " 10.1038/s41586-023-06031-6 ",
        "10.1038/s41586-023-06031-6.",
        "<10.1038/s41586-023-06031-6>",
        "(doi:10.1038/s41586-023-06031-6)",
        "[10.1038/s41586-023-06031-6];",
        "https://doi.org/10.1038/s41586-023-06031-6?utm_source=x#sec1",
        "https://doi.org/10.1038%2Fs41586-023-06031-6",
        "https://www.nature.com/articles/10.1038/s41586-023-06031-6.pdf",
        "https://www.science.org/doi/full/10.1038/s41586-023-06031-6?download=true",
        "Doe, J. & Roe, R. Place cells. Nature 600, 1-9 (2023). https://doi.org/10.1038/s41586-023-06031-6.",
        "10.1038/\u200bs41586-023-06031-6",
        '<a href="https://doi.org/10.1038/s41586-023-06031-6">paper</a>',
        b"doi:10.1038/s41586-023-06031-6",
    ],
)
def test_a_doi_is_recognised_in_any_spelling(text: Any) -> None:
    assert found([text]) == [DOI]


def test_what_the_dandi_package_takes_stays_as_it_takes_it() -> None:
    from dandi.metadata.util import extract_related_resource

    theirs = extract_related_resource({"related_publications": [DOI, "https://doi.org/10.7554/eLife.1"]})
    assert theirs is not None
    resources, _ = related_resources([DOI, "https://doi.org/10.7554/eLife.1"])
    assert resources == [each.model_dump(mode="json", exclude_none=True) for each in theirs]


@pytest.mark.parametrize(
    ("text", "papers_named"),
    [
        (f"{DOI}, doi:10.7554/eLife.1", [DOI, "https://doi.org/10.7554/eLife.1"]),
        (f"{DOI},https://doi.org/10.7554/eLife.1", [DOI, "https://doi.org/10.7554/eLife.1"]),
        (f"{DOI}; 10.7554/eLife.1.", [DOI, "https://doi.org/10.7554/eLife.1"]),
        ("10.1038/s41586-023-06031-6\n10.7554/eLife.1", [DOI, "https://doi.org/10.7554/eLife.1"]),
        ("10.1038/s41586-023-06031-6 and 10.1038/S41586-023-06031-6", [DOI]),
        (f"{DOI} PMID: 34616066", [DOI, PUBMED]),
        ("10.1016/s0896-6273(01)00218-9", ["https://doi.org/10.1016/s0896-6273(01)00218-9"]),
        (SICI, [f"https://doi.org/{SICI}"]),
    ],
)
def test_several_in_one_text_are_several(text: str, papers_named: list[str]) -> None:
    assert found([text]) == papers_named


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("PMID: 34616066", PUBMED),
        ("PMID34616066", PUBMED),
        ("pubmed 34616066", PUBMED),
        ("https://pubmed.ncbi.nlm.nih.gov/34616066/", PUBMED),
        ("https://www.ncbi.nlm.nih.gov/pubmed/34616066", PUBMED),
        ("PMCID: PMC8494642", "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8494642/"),
        ("PMC8494642", "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8494642/"),
        (
            "https://pmc.ncbi.nlm.nih.gov/articles/PMC8494642/",
            "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8494642/",
        ),
        ("arXiv:2101.00001v2", "https://doi.org/10.48550/arXiv.2101.00001"),
        ("https://arxiv.org/abs/2101.00001", "https://doi.org/10.48550/arXiv.2101.00001"),
        (
            "https://www.biorxiv.org/content/10.1101/2020.01.01.891234v2.full.pdf",
            "https://doi.org/10.1101/2020.01.01.891234",
        ),
        ("https://elifesciences.org/articles/12345", "https://elifesciences.org/articles/12345"),
    ],
)
def test_other_identifiers_and_addresses_are_taken(text: str, paper: str) -> None:
    assert found([text]) == [paper]


@pytest.mark.parametrize(
    "text",
    ["Doe et al. 2020", "in preparation", "https://doi.org/", "10.1038", "doi:", "https://nature.com/"],
)
def test_what_names_no_paper_is_reported(text: str) -> None:
    resources, [remark] = related_resources([text, DOI])
    assert [each["identifier"] for each in resources] == [DOI]
    assert f"'{text}'" in remark.message
    assert remark.severity == "warning"


def test_one_more_citation_in_the_same_text_is_reported() -> None:
    _, [remark] = related_resources(
        [f"Doe J, Place cells, Nature 2020; Roe R, Grid cells in the dark, Neuron 2021 {DOI}"]
    )
    assert "Doe J, Place cells" in remark.message


def test_old_files_have_one_text_instead_of_a_list() -> None:
    assert found("doi:10.1038/s41586-023-06031-6") == [DOI]


@pytest.mark.parametrize("named", [None, [], "", [""], ["  "]])
def test_no_papers_are_none(named: object) -> None:
    assert related_resources(named) == ([], [])


@given(st.lists(st.text(max_size=60) | st.from_regex(r"(doi:)?10\.[0-9]{4}/\S{1,20}", fullmatch=True)))
def test_no_text_breaks_it_and_every_one_is_recorded_or_reported(texts: list[str]) -> None:
    from dandischema.models import Resource

    resources, _ = related_resources(texts)
    for text in texts:
        assert related_resources([text]) != ([], []) or not any(map(str.isalnum, text))
    for each in resources:
        Resource(**each)


@given(st.from_regex(r"10\.[0-9]{4,9}/[A-Za-z0-9._()/-]{1,20}", fullmatch=True))
def test_a_paper_that_was_recognised_is_recognised_again(doi: str) -> None:
    once, _ = related_resources([doi])
    again, _ = related_resources([each["identifier"] for each in once])
    assert once == again
