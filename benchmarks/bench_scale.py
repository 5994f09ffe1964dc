"""How a plan with nothing to do grows with the dandiset: seconds, requests and memory.

    python -m benchmarks.bench_scale [--sizes 1000 10000 100000] [--json]

Files and draft hold the same content, a few bytes each, so that what is measured is the listing,
the stats, the caches and the comparison. The first plan hashes; the second is the one that counts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.archive import Archive, served
from benchmarks.measure import program

SIZES = (1_000, 10_000, 100_000)
MOST_MB = 400


@dataclass(frozen=True)
class Row:
    """One size: the first plan, and the second, with nothing to do and everything remembered."""

    assets: int
    first_seconds: float
    seconds: float
    requests: int
    peak_mb: float

    @property
    def allowed(self) -> int:
        """Requests: one for a thousand assets, and ten."""
        return self.assets // 1000 + 10

    def __str__(self) -> str:
        return (
            f"{self.assets:>7} assets   first plan {self.first_seconds:6.1f} s  plan {self.seconds:6.2f} s  "
            f"{self.seconds / self.assets * 1e6:5.0f} µs an asset   "
            f"{self.requests:>3} requests (≤ {self.allowed})   {self.peak_mb:4.0f} MB (≤ {MOST_MB})"
        )


def measure(folder: Path, assets: int) -> Row:
    """Files, a draft that has them all, and two plans of them."""
    contents = dict(_contents(assets))
    lab = folder / "lab"
    for path, content in contents.items():
        file = lab / "data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    _fill(folder / "store", contents)
    spec = "dandifile: 1\ninstance: local\nidentifier: '000001'\npaths: [{source: data, standard: any}]\n"
    (lab / "dandiset.yaml").write_text(spec, "utf-8")
    time.sleep(2)  # younger files are not remembered
    with served(folder / "store") as archive:
        first, _, _ = _plan(lab, archive)
        seconds, requests, peak = _plan(lab, archive)
    return Row(assets, first, seconds, requests, peak)


def _contents(assets: int) -> list[tuple[str, bytes]]:
    return [
        (f"sub-{number // 100:04}/sub-{number // 100:04}_ses-{number % 100:02}.csv", f"{number}".encode())
        for number in range(assets)
    ]


def _fill(store: Path, contents: dict[str, bytes]) -> None:
    """A draft of these contents, straight into the store; the bytes themselves are not needed."""
    from localdandi.archive import open_store
    from localdandi.instance import schema_version
    from localdandi.settings import Settings
    from localdandi.store import assets as asset_table
    from localdandi.store import blobs, dandisets, users

    metadata = {
        "schemaKey": "Asset",
        "schemaVersion": schema_version(Settings()),
        "encodingFormat": "text/csv",
    }
    archive = open_store(store)
    try:
        with archive.database.write() as db:
            dandiset = dandisets.insert(db, None, None)
            draft = dandisets.add_version(db, dandiset, "draft", "Large", "{}", status="Valid")
            admin = users.by_key(db, archive.key)
            assert admin
            users.set_owners(db, dandiset.id, [admin])
            for path, content in contents.items():
                etag = hashlib.md5(hashlib.md5(content).digest()).hexdigest() + "-1"
                upload = blobs.start_upload(db, dandiset.id, etag, len(content), embargoed=False)
                blob = blobs.mint(db, upload)
                assert blob
                blobs.set_sha256(db, blob, hashlib.sha256(content).hexdigest())
                asset_table.attach(db, draft.id, asset_table.NewAsset(path, metadata, blob))
            db.execute("UPDATE assets SET status = 'Valid'")
            dandisets.set_status(db, draft.id, "Valid")
    finally:
        archive.close()


def _plan(lab: Path, archive: Archive) -> tuple[float, int, float]:
    """Seconds, requests and peak memory in MB of one `dandifile plan` that finds nothing to do."""
    archive.reset_requests()
    said = lab / "plan.txt"
    started = time.perf_counter()
    child = os.posix_spawn(
        program("dandifile"),
        [program("dandifile"), "plan", "--file", str(lab / "dandiset.yaml")],
        {**os.environ, "DANDIFILE_STORE": str(archive.store)},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, str(said), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)],
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    if status or "No changes" not in said.read_text("utf-8"):
        raise SystemExit(f"the plan did not find everything in place:\n{said.read_text('utf-8')[:2000]}")
    unit = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss: bytes there, KiB elsewhere
    return seconds, archive.requests(), usage.ru_maxrss / unit


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    arguments = parser.parse_args()
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            row = measure(Path(folder), size)
            print(json.dumps(asdict(row)) if arguments.json else row, flush=True)


if __name__ == "__main__":
    main()
