"""The background job that opens an embargoed dandiset to everyone."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from localdandi import metadata
from localdandi.archive import Archive
from localdandi.store import assets, dandisets
from localdandi.store.dandisets import Dandiset, dump


def run(archive: Archive) -> bool:
    """Releases every dandiset that is to be."""
    with archive.database.write() as db:
        for dandiset in dandisets.in_embargo_status(db, "UNEMBARGOING"):
            _release(db, dandiset)
    return False


def _release(db: sqlite3.Connection, dandiset: Dandiset) -> None:
    """The day of the release stays in the metadata as `embargoedUntil`."""
    assets.release_all(db, dandiset.id)
    today = datetime.now(UTC).date().isoformat()
    dandiset = dandisets.set_embargo(db, dandiset, "OPEN", today)
    draft = dandisets.draft_of(db, dandiset)
    document = metadata.complete(draft.document(), dandiset, version=draft.version, name=draft.name)
    dandisets.save(db, draft, draft.name, dump(document), "Pending")
