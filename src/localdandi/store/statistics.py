"""Figures about the whole archive. In production they are hours old; here they are not."""

from __future__ import annotations

import sqlite3

_FIGURES = """
SELECT
  (SELECT count(*) FROM dandisets) AS dandiset_count,
  (SELECT count(DISTINCT dandiset) FROM versions WHERE version <> 'draft') AS published_dandiset_count,
  (SELECT count(*) FROM users) AS user_count,
  (SELECT coalesce(sum(size), 0) FROM blobs
   WHERE id IN (SELECT a.blob FROM assets a JOIN membership m ON m.asset = a.id))
  + (SELECT coalesce(sum(size), 0) FROM zarrs
     WHERE id IN (SELECT a.zarr FROM assets a JOIN membership m ON m.asset = a.id)) AS size
"""


def of_everything(db: sqlite3.Connection) -> dict[str, int]:
    """Counts, and the bytes of all content that some version has."""
    return dict(db.execute(_FIGURES).fetchone())
