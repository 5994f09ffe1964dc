from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.identifiers import bare_orcid, obo_iri, ontology_curie, ror_url, term_curie, term_iri


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
def test_other_texts_are_not_orcids(text: str) -> None:
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
def test_other_texts_are_not_rors(text: str) -> None:
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


@pytest.mark.parametrize(("text", "expected"), [
    ("UBERON:0002421", "UBERON:0002421"),
    (" uberon_0002421 ", "UBERON:0002421"),
    ("<http://purl.obolibrary.org/obo/UBERON_0002421>", "UBERON:0002421"),
    ("https://purl.obolibrary.org/obo/NCBITaxon_10090", "NCBITaxon:10090"),
    ("http://purl.obolibrary.org/obo/EFO_0001", "EFO:0001"),
    ("obo.CL_0000151", "CL:0000151"),
    ("http://purl.obolibrary.org/obo/uberon_0002421", "UBERON:0002421"),
    ("doid:1826", "DOID:1826"),
    ("hippocampus", None),
    ("layer_5", None),
    ("CA1", None),
    ("http://example.org/UBERON_0002421", None),
    ("RRID:MGI_1", None),
    ("CL: neuron", None),
    ("", None),
])  # fmt: skip
def test_ids_in_any_form(text: str, expected: str | None) -> None:
    assert ontology_curie(text) == expected


@given(
    st.sampled_from(["UBERON", "CL", "DOID", "HP", "NCBITaxon"]), st.from_regex(r"[0-9]{1,9}", fullmatch=True)
)
def test_curie_and_iri_lead_to_each_other(prefix: str, number: str) -> None:
    assert ontology_curie(obo_iri(f"{prefix}:{number}")) == f"{prefix}:{number}"
