"""What the subject's fields mean, against the dandi package where it is right; its age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.survey.nwb import subject
from dandifile.survey.nwb.remarks import Defect, RefusedValueError, Remark
from dandifile.survey.nwb.subject import AgeFields, age_of, iso_duration

OBO = "http://purl.obolibrary.org/obo/"


def refusal(function: Any, word: str) -> Defect:
    with pytest.raises(RefusedValueError) as caught:
        function(word, {})
    return caught.value.defect


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
    assert f"sex '{word}' is not a value that DANDI knows" in refused.reason
    assert f'vocabulary: {{sex: {{"{word}":' in refused.fix
    assert offered in refused.fix


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


START = datetime(2024, 3, 1, 10, tzinfo=UTC)


def recorded(**said: object) -> tuple[str | None, str | None, list[Remark]]:
    """The age, what it counts from, and what is reported."""
    age, remarks = age_of(AgeFields(**said))  # type: ignore[arg-type]  # one field at a time
    if age is None:
        return None, None, remarks
    return (
        age["value"],
        age["valueReference"]["value"].removeprefix("dandi:").removesuffix("Reference"),
        remarks,
    )


@pytest.mark.parametrize(
    ("age", "value"),
    [
        ("P90D", "P90D"),
        ("p90d", "P90D"),
        ("P1Y2M3W4DT5H6M7S", "P1Y2M3W4DT5H6M7S"),
        ("PT30S", "PT30S"),
        ("P1DT12H0M5.5S", "P1DT12H0M5.5S"),
        ("P1,5D", "P1.5D"),
        ("P14d", "P14D"),
        ("P1D/P3DT10S", "P1D/P3DT10S"),
        ("P90Y/", "P90Y/"),
        ("/P3D", "/P3D"),
        ("P9M/P1Y", "P9M/P1Y"),
        ("P1Y6M/P2Y", "P1Y6M/P2Y"),
        ("P1W/P10D", "P1W/P10D"),
        ("90 days", "P90D"),
        ("3 hours 20 sec", "PT3H20S"),
    ],
)
def test_an_age_keeps_all_its_units(age: str, value: str) -> None:
    assert recorded(age=age) == (value, "Birth", [])


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        ("", "Age is empty"),
        ("old", "old"),
        ("P14", "P14D for 14 days"),
        ("14", "P14D for 14 days"),
        ("/", "neither a beginning"),
        ("P3D/P1D", "ends before"),
        ("P1D/P2D/P3D", "one beginning"),
        ("P1.5Y2M", "smallest unit"),
        ("P1DT", "not an ISO 8601 duration"),
    ],
)
def test_an_age_that_cannot_be_read_is_refused_and_named(age: str, reason: str) -> None:
    with pytest.raises(RefusedValueError) as caught:
        recorded(age=age)
    assert f"Subject.age '{age}'" in caught.value.defect.reason
    assert reason in f"{caught.value.defect.reason}: {caught.value.defect.fix}"


@pytest.mark.parametrize(
    ("age", "reference"),
    [
        ("P14D", "gestational"),
        ("gestational P14D", None),
        ("gestation 14 days", "birth"),
        ("14 days", "Gestational"),
    ],
)
def test_an_age_of_gestation_stays_one(age: str, reference: str | None) -> None:
    assert recorded(age=age, reference=reference) == ("P14D", "Gestational", [])


def test_a_birth_after_the_session_is_an_error_and_no_age() -> None:
    value, _, [remark] = recorded(born=START + timedelta(days=61), started=START)
    assert value is None
    assert remark.severity == "error"
    assert "date_of_birth is after session_start_time" in remark.message
    assert "61 days" in remark.message


def test_a_birth_after_the_session_leaves_the_age_that_the_file_says() -> None:
    value, reference, [remark] = recorded(age="P60D", born=START + timedelta(hours=5), started=START)
    assert (value, reference, remark.severity) == ("P60D", "Birth", "error")
    assert "5.0 hours" in remark.message


def test_before_its_birth_a_subject_has_an_age_of_gestation() -> None:
    said = {"age": "P14D", "reference": "gestational", "born": START + timedelta(days=5), "started": START}
    assert recorded(**said) == ("P14D", "Gestational", [])


def test_two_ages_that_disagree_are_both_named() -> None:
    value, _, [remark] = recorded(age="P10D", born=datetime(2020, 1, 1, tzinfo=UTC), started=START)
    assert value == "P1521DT36000S"
    assert remark.severity == "warning"
    assert "P10D" in remark.message
    assert "P1521DT36000S" in remark.message


@pytest.mark.parametrize("age", ["P60D", "P59D", "P8W", "P9W", "P2M", "P1M/P3M", "P1Y/", "/P61D", "60 days"])
def test_two_ages_that_agree_to_the_unit_are_one(age: str) -> None:
    said = {"age": age, "born": START - timedelta(days=60, hours=3), "started": START}
    expected = [] if age != "P1Y/" else ["check_subject_age.two_ages"]
    value, _, remarks = recorded(**said)
    assert value == "P60DT10800S"
    assert [remark.check for remark in remarks] == expected


def test_an_age_that_cannot_be_read_does_not_matter_beside_a_date_of_birth() -> None:
    assert recorded(age="old", born=START - timedelta(days=2), started=START) == ("P2D", "Birth", [])


def test_nothing_said_is_no_age() -> None:
    assert recorded(born=START) == (None, None, [])
    assert recorded(started=START) == (None, None, [])


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40_000)))
def test_a_duration_is_one_that_can_be_read_again(delta: timedelta) -> None:
    from pydantic import TypeAdapter

    assert TypeAdapter(timedelta).validate_python(iso_duration(delta)) == delta


@given(
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40_000)).filter(
        lambda delta: delta.microseconds == 0
    )
)
def test_a_whole_duration_is_written_as_the_dandi_package_writes_it(delta: timedelta) -> None:
    from dandi.metadata.util import timedelta2duration

    assert iso_duration(delta) == timedelta2duration(delta)


@given(st.text(max_size=20), st.sampled_from(["birth", "gestational", None]))
def test_no_text_breaks_it(age: str, reference: str | None) -> None:
    try:
        found, _ = age_of(AgeFields(age, reference, START - timedelta(days=3), START))
        assert found is not None
        age_of(AgeFields(age, reference))
    except RefusedValueError:
        pass
