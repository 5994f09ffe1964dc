"""What is in normal form stays as it is: functions that make texts comparable, over all sorts of letters."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dandifile import doi
from dandifile.identifiers import award_key, bare_orcid, ontology_curie, ror_url, term_curie, term_iri
from dandifile.lookup.authors import normalise
from dandifile.lookup.names import is_collective, tidy_name
from dandifile.lookup.terms.tables import name_key
from dandifile.net.urls import normal_url
from dandifile.planning.merge import curie as merged_curie
from dandifile.report.values import plain_text
from dandifile.spec.licenses import SCHEMA_LICENSES, matching_license
from dandifile.spec.resources import normal_address
from localdandi.store.database import fold_text

Normaliser = Callable[[str], str | None]

FREE: dict[str, Normaliser] = {
    "names compared": normalise,
    "terms compared": name_key,
    "searches of the embedded archive": fold_text,
    "awards": award_key,
    "people's names, tidy": tidy_name,
    "related resources": doi.resource_identifier,
    "addresses of resources": normal_address,
    "identifiers compared": merged_curie,
    "texts on the screen": plain_text,
}
"""These take any text."""

OF_IDS: dict[str, tuple[Normaliser, tuple[str, ...]]] = {
    "DOI": (doi.normal_doi, ("https://doi.org/10.1038/NN.2134", "10.1234/a%2Fb", "10.1000/İ")),
    "DOI of a resource": (doi.resource_doi, ("arXiv:2101.00001v2", "10.1101/2020.01.17.909838")),
    "ORCID iD": (bare_orcid, ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1694-233x")),
    "ROR id": (ror_url, ("ROR.org/04XEG9Z08", "04xeg9z08/")),
    "term": (term_curie, ("http://purl.obolibrary.org/obo/UBERON_0002421", " CL_0000598")),
    "term on assets": (term_iri, ("UBERON:0002421", "MBA:56")),
    "term as asked": (ontology_curie, ("uberon:0002421", "<obo.UBERON_0002421>", "mba 56")),
    "license": (lambda text: matching_license(text, SCHEMA_LICENSES), ("cc by 4.0", "spdx:CC0-1.0")),
    "URL of an archive": (normal_url, ("HTTPS://API.Example.org:443/api/", "http://localhost:8000/api")),
}

ODD = [
    sign
    for sign in map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1)))
    if unicodedata.normalize("NFKD", sign) != sign
    or sign.casefold() != sign
    or sign.lower() != sign
    or sign.upper() != sign
    or unicodedata.category(sign) in {"Mn", "Mc", "Cf", "Sk", "Lm", "Pd", "Zs"}
]
"""Every letter and mark that case folding or normalising changes, and whatever is stripped somewhere."""
SURROUNDED = st.lists(st.sampled_from(ODD) | st.sampled_from("aAß ',-.&;<>\"JrIV1"), max_size=12).map("".join)


def test_the_odd_letters_are_there() -> None:
    assert len(ODD) > 15_000
    assert {"\U0001d6a8", "ﬁ", "İ", "ǽ", "\u1fef", "K", "ẞ"} <= {*ODD}


@pytest.mark.parametrize("name", FREE)
def test_normalising_twice_changes_nothing_of_any_letter(name: str) -> None:
    normal = FREE[name]
    wrong = []
    for sign in ODD:
        for text in (sign, f"x{sign}y {sign}Z"):
            once = normal(text)
            if once is not None and normal(once) != once:
                wrong.append((text, once))
    assert wrong == []


@pytest.mark.parametrize("name", FREE)
@given(text=SURROUNDED | st.text(max_size=40))
@example(text="\U0001d6a8")  # mathematical bold capital alpha
@example(text="&amp;amp;amp;lt;i&amp;amp;gt;")
@example(text="Doe, Jane, Ph.D., M.D.")
def test_normalising_twice_changes_nothing(name: str, text: str) -> None:
    normal = FREE[name]
    once = normal(text)
    assert once is not None
    assert normal(once) == once


@pytest.mark.parametrize("name", OF_IDS)
@given(st.data())
def test_an_id_in_normal_form_stays(name: str, data: st.DataObject) -> None:
    normal, ids = OF_IDS[name]
    for text in (*ids, data.draw(st.sampled_from(ids)) + data.draw(st.text(max_size=5))):
        once = normal(text) if text in ids or "://[" not in text else None
        if once is not None:
            assert normal(once) == once
    assert normal(ids[0]) is not None


@given(SURROUNDED)
def test_names_that_are_one_are_one_in_normal_form(text: str) -> None:
    assert normalise(text) == normalise(text.upper()) == normalise(unicodedata.normalize("NFKC", text))
    assert is_collective(text) in {True, False}
