"""What a page is about: a version of a dandiset, as one reader sees it, with addresses of its other pages."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from functools import cached_property

from localdandi import metadata
from localdandi.archive import Archive
from localdandi.document import JsonObject
from localdandi.pages import subjects
from localdandi.pages.addresses import Addresses
from localdandi.store import listing
from localdandi.store.dandisets import Dandiset, Version


@dataclass(frozen=True)
class Shown:
    """Made once the reader's right to see the version has been checked. Pages only read."""

    archive: Archive
    dandiset: Dandiset
    version: Version
    to: Addresses
    origin: str  # of the server, as in links of metadata

    @property
    def db(self) -> sqlite3.Connection:
        return self.archive.database.read()

    @cached_property
    def document(self) -> JsonObject:
        found: JsonObject = json.loads(metadata.insert_origin(self.version.metadata, self.origin))
        return found

    @property
    def overview(self) -> subjects.Overview:
        return subjects.overview(self.archive.database, self.version)

    def address_of(self, path: str) -> str | None:
        """The page of the asset at a path, if there is one."""
        found = listing.asset_ids(self.db, self.version.id, {path}).get(path)
        return self.to.asset(found) if found else None

    @property
    def label(self) -> str:
        """`DANDI:000001`, as its archive calls it."""
        return f"{self.archive.instance.name}:{self.dandiset.identifier}"
