"""Validation of the same files by both programs: from nothing, again, and after one file changed.

Some of the recordings are spoilt, so that there is something to find; both must find the same.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lab import make_organized, make_raw
from benchmarks.measure import Outcome, Side, alternate, program, timed
from benchmarks.stage import Stage

FOUND = 4  # dandifile's exit code where something blocks
SPEC = """\
dandifile: 1
instance: dandi-sandbox
name: Benchmark
paths: [{source: organized, layout: as-is}]
"""


@dataclass(frozen=True)
class Lab:
    """`dandiset.yaml` of dandifile's, and the dandi client's own folder next to it."""

    folder: Path
    files: int

    @property
    def recordings(self) -> list[Path]:
        return sorted((self.folder / "organized").rglob("*.nwb"))

    def ours(self) -> Side:
        return self._timed("dandifile", "validate", code=FOUND)

    def theirs(self) -> Side:
        return self._timed("dandi", "validate", "organized", code=1)

    def forget(self) -> None:
        """What each of them remembers."""
        shutil.rmtree(self.folder / ".dandifile", ignore_errors=True)
        shutil.rmtree(self.folder / "home", ignore_errors=True)
        (self.folder / "home").mkdir()

    def _timed(self, name: str, *arguments: str, code: int) -> Side:
        command = [program(name), *arguments]
        return Side(timed(command, folder=self.folder, env=self.env, codes=(0, code)))

    @property
    def env(self) -> dict[str, str]:
        home = str(self.folder / "home")
        return {"HOME": home, "USERPROFILE": home, "XDG_CACHE_HOME": f"{home}/.cache"}


def cold(stage: Stage) -> Outcome:
    """Nothing is known to either."""
    lab = _lab(stage)
    lab.forget()
    ours, theirs = lab.ours(), lab.theirs()
    _same_findings(lab)
    return Outcome("validate", f"{lab.files} files, nothing known: validate", ours, theirs)


def again(stage: Stage) -> Outcome:
    """Nothing has changed since."""
    ours, theirs = alternate(*_warm(stage, lambda: None), rounds=3)
    return Outcome("validate-again", f"{stage.files} files unchanged: validate", ours, theirs)


def one_changed(stage: Stage) -> Outcome:
    lab = _lab(stage)
    ours, theirs = alternate(*_warm(stage, lambda: _change(lab.recordings[-1])), rounds=3)
    _same_findings(lab)
    return Outcome("validate-one", f"one of {stage.files} files changed: validate", ours, theirs)


def _warm(stage: Stage, change: Callable[[], None]) -> tuple[Callable[[], Side], Callable[[], Side]]:
    """Both programs, having seen the lab before; `change` happens before each of their runs."""
    lab = _lab(stage)
    lab.ours()
    lab.theirs()

    def ours() -> Side:
        change()
        return lab.ours()

    def theirs() -> Side:
        change()
        return lab.theirs()

    return ours, theirs


@functools.cache
def _lab(stage: Stage) -> Lab:
    folder = stage.folder / "validate"
    make_organized(make_raw(folder / "raw", stage.files), folder / "organized", "000001")
    (folder / "dandiset.yaml").write_text(SPEC, encoding="utf-8")
    lab = Lab(folder, stage.files)
    for recording in lab.recordings[::10]:
        _spoil(recording)
    lab.forget()
    return lab


def _spoil(recording: Path) -> None:
    """Something for nwbinspector, something for pynwb's validation."""
    import h5py

    with h5py.File(recording, "a") as file:
        del file["general/subject/species"]
        file["general/subject/species"] = "rat"
        del file["acquisition/ElectricalSeries/starting_time"].attrs["unit"]


def _change(recording: Path) -> None:
    import h5py

    with h5py.File(recording, "a") as file:
        said = file["session_description"][()].decode()
        del file["session_description"]
        file["session_description"] = f"{said} And again."


Found = set[tuple[str, str, str]]


def _same_findings(lab: Lab) -> None:
    """Ends the bench unless both say the same of every file: (path, severity, message)."""
    ours, theirs = _ours_found(lab), _theirs_found(lab)
    if ours != theirs or not ours:
        raise SystemExit(f"the findings are not the same: {sorted(ours ^ theirs)[:3]}")


def _ours_found(lab: Lab) -> Found:
    findings = json.loads(_said(lab, "dandifile", "validate", "--format", "json"))["findings"]
    return {(found["source"], found["severity"], found["message"]) for found in findings}


def _theirs_found(lab: Lab) -> Found:
    report = lab.folder / "dandi.jsonl"
    report.unlink(missing_ok=True)
    _said(lab, "dandi", "validate", "--format", "json_lines", "--output", str(report), "organized")
    findings = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    return {
        (
            Path(found["path"]).relative_to(lab.folder).as_posix(),
            found["severity"].lower(),
            found["message"],
        )
        for found in findings
    }


def _said(lab: Lab, name: str, *arguments: str) -> str:
    command = [program(name), *arguments]
    ended = subprocess.run(
        command, cwd=lab.folder, env=os.environ | lab.env, capture_output=True, text=True, check=False
    )
    return ended.stdout
