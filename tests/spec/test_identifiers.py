from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.identifiers import bare_orcid, ror_url, term_curie, term_iri


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-0097",
        "http://www.orcid.org/0000-0002-1825-0097/",
        "orcid.org/0000-0002-1825-0097",
        " 0000-0002-1825-0097 ",
    ],
)
def test_an_orcid_in_any_form_becomes_the_bare_one(text: str) -> None:
    assert bare_orcid(text) == "0000-0002-1825-0097"


def test_an_x_at_the_end_is_upper_case() -> None:
    assert bare_orcid("0000-0002-1694-233x") == "0000-0002-1694-233X"


@pytest.mark.parametrize(
    "text", ["", "0000-0002-1825-0098", "0009-0008-5499-549X", "0000000218250097", "Jane Doe"]
)
def test_what_is_no_orcid_is_refused(text: str) -> None:
    assert bare_orcid(text) is None


@given(st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_in_an_orcid_is_seen(position: int, shift: int) -> None:
    digits = list("0000000218250097")
    digits[position] = str((int(digits[position]) + shift) % 10)
    text = "".join(digits)
    assert bare_orcid("-".join(text[at : at + 4] for at in (0, 4, 8, 12))) is None


@pytest.mark.parametrize("text", ["04xeg9z08", "ror.org/04xeg9z08", "https://ror.org/04XEG9Z08/"])
def test_a_ror_in_any_form_becomes_the_url(text: str) -> None:
    assert ror_url(text) == "https://ror.org/04xeg9z08"


@pytest.mark.parametrize("text", ["000000000", "04tr90w50", "04trw8v67", "00cv1019", "0420bd125", "", "NIMH"])
def test_what_is_no_ror_is_refused(text: str) -> None:
    assert ror_url(text) is None


@pytest.mark.parametrize(
    ("text", "curie", "iri"),
    [
        ("UBERON:0001882", "UBERON:0001882", "http://purl.obolibrary.org/obo/UBERON_0001882"),
        ("UBERON_0001882", "UBERON:0001882", "http://purl.obolibrary.org/obo/UBERON_0001882"),
        (
            "https://purl.obolibrary.org/obo/UBERON_0001882",
            "UBERON:0001882",
            "http://purl.obolibrary.org/obo/UBERON_0001882",
        ),
        ("DOID:1826", "DOID:1826", "http://purl.obolibrary.org/obo/DOID_1826"),
        ("MBA:382", "MBA:382", "MBA:382"),
        ("https://example.org/region/1", "https://example.org/region/1", "https://example.org/region/1"),
        ("UBERON:1882", None, None),
        ("nucleus accumbens", None, None),
        ("123:abc", None, None),
        ("", None, None),
    ],
)
def test_terms_as_curie_and_as_iri(text: str, curie: str | None, iri: str | None) -> None:
    assert (term_curie(text), term_iri(text)) == (curie, iri)
