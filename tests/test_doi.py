from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.doi import doi_url, normal_doi

DOI = "10.1038/s41586-023-06031-6"


@pytest.mark.parametrize(
    "text",
    [
        DOI,
        f" {DOI} ",
        DOI.upper(),
        f"doi:{DOI}",
        f"DOI: {DOI}",
        f"doi = {DOI}",
        f"https://doi.org/{DOI}",
        f"http://dx.doi.org/{DOI}",
        f"doi.org/{DOI}",
        f"https://www.doi.org/{DOI}",
        f"https://doi.org/{DOI}?utm_source=x#abstract",
        "https://doi.org/10.1038%2Fs41586-023-06031-6",
        f"doi:https://doi.org/{DOI}",
        f"https://doi.org/doi:{DOI}",
        f"info:doi/{DOI}",
        f"urn:doi:{DOI}",
        f"<{DOI}>",
        f'"{DOI}".',
        f"{DOI})",
        f"{DOI}],",
        f"\u200b{DOI}\ufeff",
    ],
)
def test_any_spelling_becomes_the_one_form(text: str) -> None:
    assert normal_doi(text) == DOI


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1016/S0896-6273(02)00569-X", "10.1016/s0896-6273(02)00569-x"),
        ("(10.1016/S0896-6273(02)00569-X)", None),
        ("10.1016/0896-6273(95)90304-6).", "10.1016/0896-6273(95)90304-6"),
        (
            "10.1002/(SICI)1096-9861(19960101)364:1<6::AID-CNE2>3.0.CO;2-9",
            "10.1002/(sici)1096-9861(19960101)364:1<6::aid-cne2>3.0.co;2-9",
        ),
        ("10.7554/eLife.48198", "10.7554/elife.48198"),
        ("10.1000.10/123456", "10.1000.10/123456"),
        ("10.48324/dandi.000123/0.230101.1200", "10.48324/dandi.000123/0.230101.1200"),
    ],
)
def test_odd_ones_stay_whole(text: str, doi: str | None) -> None:
    assert normal_doi(text) == doi


@pytest.mark.parametrize(
    "text", ["", "doi:", "10.1038", "10.12/x", "https://example.org/10.1038/x", "11.1038/x", "10.1038/"]
)
def test_other_texts_are_not_dois(text: str) -> None:
    assert normal_doi(text) is None


@given(st.text(max_size=60))
def test_the_one_form_stays(text: str) -> None:
    if doi := normal_doi(text):
        assert normal_doi(doi) == doi
        assert normal_doi(doi_url(doi)) == doi


@given(st.from_regex(r"\A10\.[0-9]{4,6}/[a-z0-9()<>;:/._-]{1,20}[a-z0-9]\Z"))
def test_the_url_of_a_doi_leads_back(doi: str) -> None:
    assert normal_doi(doi_url(doi)) == normal_doi(doi)
