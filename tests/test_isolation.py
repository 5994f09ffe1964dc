"""Modules that lie in the current folder are a lab's data, and no command runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.survey.lab import write_nwb

NAMES = sorted(
    {*sys.stdlib_module_names, "numpy", "h5py", "requests", "hdmf", "typer", "localdandi"} - {"this"}
)
TRAP = "import pathlib; pathlib.Path(__file__).with_suffix('.run').touch()\nraise SystemExit(9)\n"

SPEC = """
dandifile: 1
instance: local
name: Place cells
description: d
license: CC-BY-4.0
contributors: [{name: "Doe, Jane", email: jane@example.org, roles: [Author, ContactPerson]}]
paths: [data]
"""


@pytest.mark.parametrize(
    "arguments",
    [["plan"], ["apply", "--create", "--yes"], ["validate"], ["archive", "list"]],
    ids=" ".join,
)
def test_no_command_runs_a_module_of_the_current_folder(arguments: list[str], tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    for day in ("one", "two"):  # worked on in a pool of processes
        write_nwb(lab / "data" / f"{day}.nwb", session_id=day)
    (lab / "dandiset.yaml").write_text(SPEC, "utf-8")
    for name in NAMES:
        (lab / f"{name}.py").write_text(TRAP, "utf-8")
    command = [str(Path(sys.executable).with_name("dandifile")), *arguments]
    environment = {**os.environ, "DANDIFILE_STORE": str(tmp_path / "store"), "DANDI_NO_ET": "1"}
    ended = subprocess.run(
        command,
        check=False,
        cwd=lab,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert ended.returncode == 0, ended.stderr
    assert sorted(file.name for file in lab.glob("*.run")) == []
