"""Every command in README and docs does what its page says: each is run, in a lab like the page's."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import jq
import pytest
import requests

from localdandi.testing import archive
from tests.frame import ROOT
from tests.lookup.made_up import DOI, all_well
from tests.lookup.replay import replaying
from tests.releases import publish_now
from tests.running.cluster import cluster
from tests.survey.lab import write_nwb

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "src/localdandi/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
PROGRAMS = ("dandifile", "dandi", "localdandi")
SET_UP = (
    "pip",
    "git",
    "dask",
    "export",
    "ln",
    "python",
    "./dandifile",
    "tests/run",
    ".ci/run",
    "benchmarks/run",
    "rm",
)
"""Commands that prepare a machine: the launcher, the wheel and the tests have tests of their own."""

BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^(?P=indent)```", re.DOTALL | re.MULTILINE
)
VARIABLES = re.compile(r"^(\w+=\S+ +)+")
LIST_ITEM = re.compile(r"^(- )?(run: )?")
WORKERS = re.compile(r"HOST:PORT|10\.0\.0\.5:8786")
EXIT_CODES = {"--detailed-exitcode": {0, 2}}
SPEC = """
dandifile: 1
instance: local
environments:
  rehearsal: {instance: local}
name: Place cells in CA1 during sleep
description: Recordings from hippocampal area CA1 of rats that ran and slept.
license: CC-BY-4.0
keywords: [hippocampus, place cells]
contributors:
  - {name: "Doe, Jane", email: jane@example.org, roles: [Author, ContactPerson], cite: true}
paths:
  - recordings
"""


def commands(text: str) -> list[str]:
    """The command lines in a page's blocks, without comments; those of workflow files too."""
    found = []
    for block in BLOCK.finditer(text):
        if block["language"] not in ("", "sh", "yaml"):
            continue
        for line in block["body"].splitlines():
            line = LIST_ITEM.sub("", line.strip()).partition(" #")[0].strip()  # noqa: PLW2901
            line = VARIABLES.sub("", line)  # noqa: PLW2901
            if line.split(" ")[0] in PROGRAMS:
                found.append(line)
    return found


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


WITH_COMMANDS = [page for page in PAGES if commands(page.read_text("utf-8"))]


@dataclass
class Reader:
    """Somebody who follows a page, with an embedded archive and services that know one paper."""

    folder: Path
    environment: dict[str, str]
    host: str
    stack: ExitStack
    ran: list[str] = field(default_factory=list)
    version: str = ""  # the published one

    def follow(self, command: str) -> None:
        self.ran.append(command)
        program, _, filters = command.partition(" | jq ")
        of_version = program.startswith("dandifile diff") or "0.260218.2052" in program
        if of_version and not self.version:
            self.version = self.publish()
        words = self.words(program.replace("0.260218.2052", self.version))
        if words[:2] == ["dandifile", "import"] and "--update" not in words:  # it never writes over a spec
            (self.folder / "dandiset.yaml").unlink(missing_ok=True)
        if words[:3] == ["dandifile", "archive", "serve"] or words[:2] == ["localdandi", "serve"]:
            self.serve(words)
            return
        if "reset" in words:  # the page has said that Ctrl-C stops the server
            self.stack.close()
        ended = self.run(words)
        allowed = next((codes for flag, codes in EXIT_CODES.items() if flag in words), {0})
        assert ended.returncode in allowed, f"{command}\n{ended.stdout}\n{ended.stderr}"
        if filters:
            found = jq.compile(shlex.split(filters)[-1]).input_value(json.loads(ended.stdout))
            assert found.all() is not None

    def publish(self) -> str:
        """Publishes the dandiset, for a page about versions."""
        with archive(Path(self.environment["DANDIFILE_STORE"])) as running:
            return publish_now(running)

    def words(self, command: str) -> list[str]:
        """The command as it can be run here: placeholders filled in, and the prompt answered."""
        command = command.replace("10.1038/s41586-023-06031-6", DOI)
        if WORKERS.search(command):
            command = WORKERS.sub(self.cluster(), command)
        command = re.sub(r"import DANDI:000123(\S*)", r"import 000001\1 --instance local", command)
        command = command.replace("/tmp/archive", str(self.folder / "other archive").replace(" ", r"\ "))
        words = shlex.split(command)
        if words[:2] == ["dandifile", "apply"] and "--yes" not in words:
            words.append("--yes")
        return [found for word in words for found in self.expanded(word)]

    def cluster(self) -> str:
        folder = self.folder.parent / f"cluster{len(self.ran)}"
        return self.stack.enter_context(cluster(folder, 1, self.environment))

    def expanded(self, word: str) -> list[str]:
        if "…" not in word:
            return [word]
        matches = sorted(self.folder.glob(word.replace("…", "*").removeprefix("../")))
        matches = matches or sorted(self.folder.parent.glob(word.replace("…", "*").removeprefix("../")))
        assert matches, f"nothing here is like {word}"
        return [str(matches[-1])]

    def run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        program = Path(sys.executable).with_name(words[0])
        return subprocess.run(
            [str(program), *words[1:]],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def serve(self, words: list[str]) -> None:
        """Starts a server as the page says and leaves it up until the page ends."""
        program = Path(sys.executable).with_name(words[0])
        server = subprocess.Popen(
            [str(program), *words[1:], "--host", self.host], cwd=self.folder, env=self.environment
        )
        self.stack.callback(server.wait)
        self.stack.callback(server.terminate)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                requests.get(f"http://{self.host}:8000/api/info/", timeout=5)
            except requests.ConnectionError:
                assert server.poll() is None, f"{words} ended with {server.returncode}"
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"{words} does not answer")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    folder = tmp_path / "lab"
    for day in ("01", "02"):
        write_nwb(folder / "recordings" / f"{day}.nwb", session_id=day)
    # Where the whole of 127.0.0.0/8 is this machine, an address of our own leaves localhost:8000 to others.
    host = f"127.0.{os.getpid() % 250 + 1}.9" if sys.platform == "linux" else "127.0.0.1"
    with ExitStack() as stack:
        services = stack.enter_context(replaying())
        all_well(services)
        environment = {
            **os.environ,
            **services.environment,
            "NO_PROXY": "127.0.0.1",
            "DANDIFILE_STORE": str(tmp_path / "store"),
            "DANDI_INSTANCEHOST": host,
            "DANDI_NO_ET": "1",
        }
        yield Reader(folder, environment, host, stack)


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=page_id)
def test_the_commands_of_a_page_do_what_it_says(page: Path, reader: Reader) -> None:
    wanted = commands(page.read_text("utf-8"))
    if not any("--create" in command for command in wanted):  # the page is about a dandiset that is there
        (reader.folder / "dandiset.yaml").write_text(SPEC, "utf-8")
        reader.follow("dandifile apply --create")
    for command in wanted:
        if not command.startswith("dandifile init"):  # which writes the spec itself
            (reader.folder / "dandiset.yaml").write_text(SPEC, "utf-8")
        reader.follow(command)


def test_no_command_is_overlooked() -> None:
    """Each line of a block of commands is one that is run here, or one that prepares a machine."""
    lines = [
        VARIABLES.sub("", line.strip())
        for page in PAGES
        for block in BLOCK.finditer(page.read_text("utf-8"))
        if block["language"] == "sh"
        for line in block["body"].splitlines()
    ]
    assert [line for line in lines if not line.startswith((*PROGRAMS, *SET_UP))] == []


def test_comments_list_items_and_variables_are_not_part_of_a_command() -> None:
    text = """
```sh
X=1 dandifile plan   # says what
```

```yaml
- run: dandifile check
name: dandifile
```
"""
    assert commands(text) == ["dandifile plan", "dandifile check"]
