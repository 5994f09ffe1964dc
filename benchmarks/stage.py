"""Where the benches of a run play: one lab, one archive a client, and their first uploads.

The first upload of both is what one bench measures and another starts from, so it is done once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.archive import Archive, served
from benchmarks.lab import make_organized, make_raw
from benchmarks.measure import Side, program, timed


@dataclass(frozen=True)
class Client:
    """A program in its folder with its own home (so its own caches) and its own archive."""

    program: str
    folder: Path
    home: Path
    archive: Archive

    def run(self, *arguments: str) -> Side:
        self.archive.reset_requests()
        env = {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "DANDIFILE_STORE": str(self.archive.store),
            self.archive.dandi_variable: self.archive.key,
        }
        seconds = timed([program(self.program), *arguments], folder=self.folder, env=env)
        return Side(seconds, self.archive.requests())


@dataclass(frozen=True)
class Uploaded:
    """Both clients after their first upload, and what it took."""

    ours: Client
    theirs: Client
    ours_took: Side
    theirs_took: Side

    def plan(self) -> Side:
        return self.ours.run("plan")

    def upload(self) -> Side:
        return self.theirs.run("upload", "-i", self.theirs.archive.web)


class Stage:
    def __init__(self, folder: Path, exits: ExitStack, files: int) -> None:
        self.folder = folder
        self.files = files
        self._exits = exits

    @cached_property
    def uploaded(self) -> Uploaded:
        raw = make_raw(self.folder / "raw", self.files)
        ours = self._client("dandifile", raw, self._archive("ours"))
        archive = self._archive("theirs")
        organized = make_organized(raw, self.folder / "organized", archive.new_dandiset("Benchmark"))
        theirs = self._client("dandi", organized, archive)
        return Uploaded(
            ours,
            theirs,
            ours.run("apply", "--create", "--yes"),
            theirs.run("upload", "-i", archive.web),
        )

    def pair(self, name: str, fill: Callable[[Path], None]) -> tuple[Client, Client]:
        """Both clients before the first upload of the files that `fill` makes, not organised by name."""
        place = self.folder / name
        fill(place / "ours" / "data")
        shutil.copytree(place / "ours" / "data", place / "theirs", copy_function=os.link)
        spec = "dandifile: 1\ninstance: local\nname: Benchmark\npaths: [data]\n"
        (place / "ours" / "dandiset.yaml").write_text(spec, "utf-8")
        archive = self._archive(f"{name}-theirs")
        theirs = f"identifier: DANDI:{archive.new_dandiset('Benchmark')}\nname: Benchmark\n"
        (place / "theirs" / "dandiset.yaml").write_text(theirs, "utf-8")
        return (
            self._client("dandifile", place / "ours", self._archive(f"{name}-ours")),
            self._client("dandi", place / "theirs", archive),
        )

    def _archive(self, name: str) -> Archive:
        return self._exits.enter_context(served(self.folder / "archives" / name))

    def _client(self, program: str, folder: Path, archive: Archive) -> Client:
        home = folder / ".home"
        home.mkdir()
        return Client(program, folder, home, archive)


@contextmanager
def stage(files: int) -> Iterator[Stage]:
    with TemporaryDirectory(prefix="dandifile-bench-") as folder, ExitStack() as exits:
        yield Stage(Path(folder), exits, files)
