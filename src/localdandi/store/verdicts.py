"""What validation has found in a version and its assets."""

from __future__ import annotations

import json
import sqlite3

from localdandi.document import JsonObject
from localdandi.store import assets
from localdandi.store.dandisets import Version

_SHOWN = 50  # assets of each sort whose findings a version's `info` shows
_WAITING = "asset is currently being validated, please wait."


def asset_errors(db: sqlite3.Connection, version: Version) -> list[JsonObject]:
    """At most 50 assets that wait, and the findings of at most 50 that have any."""
    waiting = assets.unsettled(db, version.id, "Pending", _SHOWN)
    invalid = assets.unsettled(db, version.id, "Invalid", _SHOWN)
    found = [{"field": "", "message": _WAITING, "path": asset.path} for asset in waiting]
    return found + [
        {"field": error["field"], "message": error["message"], "path": asset.path}
        for asset in invalid
        for error in json.loads(asset.errors)
    ]


def publishable(db: sqlite3.Connection, version: Version) -> bool:
    """Valid itself, and every asset too."""
    return version.status == "Valid" and not any(
        assets.unsettled(db, version.id, status, 1) for status in ("Pending", "Invalid")
    )
