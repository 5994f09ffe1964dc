from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import DataError
from dandifile.model import GoneAsset, Local, Overlay, PathEntry, Record, Recorded, Severity, Spec
from dandifile.survey.digest import dandi_etag
from dandifile.survey.survey import survey
from tests.real import NWB
from tests.survey.lab import Runner, aged, needs_shared_data, record_of, spec_of, write, write_nwb

NAME = "sub-m1/sub-m1_ses-s1.nwb"


def look(spec: Spec, run: Runner | None = None, **given: Any) -> Local:
    asked: dict[str, Any] = {"known": {}, "record": Record()} | given
    return survey(spec, run or Runner(), **asked)


def known_of(local: Local) -> dict[str, tuple[str, ...]]:
    """A draft that has everything that was found here."""
    paths: dict[str, list[str]] = {}
    for asset in local.assets:
        paths.setdefault(asset.digest, []).append(asset.path)
    return {digest: tuple(sorted(names)) for digest, names in paths.items()}


def test_a_new_file_comes_with_name_metadata_and_findings(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "raw" / "day1.nwb", {"age": "P1000Y"})
    os.utime(path, ns=(0, 1_709_289_000_123_456_789))
    [asset] = look(spec_of(tmp_path, "raw")).assets
    assert (asset.path, asset.source, asset.size) == (NAME, "raw/day1.nwb", path.stat().st_size)
    assert asset.metadata is not None
    assert asset.metadata["blobDateModified"] == "2024-03-01T10:30:00.123456Z"
    assert asset.metadata["encodingFormat"] == "application/x-nwb"
    assert all(finding.source == "raw/day1.nwb" for finding in asset.findings)


def test_other_files_come_as_they_are(tmp_path: Path) -> None:
    write(tmp_path / "stimuli" / "tone.csv")
    [asset] = look(spec_of(tmp_path, PathEntry("stimuli", standard="any", into="stim"))).assets
    assert asset.path == "stim/tone.csv"
    assert asset.metadata is not None
    assert asset.metadata["encodingFormat"] == "text/csv"
    assert asset.findings == ()


def test_what_is_on_the_draft_is_neither_read_nor_validated(tmp_path: Path) -> None:
    for number in range(2):
        aged(write_nwb(tmp_path / "raw" / f"{number}.nwb", session_id=str(number)))
    spec, run = spec_of(tmp_path, "raw"), Runner()
    first = look(spec, run)
    assert (run.count("digest"), run.count("inspect"), len(run.performed)) == (2, 2, 4)
    run = Runner()
    again = look(spec, run, known=known_of(first))
    assert len(run.performed) == run.count("digest")
    assert again.assets == tuple(replace(asset, metadata=None, findings=()) for asset in first.assets)


def test_copies_and_renames_are_known_by_their_content(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb")
    run = Runner()
    first = look(spec_of(tmp_path, "raw"), run)
    run.performed.clear()
    (tmp_path / "raw" / "a.nwb").rename(tmp_path / "raw" / "b.nwb")
    again = look(spec_of(tmp_path, "raw"), run)
    assert len(run.performed) == run.count("digest")
    assert [asset.path for asset in again.assets] == [asset.path for asset in first.assets]


def test_a_changed_file_stays_at_its_path_and_is_validated(tmp_path: Path) -> None:
    path = write_nwb(tmp_path / "raw" / "a.nwb")
    spec = spec_of(tmp_path, "raw")
    [before] = look(spec).assets
    write_nwb(path, session_description="changed")
    record = Record({"raw/a.nwb": Recorded("sub-m1/sub-m1_ses-s1_obj-zz.nwb", before.digest)})
    run = Runner()
    [after] = look(
        spec, run, known={before.digest: ("sub-m1/sub-m1_ses-s1_obj-zz.nwb",)}, record=record
    ).assets
    assert after.path == "sub-m1/sub-m1_ses-s1_obj-zz.nwb"
    assert after.metadata is not None
    assert run.count("inspect") == 1


def test_a_file_moved_as_it_is_leaves_its_old_asset_gone(tmp_path: Path) -> None:
    write(tmp_path / "stimuli" / "new.csv", "1,2")
    entry = PathEntry("stimuli", standard="any")
    [asset] = look(spec_of(tmp_path, entry)).assets
    record = Record({"stimuli/old.csv": Recorded("old.csv", asset.digest)})
    moved = look(spec_of(tmp_path, entry), known={asset.digest: ("old.csv",)}, record=record)
    assert moved.gone == (GoneAsset("old.csv", asset.digest, "stimuli/old.csv"),)
    assert [a.path for a in moved.assets] == ["new.csv"]
    assert moved.assets[0].metadata is not None


def test_an_absent_folder_is_unknown_and_its_files_are_not_gone(tmp_path: Path) -> None:
    record = record_of(**{"raw__a.nwb": (NAME, "A")})
    local = look(spec_of(tmp_path, "raw"), record=record, known={"A": (NAME,)})
    assert local == Local(absent=("raw",))


def test_a_pointer_without_content_is_unknown_and_keeps_its_path(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "a.nwb", "/annex/objects/SHA256E-s1--0.nwb\n")
    write_nwb(tmp_path / "raw" / "b.nwb")
    record = record_of(**{"raw__a.nwb": (NAME, "A")})
    local = look(spec_of(tmp_path, "raw"), record=record, known={"A": (NAME,)})
    assert (local.absent, local.gone, local.refused) == (("raw/a.nwb",), (), ())
    [newcomer] = local.assets
    assert newcomer.path != NAME


@pytest.mark.parametrize("null", [True, False])
def test_a_declared_null_asks_for_the_extracted_value_of_a_known_file(tmp_path: Path, null: bool) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb", keywords=["k"])
    spec = spec_of(tmp_path, "raw", overlays=(Overlay("sub-m1/**", {"keywords": None if null else ["x"]}),))
    first = look(spec)
    [asset] = look(spec, known=known_of(first)).assets
    assert (asset.metadata is not None) == null


def test_refresh_extracts_again_what_is_on_the_draft_and_validates_nothing(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb")
    spec = spec_of(tmp_path, "raw")
    first, run = look(spec), Runner()
    [asset] = look(spec, run, known=known_of(first), refresh=True).assets
    assert asset.metadata == first.assets[0].metadata
    assert run.count("inspect") == run.count("validate") == 0


def test_a_file_of_the_draft_that_cannot_be_extracted_again_is_reported_and_blocks_nothing(
    tmp_path: Path,
) -> None:
    from dandifile.kinds.assets.local_files import _notes

    path = write_nwb(tmp_path / "raw" / "a.nwb", {"subject_id": "m1", "species": "a unicorn"})
    spec, digest = spec_of(tmp_path, "raw"), dandi_etag(path, path.stat().st_size)
    known = {digest: ("sub-m1/sub-m1_ses-s1.nwb",)}
    assert look(spec, known=known).assets[0].findings == ()
    found = look(spec, known=known, refresh=True)
    [asset] = found.assets
    assert (asset.metadata, found.refused, [each.severity for each in asset.findings]) == (None, (), [None])
    [note] = _notes(asset.findings)
    assert "keeps its metadata there" in note
    assert "'a unicorn' is not on DANDI's list" in note


def test_rename_names_known_files_anew(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb")
    spec = spec_of(tmp_path, "raw")
    [asset] = look(spec).assets
    old = {asset.digest: ("sub-m1/sub-m1_obj-x.nwb",)}
    assert look(spec, known=old).assets[0].path == "sub-m1/sub-m1_obj-x.nwb"
    assert look(spec, known=old, rename=True).assets[0].path == NAME


def test_a_name_of_the_labs_own_is_a_finding_where_it_would_be_new(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb")
    spec = spec_of(tmp_path, PathEntry("raw", layout="as-is"))
    first = look(spec)
    found = {finding.check: finding.severity for finding in first.assets[0].findings}
    assert found["DANDI.NON_DANDI_FILENAME"] is Severity.ERROR
    assert look(spec, known=known_of(first)).assets[0].findings == ()


def test_a_missing_video_is_looked_for_again_once_it_is_there(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "a.nwb", external_video="v.mp4")
    spec, run = spec_of(tmp_path, PathEntry("raw", standard="nwb")), Runner()
    check = "check_image_series_external_file_valid"
    assert check in {finding.check for finding in look(spec, run).assets[0].findings}
    assert run.count("validate") == 0
    write(tmp_path / "raw" / "v.mp4")
    assert check not in {finding.check for finding in look(spec, run).assets[0].findings}
    assert (run.count("inspect"), run.count("validate")) == (1, 1)


def test_a_file_that_this_machine_cannot_validate_is_kept_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: str) -> list[Any]:
        raise DataError("there is not enough memory to read it", fix="use a machine with more")

    monkeypatch.setattr("dandifile.survey.nwb.validate.run_tools", fail)
    write_nwb(tmp_path / "raw" / "a.nwb")
    local = look(spec_of(tmp_path, "raw"))
    assert local.assets == ()
    [refusal] = local.refused
    assert "not enough memory" in refusal.reason


def test_a_file_that_cannot_be_read_refuses_itself_alone(tmp_path: Path) -> None:
    write_nwb(tmp_path / "raw" / "good.nwb")
    write(tmp_path / "raw" / "bad.nwb", "not HDF5")
    local = look(spec_of(tmp_path, "raw"))
    assert [asset.source for asset in local.assets] == ["raw/good.nwb"]
    [refusal] = local.refused
    assert refusal.source == "raw/bad.nwb"
    assert refusal.fix


def test_a_file_that_is_on_the_draft_is_not_refused_for_being_unreadable(tmp_path: Path) -> None:
    write(tmp_path / "raw" / "bad.nwb", "not HDF5")
    spec = spec_of(tmp_path, PathEntry("raw", layout="as-is"))
    digest = dandi_etag(tmp_path / "raw" / "bad.nwb", len("not HDF5"))
    local = look(spec, known={digest: ("elsewhere.nwb",)})
    assert [asset.path for asset in local.assets] == ["bad.nwb"]
    assert local.refused == ()


@needs_shared_data
def test_every_real_file_ends_as_an_asset_or_with_a_reason(tmp_path: Path) -> None:
    shutil.copytree(NWB, tmp_path / "raw")
    local = look(spec_of(tmp_path, "raw"))
    told = {asset.source for asset in local.assets} | {refusal.source for refusal in local.refused}
    assert told == {f"raw/{path.name}" for path in NWB.glob("*.nwb")}
    as_is = look(spec_of(tmp_path, PathEntry("raw", layout="as-is")))
    without_metadata = {"raw/real_phy_empty_subject.nwb"} & told  # its subject's age is an empty text
    assert {asset.source for asset in as_is.assets} == told - without_metadata


NO_OP = """
import sys
from pathlib import Path
import os
from dandifile.model import PathEntry, Record, Result, Spec, Status
from dandifile.survey.survey import survey
from dandifile.survey.tasks import cache_key

stats = []
def count(event, args):
    if event == "open" and str(args[0]).endswith(".nwb"):
        raise AssertionError(f"opened {args[0]}")
sys.addaudithook(count)
real_stat = os.stat
os.stat = lambda path, *a, **k: stats.append(str(path)) or real_stat(path, *a, **k)

def remembered(steps):
    assert all(step.kind == "digest" for step in steps)
    list(map(cache_key, steps))
    return {step.id: Result(step.id, Status.FRESH, {"digest": step.params["source"]}) for step in steps}

root = Path(sys.argv[1])
spec = Spec(root / "dandiset.yaml", "local", "000001", paths=(PathEntry("raw"),))
known = {f"raw/{n}.nwb": (f"sub-m1/sub-m1_ses-{n}.nwb",) for n in range(20)}
local = survey(spec, remembered, known=known, record=Record())
assert len(local.assets) == 20 and not local.refused, local
files = [path for path in stats if path.endswith(".nwb")]
assert len(files) == len(set(files)) == 20, files
heavy = {"dandi", "dandischema", "pynwb", "hdmf", "h5py", "numpy", "nwbinspector", "pandas", "requests"}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
"""


def test_with_nothing_new_each_file_is_looked_at_once_and_nothing_heavy_is_imported(tmp_path: Path) -> None:
    for number in range(20):
        aged(write(tmp_path / "raw" / f"{number}.nwb"))
    past = subprocess.run(
        [sys.executable, "-c", NO_OP, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (past.returncode, past.stderr) == (0, "")


@pytest.mark.parametrize(
    ("layout", "broken"), [("organize", ["sub-m1/sub-m1_ses-s1_image.nwb"]), ("as-is", [])]
)
def test_a_video_that_would_be_lost_is_told_with_what_to_do(
    tmp_path: Path, layout: str, broken: list[str]
) -> None:
    write_nwb(tmp_path / "raw" / "v.nwb", external_video="films/v.mp4")
    write(tmp_path / "raw" / "films" / "v.mp4")
    spec = spec_of(tmp_path, PathEntry("raw", layout=layout))
    local = survey(spec, Runner(), known={}, record=Record())
    told = {asset.path: f for asset in local.assets for f in asset.findings if f.check == "media_reference"}
    assert list(told) == broken
    assert all("organize --to DIR --mode copy" in finding.message for finding in told.values())
    assert all(finding.severity is Severity.WARNING for finding in told.values())
