"""The manifest files of a version, as the object store of the real archive keeps them.

They are made when they are asked for. The YAML ones hold JSON, which YAML reads as well.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from localdandi import asset_metadata
from localdandi.metadata import outgoing
from localdandi.store import assets
from localdandi.store.assets import Asset, Selection
from localdandi.store.dandisets import Version, dump

NAMES = ("dandiset.yaml", "dandiset.jsonld", "assets.yaml", "assets.jsonld", "collection.jsonld")
_PAGE = 1000


def text(db: sqlite3.Connection, version: Version, name: str, origin: str) -> Iterator[str]:
    """The named manifest, piece by piece."""
    if name.startswith("dandiset."):
        yield outgoing(version.metadata, origin)
    elif name.startswith("assets."):
        separator = "["
        for asset in _assets(db, version):
            yield separator + asset_metadata.full(asset, origin)
            separator = ",\n"
        yield "[]" if separator == "[" else "]"
    else:
        yield _collection(db, version)


def _assets(db: sqlite3.Connection, version: Version) -> Iterator[Asset]:
    selection, offset = Selection(version.id), 0
    while page := assets.page(db, selection, _PAGE, offset):
        yield from page
        offset += _PAGE


def _collection(db: sqlite3.Connection, version: Version) -> str:
    document = json.loads(version.metadata)
    members = [f"dandiasset:{asset.asset_id}" for asset in _assets(db, version)]
    head = {"@context": document["@context"], "id": document["id"], "@type": "prov:Collection"}
    return dump(head | {"hasMember": members})
