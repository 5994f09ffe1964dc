"""Findings are the dandi client's. Damaged files are kept back where it keeps them back, with a reason."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import DataError
from dandifile.model import JsonObject
from dandifile.survey.nwb import validate as validation
from dandifile.survey.nwb.causes import why_packed
from dandifile.survey.nwb.validate import inspect, validate
from dandifile.survey.task import silence_packages
from tests.real import NWB
from tests.survey.lab import needs_shared_data, write_nwb
from tests.survey.nwb.damage import DAMAGED, SOUND, changed, write_recording, zeros_at


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
    assert "nwbinspector failed in check_units_table_duration" in crash["message"]
    assert "a fault in nwbinspector, not in the file" in crash["message"]
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


SPECIFICATIONS = "the cached specifications are not valid JSON: the file is damaged"
UNREADABLE = "part of the data cannot be read: the file is damaged"
STRUCTURE = "the structure of the HDF5 file is damaged"
EMPTY = "has no value (an HDF5 null dataspace)"
REASONS = {
    "specifications": SPECIFICATIONS,
    "a value": f"session_description {EMPTY}",
    "data without a value": f"acquisition/ts/data {EMPTY}",
    "a column without a value": f"intervals/trials/start_time {EMPTY}",
    "keywords without a value": f"general/keywords {EMPTY}",
    "timestamps": UNREADABLE,
    "an object": STRUCTURE,
    "the header": "the file starts with zeros instead of an HDF5 header",
    "the end": "the HDF5 file is cut off",
    "half of it": "the HDF5 file is cut off",
}


def kept_back_by_the_client(path: Path) -> bool:
    """As `dandi upload` does it: by errors of validation, or for want of metadata."""
    from dandi.files.bases import NWBAsset

    asset = NWBAsset(filepath=path, path=path.name, dandiset_path=None)
    with silence_packages():
        if any(r.severity and r.severity.name == "ERROR" for r in asset.get_validation_errors()):
            return True
        try:
            asset.get_metadata(ignore_errors=False)
        except Exception:  # noqa: BLE001  # whatever it is, it uploads nothing
            return True
    return False


def reasons(path: Path) -> list[str]:
    """Why we keep it back."""
    told = inspect({"path": str(path)})
    refused = [told["extract"]["refused"]["reason"]] if "refused" in told["extract"] else []
    errors = [f["message"] for f in told["validate"]["findings"] if f["severity"] in ("error", "critical")]
    return refused + errors


@pytest.mark.parametrize("what", [*DAMAGED, *SOUND])
def test_a_file_is_kept_back_where_the_client_keeps_it_back(tmp_path: Path, what: str) -> None:
    path = (DAMAGED | SOUND)[what](write_recording(tmp_path / "a.nwb"))
    told = reasons(path)
    assert bool(told) == kept_back_by_the_client(path) == (what in DAMAGED)
    assert any(REASONS[what] in reason for reason in told) == (what in DAMAGED)
    assert not any("Zarr" in reason or "fault in" in reason or str(tmp_path) in reason for reason in told)


def zeros_in_the_middle(file: Any) -> None:
    """The first and the last of the timestamps are in other chunks."""
    file["acquisition/ts/timestamps"].id.write_direct_chunk((1000,), bytes(100))


def test_a_single_check_that_cannot_read_the_data_is_the_files_fault(tmp_path: Path) -> None:
    path = changed(write_recording(tmp_path / "a.nwb"), zeros_in_the_middle)
    found: list[JsonObject] = validate({"path": str(path)})["findings"]
    assert {f["check"] for f in found if f["severity"] == "error"} == {validation.DAMAGED}
    assert "the file is damaged" in inspect({"path": str(path)})["extract"]["refused"]["reason"]


def failing(*_: Any, **__: Any) -> Any:
    raise RuntimeError("these versions do not fit together")


def crashes(path: Path) -> dict[str, str | None]:
    found: list[JsonObject] = validate({"path": str(path)})["findings"]
    return {f["message"]: f["severity"] for f in found if "do not fit together" in f["message"]}


@pytest.fixture
def own_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sound file gives is kept for the whole process: not what it gives within this test."""
    import functools

    fresh = functools.cache(validation._checks_failing_on_sound_file.__wrapped__)
    monkeypatch.setattr(validation, "_checks_failing_on_sound_file", fresh)


@pytest.mark.usefixtures("own_reference")
@pytest.mark.parametrize("place", ["pynwb.validate", "nwbinspector.load_config"])
def test_what_fails_on_a_sound_file_too_is_the_tools_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    path = write_nwb(tmp_path / "a.nwb")
    monkeypatch.setattr(place, failing)
    [(message, severity)] = crashes(path).items()
    assert severity is None
    assert "not in the file" in message


@pytest.mark.usefixtures("own_reference")
def test_what_fails_on_this_file_alone_keeps_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pynwb

    path, own = write_nwb(tmp_path / "a.nwb"), pynwb.validate
    monkeypatch.setattr(
        "pynwb.validate", lambda path: failing() if path.endswith("a.nwb") else own(path=path)
    )
    [(message, severity)] = crashes(path).items()
    assert severity == "error"
    assert "not in the file" not in message


@pytest.mark.usefixtures("own_reference")
def test_the_sound_file_is_made_once_and_only_where_something_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    own = validation._write_sound_file

    def counted(path: str) -> None:
        made.append(path)
        own(path)

    monkeypatch.setattr(validation, "_write_sound_file", counted)
    validate({"path": str(write_nwb(tmp_path / "good.nwb"))})
    assert made == []
    path = zeros_at(write_nwb(tmp_path / "bad.nwb"), b'"neurodata_type_def":"TimeSeries"')
    for _ in range(2):
        assert SPECIFICATIONS in validate({"path": str(path)})["findings"][0]["message"]
    assert len(made) == 1
    assert not Path(made[0]).exists()


def test_data_packed_with_a_filter_that_is_not_here_are_no_damage(tmp_path: Path) -> None:
    """Another machine can read them: what cannot be read here fails here, and is not remembered."""
    path = changed(write_recording(tmp_path / "a.nwb"), packed("acquisition/ts/timestamps"))
    said = "acquisition/ts/timestamps is compressed with HDF5 filter 440"
    with pytest.raises(DataError, match=said) as raised:
        inspect({"path": str(path)})
    assert "hdf5plugin" in raised.value.fix
    findings = validate({"path": str(path)})["findings"]
    assert [(each["severity"], said in each["message"]) for each in findings if "440" in each["message"]] == [
        (None, True)
    ], "one finding, however many checks it stops"
    assert not any("not in the file" in each["message"] for each in findings)


def test_packed_data_that_no_check_reads_are_no_finding(tmp_path: Path) -> None:
    path = changed(write_recording(tmp_path / "a.nwb"), packed("acquisition/ts/data"))
    told = inspect({"path": str(path)})
    assert "refused" not in told["extract"]
    assert not any("440" in each["message"] for each in told["validate"]["findings"])


def test_an_error_that_only_speaks_of_filters_is_not_put_down_to_one(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.nwb")
    said = "Can't read data (required filter 'x' is not registered)"
    assert why_packed(str(path), said) is None
    path.write_text("no HDF5")
    assert why_packed(str(path), said) is None


def packed(place: str) -> Callable[[Any], None]:
    """Writes a dataset again as packed with a filter that no machine has."""

    def change(file: Any) -> None:
        import h5py
        from h5py import h5d, h5p, h5z

        attributes, shape, kind = dict(file[place].attrs), file[place].shape, file[place].id.get_type()
        del file[place]
        made = h5p.create(h5p.DATASET_CREATE)
        made.set_chunk(shape)
        made.set_filter(440, h5z.FLAG_OPTIONAL, ())
        dataset = h5py.Dataset(
            h5d.create(file.id, place.encode(), kind, h5py.h5s.create_simple(shape), dcpl=made)
        )
        dataset.id.write_direct_chunk((0,) * len(shape), bytes(100))
        dataset.attrs.update(attributes)

    return change
