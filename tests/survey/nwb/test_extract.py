from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import DataError
from dandifile.model import JsonObject
from dandifile.survey.nwb.extract import extract
from tests.real import NWB
from tests.survey.lab import needs_shared_data, write, write_nwb

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


def extracted(path: Path) -> JsonObject:
    return extract({"path": str(path), "digest": ""})


def in_another_process(path: Path, seed: str) -> str:
    program = (
        "import json, sys; from dandifile.survey.nwb.extract import extract; "
        "print(json.dumps(extract({'path': sys.argv[1], 'digest': ''}), sort_keys=True))"
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


def test_videos_beside_the_file_are_told(tmp_path: Path) -> None:
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
