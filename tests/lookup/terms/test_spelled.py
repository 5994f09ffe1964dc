from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.identifiers import obo_iri
from dandifile.lookup.terms.spelled import curie, key


@pytest.mark.parametrize(("one", "other"), [
    ("Ammon's horn", "AMMON\u2019S  HORN"),
    ("Sjögren", "sjogren"),
    ("Sjögren", "Sjo\u0308gren"),
    ("locus cœruleus", "locus coeruleus"),
    ("caudate\u2013putamen", "caudate-putamen"),
    ("Brodmann area\u00a017", "brodmann area 17"),
    ("straße", "STRASSE"),
])  # fmt: skip
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("CA1", "CA 1"), ("CA1", "CA3"), ("V1", "V-1"), ("\u03b1", "a")])
def test_names_of_two_things(one: str, other: str) -> None:
    assert key(one) != key(other)


@given(st.text())
def test_a_key_is_its_own_key(name: str) -> None:
    assert key(key(name)) == key(name)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_and_accented_texts_are_treated_alike(name: str) -> None:
    assert key(name + "é") == key(name + "e")


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
    assert curie(text) == expected


@given(
    st.sampled_from(["UBERON", "CL", "DOID", "HP", "NCBITaxon"]), st.from_regex(r"[0-9]{1,9}", fullmatch=True)
)
def test_curie_and_iri_lead_to_each_other(prefix: str, number: str) -> None:
    assert curie(obo_iri(f"{prefix}:{number}")) == f"{prefix}:{number}"
