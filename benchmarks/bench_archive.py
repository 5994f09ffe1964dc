"""The embedded archive by itself: how fast it lists, takes assets and content, and how big it grows.

    python -m benchmarks.bench_archive [--assets 100000] [--json]

Each figure is shown with its limit. The draft is filled straight into the store; what
is measured goes over HTTP, against a server in a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import requests

ASSETS = 100_000
_PAGE = 1000
_POSTS = 1500
_MIB = 2**20
_PART = 64 * _MIB
_ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """What was measured, and the bound that it must keep."""

    name: str
    value: float
    unit: str
    bound: float
    at_most: bool = True

    @property
    def kept(self) -> bool:
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        verdict = "" if self.kept else "   NOT KEPT"
        return f"{self.name:<44} {self.value:10.1f} {self.unit:<9} {sign} {self.bound:g}{verdict}"


def measure(folder: Path, assets: int = ASSETS) -> list[Figure]:
    """All figures, with a draft of that many assets."""
    store = folder / "store"
    fill(store, assets)
    with _served(store) as server:
        pages = _pages(server, assets)
        posts = _posts(server)
        part = _part_ratio(server, folder)
        memory = _most_memory(server.pid)
    return [
        Figure(f"a page of {_PAGE} assets with metadata", pages, "ms", 60),
        Figure("assets made a second", posts, "/s", 150, at_most=False),
        Figure("a part of 64 MiB, against write + fsync + MD5", part, "times", 2),
        Figure(f"most memory, with {assets} assets", memory, "MB", 250),
    ]


def fill(store: Path, assets: int) -> None:
    """A draft of so many assets that were validated, each with 2 kB of metadata, in dandiset 000001."""
    from localdandi.archive import open_store
    from localdandi.store import assets as asset_table
    from localdandi.store import blobs, dandisets, users

    archive = open_store(store)
    metadata = _metadata()
    try:
        with archive.database.write() as db:
            dandiset = dandisets.insert(db, None, None)
            draft = dandisets.add_version(db, dandiset, "draft", "Large", "{}", status="Valid")
            admin = users.by_key(db, archive.key)
            assert admin
            users.set_owners(db, dandiset.id, [admin])
            upload = blobs.start_upload(db, dandiset.id, "0" * 32 + "-1", 1000, embargoed=False)
            blob = blobs.mint(db, upload)
            assert blob
            blobs.set_sha256(db, blob, "0" * 64)
            for number in range(assets):
                path = f"sub-{number // 100:04}/sub-{number // 100:04}_ses-{number % 100:02}_ecephys.nwb"
                asset_table.attach(db, draft.id, asset_table.NewAsset(path, metadata, blob))
            db.execute("UPDATE assets SET status = 'Valid'")
            dandisets.set_status(db, draft.id, "Valid")
    finally:
        archive.close()


def _metadata() -> dict[str, Any]:
    """About what the extraction makes of a recording."""
    from localdandi.instance import Instance

    term = {"schemaKey": "MeasurementTechniqueType", "name": "multi electrode extracellular recording"}
    session = {
        "schemaKey": "Session",
        "identifier": "1",
        "name": "Acquisition session",
        "description": "d" * 300,
    }
    subject = {"schemaKey": "Participant", "identifier": "1", "sex": {"schemaKey": "SexType", "name": "Male"}}
    return {
        "schemaKey": "Asset",
        "schemaVersion": Instance().schema_version,
        "encodingFormat": "application/x-nwb",
        "wasAttributedTo": [subject],
        "wasGeneratedBy": [session],
        "measurementTechnique": [term] * 6,
        "keywords": ["hippocampus", "place cells"] * 10,
    }


@dataclass(frozen=True)
class _Server:
    api: str
    key: str
    pid: int

    def session(self) -> requests.Session:
        session = requests.Session()
        session.headers["Authorization"] = f"token {self.key}"
        return session


@contextmanager
def _served(store: Path) -> Iterator[_Server]:
    command = [sys.executable, "-m", "localdandi", str(store)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    try:
        told = json.loads(process.stdout.readline())
        yield _Server(told["api_url"], told["key"], told["pid"])
    finally:
        process.stdin.close()
        process.wait()


def _pages(server: _Server, assets: int) -> float:
    """The median time of a page, in milliseconds, over all pages in order of path."""
    url = f"{server.api}/dandisets/000001/versions/draft/assets/?metadata=true&order=path&page_size={_PAGE}"
    times = []
    with server.session() as session:
        for page in range(1, assets // _PAGE + 1):
            started = time.perf_counter()
            body = session.get(f"{url}&page={page}", timeout=60).content
            times.append(time.perf_counter() - started)
            assert body.count(b'"asset_id"') == _PAGE
    return median(times) * 1000


def _most_memory(pid: int) -> float:
    """The most memory that the server ever held, in MB; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def _posts(server: _Server) -> float:
    """Assets a second, posted by four clients at once, while the archive validates them."""
    url = f"{server.api}/dandisets/000001/versions/draft/assets/"
    with server.session() as session:
        digest = {"algorithm": "dandi:dandi-etag", "value": "0" * 32 + "-1"}
        blob = session.post(f"{server.api}/blobs/digest/", json=digest, timeout=60).json()["blob_id"]
    metadata = _metadata()

    def post(part: int) -> None:
        with server.session() as session:
            for number in range(_POSTS // 4):
                body = {"metadata": metadata | {"path": f"new-{part}/{number}.nwb"}, "blob_id": blob}
                assert session.post(url, json=body, timeout=60).status_code == 200

    started = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(post, range(4)))
    return _POSTS / (time.perf_counter() - started)


def _part_ratio(server: _Server, folder: Path) -> float:
    """How much longer a part takes than the disk and one MD5, by turns; the best of each."""
    content, sent, bare = os.urandom(_PART), [], []
    with server.session() as session:
        for attempt in range(1, _ROUNDS + 1):
            digest = {"algorithm": "dandi:dandi-etag", "value": f"{attempt:032}-1"}
            body = {"contentSize": _PART, "digest": digest, "dandiset": "000001"}
            begun = session.post(f"{server.api}/uploads/initialize/", json=body, timeout=60).json()
            started = time.perf_counter()
            url = begun["parts"][0]["upload_url"]
            assert session.put(url, data=content, timeout=60).status_code == 200
            sent.append(time.perf_counter() - started)
            bare.append(_write_and_hash(folder / f"bare{attempt}", content))
    return min(sent) / min(bare)


def _write_and_hash(file: Path, content: bytes) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    hashlib.md5(content).hexdigest()
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description="Figures of the embedded archive.")
    parser.add_argument("--assets", type=int, default=ASSETS, help="in the draft, a multiple of 1000")
    parser.add_argument("--json", action="store_true", help="for programs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), asked.assets)
    for figure in figures:
        print(json.dumps(asdict(figure) | {"kept": figure.kept}) if asked.json else figure)
    return 0 if all(figure.kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
