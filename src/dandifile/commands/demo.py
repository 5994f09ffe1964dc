"""`dandifile demo`: the main job on a made-up lab. Whatever it prints comes from the real commands."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from dandifile.commands.demo_lab import make_lab
from dandifile.embedded import require, running
from dandifile.errors import Exit, UserError

MARK = ".dandifile-demo"
REGIONS = """
regions:
  subjects:
    C005: [{name: field CA1 of hippocampus, id: "UBERON:0003881"}]
"""


Run = Callable[[list[str]], int]
"""Runs one command line, as the shell would, and gives its exit code."""


def demo(folder: Path, run: Run, *, no_color: bool) -> int:
    """Plays the scenes; stops at the first command that does not end as it should."""
    require()
    _clear(folder)
    _say(f"making a lab in {folder}: 8 recordings of 2 subjects under raw names, and their stimuli")
    make_lab(folder, subjects=2, sessions=4)
    store = (folder / "archive").resolve()
    os.environ["DANDIFILE_STORE"] = str(store)
    with running(store):
        code = _play(folder, run, ["--no-color"] if no_color else [])
    if code == Exit.DONE:
        _say(f"the lab is in {folder}; edit {folder / 'dandiset.yaml'} and plan again")
        _say(
            f"the page: dandifile archive serve --store {store}, then http://localhost:8000/dandiset/000001/draft"
        )
    return code


def _play(folder: Path, run: Run, color: list[str]) -> int:
    spec = folder / "dandiset.yaml"
    scenes: list[tuple[str, Callable[[], object], list[list[str]]]] = [
        ("what would be done?", lambda: None, [["plan"], ["apply", "--create", "--yes"], ["plan"]]),
        (
            "a brain region is added for one subject",
            lambda: spec.write_text(spec.read_text("utf-8") + REGIONS, "utf-8"),
            [["plan"], ["apply", "--yes"]],
        ),
        (
            "a file of the as-is folder is renamed",
            lambda: (folder / "stimuli" / "tones.csv").rename(folder / "stimuli" / "pure-tones.csv"),
            [["plan"], ["apply", "--yes"], ["plan"]],
        ),
    ]
    for title, happen, commands in scenes:
        happen()
        _say(title)
        for command in commands:
            arguments = [*command, "--file", str(spec), *color]
            sys.stdout.write(f"\n$ dandifile {' '.join(arguments)}\n")
            sys.stdout.flush()
            code = run(arguments)
            if code != Exit.DONE:
                return code
    return Exit.DONE


def _say(text: str) -> None:
    sys.stdout.write(f"\n# {text}\n")
    sys.stdout.flush()


def _clear(folder: Path) -> None:
    """An earlier demo makes way; anything else is not ours to touch."""
    if not folder.exists():
        pass
    elif (folder / MARK).exists():
        shutil.rmtree(folder)
    elif any(folder.iterdir()):
        raise UserError(f"{folder} is not empty, and not an earlier demo", fix="name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
