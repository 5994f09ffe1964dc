"""The made-up lab: raw names, recordings that the archive's own checks accept, a spec of our format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from dandifile.demo_lab import make_lab, make_recordings

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    make_lab(folder, subjects=2, sessions=2)
    return folder


def test_the_folder_has_recordings_stimuli_and_a_spec(lab: Path) -> None:
    files = sorted(file.relative_to(lab).as_posix() for file in lab.rglob("*") if file.is_file())
    assert files == [
        "dandiset.yaml",
        "recordings/2024-03-01_rat_C005.nwb",
        "recordings/2024-03-01_rat_C006.nwb",
        "recordings/2024-03-02_rat_C005.nwb",
        "recordings/2024-03-02_rat_C006.nwb",
        "stimuli/README.md",
        "stimuli/tones.csv",
        "stimuli/track.csv",
    ]


def test_the_spec_has_the_form_of_ours(lab: Path) -> None:
    schema = json.loads((ROOT / "schemas" / "dandiset.schema.json").read_text(encoding="utf-8"))
    spec = YAML(typ="safe").load(lab / "dandiset.yaml")
    assert [error.message for error in Draft202012Validator(schema).iter_errors(spec)] == []


def test_no_recording_has_a_finding_of_nwbinspector(lab: Path) -> None:
    from nwbinspector import inspect_all, load_config

    found = inspect_all(str(lab / "recordings"), config=load_config("dandi"), progress_bar=False)
    assert [(message.check_function_name, message.message) for message in found] == []


def test_sessions_differ_in_what_they_hold(lab: Path) -> None:
    from pynwb import NWBHDF5IO

    held = []
    for name in ("2024-03-01_rat_C005.nwb", "2024-03-02_rat_C005.nwb"):
        with NWBHDF5IO(lab / "recordings" / name, "r") as io:
            nwb = io.read()
            held.append((nwb.session_id, "behavior" in nwb.processing, nwb.units is not None))
    assert held == [("20240301", True, False), ("20240302", False, True)]


def test_the_same_seed_gives_the_same_signal_and_another_seed_another(tmp_path: Path) -> None:
    from pynwb import NWBHDF5IO

    signals = []
    for place, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_recordings(tmp_path / place, subjects=1, sessions=1, seed=seed)
        with NWBHDF5IO(tmp_path / place / "2024-03-01_rat_C005.nwb", "r") as io:
            signals.append(io.read().acquisition["ElectricalSeries"].data[:].tobytes())
    assert signals[0] == signals[1] != signals[2]
