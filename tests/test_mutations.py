"""Input that is almost right ends in a result or in an error with its place: never in a traceback.

`MUTATIONS=1000 MUTATIONS_FROM=5 pytest tests/test_mutations.py` tries more of them, from other seeds.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from dandifile.errors import Exit
from tests.conftest import CONTACT, Lab
from tests.mutations import mutated_json, mutated_text
from tests.releases import publish_now

COUNT = int(os.environ.get("MUTATIONS", "5"))
FIRST = int(os.environ.get("MUTATIONS_FROM", "0"))
SEEDS = range(FIRST, FIRST + COUNT)
pytestmark = pytest.mark.timeout(300 + 10 * COUNT)
ENDS = {Exit.DONE, Exit.CHANGES, Exit.INPUT, Exit.BLOCKED}

SPEC = f"""description: |
  About {{{{ environment.name }}}}
license: CC-BY-4.0
keywords: [hippocampus, place cells]
{CONTACT}
  - {{organization: National Institute of Mental Health, ror: 04xeg9z08, award: R21MH117788, roles: [Funder]}}
related:
  - {{url: "https://example.org/code", name: Code, relation: IsSupplementedBy, type: Software}}
paths:
  - {{source: data, standard: any, include: ["**/*.csv"], exclude: ["x/*"]}}
assets:
  - {{match: "sub-1/**", metadata: {{keywords: [pilot]}}}}
validation: {{fail_on: error, ignore: [{{check: check_x, paths: "sub-{{1,2}}/**", reason: r}}]}}
policy: {{max_deletions: "10%"}}
environments: {{rehearsal: {{instance: local}}}}
"""
LOCK = """dandifile_lock: 1
people:
- orcid: 0000-0002-1825-0097
  status: valid
  name: Doe, Jane
  checked: '2026-11-20'
institutions:
- ror: https://ror.org/04xeg9z08
  status: active
  name: National Institute of Mental Health
  successors: []
  checked: 2026-11-20
terms:
- {asked: hippocampus, about: regions, id: 'UBERON:0002421', iri: 'http://x/1',
   label: h, match: id, source: OLS, checked: '2026-11-20'}
identifiers:
- {environment: '', api_url: 'https://api.example.org/api', identifier: '000001'}
published:
- {environment: '', api_url: 'https://api.example.org/api', identifier: '000001', version: 0.261120.1200,
   url: 'https://example.org/dandiset/000001/0.261120.1200', citation: Doe (2026) Place cells,
   published: '2026-11-20', doi: 10.48324/dandi.000001/0.261120.1200}
"""
OF_VERSIONS = (
    ("diff",),
    ("publish", "--dry-run", "--as-is", "--notes", "auto"),
    ("import", "{page}", "-f", "{folder}/imported.yaml"),
    ("import", "--update", "--check"),
)


@pytest.fixture
def planned(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A lab with a draft, a lock, a manifest, a saved plan and a cache."""
    monkeypatch.setattr("dandifile.survey.task._YOUNG", 0)  # digests of new files are remembered at once
    lab.spec(SPEC)
    lab.files({"sub-1/sub-1_ses-a.csv": "a", "sub-1/sub-1_ses-b.csv": "b"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.lock.write_text(LOCK.replace("https://api.example.org/api", lab.archive.api_url), "utf-8")
    lab.files({"sub-2/sub-2_ses-c.csv": "c"})
    assert lab.run("scan").code == Exit.DONE
    assert lab.run("plan", "--out", str(lab.folder / "plan.json")).code == Exit.DONE
    return lab


def fails(lab: Lab, *arguments: str) -> str:
    """What is wrong with how the command ended; "" where nothing is."""
    ran = lab.run(*arguments)
    if ran.code in ENDS and "internal error" not in ran.err and "Traceback" not in ran.err:
        return ""
    return f"{arguments} ended with {ran.code}: {ran.err[-300:]}"


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("dandiset.yaml", (["check"], ["fmt", "--check"], ["scan"], ["checklist"])),
        ("dandiset.lock.yaml", (["check"],)),
        ("dandiset.assets.tsv", (["plan"],)),
        ("plan.json", (["apply", "{folder}/plan.json", "--yes"],)),
    ],
)
def test_a_file_that_is_almost_right(planned: Lab, name: str, commands: tuple[list[str], ...]) -> None:
    file = planned.folder / name
    good, faults = file.read_text("utf-8"), []
    for number in SEEDS:
        chance = Random(number)
        if name.endswith(".json"):
            text = json.dumps(mutated_json(json.loads(good), chance))
        else:
            text = mutated_text(good, chance)
        for command in commands:
            file.write_text(text, "utf-8")
            filled = [part.format(folder=planned.folder) for part in command]
            if fault := fails(planned, *filled):
                faults.append(f"{name}, seed {number}: {fault}\n{text[:2000]}")
    assert not faults, "\n\n".join(faults)


def test_a_cache_of_another_form(planned: Lab) -> None:
    file = planned.folder / ".dandifile" / "cache.sqlite"
    with sqlite3.connect(file) as db:
        good = db.execute("SELECT tbl, key, value FROM entry").fetchall()
    assert {table for table, _, _ in good} >= {"digest", "schema"}
    faults = []
    for number in SEEDS:
        chance = Random(number)
        rows: list[tuple[Any, Any, Any]] = [
            (table, key, json.dumps(mutated_json(json.loads(value), chance))) for table, key, value in good
        ]
        if number % 5 == 0:
            rows = [(table, key, chance.choice(["", "{", "NaN", b"\xff", None, 7])) for table, key, _ in good]
        with sqlite3.connect(file) as db:
            db.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", rows)
        if fault := fails(planned, "plan"):
            faults.append(f"seed {number}: {fault}\n{rows}"[:2000])
    assert not faults, "\n\n".join(faults)


@contextmanager
def between(origin: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A server in front of an archive that spoils one of its answers: `spoil` is (which one, chance)."""
    state: dict[str, Any] = {"spoil": (-1, Random(0)), "asked": 0, "said": ""}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {"Authorization": key} if (key := self.headers.get("Authorization")) else {}
            answer = requests.get(f"{origin}{self.path}", headers=headers, timeout=30)
            body = answer.text.replace(origin, f"http://{self.headers['Host']}")
            which, chance = state["spoil"]
            if state["asked"] == which and answer.ok:
                body = json.dumps(mutated_json(json.loads(body), chance))
                state["said"] = f"{self.path} {body[:2000]}"
            state["asked"] += 1
            self.send_response_only(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response_only(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", state
    finally:
        server.shutdown()
        server.server_close()


def test_an_archive_whose_answers_are_almost_right(planned: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, faults = planned.folder / "dandiset.yaml", []
    with between(planned.archive.web_url) as (url, state):
        monkeypatch.setenv(f"{urlsplit(url).netloc}_API_KEY".upper(), planned.archive.key)
        text = spec.read_text("utf-8").replace(planned.archive.web_url, url)
        planned.archive.add_user("jdoe")
        spec.write_text(f'identifier: "000001"\nowners: [jdoe]\n{text}', "utf-8")
        planned.lock.unlink()
        ran = planned.run("plan")
        assert ran.code == Exit.DONE, ran.err
        answers = state["asked"]
        for number in SEEDS:
            chance = Random(number)
            state.update(asked=0, spoil=(chance.randrange(answers), chance))
            Path(planned.folder / ".dandifile" / "cache.sqlite").unlink()
            for verb in ("plan", "status"):
                state["asked"] = 0
                if fault := fails(planned, verb):
                    faults.append(f"seed {number}: {fault}\n{state['said']}")
    assert not faults, "\n\n".join(faults)


def test_answers_about_versions_that_are_almost_right(planned: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, imported, faults = planned.folder / "dandiset.yaml", planned.folder / "imported.yaml", []
    publish_now(planned.archive, notes="The first one.")
    assert planned.run("apply", "--yes").code == Exit.DONE
    with between(planned.archive.web_url) as (url, state):
        monkeypatch.setenv(f"{urlsplit(url).netloc}_API_KEY".upper(), planned.archive.key)
        text = spec.read_text("utf-8").replace(planned.archive.web_url, url)
        spec.write_text(f'identifier: "000001"\nowners: [admin]\n{text}', "utf-8")
        planned.lock.unlink()
        places = {"page": f"{url}/dandiset/000001/draft", "folder": str(planned.folder)}
        verbs = [[part.format(**places) for part in verb] for verb in OF_VERSIONS]
        answers = []
        for verb in verbs:
            state["asked"] = 0
            ran = planned.run(*verb)
            assert ran.code in ENDS - {Exit.INPUT}, ran.err
            answers.append(state["asked"])
        for number in SEEDS:
            chance = Random(number)
            imported.unlink(missing_ok=True)
            Path(planned.folder / ".dandifile" / "cache.sqlite").unlink(missing_ok=True)
            state.update(asked=0, spoil=(chance.randrange(answers[number % len(verbs)]), chance))
            if fault := fails(planned, *verbs[number % len(verbs)]):
                faults.append(f"seed {number}: {fault}\n{state['said']}")
    assert not faults, "\n\n".join(faults)
