from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import DataError
from dandifile.model import Local, LocalAsset, Record, Severity
from dandifile.survey.bids import validator
from dandifile.survey.bids.validator import complete_dataset
from dandifile.survey.manifest import Line
from dandifile.survey.survey import survey
from tests.real import NWB
from tests.survey.lab import Runner, spec_of, write, write_nwb

EXAMPLES = NWB.parent / "bids"
DESCRIPTION = {"Name": "x", "BIDSVersion": "1.10.0", "DatasetType": "raw", "License": "CC0"}
FILES = {
    "dataset_description.json": json.dumps(DESCRIPTION),
    "README": "Behaviour of one subject",
    "participants.tsv": "participant_id\nsub-01\n",
    "sub-01/ses-a/beh/sub-01_ses-a_task-t_beh.tsv": "trial\tresponse\n1\t2\n",
    "sub-01/ses-a/beh/sub-01_ses-a_task-t_beh.json": '{"TaskName": "t"}',
}
TABLE = "ds/sub-01/ses-a/beh/sub-01_ses-a_task-t_beh.tsv"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path / "data" / "ds" / name, text)
    return tmp_path / "data" / "ds"


def look(root: Path, run: Runner | None = None, known: Mapping[str, tuple[str, ...]] | None = None) -> Local:
    return survey(spec_of(root, "data"), run or Runner(), known=known or {}, record=Record())


def by_path(local: Local) -> dict[str, LocalAsset]:
    return {asset.path: asset for asset in local.assets}


def errors(local: Local) -> dict[str, list[str]]:
    return {
        asset.path: found
        for asset in local.assets
        if (found := [finding.check for finding in asset.findings if finding.severity is Severity.ERROR])
    }


def test_a_good_dataset_is_taken_as_it_is(tmp_path: Path, dataset: Path) -> None:
    local = look(tmp_path)
    assert set(by_path(local)) == {f"ds/{name}" for name in FILES}
    assert errors(local) == {}
    assert local.refused == ()


def test_subject_and_session_come_from_the_path(tmp_path: Path, dataset: Path) -> None:
    metadata = by_path(look(tmp_path))[TABLE].metadata
    assert metadata is not None
    assert metadata["wasAttributedTo"] == [{"schemaKey": "Participant", "identifier": "01"}]
    session, activity = metadata["wasGeneratedBy"]
    assert (session["schemaKey"], session["identifier"]) == ("Session", "a")
    assert activity["name"] == "Metadata generation"
    assert metadata["encodingFormat"] == "text/tab-separated-values"


def test_a_file_that_is_no_bids_blocks_itself_alone(tmp_path: Path, dataset: Path) -> None:
    write(dataset / "sub-01" / "odd.txt", "x")
    assert errors(look(tmp_path)) == {"ds/sub-01/odd.txt": ["BIDS.NOT_INCLUDED"]}
    write(dataset / ".bidsignore", "odd.txt\n")
    assert errors(look(tmp_path)) == {}


def test_what_is_wrong_with_the_whole_is_told_of_its_description(tmp_path: Path, dataset: Path) -> None:
    (dataset / "dataset_description.json").write_text('{"Name": "x"}')
    assert "BIDS.JSON_KEY_REQUIRED" in errors(look(tmp_path))["ds/dataset_description.json"]


def test_a_nested_dataset_is_looked_at_too_and_blocks_nothing(tmp_path: Path, dataset: Path) -> None:
    write(dataset / "derivatives" / "x" / "dataset_description.json", "{}")
    local = look(tmp_path)
    assert errors(local) == {}
    found = by_path(local)["ds/derivatives/x/dataset_description.json"].findings
    assert ("BIDS.JSON_KEY_REQUIRED", Severity.WARNING) in {(f.check, f.severity) for f in found}


def test_a_spec_inside_the_dataset_is_no_error_but_a_hint(tmp_path: Path, dataset: Path) -> None:
    write(dataset / "dandiset.yaml", "dandifile: 1")
    local = survey(spec_of(dataset, "."), Runner(), known={}, record=Record())
    assert errors(local) == {}
    hints = {finding.check for finding in by_path(local)["dataset_description.json"].findings}
    assert "DANDI.BIDSIGNORE_DANDISET_YAML" in hints


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_what_git_annex_has_not_fetched_is_unknown_and_no_error(tmp_path: Path, dataset: Path) -> None:
    link = write(dataset / "sub-01" / "anat" / "sub-01_T1w.nii.gz")
    link.unlink()
    link.symlink_to("../../.git/annex/objects/not/fetched")
    local = look(tmp_path)
    assert local.absent == ("data/ds/sub-01/anat/sub-01_T1w.nii.gz",)
    assert set(by_path(local)) == {f"ds/{name}" for name in FILES}
    assert errors(local) == {}


SIDECAR = "sub-02/beh/sub-02_task-t_beh.json"
DATA_FILE = "sub-02/beh/sub-02_task-t_beh.tsv"


def pointer(path: Path) -> None:
    write(path, "/annex/objects/SHA256E-s100--abc.tsv\n")


def broken_link(path: Path) -> None:
    path.symlink_to("../../../store/not/here")


@pytest.mark.parametrize("unfetched", [pointer, broken_link])
@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_sidecar_of_a_file_that_was_not_fetched_is_no_error(
    tmp_path: Path, dataset: Path, unfetched: Callable[[Path], None]
) -> None:
    write(dataset / SIDECAR, "{}")
    write(dataset / "participants.tsv", "participant_id\nsub-01\nsub-02\n")
    assert errors(look(tmp_path))[f"ds/{SIDECAR}"] == ["BIDS.SIDECAR_WITHOUT_DATAFILE"]
    unfetched(dataset / DATA_FILE)
    local = look(tmp_path)
    assert local.absent == (f"data/ds/{DATA_FILE}",)
    assert errors(local) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
@pytest.mark.parametrize("listed", [DATA_FILE, "sub-03/beh/sub-03_task-t_beh.tsv"])
def test_a_sidecar_of_a_file_that_the_manifest_knows_elsewhere_is_no_error(
    tmp_path: Path, dataset: Path, listed: str
) -> None:
    write(dataset / SIDECAR, "{}")
    line = Line(f"ds/{listed}", f"data/ds/{listed}", 1, "0" * 32 + "-1", "02", "", "valid", "")
    local = survey(spec_of(tmp_path, "data"), Runner(), known={}, record=Record(), listed=[line])
    found = errors(local).get(f"ds/{SIDECAR}", [])
    assert ("BIDS.SIDECAR_WITHOUT_DATAFILE" in found) == (listed != DATA_FILE)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_the_data_are_never_written_to_for_files_that_are_elsewhere(tmp_path: Path, dataset: Path) -> None:
    (tmp_path / "store").mkdir()
    (dataset / "sub-02").symlink_to(tmp_path / "store")
    away = {"sub-02/beh/a.tsv", "sub-03/beh/b.tsv", "README/c.tsv", "../d.tsv"}
    before = sorted(map(str, tmp_path.rglob("*")))
    with complete_dataset(dataset, away) as shown:
        assert (shown / "sub-03/beh/b.tsv").read_text("utf-8")
        assert not (shown / "sub-02/beh").exists()
        assert (shown / "README").read_text("utf-8") == FILES["README"]
        assert sorted(map(str, tmp_path.rglob("*"))) == before
    assert not shown.exists()
    with complete_dataset(dataset, ()) as shown:
        assert shown == dataset


def test_nwb_inside_keeps_its_name_and_is_checked_as_nwb(tmp_path: Path, dataset: Path) -> None:
    path = "sub-01/ses-a/ieeg/sub-01_ses-a_task-t_ieeg.nwb"
    write_nwb(dataset / path, subject={}, session_id="b")
    asset = by_path(look(tmp_path))[f"ds/{path}"]
    checks = {finding.check for finding in asset.findings}
    assert not {check for check in checks if check.startswith("DANDI.NON_DANDI")}
    assert "check_subject_exists" in checks
    assert asset.metadata is not None
    assert asset.metadata["wasAttributedTo"] == [{"schemaKey": "Participant", "identifier": "01"}]


def test_an_nwb_file_knows_better_than_its_path(tmp_path: Path, dataset: Path) -> None:
    path = "sub-01/ses-a/ieeg/sub-01_ses-a_task-t_ieeg.nwb"
    write_nwb(dataset / path, session_id="b")
    metadata = by_path(look(tmp_path))[f"ds/{path}"].metadata
    assert metadata is not None
    assert metadata["wasAttributedTo"][0]["identifier"] == "m1"
    assert [item["identifier"] for item in metadata["wasGeneratedBy"] if item["schemaKey"] == "Session"] == [
        "b"
    ]


def test_a_dataset_is_validated_once_until_any_of_it_changes(tmp_path: Path, dataset: Path) -> None:
    run = Runner()
    first = look(tmp_path, run)
    assert run.count("validate-bids") == 1
    look(tmp_path, run)
    assert run.count("validate-bids") == 1
    write(dataset / "CHANGES", "1.0.0 2024-01-01\n - first\n")
    look(tmp_path, run)
    assert run.count("validate-bids") == 2
    run = Runner()
    look(tmp_path, run, known={asset.digest: (asset.path,) for asset in look(tmp_path).assets})
    assert (run.count("validate-bids"), run.count("bids-entities")) == (0, 0)
    assert len(first.assets) == len(FILES)


def test_the_validator_is_found_without_an_activated_environment(
    tmp_path: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert validator.validate({"path": str(dataset), "nested": [], "elsewhere": []})["findings"]


def test_a_validator_that_fails_is_at_fault_itself_and_blocks_nothing(
    tmp_path: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr("sys.executable", str(tmp_path / "nowhere" / "python"))
    with pytest.raises(DataError, match="is not installed"):
        validator.validate({"path": str(dataset), "nested": [], "elsewhere": []})
    local = look(tmp_path)
    assert errors(local) == {}
    [finding] = by_path(local)["ds/dataset_description.json"].findings
    assert finding.severity is None
    assert "is not installed" in finding.message


def client_errors(root: Path) -> set[tuple[str, str]]:
    """(path, id) of the errors that the dandi client finds in each file of a dataset."""
    from dandi.files import find_dandi_files

    found: set[tuple[str, str]] = set()
    for file in find_dandi_files(root, dandiset_path=root):
        results: list[Any] = file.get_validation_errors()
        found |= {
            (file.path, result.id)
            for result in results
            if result.severity is not None and result.severity.name in ("ERROR", "CRITICAL")
            and result.id.startswith("BIDS.") and result.path is not None and result.path.is_file()
            and (file.path != "dataset_description.json" or result.path.name == file.path)
        }  # fmt: skip
    return found


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the BIDS examples are not beside the checkout")
@pytest.mark.parametrize("name", ["ieeg_epilepsyNWB", "micr_SEMzarr"])
def test_real_datasets_have_the_clients_errors(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    shutil.copytree(EXAMPLES / name, tmp_path / "ds")
    for file in (tmp_path / "ds").rglob("*"):
        if file.is_file() and file.stat().st_size == 0 and ".zarr/" not in file.as_posix():
            file.write_bytes(b"not empty")
    local = survey(spec_of(tmp_path, "ds"), Runner(), known={}, record=Record())
    told = {(asset.path, f.check) for asset in local.assets for f in asset.findings
            if f.severity is Severity.ERROR and f.check.startswith("BIDS.")}  # fmt: skip
    assert told == client_errors(tmp_path / "ds")
    assert len(local.assets) + len(local.refused) > 10
