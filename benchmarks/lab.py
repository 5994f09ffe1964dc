"""The same recordings twice: as a lab has them, and organised for the dandi client."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from dandifile.demo_lab import make_recordings

SESSIONS = 10
RAW = re.compile(r"(?P<date>[\d-]+)_rat_(?P<subject>\w+)\.nwb")


def make_raw(folder: Path, files: int) -> Path:
    """Recordings under raw names, ten sessions a subject, and a dandiset.yaml next to them."""
    make_recordings(folder / "recordings", subjects=-(-files // SESSIONS), sessions=SESSIONS)
    for surplus in sorted((folder / "recordings").iterdir())[files:]:
        surplus.unlink()
    spec = ["dandifile: 1", "instance: local", "name: Benchmark", "paths: [recordings]", ""]
    (folder / "dandiset.yaml").write_text("\n".join(spec), encoding="utf-8")
    return folder


def make_organized(raw: Path, folder: Path, identifier: str) -> Path:
    """Copies under the names that `dandi upload` asks for; making them is not part of a bench."""
    for file in (raw / "recordings").iterdir():
        named = RAW.fullmatch(file.name)
        assert named, file.name
        subject, session = f"sub-{named['subject']}", f"ses-{named['date'].replace('-', '')}"
        place = folder / subject / f"{subject}_{session}_ecephys.nwb"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    (folder / "dandiset.yaml").write_text(f"identifier: DANDI:{identifier}\nname: Benchmark\n", "utf-8")
    return folder
