"""A lab at random: edits here and there, bad networks, kills; after each apply the draft is right.

Owners come and go, an embargo is released, versions are published: never without the flag for it.
"""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dandifile import waits
from dandifile.errors import Exit
from dandifile.model import JsonObject
from tests.conftest import CONTACT, Lab, owners_of, set_owners
from tests.kinds.test_uploads import make_older
from tests.test_saved_plans import put_asset

NAMES = ["a.csv", "b.csv", "c.csv", "s/a.csv", "s/b.csv", "s/t/c.csv"]
FAULTS: list[dict[str, Any]] = [
    {"status": 503},
    {"status": 429, "retry_after": 0.05},
    {"drop": "before"},
    {"drop": "after"},
]
DESCRIBED = "description: Rats on a track\nlicense: CC-BY-4.0\nkeywords: [rat]\n"
SPEC = f"{DESCRIBED}{CONTACT}\npaths: [{{source: data, standard: any, layout: as-is}}]\n"
OTHERS = ("jdoe", "rroe")
OWNERS = (
    "",
    "[jdoe]",
    "[rroe]",
    "{exactly: [admin]}",
    "{exactly: [admin, jdoe]}",
    "{exactly: [admin, rroe]}",
)
FLAGS = ("owners", "unembargo", "delete-uploads")
PUBLISH = ("publish", "--yes", "--wait", "--timeout", "2")
WRITES = "POST|PUT|DELETE"


@dataclass
class Walk:
    """`tags`: the digests of contents that somebody else wrote metadata about, which stay with them.

    `owners` and `embargo` are what the spec declares. `versions` has the paths of each published version.
    """

    lab: Lab
    chance: random.Random
    number: int = 0
    tags: list[str] = field(default_factory=list)
    owners: str = ""
    embargo: str = ""
    versions: dict[str, set[str]] = field(default_factory=dict)

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

    def people(self) -> None:
        """The spec names other owners, or somebody changes them on the archive."""
        if self.chance.random() < 0.5:
            self.owners = self.chance.choice(OWNERS)
        else:
            set_owners(self.lab, "admin", *self.chance.sample(OTHERS, self.chance.randrange(3)))

    def declare(self) -> None:
        """Writes the spec."""
        declared = {"owners": self.owners, "embargo": self.embargo}
        self.lab.spec("".join(f"{key}: {value}\n" for key, value in declared.items() if value) + SPEC)

    def release(self) -> None:
        """An embargo is to be released sooner or later."""
        if self.embargo and self.chance.random() < 0.4:
            self.embargo = "false"

    def status(self) -> str:
        return str(self.lab.get("/dandisets/000001/")["embargo_status"])

    def interrupted(self) -> None:
        """An apply that is killed before one of its writes, or that a bad network hinders.

        What was not permitted has not happened.
        """
        hidden, owners = self.status() == "EMBARGOED", set(owners_of(self.lab))
        allowed = [flag for flag in FLAGS if self.chance.random() < 0.5]
        permits = [word for flag in allowed for word in ("--allow", flag)]
        if self.chance.random() < 0.5:
            for _ in range(2):
                fault = self.chance.choice(FAULTS)
                self.lab.archive.misbehave(method=WRITES, skip=self.chance.randrange(6), **fault)
            ran = self.lab.run("apply", "--yes", *permits)
            assert ran.code in (Exit.DONE, Exit.FAILED, Exit.BLOCKED), ran.out + ran.err
        else:
            self.lab.kill_at(self.chance.randrange(8), "apply", "--yes", *permits, method=WRITES)
        self.lab.archive.behave()
        assert "owners" in allowed or owners <= set(owners_of(self.lab))
        assert "unembargo" in allowed or not hidden or self.status() == "EMBARGOED"

    def applied(self) -> None:
        permits = [word for flag in FLAGS for word in ("--allow", flag)]
        make_older(self.lab, 8)  # an upload whose id was lost may be another owner's, but not for ever
        ran = self.lab.run("apply", "--create", "--yes", *permits)
        assert ran.code == Exit.DONE, ran.out + ran.err
        self.is_as_declared()
        assets = self.lab.assets()
        sizes = {path: assets[path]["size"] for path in self.here() if path in assets}
        assert sizes == {path: len(text) for path, text in self.here().items()}
        assert not [path for path in assets if path.startswith(".dandifile-moving")]
        for number, digest in enumerate(self.tags, 1):
            holders = [asset for asset in assets.values() if _digest(asset) == digest]
            assert all(_region(number) in asset["metadata"]["about"] for asset in holders)
        ran = self.lab.run("plan", "--detailed-exitcode")
        assert (ran.code, "No changes" in ran.out) == (Exit.DONE, True), ran.out

    def is_as_declared(self) -> None:
        """Owners and embargo are as the spec says, and published versions as they were."""
        owners, declared = set(owners_of(self.lab)), set(re.findall(r"\w+", self.owners)) - {"exactly"}
        assert declared <= owners
        assert "exactly" not in self.owners or declared == owners
        assert self.status() == ("EMBARGOED" if self.embargo == "true" else "OPEN")
        for version, paths in self.versions.items():
            assert self.paths_of(version) == paths

    def paths_of(self, version: str) -> set[str]:
        listed = self.lab.get(f"/dandisets/000001/versions/{version}/assets/?page_size=1000")["results"]
        return {asset["path"] for asset in listed}

    def published(self) -> None:
        """Publishes once, also where the answer is lost, and never without the flag, nor under embargo."""
        assert self.lab.run(*PUBLISH).code != Exit.DONE
        if self.chance.random() < 0.5:
            self.lab.archive.misbehave(method="POST", route="/publish/$", drop="after")
        ran = self.lab.run(*PUBLISH, "--allow", "publish")
        self.lab.archive.behave()
        versions = self.lab.get("/dandisets/000001/versions/")["results"]
        made = {one["version"] for one in versions} - {"draft"} - self.versions.keys()
        expected = (Exit.BLOCKED, 0) if self.embargo == "true" else (Exit.DONE, 1)
        assert (ran.code, len(made)) == expected, ran.out + ran.err
        self.versions |= {version: set(self.lab.assets()) for version in made}


def _digest(asset: JsonObject) -> str:
    return str(asset["metadata"]["digest"]["dandi:dandi-etag"])


def _region(number: int) -> dict[str, str]:
    return {"schemaKey": "Anatomy", "name": f"region {number}", "identifier": f"UBERON:{number:07}"}


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("seed", range(int(os.environ.get("WALKS", "3"))))
def test_whatever_happens_the_next_apply_sets_it_right(
    lab: Lab, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`WALKS=30` takes more of them."""
    monkeypatch.setattr(waits, "FIRST", 0.05)
    for login in OTHERS:
        lab.archive.add_user(login)
    walk = Walk(lab, random.Random(seed), embargo="true" if seed % 3 else "")
    walk.declare()
    lab.files({"a.csv": "first", "b.csv": "second"})
    walk.applied()
    for number in range(4):
        for _ in range(walk.chance.randrange(1, 4)):
            walk.edit()
        walk.tag()
        walk.people()
        walk.release()
        walk.declare()
        walk.interrupted()
        if walk.chance.random() < 0.3:
            walk.edit()
        walk.applied()
        if number % 2:
            walk.published()
