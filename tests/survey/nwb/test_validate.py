from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from dandifile.model import JsonObject
from dandifile.survey.nwb.validate import validate
from tests.real import NWB
from tests.survey.lab import needs_shared_data, write_nwb


def findings(path: Path) -> list[JsonObject]:
    found: list[JsonObject] = validate({"path": str(path), "digest": "", "missing_media": []})["findings"]
    return found


def severities(path: Path) -> dict[str, str | None]:
    return {finding["check"]: finding["severity"] for finding in findings(path)}


def test_a_sound_file_has_no_errors_whatever_it_is_called(tmp_path: Path) -> None:
    found = severities(write_nwb(tmp_path / "any old name.nwb"))
    assert "error" not in found.values()
    assert not any(check.startswith("DANDI.") for check in found)


def test_severities_are_the_dandi_clients(tmp_path: Path) -> None:
    found = severities(write_nwb(tmp_path / "a.nwb", {"age": "old", "species": "mouse"}))
    assert found["check_subject_age"] == "error"
    assert found["check_subject_species_form"] == "error"


def test_a_missing_subject_is_found_with_its_place(tmp_path: Path) -> None:
    [finding] = [
        f for f in findings(write_nwb(tmp_path / "a.nwb", {})) if f["check"] == "check_subject_exists"
    ]
    assert finding["severity"] == "error"
    assert finding["within"] == "/"


@needs_shared_data
def test_a_crash_of_a_check_is_the_tools_fault_and_has_no_severity() -> None:
    found = findings(NWB / "000009_real_ecephys_ogen.nwb")
    [crash] = [finding for finding in found if finding["severity"] is None]
    assert crash["check"] == "check_units_table_duration"
    assert "nwbinspector itself failed" in crash["message"]
    assert "the tool's, not the file's" in crash["message"]
    assert "Traceback" not in crash["message"]
    errors = {finding["check"] for finding in found if finding["severity"] == "error"}
    assert errors == {"check_subject_age", "pynwb.DtypeError"}


@needs_shared_data
@pytest.mark.parametrize("name", sorted(path.name for path in NWB.glob("*.nwb")))
def test_every_real_file_is_judged_as_the_dandi_client_judges_it(name: str) -> None:
    from dandi.files import dandi_file

    theirs = dandi_file(NWB / name).get_validation_errors()
    blocking = [
        r for r in theirs if r.severity and r.severity.name == "ERROR" and "During evaluation" not in r.id
    ]
    paths = [r for r in blocking if r.id.startswith("DANDI.")]
    ours = [finding for finding in findings(NWB / name) if finding["severity"] == "error"]
    assert len(ours) == len({(r.id, r.message) for r in blocking}) - len(paths)
    assert all(finding["message"] in {r.message for r in blocking} for finding in ours)


def test_no_network_and_no_talk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def no_network(*_: Any) -> None:
        raise AssertionError("the network was asked")

    path = write_nwb(tmp_path / "a.nwb", external_video="odd")
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert "check_image_series_external_file_valid" in severities(path)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
