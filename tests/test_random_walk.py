"""A lab at random: edits here and there, bad networks, kills; after each apply the draft is right."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import Exit
from dandifile.model import JsonObject
from tests.conftest import CONTACT, Lab
from tests.test_saved_plans import put_asset

NAMES = ["a.csv", "b.csv", "c.csv", "s/a.csv", "s/b.csv", "s/t/c.csv"]
FAULTS: list[dict[str, Any]] = [
    {"status": 503},
    {"status": 429, "retry_after": 0.05},
    {"drop": "before"},
    {"drop": "after"},
]
SPEC = f"keywords: [rat]\n{CONTACT}\npaths: [{{source: data, standard: any, layout: as-is}}]\n"
WRITES = "POST|PUT|DELETE"


@dataclass
class Walk:
    """`tags`: the digests of contents that somebody else wrote metadata about, which stay with them."""

    lab: Lab
    chance: random.Random
    number: int = 0
    tags: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.lab.folder / "data"

    def here(self) -> dict[str, str]:
        files = (file for file in self.data.rglob("*") if file.is_file())
        return {file.relative_to(self.data).as_posix(): file.read_text("utf-8") for file in files}

    def edit(self) -> None:
        """Adds, changes, renames or trades a file; every content is new, so that a tag has one place."""
        files = sorted(self.here())
        free = [name for name in NAMES if name not in files]
        what = self.chance.choice(["add", "change", "rename", "trade"])
        self.number += 1
        if what == "trade" and len(files) > 1:
            one, other = (self.data / name for name in self.chance.sample(files, 2))
            one.rename(self.data / "aside")
            other.rename(one)
            (self.data / "aside").rename(other)
        elif what == "rename" and free and files:
            target = self.data / self.chance.choice(free)
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.data / self.chance.choice(files)).rename(target)
        else:
            name = self.chance.choice(files if what == "change" and files else free or files)
            self.lab.files({name: f"content {self.number}"})

    def tag(self) -> None:
        there = self.lab.assets()
        path = self.chance.choice(sorted(there))
        self.tags.append(_digest(there[path]))
        about = [*there[path]["metadata"].get("about", []), _region(len(self.tags))]
        put_asset(self.lab, path, about=about)

    def interrupted(self) -> None:
        """An apply that is killed before one of its writes, or that a bad network hinders."""
        if self.chance.random() < 0.5:
            for _ in range(2):
                fault = self.chance.choice(FAULTS)
                self.lab.archive.misbehave(method=WRITES, skip=self.chance.randrange(6), **fault)
            assert self.lab.run("apply", "--yes").code in (Exit.DONE, Exit.FAILED)
        else:
            self.lab.archive.behaviour.stalled.clear()
            self.lab.archive.misbehave(method=WRITES, skip=self.chance.randrange(8), times=-1, stall=True)
            process = self.lab.start("apply", "--yes")
            while process.poll() is None and not self.lab.archive.stalled(0.05):
                pass
            process.kill()
            process.wait()
        self.lab.archive.behave()

    def applied(self) -> None:
        ran = self.lab.run("apply", "--create", "--yes")
        assert ran.code == Exit.DONE, ran.out + ran.err
        assets = self.lab.assets()
        sizes = {path: assets[path]["size"] for path in self.here() if path in assets}
        assert sizes == {path: len(text) for path, text in self.here().items()}
        assert not [path for path in assets if path.startswith(".dandifile-moving")]
        for number, digest in enumerate(self.tags, 1):
            holders = [asset for asset in assets.values() if _digest(asset) == digest]
            assert all(_region(number) in asset["metadata"]["about"] for asset in holders)
        ran = self.lab.run("plan", "--detailed-exitcode")
        assert (ran.code, "No changes" in ran.out) == (Exit.DONE, True), ran.out


def _digest(asset: JsonObject) -> str:
    return str(asset["metadata"]["digest"]["dandi:dandi-etag"])


def _region(number: int) -> dict[str, str]:
    return {"schemaKey": "Anatomy", "name": f"region {number}", "identifier": f"UBERON:{number:07}"}


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_next_apply_sets_it_right(lab: Lab, seed: int) -> None:
    walk = Walk(lab, random.Random(seed))
    lab.spec(SPEC)
    lab.files({"a.csv": "first", "b.csv": "second"})
    walk.applied()
    for _ in range(4):
        for _ in range(walk.chance.randrange(1, 4)):
            walk.edit()
        walk.tag()
        walk.interrupted()
        if walk.chance.random() < 0.3:
            walk.edit()
        walk.applied()
