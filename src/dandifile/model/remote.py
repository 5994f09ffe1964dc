"""What the archive has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dandifile.model.values import Json, JsonObject


@dataclass(frozen=True)
class RemoteAsset:
    """An asset of the draft. Its id is good until the next write to it (every PUT makes a new one)."""

    asset_id: str
    path: str
    size: int
    digest: str  # dandi-etag, or dandi-zarr-checksum; "" while the archive has none
    blob: str | None = None
    zarr: str | None = None
    schema_version: str = ""  # of its metadata; "" where they say none


class ListedAsset(NamedTuple):
    """An asset of any version, as a plain listing has it: no digest."""

    asset_id: str
    path: str
    size: int
    blob: str | None
    zarr: str | None

    @property
    def content(self) -> str:
        """What the archive calls its content: on one archive, the same id is the same content."""
        return self.blob or self.zarr or ""


@dataclass(frozen=True)
class Version:
    """One version of a dandiset, as the archive lists it. `notes` are its release notes."""

    version: str  # draft, or 0.YYMMDD.HHMM
    name: str
    status: str
    created: str  # a time stamp as in ISO 8601, in UTC
    assets: int
    size: int
    notes: str = ""


@dataclass(frozen=True)
class Publication:
    """A published version, as it is quoted. `doi` is bare, and "" where the archive registers none.

    `url` is its page, "" where none is served once the command has ended. `day` is when it was published,
    YYYY-MM-DD; `notes` are its release notes.
    """

    version: str
    url: str
    citation: str
    day: str
    assets: int
    size: int
    doi: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Complaint:
    """One thing that the archive finds wrong: with the draft itself, or with one of its assets.

    `source` is the asset's file here; "" where that is not on this machine.
    """

    field: str
    message: str
    fix: str
    asset: str = ""
    source: str = ""


@dataclass(frozen=True)
class Health:
    """The archive's verdict on a draft and its assets.

    `waiting` counts the assets that it has not looked at; it lists 50 at most. `unlisted`: more assets are
    invalid than it lists, and not all of them were asked one by one.
    """

    status: str
    complaints: tuple[Complaint, ...] = ()
    waiting: int = 0
    unlisted: bool = False


OPEN, EMBARGOED, RELEASING = "OPEN", "EMBARGOED", "UNEMBARGOING"
"""The archive's words for who can see a dandiset: everyone, its owners, or its owners for the last time."""


@dataclass(frozen=True)
class EmbargoState:
    """Who can see a dandiset. `until` is a day (YYYY-MM-DD), or "" where the archive names none.

    It is the end of the embargo, or, of an open dandiset, the day on which a past one ended.
    """

    status: str = OPEN
    until: str = ""
    access: str = ""  # the status that the metadata give, which can lag behind

    @classmethod
    def of(cls, status: Json, metadata: JsonObject) -> EmbargoState:
        """By the archive's word and a dandiset's metadata, in which anything can be."""
        access = metadata.get("access")
        first = access[0] if isinstance(access, list) and access else None
        said = first if isinstance(first, dict) else {}
        return cls(str(status), str(said.get("embargoedUntil") or ""), str(said.get("status") or ""))

    @property
    def ends(self) -> date | None:
        """The last day of an embargo that has not ended; None where there is none."""
        try:
            return None if self.status == OPEN else date.fromisoformat(self.until)
        except ValueError:
            return None

    def days_left(self, today: date) -> int | None:
        """Days to the end of an embargo; negative where it should be over. None where there is none."""
        return (self.ends - today).days if self.ends else None


@dataclass(frozen=True)
class Target:
    """Which dandiset, on which archive, as whom: what every plan opens with."""

    instance: str
    api_url: str
    web_url: str
    identifier: str | None = None  # None: to be created
    title: str = ""
    user: str | None = None
    published: str | None = None  # the last published version
    embargo_status: str = OPEN
    status: str = ""  # the server's own validation of the draft
    archive: str = ""  # names the archive for good: its API URL, or the store of an embedded one
    embargo_until: str = ""  # as in `EmbargoState`

    @property
    def embargo(self) -> EmbargoState:
        return EmbargoState(self.embargo_status, self.embargo_until)

    @property
    def page(self) -> str:
        """The draft's web page; the instance's while there is no draft; "" if no page is served."""
        if not self.web_url:
            return ""
        return f"{self.web_url}/dandiset/{self.identifier}/draft" if self.identifier else self.web_url
