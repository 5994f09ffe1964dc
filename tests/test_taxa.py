from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.taxa import normal_name, similar_taxon, taxon_number, taxon_of_name, taxon_of_number


@pytest.mark.parametrize(
    "text",
    [
        "NCBITaxon:10090",
        "NCBITaxon_10090",
        "ncbitaxon:10090",
        "NCBITAXON:10090",
        " NCBITaxon: 10090 ",
        "NCBI:txid10090",
        "txid10090",
        "taxid:10090",
        "TaxID 10090",
        "http://purl.obolibrary.org/obo/NCBITaxon_10090",
        "https://purl.obolibrary.org/obo/NCBITaxon_10090/",
        "purl.obolibrary.org/obo/NCBITaxon_10090",
        "http://www.ontobee.org/ontology/NCBITaxon?iri=http://purl.obolibrary.org/obo/NCBITaxon_10090",
        "https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?id=10090",
        "https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?mode=Info&id=10090",
        "https://www.ncbi.nlm.nih.gov/datasets/taxonomy/10090/",
        "https://bioregistry.io/ncbitaxon:10090",
        "https://identifiers.org/taxonomy:10090",
    ],
)
def test_every_usual_form_of_an_id_is_the_same_species(text: str) -> None:
    assert taxon_number(text) == "10090"


@pytest.mark.parametrize(
    "text",
    ["10090", "Mus musculus", "NCBITaxon:", "NCBITaxon:0", "UBERON:0002421", "NCBITaxon:10090 mouse", ""],
)
def test_a_number_alone_or_a_name_is_no_id(text: str) -> None:
    assert taxon_number(text) is None


@given(st.text())
def test_no_text_breaks_the_lookup(text: str) -> None:
    taxon_number(text)
    taxon_of_name(text)
    assert normal_name(normal_name(text)) == normal_name(text)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Macaca fascicularis", "9541"),
        ("macaca  FASCICULARIS", "9541"),
        ("crab-eating macaque", "9541"),
        ("cynomolgus monkey", "9541"),
        ("Musca domestica", "7370"),
        ("Mus spretus", "10096"),
        ("zebra finch", "59729"),
        ("Mustela furo", "9669"),
    ],
)
def test_a_species_of_the_table_is_found_by_any_of_its_names(name: str, number: str) -> None:
    taxon = taxon_of_name(name)
    assert taxon is not None
    assert taxon.id == number
    assert taxon_of_number(number) == taxon


def test_a_misspelt_name_is_only_resembled() -> None:
    assert taxon_of_name("Macaca fasicularis") is None
    near = similar_taxon("Macaca fasicularis")
    assert near is not None
    assert near.id == "9541"
    assert similar_taxon("unicorn") is None


def test_the_table_names_each_species_once() -> None:
    lines = files("dandifile").joinpath("taxa.tsv").read_text("utf-8").splitlines()
    rows = list(csv.reader((line for line in lines if line[0] != "#"), delimiter="\t"))[1:]
    assert len(rows) > 200
    assert all(number.isdigit() and " " in scientific for number, scientific, *_ in rows)
    names = [(normal_name(name), row[0]) for row in rows for name in (*row[1:3], *row[3].split("|")) if name]
    assert len({name for name, _ in names}) == len(set(names))


def test_the_table_agrees_with_the_dandi_packages_list() -> None:
    from dandi.metadata.util import species_map

    for record in species_map:
        taxon = taxon_of_number(record.taxon_id)
        assert taxon is not None
        assert taxon.scientific == record.scientific_name


def test_a_species_is_labelled_as_dandi_labels_it() -> None:
    finch, fly = taxon_of_number("59729"), taxon_of_number("7240")
    assert finch is not None
    assert fly is not None
    assert finch.label == "Taeniopygia guttata - Zebra finch"
    assert fly.label == "Drosophila simulans"
