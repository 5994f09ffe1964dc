from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.localdandi.conftest import Client
from tests.localdandi.pages import lab
from tests.localdandi.pages.html import Page


@dataclass(frozen=True)
class Site:
    """The lab's dandiset on the archive, and its pages as anyone sees them."""

    client: Client
    reader: Client
    dandiset: str
    versions: tuple[str, ...]  # published, oldest first
    assets: dict[str, str]  # ids by path

    def get(self, path: str, status: int = 200) -> Page:
        """A page that has no fault, by its path in the draft, or at the top if it begins with a slash."""
        full = path if path.startswith("/") else f"/dandiset/{self.dandiset}/draft{path and '/'}{path}"
        answer = self.reader("GET", self.client.archive.web_url + full)
        assert answer.status_code == status, answer.text
        page = Page(answer.text)
        assert page.faults == []
        return page

    def asset(self, path: str) -> Page:
        return self.get(f"asset/{self.assets[path]}")


@pytest.fixture(scope="module")
def site(alice: Client, anonymous: Client, tmp_path_factory: pytest.TempPathFactory) -> Site:
    file = lab.hdf5(tmp_path_factory.mktemp("nwb") / "a.nwb")
    dandiset = alice.create(f"Place cells {lab.EVIL}", **lab.DOCUMENT)
    found = {}

    def add(path: str, content: bytes, **metadata: object) -> None:
        found[path] = alice.add(dandiset, path, content, **{"schemaVersion": "0.7.0", **metadata})["asset_id"]

    for subject, session in (("R1", "1"), ("R1", "2"), ("R2", "1"), ("R10", "2")):
        path = f"sub-{subject}/sub-{subject}_ses-{session}.nwb"
        add(path, file, **lab.recording(subject, session))
    add("README.md", lab.README.encode())
    add("stimuli/tones.csv", b"tone,frequency\nlow,4000\n")
    first = lab.publish(alice, dandiset, "First release.")
    add("stimuli/track.csv", b"site,position\nleft,0.05\n")
    second = lab.publish(alice, dandiset, f"The reward sites. {lab.EVIL}\n\n{lab.NOTES}")
    add("sub-R2/sub-R2_ses-3.nwb", b"\x89HDF\r\n\x1a\n but damaged", approach=[{"name": 7}])
    found["sub-R1/pyramid.ome.zarr"] = lab.add_zarr(
        alice, dandiset, "sub-R1/pyramid.ome.zarr", lab.ZARR_FILES
    )["asset_id"]
    lab.wait_for_validation(alice, dandiset)
    return Site(alice, anonymous, dandiset, (first, second), found)


@pytest.fixture
def hdf5(tmp_path: Path) -> Path:
    file = tmp_path / "a.h5"
    lab.hdf5(file)
    return file
