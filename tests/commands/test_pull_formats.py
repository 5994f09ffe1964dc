"""`pull` of what is more than a file: Zarrs, BIDS datasets, organised NWB files, versions, embargoed ones."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from dandifile.errors import Exit
from localdandi.testing import TestArchive
from tests.commands.test_pull import (
    ANY,
    FILES,
    contents,
    copy,
    declare,
    plan,
    publish,
    pulled,
    steps_of_the_next_plan,
)
from tests.conftest import Lab
from tests.kinds.test_contract import zarr
from tests.releases import DESCRIBED, publish_now
from tests.survey.lab import write_nwb

__all__ = ["copy"]  # a fixture

ZARR = {**zarr("x.zarr", "one", "two", "three"), "notes.txt": "read me"}


# --- Zarrs ----------------------------------------------------------------------------------------


def test_a_zarr_with_all_its_files(lab: Lab, copy: Lab) -> None:
    publish(lab, ZARR)
    pulled(copy)
    assert contents(copy.folder / "data") == ZARR
    assert plan(copy).code == Exit.DONE


def test_the_next_plan_hashes_nothing_of_it(lab: Lab, copy: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(lab, ZARR)
    pulled(copy)
    assert steps_of_the_next_plan(copy, monkeypatch) == []


def test_an_open_zarr_takes_one_signed_url(lab: Lab, copy: Lab, served: TestArchive) -> None:
    publish(lab, ZARR)
    served.reset_counts()
    pulled(copy)
    counts = served.counts()
    assert counts["GET", "/objects/zarr/{id}"] == len(ZARR) - 1
    listings = sum(count for (_, route), count in counts.items() if route.endswith("/zarr/{id}/files/"))
    assert listings < len(ZARR) + 1  # a page of the list, and the first files before one URL is known


def test_a_zarr_that_differs_is_replaced_as_a_whole(lab: Lab, copy: Lab) -> None:
    publish(lab, ZARR)
    copy.files({**zarr("x.zarr", "one", "OTHER"), "x.zarr/mine": "extra"})
    assert copy.run("pull").code == Exit.BLOCKED
    pulled(copy, "--overwrite")
    assert contents(copy.folder / "data") == ZARR


def test_a_zarr_that_lost_a_connection_is_whole_all_the_same(
    lab: Lab, copy: Lab, served: TestArchive
) -> None:
    publish(lab, ZARR)
    served.misbehave(method="GET", route="/zarr/", drop="before", times=3)
    pulled(copy)
    assert contents(copy.folder / "data") == ZARR


def test_a_zarr_whose_files_are_not_what_is_listed_is_no_zarr(
    lab: Lab, copy: Lab, served: TestArchive
) -> None:
    publish(lab, ZARR)
    for file in served.serving.archive.objects.root.glob("zarr/*/*"):
        if file.read_text("utf-8") == "two":
            file.write_text("TWO", "utf-8")
    done = copy.run("pull")
    assert done.code == Exit.FAILED
    assert "x.zarr/a/1 arrived twice with another digest" in done.out
    assert not (copy.folder / "data/x.zarr").exists()
    assert plan(copy).code == Exit.DONE  # what is not here is unknown


# --- BIDS and organised names ---------------------------------------------------------------------


def test_a_bids_dataset(lab: Lab, copy: Lab) -> None:
    bids = {
        "dataset_description.json": '{"Name": "x", "BIDSVersion": "1.9.0"}',
        "README": "About this dataset, at some length.",
        ".bidsignore": "extra",
        "participants.tsv": "participant_id\nsub-1\n",
    }
    publish(lab, bids, "validation: {fail_on: never}\npaths: [data]\n")
    declare(copy, "validation: {fail_on: never}\npaths: [data]\n")
    assert pulled(copy)["left"] == []
    assert contents(copy.folder / "data") == bids
    assert plan(copy).code == Exit.DONE


def test_organised_files_get_their_names_on_the_archive(lab: Lab, copy: Lab) -> None:
    write_nwb(lab.folder / "data" / "session one.nwb")
    publish(lab, {}, "validation: {fail_on: never}\npaths: [{source: data, layout: organize}]\n")
    (path,) = lab.assets()
    declare(copy, "validation: {fail_on: never}\npaths: [{source: data, layout: organize}]\n")
    pulled(copy)
    assert (copy.folder / "data" / path).is_file()
    assert plan(copy).code == Exit.DONE


def test_a_changed_file_with_a_name_of_its_own_is_replaced_under_that_name(lab: Lab) -> None:
    raw = write_nwb(lab.folder / "data" / "raw.nwb")
    publish(lab, {}, "validation: {fail_on: never}\npaths: [{source: data, layout: organize}]\n")
    original = raw.read_bytes()
    write_nwb(raw, session_description="changed")
    done = lab.run("pull")
    assert (done.code, "data/raw.nwb" in done.out) == (Exit.BLOCKED, True)
    assert lab.run("pull", "--overwrite").code == Exit.DONE
    assert raw.read_bytes() == original
    assert [file.name for file in (lab.folder / "data").iterdir()] == ["raw.nwb"]


# --- Versions, embargoed dandisets ----------------------------------------------------------------


def test_a_version_that_is_not_the_draft_any_more(lab: Lab, copy: Lab, served: TestArchive) -> None:
    publish(lab, FILES, f"{DESCRIBED}{ANY}")
    version = publish_now(served)
    lab.files({"sub-1/a.txt": "changed"})
    assert lab.run("apply", "--yes").code == Exit.DONE
    done = copy.run("pull", "--version", version)
    assert done.code == Exit.DONE, done.err
    assert f"files of version {version}" in done.out
    visible = {path: text for path, text in contents(copy.folder / "data").items() if path[0] != "."}
    assert visible == FILES


def test_a_version_that_there_is_not(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    done = copy.run("pull", "--version", "0.260101.0000")
    assert (done.code, "has no version '0.260101.0000'" in done.err) == (Exit.INPUT, True)
    assert not (copy.folder / "data").exists()


def test_an_embargoed_dandiset_needs_a_key(
    lab: Lab, copy: Lab, served: TestArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(lab, {**FILES, **zarr("x.zarr", "one")})
    with served.serving.archive.database.write() as db:
        _embargo(db)
    (name,) = copy.environ
    with monkeypatch.context() as without:
        without.delenv(name)
        done = copy.run("pull")
    assert (done.code, "key" in done.err) == (Exit.INPUT, True)
    assert not (copy.folder / "data").exists()
    pulled(copy)
    assert contents(copy.folder / "data").keys() == {*FILES, *zarr("x.zarr", "one")}


def _embargo(db: sqlite3.Connection) -> None:
    db.execute("UPDATE dandisets SET embargo_status = 'EMBARGOED'")
    db.execute("UPDATE blobs SET embargoed = 1")


def test_a_key_is_in_nothing_that_is_printed_or_written(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    done = copy.run("pull", "-v")
    written = [file.read_bytes() for file in copy.folder.rglob("*") if file.is_file()]
    assert copy.archive.key not in done.out + done.err
    assert not any(copy.archive.key.encode() in text for text in written)


# --- Absent is unknown ------------------------------------------------------------------------------


PRUNED = "policy: {max_deletions: 100}\npaths: [{source: data, standard: any, prune: true}]\n"


def deletions(copy: Lab) -> list[str]:
    done = copy.run("plan", "--offline", "--allow", "delete", "--format", "json")
    changes = json.loads(done.out)["changes"]
    return [one["name"] for one in changes if one["action"] == "delete"]


def test_what_a_partial_pull_left_is_not_deleted(lab: Lab, copy: Lab) -> None:
    publish(lab, FILES)
    declare(copy, PRUNED)
    pulled(copy, "--path", "sub-1/a.txt")
    assert deletions(copy) == []
    assert "`dandifile pull` brings the rest" in copy.run("plan", "--offline").out.replace("\n", " ")
    pulled(copy)
    (copy.folder / "data/sub-1/a.txt").unlink()
    assert deletions(copy) == ["sub-1/a.txt"]  # now it is a choice, as it always was


def test_nor_is_what_could_not_be_fetched(lab: Lab, copy: Lab, served: TestArchive) -> None:
    publish(lab, FILES)
    declare(copy, PRUNED)
    served.misbehave(method="GET", route="/download/", status=404, times=1)
    assert copy.run("pull").code == Exit.FAILED
    assert deletions(copy) == []
    pulled(copy)
    assert not (copy.folder / "data/.partial-dandifile").exists()


def test_a_pulled_file_that_is_deleted_again_is_unknown(lab: Lab, copy: Lab) -> None:
    """Whoever pulls a file to look at it, and deletes it, does not move or delete it on the archive."""
    publish(lab, FILES)
    pulled(copy)
    (copy.folder / "data/sub-1/a.txt").rename(copy.folder / "data/moved.txt")
    done = copy.run("plan", "--offline", "--format", "json")
    changes = json.loads(done.out)["changes"]
    assert [(one["name"], one["action"]) for one in changes] == [("moved.txt", "create")]


# --- Paths from outside ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["../out.txt", "a/../../out.txt", "/tmp/dandifile-out.txt"])
def test_an_asset_path_cannot_lead_out_of_the_folder(
    lab: Lab, copy: Lab, served: TestArchive, path: str
) -> None:
    publish(lab, FILES)
    with served.serving.archive.database.write() as db:
        db.execute("UPDATE assets SET path = ? WHERE path = 'sub-1/a.txt'", (path,))
    before = {*copy.folder.parent.iterdir()}
    done = copy.run("pull")
    assert done.code == Exit.DONE
    assert path in done.out
    assert not (copy.folder / "out.txt").exists()
    assert not Path("/tmp/dandifile-out.txt").exists()
    assert {*copy.folder.parent.iterdir()} == before


def test_import_and_pull_from_nothing(lab: Lab, copy: Lab) -> None:
    """With the entry that an import would write, the plan is empty before and after."""
    from dandifile.importing.paths import paths_to_pull
    from dandifile.model import RemoteAsset

    publish(lab, {**ZARR, "sub-1/a.txt": "first"})
    assets = {
        path: RemoteAsset(one["asset_id"], path, one["size"], "", one["blob"], one["zarr"])
        for path, one in lab.assets().items()
    }
    (entry,) = paths_to_pull(assets).entries
    declare(copy, f"paths: [{json.dumps(entry)}]\n")
    assert plan(copy).code == Exit.DONE
    pulled(copy)
    assert plan(copy).code == Exit.DONE
