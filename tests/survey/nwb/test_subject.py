"""What the words of a file mean; against the dandi package where it is right."""

from __future__ import annotations

from typing import Any

import pytest

from dandifile.survey.nwb import subject
from dandifile.survey.nwb.remarks import RefusedValueError

OBO = "http://purl.obolibrary.org/obo/"


def refusal(function: Any, word: str) -> RefusedValueError:
    with pytest.raises(RefusedValueError) as caught:
        function(word, {})
    return caught.value


def test_every_name_on_dandis_list_means_what_it_means_there() -> None:
    from dandi.metadata.util import extract_species, species_map

    for record in species_map:
        for name in (
            record.name,
            record.scientific_name,
            record.genbank_common_name,
            *record.common_names,
            record.uri,
        ):
            theirs = extract_species({"species": name})
            assert theirs is not None
            meant = subject.species_of(name, {})
            assert meant is not None
            assert meant.metadata == theirs.model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize(
    ("word", "wrongly", "number"),
    [
        ("Musca domestica", "Mus musculus", "7370"),
        ("Mus spretus", "Mus musculus", "10096"),
        ("Mustela putorius furo", "Mus musculus", "9669"),
        ("muskrat", "Mus musculus", "<its number>"),
        ("Homo neanderthalensis", "Homo sapiens", "<its number>"),
        ("Caenorhabditis briggsae", "Caenorhabditis elegans", "6238"),
    ],
)
def test_a_species_is_not_known_by_its_first_letters(word: str, wrongly: str, number: str) -> None:
    from dandi.metadata.util import extract_species

    theirs = extract_species({"species": word})
    assert theirs is not None
    assert str(theirs.name).startswith(wrongly)
    refused = refusal(subject.species_of, word)
    assert f"species '{word}'" in refused.reason
    assert wrongly in refused.reason
    assert f'vocabulary: {{species: {{"{word}": "NCBITaxon:{number}"}}}}' in refused.fix


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("Macaca fascicularis", "9541"),
        ("crab-eating macaque", "9541"),
        ("Taeniopygia guttata", "59729"),
        ("Macaca fasicularis", "9541"),
        ("Rattus norvegicus domestica", "10116"),
        ("Mus musculus (C57BL/6)", "10090"),
    ],
)
def test_the_refusal_of_a_species_says_what_to_write(word: str, number: str) -> None:
    refused = refusal(subject.species_of, word)
    assert f"species '{word}' is not on DANDI's list" in refused.reason
    assert f"{OBO}NCBITaxon_{number} into Subject.species" in refused.fix
    assert f'{{"{word}": "NCBITaxon:{number}"}}' in refused.fix


def test_the_refusal_of_an_unknown_species_says_where_to_look() -> None:
    assert "https://www.ncbi.nlm.nih.gov/taxonomy" in refusal(subject.species_of, "unicorn").fix


def test_a_refusal_is_the_same_for_every_file_with_that_word() -> None:
    one, two = refusal(subject.species_of, "unicorn"), refusal(subject.species_of, "unicorn")
    assert (one.reason, one.fix) == (two.reason, two.fix)


@pytest.mark.parametrize("word", ["NCBITaxon:9541", "NCBITaxon_9541", f"{OBO}NCBITaxon_9541"])
def test_an_id_is_the_species_itself(word: str) -> None:
    meant = subject.species_of(word, {})
    assert meant is not None
    assert meant.metadata == {
        "schemaKey": "SpeciesType",
        "identifier": f"{OBO}NCBITaxon_9541",
        "name": "Macaca fascicularis - Crab-eating macaque",
    }
    assert meant.settles == "check_subject_species_form"


@pytest.mark.parametrize("word", ["crab-eating macaque", "Crab-eating  Macaque "])
def test_the_vocabulary_says_what_a_word_for_a_species_means(word: str) -> None:
    meant = subject.species_of(word, {"crab-eating macaque": "NCBITaxon:9541"})
    assert meant is not None
    assert meant.metadata["identifier"] == f"{OBO}NCBITaxon_9541"


def test_the_vocabulary_wins_over_dandis_list() -> None:
    meant = subject.species_of("mouse", {"mouse": f"{OBO}NCBITaxon_10096"})
    assert meant is not None
    assert meant.metadata["name"] == "Mus spretus - Western wild mouse"


@pytest.mark.parametrize("word", ["m", "M", "male", "Male", "f", "female", "U", "unknown", "other", "o"])
def test_every_word_for_a_sex_that_dandi_has_means_the_same(word: str) -> None:
    from dandi.metadata.util import extract_sex

    theirs, meant = extract_sex({"sex": word}), subject.sex_of(word, {})
    assert theirs is not None
    assert meant is not None
    assert meant.metadata == theirs.model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize(
    ("word", "offered"), [("hermaphrodite", "O"), ("XX", "O"), ("XO", "M"), ("yes", "…"), ("n/a", "U")]
)
def test_the_refusal_of_a_sex_says_what_to_write(word: str, offered: str) -> None:
    refused = refusal(subject.sex_of, word)
    assert f"sex '{word}' is not one that DANDI knows" in refused.reason
    assert f'vocabulary: {{sex: {{"{word}":' in refused.fix
    assert offered.encode("ascii", "backslashreplace").decode() in refused.fix


@pytest.mark.parametrize(
    ("word", "identifier"),
    [
        (f"{OBO}PATO_0000384", f"{OBO}PATO_0000384"),
        ("PATO:0000383", f"{OBO}PATO_0000383"),
        ("PATO_0001340", f"{OBO}PATO_0001340"),
        (f"{OBO}pato_0001340", f"{OBO}PATO_0001340"),
        ("https://example.org/Sex/Both", "https://example.org/Sex/Both"),
    ],
)
def test_the_id_of_a_sex_keeps_its_case(word: str, identifier: str) -> None:
    meant = subject.sex_of(word, {})
    assert meant is not None
    assert meant.metadata["identifier"] == identifier


def test_the_vocabulary_says_what_a_word_for_a_sex_means() -> None:
    meant = subject.sex_of("Hermaphrodite", {"hermaphrodite": "O"})
    assert meant is not None
    assert meant.metadata["name"] == "Other"
    assert meant.settles == "check_subject_sex"


@pytest.mark.parametrize("word", ["Müller1", "Mu\u0308ller1", " Müller1"])
def test_a_subject_is_renamed_however_its_accents_are_stored(word: str) -> None:
    assert subject.subject_id_of(word, {"Müller1": "Mueller1"}) == ("Mueller1", "check_subject_id_no_slashes")


@pytest.mark.parametrize("word", ["müller1", "Müller2", None])
def test_another_subject_keeps_its_id(word: str | None) -> None:
    assert subject.subject_id_of(word, {"Müller1": "Mueller1"}) == (word, "")


@pytest.mark.parametrize("word", [None, "", "  "])
def test_no_word_is_no_metadata(word: str | None) -> None:
    assert subject.species_of(word, {}) is None
    assert subject.sex_of(word, {}) is None
