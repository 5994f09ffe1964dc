"""Dandisets of many small assets, straight into a store, and commands on them with their peak memory."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.archive import Archive
from benchmarks.measure import program
from localdandi.archive import open_store
from localdandi.instance import Instance
from localdandi.store import assets as asset_table
from localdandi.store import blobs, dandisets, users
from localdandi.store.dandisets import dump

METADATA: dict[str, Any] = {
    "schemaKey": "Asset",
    "schemaVersion": Instance().schema_version,
    "encodingFormat": "text/csv",
}


def small_contents(assets: int) -> dict[str, bytes]:
    """A few bytes for each path, a hundred sessions a subject."""
    return {
        f"sub-{number // 100:04}/sub-{number // 100:04}_ses-{number % 100:02}.csv": f"{number}".encode()
        for number in range(assets)
    }


def fill_draft(store: Path, contents: Mapping[str, bytes], metadata: Mapping[str, Any]) -> None:
    """A dandiset whose draft has these contents; the bytes themselves are not needed."""
    with _database(store) as (db, key):
        dandiset = dandisets.insert(db, None, None)
        draft = dandisets.add_version(db, dandiset, "draft", "Large", "{}", status="Valid")
        admin = users.by_key(db, key)
        assert admin
        users.set_owners(db, dandiset.id, [admin])
        _attach(db, draft, contents, metadata)


def publish_and_change(
    store: Path, gone: Collection[str], made: Mapping[str, bytes], metadata: Mapping[str, Any]
) -> None:
    """Publishes the draft as it is, then takes the paths `gone` from it and puts others there."""
    with _database(store) as (db, _):
        dandiset = dandisets.by_id(db, 1)
        assert dandiset
        draft = dandisets.draft_of(db, dandiset)
        version = dandisets.add_version(db, dandiset, "0.260218.2052", "Large", "{}", status="Valid")
        asset_table.publish(db, draft.id, version.id, dump({"datePublished": "2026-02-18T20:52:00Z"}))
        rows = [(draft.id, path) for path in gone]
        db.executemany("DELETE FROM membership WHERE version = ? AND path = ?", rows)
        _attach(db, draft, made, metadata)


@contextmanager
def _database(store: Path) -> Iterator[tuple[Any, str]]:
    archive = open_store(store)
    try:
        with archive.database.write() as db:
            yield db, archive.key
    finally:
        archive.close()


def _attach(
    db: Any, draft: dandisets.Version, contents: Mapping[str, bytes], metadata: Mapping[str, Any]
) -> None:
    for path, content in contents.items():
        etag = hashlib.md5(hashlib.md5(content).digest()).hexdigest() + "-1"
        blob = blobs.by_etag(db, etag)
        if blob is None:
            upload = blobs.start_upload(db, draft.dandiset, etag, len(content), embargoed=False)
            blob = blobs.mint(db, upload)
            assert blob
            blobs.set_sha256(db, blob, hashlib.sha256(content).hexdigest())
        asset_table.attach(db, draft.id, asset_table.NewAsset(path, dict(metadata), blob))
    db.execute("UPDATE assets SET status = 'Valid'")
    asset_table.recount(db, draft.id)
    dandisets.set_status(db, draft.id, "Valid")


@dataclass(frozen=True)
class Took:
    """What one command took and said."""

    seconds: float
    requests: int
    peak_mb: float
    said: str


def run_measured(lab: Path, archive: Archive, *arguments: str) -> Took:
    """One command of dandifile on the spec in `lab`. Any exit code but 0 ends the bench."""
    archive.reset_requests()
    said = lab / "said.txt"
    command, *more = arguments
    started = time.perf_counter()
    child = os.posix_spawn(
        program("dandifile"),
        [program("dandifile"), command, "--file", str(lab / "dandiset.yaml"), *more],
        {**os.environ, "DANDIFILE_STORE": str(archive.store)},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, str(said), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)],
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    text = said.read_text("utf-8")
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{text[:2000]}")
    unit = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss: bytes there, KiB elsewhere
    return Took(seconds, archive.requests(), usage.ru_maxrss / unit, text)
