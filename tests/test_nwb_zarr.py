"""NWB that hdmf-zarr wrote: an asset like any Zarr, here and for the `dandi` client on the same draft."""

from __future__ import annotations

import shutil
import time

import pytest

from dandifile.errors import Exit
from tests.conftest import CONTACT, Lab
from tests.survey.test_zarr import NWB_ZARR, consolidated

PUT = ("PUT", "/objects/zarr/{id}")
DOCUMENT = f"description: d\nlicense: CC-BY-4.0\n{CONTACT}\n"
CHUNKS = {"data/0": "8 bytes.", "session_start_time/0": "a time", "specifications/core/0": "[]"}
NWB = {f"a.nwb.zarr/{name}": text for name, text in consolidated(NWB_ZARR | CHUNKS).items()}


@pytest.fixture
def nwb(lab: Lab) -> Lab:
    """The folder with NWB in a Zarr, and a dandiset that has none yet."""
    lab.spec(f"{DOCUMENT}paths: [data]\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.files(NWB)
    return lab


def dandi_upload(lab: Lab) -> None:
    """`dandi upload --validation skip`: with zarr-python 3 the client's own check takes no NWB Zarr."""
    from dandi.upload import UploadValidation, upload

    folder = lab.folder.parent / "client"
    shutil.copytree(lab.folder / "data", folder)
    (folder / "dandiset.yaml").write_text("identifier: '000001'\n", "utf-8")
    upload([folder], dandi_instance=lab.archive.web_url, validation=UploadValidation.SKIP, devel_debug=True)


def wait_for_files(lab: Lab, count: int) -> None:
    """Until the archive has that many files of the one Zarr."""
    [row] = lab.get("/zarr/?dandiset=000001")["results"]
    deadline = time.monotonic() + 30
    while len(lab.get(f"/zarr/{row['zarr_id']}/files/")["results"]) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def no_changes(lab: Lab) -> bool:
    return "No changes" in lab.run("plan").out


def test_it_keeps_its_name_is_not_blocked_and_is_sent_once(nwb: Lab) -> None:
    assert "a.nwb.zarr" in nwb.run("organize").out
    assert nwb.run("validate").code == Exit.DONE
    planned = nwb.run("plan")
    assert (planned.code, "blocked" in planned.out) == (Exit.DONE, False)
    assert nwb.run("apply", "--yes").code == Exit.DONE
    assert nwb.archive.counts()[PUT] == len(NWB)
    assert no_changes(nwb)


def test_a_changed_and_a_removed_chunk_are_one_file_sent_and_one_deleted(nwb: Lab) -> None:
    nwb.run("apply", "--yes")
    nwb.files({"a.nwb.zarr/data/0": "others.."})
    (nwb.folder / "data" / "a.nwb.zarr" / "session_start_time" / "0").unlink()
    nwb.archive.reset_counts()
    assert nwb.run("apply", "--yes").code == Exit.DONE
    counts = nwb.archive.counts()
    assert (counts[PUT], counts["DELETE", "/api/zarr/{id}/files/"]) == (1, 1)
    assert no_changes(nwb)


def test_killed_in_between_it_goes_on(nwb: Lab) -> None:
    nwb.archive.misbehave(method="PUT", route="/objects/zarr/", stall=True, skip=4, times=-1)
    process = nwb.start("apply", "--yes")
    assert nwb.archive.stalled(60)
    wait_for_files(nwb, 4)
    process.kill()
    process.wait()
    nwb.archive.behave()
    nwb.archive.reset_counts()
    assert nwb.run("apply", "--yes").code == Exit.DONE
    assert nwb.archive.counts()[PUT] <= len(NWB) - 4
    assert no_changes(nwb)


def test_what_the_client_uploaded_needs_nothing_more(nwb: Lab) -> None:
    dandi_upload(nwb)
    assert list(nwb.assets()) == ["a.nwb.zarr"]
    assert no_changes(nwb)


def test_the_client_finds_the_content_that_was_applied_as_it_is(nwb: Lab) -> None:
    """It writes an asset's metadata again before it compares; nothing else."""
    nwb.run("apply", "--yes")
    nwb.archive.reset_counts()
    dandi_upload(nwb)
    assert (nwb.archive.writes(), PUT in nwb.archive.counts()) == (1, False)
    assert no_changes(nwb)
