"""Where each page is: on the server that makes it, or next to the others in an exported folder.

Templates ask for addresses and never build one. None means that there is no such page: then the text is not
a link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from urllib.parse import quote, urlencode

NOTHING: Mapping[str, str] = MappingProxyType({})


class Addresses(Protocol):
    """The pages of one version of one dandiset, and those around it."""

    @property
    def served(self) -> bool:
        """Whether a server answers: then there are search, log-in, filters and downloads."""

    def style(self) -> str: ...

    def home(self) -> str: ...

    def version(self, version: str) -> str | None:
        """The page of a version of the same dandiset."""

    def here(self) -> str | None:
        """The page of this version."""

    def subjects(self, page: int = 1) -> str | None:
        """The grid of subjects and sessions, in pages."""

    def subject(self, name: str) -> str | None:
        """A subject with its files; those of no subject where the name is empty."""

    def folder(self, path: str, page: int = 1, query: Mapping[str, str] = NOTHING) -> str | None:
        """A folder of the version, sorted and filtered as the query says."""

    def asset(self, asset_id: str) -> str | None: ...

    def download(self, asset_id: str) -> str | None: ...

    def picture(self, asset_id: str, theme: str) -> str | None: ...

    def zarr(self, asset_id: str, folder: str, after: str = "") -> str | None:
        """The files of a Zarr, a folder at a time, from the entry after `after` on."""

    def zarr_file(self, asset_id: str, path: str) -> str | None: ...


@dataclass(frozen=True)
class Served:
    """Addresses on the server that answers."""

    dandiset: str = ""
    number: str = ""
    served: bool = True

    def style(self) -> str:
        return "/style.css"

    def home(self) -> str:
        return "/"

    def version(self, version: str) -> str:
        return f"/dandiset/{self.dandiset}/{version}"

    def here(self) -> str:
        return self.version(self.number)

    def subjects(self, page: int = 1) -> str:
        return _with(f"{self.here()}/subjects", page=_later(page))

    def subject(self, name: str) -> str:
        return _with(f"{self.here()}/subject", id=name)

    def folder(self, path: str, page: int = 1, query: Mapping[str, str] = NOTHING) -> str:
        return _with(f"{self.here()}/files", location=path, **query, page=_later(page))

    def asset(self, asset_id: str) -> str:
        return f"{self.here()}/asset/{asset_id}"

    def download(self, asset_id: str) -> str:
        return f"/download/{asset_id}"

    def picture(self, asset_id: str, theme: str) -> str:
        return f"/picture/{asset_id}?theme={theme}"

    def zarr(self, asset_id: str, folder: str, after: str = "") -> str:
        return _with(f"{self.asset(asset_id)}/zarr", location=folder, after=after)

    def zarr_file(self, asset_id: str, path: str) -> str:
        return f"{self.asset(asset_id)}/zarr-file?path={quote(path)}"


def _later(page: int) -> str:
    return "" if page == 1 else str(page)


def _with(path: str, **query: str) -> str:
    """A path with those parameters that say something."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given, quote_via=quote)}" if given else path
