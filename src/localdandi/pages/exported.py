"""Where pages are in an exported folder: plain files with links from one to the other, relative to each.

    index.html, style.css
    000001/draft/index.html, subjects.html, subject/3.html, folder/7.html, asset/<id>.html
    pictures/<asset id>.light.png

Subjects and folders have numbers, since their names may be longer than a file's, or mean something else on
another system.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from localdandi.pages.addresses import NOTHING


@dataclass(frozen=True)
class Contents:
    """What of one version is exported. A page that is not here is not linked to."""

    dandiset: str
    number: str
    versions: AbstractSet[str]  # of this dandiset
    assets: AbstractSet[str]  # ids
    pictured: AbstractSet[str]  # ids of assets
    folders: Mapping[str, int]  # their numbers, by path
    subjects: Mapping[str, int]  # their numbers, by name; without any there is no grid

    def file(self, name: str) -> str:
        return f"{self.dandiset}/{self.number}/{name}"

    def folder_file(self, path: str, page: int) -> str:
        return self.file(f"folder/{_numbered(str(self.folders[path]), page)}")

    def subject_file(self, name: str) -> str:
        return self.file(f"subject/{self.subjects[name]}.html")

    def asset_file(self, asset_id: str) -> str:
        return self.file(f"asset/{asset_id}.html")

    def subjects_file(self, page: int) -> str:
        return self.file(_numbered("subjects", page))


def _numbered(name: str, page: int) -> str:
    return f"{name}.html" if page == 1 else f"{name}-{page}.html"


@dataclass(frozen=True)
class Exported:
    """Addresses as they are written in the page at `at`; `contents` is None for a page of no version."""

    at: str
    contents: Contents | None = None
    served: bool = False

    def _to(self, file: str) -> str:
        return posixpath.relpath(file, posixpath.dirname(self.at) or ".")

    def style(self) -> str:
        return self._to("style.css")

    def home(self) -> str:
        return self._to("index.html")

    def version(self, version: str) -> str | None:
        here = self.contents
        return (
            self._to(f"{here.dandiset}/{version}/index.html") if here and version in here.versions else None
        )

    def here(self) -> str | None:
        return self.version(self.contents.number) if self.contents else None

    def subjects(self, page: int = 1) -> str | None:
        here = self.contents
        return self._to(here.subjects_file(page)) if here and here.subjects else None

    def subject(self, name: str) -> str | None:
        here = self.contents
        return self._to(here.subject_file(name)) if here and name in here.subjects else None

    def folder(self, path: str, page: int = 1, query: Mapping[str, str] = NOTHING) -> str | None:  # noqa: ARG002 - as a server has it
        here = self.contents
        return self._to(here.folder_file(path, page)) if here and path in here.folders else None

    def asset(self, asset_id: str) -> str | None:
        here = self.contents
        return self._to(here.asset_file(asset_id)) if here and asset_id in here.assets else None

    def download(self, asset_id: str) -> str | None:  # noqa: ARG002 - as a server has it
        return None

    def picture(self, asset_id: str, theme: str) -> str | None:
        here = self.contents
        return self._to(f"pictures/{asset_id}.{theme}.png") if here and asset_id in here.pictured else None

    def zarr(self, asset_id: str, folder: str, after: str = "") -> str | None:  # noqa: ARG002 - as a server has it
        return None

    def zarr_file(self, asset_id: str, path: str) -> str | None:  # noqa: ARG002 - as a server has it
        return None
