"""`dandifile demo`: the main steps on a made-up lab. All that it prints comes from the real commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shlex import join, quote

from dandifile.demo_lab import make_lab
from dandifile.errors import Exit, UserError
from dandifile.session.embedded import open_archive, require_extra

MARK = ".dandifile-demo"
REGIONS = """
regions:
  subjects:
    C005: [{name: field CA1 of hippocampus, id: "UBERON:0003881"}]
"""

PROTECTED = """
owners: [rroe]         # a colleague, next to whoever creates it
embargo: true          # for two years, or until it is released
"""

Run = Callable[[list[str]], int]
"""Runs one command line, as the shell would, and gives its exit code."""


@dataclass(frozen=True)
class Scene:
    """Something happens to the lab in `folder`, then these commands are run."""

    title: str
    commands: tuple[tuple[str, ...], ...]
    happen: Callable[[Path], object] = lambda folder: None  # noqa: ARG005


_STEPS = (
    Scene("what would be done?", (("plan",), ("apply", "--create", "--yes"), ("plan",))),
    Scene(
        "a brain region is added for one subject",
        (("plan",), ("apply", "--yes")),
        lambda folder: _edit(folder, lambda text: text + REGIONS),
    ),
    Scene(
        "a file of the as-is folder is renamed",
        (("plan",), ("apply", "--yes"), ("plan",)),
        lambda folder: (folder / "stimuli" / "tones.csv").rename(folder / "stimuli" / "pure-tones.csv"),
    ),
)

_RELEASE = (
    Scene(
        "the paper is not out yet: embargo and owners are in dandiset.yaml",
        (
            ("archive", "add-user", "rroe", "--name", "Roe, Richard"),
            ("plan",),
            ("apply", "--create", "--yes"),
        ),
        lambda folder: _edit(folder, lambda text: text + PROTECTED),
    ),
    Scene(
        "the paper is out: embargo: false. That cannot be undone, so it needs its own flag",
        (("plan",), ("apply", "--yes", "--allow", "unembargo")),
        lambda folder: _edit(folder, lambda text: text.replace("embargo: true", "embargo: false")),
    ),
    Scene(
        "a version with a DOI, which never changes. Here both flags replace the typed identifier",
        (("publish", "--wait", "--notes", "auto", "--yes", "--allow", "publish"), ("plan",)),
    ),
)


def demo(folder: Path, run: Run, *, no_color: bool, release: bool = False) -> int:
    """Plays the scenes; stops at the first command that fails. `release`: those from embargo to DOI."""
    require_extra()
    _begin(folder)
    _say(f"making a lab in {folder}: 8 recordings of 2 subjects under raw names, and their stimuli")
    make_lab(folder, subjects=2, sessions=4)
    store = (folder / "archive").resolve()
    os.environ["DANDIFILE_STORE"] = str(store)
    with open_archive(store):
        code = _play(_RELEASE if release else _STEPS, folder, run, ["--no-color"] if no_color else [])
    if code == Exit.DONE:
        _say_next_steps(folder, store, release=release)
    return code


def _play(scenes: Sequence[Scene], folder: Path, run: Run, color: list[str]) -> int:
    spec = folder / "dandiset.yaml"
    for scene in scenes:
        scene.happen(folder)
        _say(scene.title)
        for command in scene.commands:
            of_spec = [] if command[0] == "archive" else ["--file", str(spec), *color]
            arguments = [*command, *of_spec]
            sys.stdout.write(f"\n$ dandifile {join(arguments)}\n")
            sys.stdout.flush()
            code = run(arguments)
            if code != Exit.DONE:
                return code
    return Exit.DONE


def _say_next_steps(folder: Path, store: Path, *, release: bool) -> None:
    _say(f"the lab is in {folder}: edit {folder / 'dandiset.yaml'}, then")
    variable = (
        f'set "DANDIFILE_STORE={store}"' if os.name == "nt" else f"export DANDIFILE_STORE={quote(str(store))}"
    )
    sys.stdout.write(f"{variable}\ndandifile plan --file {quote(str(folder / 'dandiset.yaml'))}\n")
    _say(
        f"to see its page: dandifile archive serve --store {quote(str(store))},"
        " then open http://localhost:8000/dandiset/000001/draft"
    )
    if release:
        _say(
            "with your own data: rehearse it on the sandbox (instance: dandi-sandbox), then do the same on "
            "your archive. docs/how-to/embargo.md and docs/how-to/publish.md have the details"
        )


def _edit(folder: Path, change: Callable[[str], str]) -> None:
    spec = folder / "dandiset.yaml"
    spec.write_text(change(spec.read_text("utf-8")), "utf-8")


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
