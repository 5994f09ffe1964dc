"""`dandifile demo`: the main steps on a made-up lab. All that it prints comes from the real commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from shlex import quote

from dandifile.demo_lab import make_lab
from dandifile.errors import Exit, UserError
from dandifile.session.embedded import open_archive, require_extra

MARK = ".dandifile-demo"
REGIONS = """
regions:
  subjects:
    C005: [{name: field CA1 of hippocampus, id: "UBERON:0003881"}]
"""


Run = Callable[[list[str]], int]
"""Runs one command line, as the shell would, and gives its exit code."""


def demo(folder: Path, run: Run, *, no_color: bool) -> int:
    """Plays the scenes; stops at the first command that fails."""
    require_extra()
    _begin(folder)
    _say(f"making a lab in {folder}: 8 recordings of 2 subjects under raw names, and their stimuli")
    make_lab(folder, subjects=2, sessions=4)
    store = (folder / "archive").resolve()
    os.environ["DANDIFILE_STORE"] = str(store)
    with open_archive(store):
        code = _play(folder, run, ["--no-color"] if no_color else [])
    if code == Exit.DONE:
        _say(f"the lab is in {folder}: edit {folder / 'dandiset.yaml'}, then")
        variable = (
            f'set "DANDIFILE_STORE={store}"'
            if os.name == "nt"
            else f"export DANDIFILE_STORE={quote(str(store))}"
        )
        sys.stdout.write(f"{variable}\ndandifile plan --file {quote(str(folder / 'dandiset.yaml'))}\n")
        _say(
            f"to see its page: dandifile archive serve --store {quote(str(store))},"
            " then open http://localhost:8000/dandiset/000001/draft"
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


def _begin(folder: Path) -> None:
    """Makes the folder. Never deletes one: what an earlier demo made may have been edited since."""
    if (folder / MARK).exists():
        raise UserError(
            f"{folder} holds an earlier demo, which you may have edited",
            fix=f"run dandifile demo {_free_name(folder)}, or delete {folder} first",
        )
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file", fix="name another folder: dandifile demo FOLDER")
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} is not empty", fix="name another folder: dandifile demo FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _free_name(folder: Path) -> Path:
    """`demo-2`, or the first such name that does not exist."""
    whole = folder.resolve()  # `.` has no name of its own
    names = (folder.parent / f"{whole.name}-{number}" for number in count(2))
    return next(path for path in names if not path.exists())
