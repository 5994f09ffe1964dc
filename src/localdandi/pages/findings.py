"""What validation says of a version: its own findings, and those of its assets, the same ones together."""

from __future__ import annotations

import json
from dataclasses import dataclass

from localdandi import jobs
from localdandi.document import Json
from localdandi.pages.documents import counted, objects, text
from localdandi.pages.shown import Shown
from localdandi.store import assets
from localdandi.store.assets import Asset

_MOST_ASSETS = 500  # whose findings are put together
_GENERAL = "Dandiset metadata or asset metadata is not valid"
_IN_WORDS = {"Operation only allowed on OPEN dandisets": "It is under embargo: release it first"}
_NAMED = 5  # assets that are named for each finding


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and the assets that have it: the first few, and how many there are."""

    field: str
    message: str
    examples: tuple[Asset, ...] = ()
    count: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.examples)


def of_json(errors: str) -> list[Finding]:
    """The findings in a stored list."""
    return [
        Finding(_field(one.get("field")), text(one.get("message"))) for one in objects(json.loads(errors))
    ]


def _field(value: Json) -> str:
    return text(value) or "the whole document"


def of_assets(shown: Shown) -> list[Finding]:
    """The findings of invalid assets, the most frequent first."""
    found: dict[tuple[str, str], list[Asset]] = {}
    for asset in assets.unsettled_assets(shown.db, shown.version.id, "Invalid", _MOST_ASSETS):
        for one in of_json(asset.errors):
            found.setdefault((one.field, one.message), []).append(asset)
    grouped = [Finding(*key, tuple(bad[:_NAMED]), len(bad)) for key, bad in found.items()]
    return sorted(grouped, key=lambda one: -one.count)


def obstacles(shown: Shown) -> list[str]:
    """All that keeps a draft from being published now, in words."""
    version = shown.version
    if not version.draft:
        return []
    first = jobs.objection(shown.db, shown.dandiset, version)
    found = [_IN_WORDS.get(first[1], first[1])] if first else []
    own = len(of_json(version.errors))
    if own:
        found.append(f"{counted(own, 'finding')} in the dandiset's metadata")
    for status, words in (("Invalid", "not valid"), ("Pending", "waiting for validation")):
        # One more than is counted shows that there are more.
        bad = len(assets.unsettled_assets(shown.db, version.id, status, _MOST_ASSETS + 1))
        if bad:
            more = "more than " if bad > _MOST_ASSETS else ""
            found.append(f"{more}{counted(min(bad, _MOST_ASSETS), 'file')} {words}")
    # The archive's own general answer says nothing more once there are particular ones.
    return [one for one in found if one != _GENERAL] or found
