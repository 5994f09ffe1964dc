"""Damaged NWB files are kept back where the dandi client keeps them back, and say what is damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import DataError
from dandifile.model import JsonObject
from dandifile.survey.nwb import validate as validation
from dandifile.survey.nwb.causes import why_packed
from dandifile.survey.nwb.validate import inspect, validate
from dandifile.survey.quiet import quiet
from tests.survey.lab import write_nwb
from tests.survey.nwb.damage import DAMAGED, SOUND, changed, write_recording, zeros_at

SPECIFICATIONS = "its cached specifications are not readable JSON: the file is damaged"
UNREADABLE = "data in it cannot be read: the file is damaged"
STRUCTURE = "it is an HDF5 file, but its structure is damaged"
EMPTY = "has no value at all (an empty HDF5 dataspace)"
REASONS = {
    "specifications": SPECIFICATIONS,
    "a value": f"session_description {EMPTY}",
    "data without a value": f"acquisition/ts/data {EMPTY}",
    "a column without a value": f"intervals/trials/start_time {EMPTY}",
    "keywords without a value": f"general/keywords {EMPTY}",
    "timestamps": UNREADABLE,
    "an object": STRUCTURE,
    "the header": "it starts with zeros where an NWB file has its header",
    "the end": "it is an HDF5 file that is cut off at its end",
    "half of it": "it is an HDF5 file that is cut off at its end",
}


def kept_back_by_the_client(path: Path) -> bool:
    """As `dandi upload` does it: by errors of validation, or for want of metadata."""
    from dandi.files.bases import NWBAsset

    asset = NWBAsset(filepath=path, path=path.name, dandiset_path=None)
    with quiet():
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
    assert not any("Zarr" in reason or "tool's" in reason or str(tmp_path) in reason for reason in told)


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
    assert "the fault is the tool's, not the file's" in message


@pytest.mark.usefixtures("own_reference")
def test_what_fails_on_this_file_alone_keeps_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pynwb

    path, own = write_nwb(tmp_path / "a.nwb"), pynwb.validate
    monkeypatch.setattr(
        "pynwb.validate", lambda path: failing() if path.endswith("a.nwb") else own(path=path)
    )
    [(message, severity)] = crashes(path).items()
    assert severity == "error"
    assert "tool's" not in message


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
    said = "acquisition/ts/timestamps is packed with filter 440 of HDF5"
    with pytest.raises(DataError, match=said) as raised:
        inspect({"path": str(path)})
    assert "hdf5plugin" in raised.value.fix
    findings = validate({"path": str(path)})["findings"]
    assert [(each["severity"], said in each["message"]) for each in findings if "440" in each["message"]] == [
        (None, True)
    ], "one finding, however many checks it stops"
    assert not any("the tool's" in each["message"] for each in findings)


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
