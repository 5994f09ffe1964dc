"""The real `dandi` package against the archive."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from localdandi.testing import TestArchive

if TYPE_CHECKING:
    import pytest


def _nwb(file: Path, subject: str) -> None:
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.file import Subject

    nwb = NWBFile(
        session_description="a session",
        identifier=f"{subject}-1",
        session_start_time=datetime(2024, 1, 1, 12, tzinfo=UTC),
        session_id="1",
        experimenter=["Doe, Jane"],
        institution="An institution",
        experiment_description="an experiment",
        keywords=["a keyword"],
        subject=Subject(
            subject_id=subject, species="Mus musculus", sex="M", age="P90D", description="a mouse"
        ),
    )
    with NWBHDF5IO(file, "w") as io:
        io.write(nwb)


def test_the_client_creates_lists_and_downloads(local: TestArchive, tmp_path: Path) -> None:
    from dandi.dandiapi import DandiAPIClient

    source = tmp_path / "notes.txt"
    source.write_text("hello")
    with DandiAPIClient(local.api_url, token=local.key) as client:
        dandiset = client.create_dandiset(
            "From the client", {"description": "d", "license": ["spdx:CC0-1.0"]}
        )
        dandiset.upload_raw_asset(source, {"path": "docs/notes.txt", "encodingFormat": "text/plain"})
        dandiset.wait_until_valid(max_time=30)
        asset = dandiset.get_asset_by_path("docs/notes.txt")
        assert asset.get_raw_metadata()["digest"].keys() == {"dandi:dandi-etag", "dandi:sha2-256"}
        asset.download(tmp_path / "back.txt")
        assert [one.path for one in dandiset.get_assets()] == ["docs/notes.txt"]
    assert (tmp_path / "back.txt").read_text() == "hello"


def test_upload_and_download_of_an_nwb_file(
    local: TestArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dandi.dandiapi import DandiAPIClient
    from dandi.download import download
    from dandi.upload import upload

    monkeypatch.setenv(f"{urlsplit(local.web_url).netloc}_API_KEY", local.key)
    with DandiAPIClient(local.api_url, token=local.key) as client:
        dandiset = client.create_dandiset("An upload", {"description": "d", "license": ["spdx:CC0-1.0"]})
        folder = tmp_path / "lab"
        (folder / "sub-m1").mkdir(parents=True)
        (folder / "dandiset.yaml").write_text(f"identifier: '{dandiset.identifier}'\n")
        _nwb(folder / "sub-m1" / "sub-m1_ses-1.nwb", "m1")
        upload([folder], dandi_instance=local.web_url, devel_debug=True)
        metadata = dandiset.get_asset_by_path("sub-m1/sub-m1_ses-1.nwb").get_raw_metadata()
        assert metadata["wasAttributedTo"][0]["identifier"] == "m1"
        dandiset.wait_until_valid(max_time=30)

        local.reset_counts()
        upload([folder], dandi_instance=local.web_url, devel_debug=True)
        assert local.writes() == 0, "the client finds the file as it is"

        (tmp_path / "back").mkdir()
        download(dandiset.version_api_url, tmp_path / "back")
    back = tmp_path / "back" / dandiset.identifier / "sub-m1" / "sub-m1_ses-1.nwb"
    assert back.read_bytes() == (folder / "sub-m1" / "sub-m1_ses-1.nwb").read_bytes()
