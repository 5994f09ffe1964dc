"""Metadata, names and findings of whole files, as the dandi package makes them or should; the vocabulary."""

from __future__ import annotations

import copy
import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import pytest

from dandifile.errors import DataError
from dandifile.model import IgnoredCheck, JsonObject, Local, Record, Severity, Validation, Vocabulary
from dandifile.survey.findings import split
from dandifile.survey.inventory import inventory, names
from dandifile.survey.nwb.extract import extract
from dandifile.survey.survey import survey, validate_all
from tests.real import NWB
from tests.survey.lab import Runner, needs_shared_data, spec_of, write, write_nwb

NOT_OF_CONTENT = {
    "path",
    "digest",
    "contentSize",
    "dateModified",
    "blobDateModified",
    "access",
    "id",
    "identifier",
}


def extracted(path: Path, vocabulary: Vocabulary | None = None) -> JsonObject:
    return extract({"path": str(path), "vocabulary": vocabulary.as_params() if vocabulary else {}})


def in_another_process(path: Path, seed: str) -> str:
    program = (
        "import json, sys; from dandifile.survey.nwb.extract import extract; "
        "print(json.dumps(extract({'path': sys.argv[1], 'vocabulary': {}}), sort_keys=True))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    return run.stdout.strip()


def test_the_metadata_is_the_dandi_packages_and_names_no_moment(tmp_path: Path) -> None:
    made = extracted(write_nwb(tmp_path / "raw.nwb", keywords=["b", "a"]))["metadata"]
    assert not NOT_OF_CONTENT & made.keys()
    assert made["schemaKey"] == "Asset"
    assert made["schemaVersion"]
    assert made["encodingFormat"] == "application/x-nwb"
    assert made["keywords"] == ["b", "a"]
    [subject] = made["wasAttributedTo"]
    assert (subject["identifier"], subject["age"]["value"], subject["sex"]["name"]) == ("m1", "P90D", "Male")
    session, generation = made["wasGeneratedBy"]
    assert session["identifier"] == "s1"
    assert generation["wasAssociatedWith"][0]["name"] == "DANDI Command Line Interface"
    assert not {"id", "startDate", "endDate"} & generation.keys()


def test_the_metadata_fits_the_archives_schema(tmp_path: Path) -> None:
    from dandischema.models import BareAsset

    made = extracted(write_nwb(tmp_path / "raw.nwb"))["metadata"]
    server = {"path": "x.nwb", "contentSize": 1, "digest": {"dandi:dandi-etag": "0" * 32 + "-1"}}
    BareAsset.model_validate(made | server | {"schemaKey": "BareAsset"})


def test_where_the_file_lies_does_not_matter(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "raw.nwb")
    bids = tmp_path / "ds" / "sub-other" / "ses-x" / "sub-other_ses-x.nwb"
    write(bids, path.read_bytes())
    write(tmp_path / "ds" / "dataset_description.json", json.dumps({"Name": "x", "BIDSVersion": "1.9.0"}))
    os.utime(bids, (0, 0))
    assert extracted(bids) == extracted(path)


@needs_shared_data
@pytest.mark.parametrize("name", sorted(path.name for path in NWB.glob("*.nwb")))
def test_every_real_file_gives_metadata_or_a_reason(name: str) -> None:
    made = extracted(NWB / name)
    assert json.loads(json.dumps(made)) == made
    if name == "real_phy_empty_subject.nwb":
        assert "Age is empty" in made["refused"]["reason"]
    else:
        assert made["metadata"]["schemaKey"] == "Asset"


@needs_shared_data
def test_two_processes_with_two_hash_seeds_agree_to_the_byte() -> None:
    path = NWB / "000009_real_ecephys_ogen.nwb"
    assert in_another_process(path, "1") == in_another_process(path, "2")


@needs_shared_data
def test_the_parts_of_a_real_files_name() -> None:
    assert extracted(NWB / "000009_real_ecephys_ogen.nwb")["labels"] == {
        "entities": {"sub": "anm00239123", "ses": "20170627T093549", "obj": "6y4oo1"},
        "modalities": "ecephys+ogen",
        "ids": {"sub": "anm00239123"},  # the session is made of its start
    }


def test_names_are_cleaned_as_dandi_organize_cleans_them(tmp_path: Path) -> None:
    labels = extracted(write_nwb(tmp_path / "a.nwb", {"subject_id": "m_1.b c"}, session_id="2024/03"))[
        "labels"
    ]
    assert labels["entities"]["sub"] == "m-1-b-c"
    assert labels["entities"]["ses"] == "2024-03"


def test_videos_beside_the_file_are_reported(tmp_path: Path) -> None:
    assert extracted(write_nwb(tmp_path / "a.nwb", external_video="videos/v.mp4"))["media"] == [
        "videos/v.mp4"
    ]


@pytest.mark.parametrize("subject", [{}, {"subject_id": None, "sex": None, "age": None}])
@pytest.mark.parametrize(("number", "name"), [("9685", "Felis catus - Domestic cat"), ("9999999", None)])
def test_a_species_that_is_not_listed_stands_for_itself_without_asking_the_web(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: dict[str, Any], number: str, name: str | None
) -> None:
    def no_network(*_: Any) -> None:
        raise AssertionError("the network was asked")

    taxon = f"http://purl.obolibrary.org/obo/NCBITaxon_{number}"
    path = write_nwb(tmp_path / "cat.nwb", subject | {"species": taxon})
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    [subject] = extracted(path)["metadata"]["wasAttributedTo"]
    assert subject["species"]["identifier"] == taxon
    assert subject["species"].get("name") == name


@pytest.mark.parametrize(
    ("subject", "named"),
    [({"species": "unicorn"}, "unicorn"), ({"sex": "yes"}, "yes"), ({"age": "old"}, "old")],
)
def test_a_subject_that_cannot_be_interpreted_is_refused_and_named(
    tmp_path: Path, subject: dict[str, str], named: str
) -> None:
    refused = extracted(write_nwb(tmp_path / "a.nwb", subject))["refused"]
    assert named in refused["reason"]
    assert refused["fix"]


def test_a_file_without_a_subject_has_metadata_and_no_name(tmp_path: Path) -> None:
    made = extracted(write_nwb(tmp_path / "a.nwb", {}))
    assert made["metadata"]["wasAttributedTo"] == []
    assert "sub" not in made["labels"]["entities"]


def test_what_another_machine_could_read_is_an_error_and_not_a_property_of_the_content(
    tmp_path: Path,
) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        extracted(tmp_path / "gone.nwb")


def test_nothing_reaches_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    extracted(write_nwb(tmp_path / "a.nwb", external_video="odd"))
    captured = capfd.readouterr()
    assert captured.err == ""
    assert captured.out == ""


LAB = Vocabulary(
    species={"crab-eating macaque": "NCBITaxon:9541"},
    sex={"hermaphrodite": "O"},
    subjects={"Müller/1": "Mueller1"},
)
ODD = {"species": "crab-eating macaque", "sex": "hermaphrodite", "subject_id": "Müller/1"}


def look(root: Path, run: Runner, vocabulary: Vocabulary | None = None) -> Local:
    spec = spec_of(root, "raw", vocabulary=vocabulary or Vocabulary())
    return survey(spec, run, known={}, record=Record())


def test_the_dandi_package_still_asks_for_the_duration_where_we_look() -> None:
    """If it asks elsewhere in a new version, times and the reference of an age are not seen any more."""
    import inspect

    from dandi import pynwb_utils

    assert "_get_session_duration(nwb)" in inspect.getsource(pynwb_utils._get_pynwb_metadata)


@pytest.mark.parametrize(
    ("subject", "value", "reference"),
    [
        ({"age": "P14D", "age__reference": "gestational"}, "P14D", "Gestational"),
        ({"age": "P14DT3H4M5S"}, "P14DT3H4M5S", "Birth"),
        ({"age": None, "date_of_birth": datetime(2024, 2, 28, 10, 30, tzinfo=UTC)}, "P2D", "Birth"),
    ],
)
def test_the_age_in_the_metadata(tmp_path: Path, subject: Any, value: str, reference: str) -> None:
    made = extracted(write_nwb(tmp_path / "a.nwb", subject))
    [participant] = made["metadata"]["wasAttributedTo"]
    assert participant["age"] == {
        "schemaKey": "PropertyValue",
        "unitText": "ISO-8601 duration",
        "value": value,
        "valueReference": {"schemaKey": "PropertyValue", "value": f"dandi:{reference}Reference"},
    }
    assert made["findings"] == []


def test_a_subject_born_after_the_session_is_a_finding_that_blocks(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb", {"age": None, "date_of_birth": datetime(2024, 5, 1, tzinfo=UTC)})
    [asset] = look(tmp_path, Runner()).assets
    blocking, _, _ = split(asset.findings, Validation(), asset.path)
    assert [finding.check for finding in blocking] == ["check_subject_age.born_after_session"]
    assert asset.metadata is not None
    assert "age" not in asset.metadata["wasAttributedTo"][0]


def test_papers_become_related_resources(tmp_path: Path) -> None:
    made = extracted(
        write_nwb(
            tmp_path / "a.nwb", related_publications=["doi:10.7554/eLife.1", "Doe et al., in preparation"]
        )
    )
    assert made["metadata"]["relatedResource"] == [
        {
            "schemaKey": "Resource",
            "identifier": "https://doi.org/10.7554/eLife.1",
            "relation": "dcite:IsDescribedBy",
        }
    ]
    assert [finding["check"] for finding in made["findings"]] == ["dandifile.related_publications"]


def test_all_of_it_fits_the_archives_schema(tmp_path: Path) -> None:
    from dandischema.models import BareAsset

    path = write_nwb(
        tmp_path / "a.nwb",
        ODD | {"age__reference": "gestational"},
        related_publications=["PMID: 34616066", "10.1/x"],
    )
    made = extracted(path, LAB)["metadata"]
    server = {"path": "x.nwb", "contentSize": 1, "digest": {"dandi:dandi-etag": "0" * 32 + "-1"}}
    BareAsset.model_validate(made | server | {"schemaKey": "BareAsset"})


def test_the_vocabulary_is_in_metadata_and_names(tmp_path: Path) -> None:
    made = extracted(write_nwb(tmp_path / "a.nwb", ODD), LAB)
    [participant] = made["metadata"]["wasAttributedTo"]
    assert participant["identifier"] == "Mueller1"
    assert participant["species"]["identifier"] == "http://purl.obolibrary.org/obo/NCBITaxon_9541"
    assert participant["sex"] == {"schemaKey": "SexType", "name": "Other"}
    assert made["labels"]["entities"]["sub"] == "Mueller1"


def test_a_word_whose_meaning_is_known_does_not_block(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb", ODD)
    [asset] = look(tmp_path, Runner(), LAB).assets
    assert asset.path == "sub-Mueller1/sub-Mueller1_ses-s1.nwb"
    blocking, _, _ = split(asset.findings, Validation(), asset.path)
    assert blocking == ()
    milder = {finding.check for finding in asset.findings if finding.severity is Severity.HINT}
    assert {"check_subject_species_form", "check_subject_sex", "check_subject_id_no_slashes"} <= milder


def test_without_the_vocabulary_it_is_refused_in_the_same_words_for_every_file(tmp_path: Path) -> None:
    for number in range(2):
        write_nwb(tmp_path / "raw" / f"{number}.nwb", ODD | {"subject_id": f"m{number}"})
    one, two = look(tmp_path, Runner()).refused
    assert (one.reason, one.fix) == (two.reason, two.fix)
    assert 'vocabulary: {species: {"crab-eating macaque": "NCBITaxon:9541"}}' in one.fix


def test_another_vocabulary_reads_the_file_again_and_the_same_one_does_not(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb", {"species": "lab mouse"})
    run = Runner()
    for number, meaning in enumerate(["NCBITaxon:10090", "NCBITaxon:10096", "NCBITaxon:10090"]):
        [asset] = look(tmp_path, run, Vocabulary(species={"lab mouse": meaning})).assets
        assert asset.metadata is not None
        assert asset.metadata["wasAttributedTo"][0]["species"]["identifier"].endswith(
            meaning.replace(":", "_")
        )
        assert run.count("inspect") == min(number + 1, 2)


def test_every_command_that_reads_files_honours_the_vocabulary(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb", ODD)
    spec = spec_of(tmp_path, "raw", vocabulary=LAB)
    path = "sub-Mueller1/sub-Mueller1_ses-s1.nwb"
    assert [name for _, name in names(spec, Runner(), Record()).files] == [path]
    [line] = inventory(spec, Runner(), Record(), (), ()).here
    assert (line.path, line.subject, line.validation) == (path, "Mueller1", "valid")
    local, of_refused = validate_all(spec, Runner())
    assert ([asset.path for asset in local.assets], of_refused) == ([path], ())


def test_a_step_is_given_no_vocabulary_where_there_is_none() -> None:
    assert Vocabulary().as_params() == {}
    params = LAB.as_params()
    assert params == copy.deepcopy(params) == {key: dict(value) for key, value in vars(LAB).items()}


def test_accepting_a_missing_zone_accepts_no_other_error_of_that_class(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "raw" / "a.nwb")
    with h5py.File(path, "a") as file:
        del file["session_start_time"]
        file["session_start_time"] = "2024-03-01T23:30:00"
    [asset] = look(tmp_path, Runner()).assets
    [error] = [finding for finding in asset.findings if finding.severity is Severity.ERROR]
    assert error.check == "pynwb.Error.missing_timezone"
    for accepted, blocked in ((error.check, 0), ("pynwb.Error", 0), ("pynwb.Error.argument_missing", 1)):
        validation = Validation(ignore=(IgnoredCheck(accepted, "we looked"),))
        assert len(split(asset.findings, validation, asset.path)[0]) == blocked
    assert "dandifile.zone_of_session_start_time" in {finding.check for finding in asset.findings}
