"""What the archive has."""

from __future__ import annotations

from dataclasses import dataclass


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
    embargo_status: str = "OPEN"
    status: str = ""  # the server's own validation of the draft

    @property
    def page(self) -> str:
        """The draft's web page; the instance's while there is no draft."""
        return f"{self.web_url}/dandiset/{self.identifier}/draft" if self.identifier else self.web_url
