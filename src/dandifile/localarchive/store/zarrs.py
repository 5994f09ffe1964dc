"""Zarr archives: a name in a dandiset, and the files below it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class Zarr:
    id: int
    zarr_id: str
    dandiset: int
    name: str
    status: str  # Pending | Uploaded | Ingesting | Complete
    checksum: str | None
    file_count: int
    size: int


_ZARR = "SELECT id, zarr_id, dandiset, name, status, checksum, file_count, size FROM zarrs"


def by_id(db: sqlite3.Connection, zarr_id: str) -> Zarr | None:
    row = db.execute(f"{_ZARR} WHERE zarr_id = ?", (zarr_id,)).fetchone()
    return Zarr(*row) if row else None
