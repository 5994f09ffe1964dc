"""An archive with an older schema than the one that files are read with, and drafts damaged by that."""

from __future__ import annotations

import json
import time

import pytest
import requests

from dandifile.errors import Exit
from dandifile.kinds.outgoing import SchemaFit, SchemaVersions
from dandifile.model import JsonObject
from tests.conftest import CONTACT, Lab, write_document
from tests.kinds.test_contract import zarr
from tests.survey.lab import write_nwb

OWN = "0.7.0"
PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\n{CONTACT}\n{PATHS}"
SUBJECT = {"subject_id": "M1", "species": "Mus musculus", "sex": "M", "age": "P10W"}


@pytest.fixture
def older(lab: Lab) -> Lab:
    """A lab with tables, a Zarr and a recording on a draft of an archive with an older schema."""
    lab.spec(SPEC)
    lab.files({"a.csv": "a", "b.csv": "b", **zarr("i.zarr", "one")})
    write_nwb(lab.folder / "data" / "sub-M1" / "sub-M1.nwb", SUBJECT)
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    return lab


def versions(lab: Lab) -> dict[str, str]:
    return {path: asset["metadata"]["schemaVersion"] for path, asset in lab.assets().items()}


def statuses(lab: Lab) -> set[str]:
    """What the archive's validation says of the assets, once it has said it of all."""
    for _ in range(600):
        found = {
            lab.get(f"/dandisets/000001/versions/draft/assets/{asset['asset_id']}/validation/")["status"]
            for asset in lab.assets().values()
        }
        if "Pending" not in found:
            return found
        time.sleep(0.1)
    raise AssertionError("the assets are not validated")


def damage(lab: Lab, version: str, *paths: str) -> None:
    """Writes that schema version into the metadata of the assets at these paths, or of all."""
    for path, asset in lab.assets().items():
        if not paths or path in paths:
            content = {f"{key}_id": asset[key] for key in ("blob", "zarr") if asset[key]}
            answer = requests.put(
                f"{lab.archive.api_url}/dandisets/000001/versions/draft/assets/{asset['asset_id']}/",
                json={"metadata": {**asset["metadata"], "schemaVersion": version}, **content},
                headers={"Authorization": f"token {lab.archive.key}"},
                timeout=30,
            )
            answer.raise_for_status()


def test_new_assets_are_in_the_archives_version_and_valid(older: Lab) -> None:
    assert set(versions(older).values()) == {OWN}
    assert statuses(older) == {"Valid"}
    assert older.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_the_newer_schema_here_alone_refreshes_nothing(older: Lab) -> None:
    planned = older.run("plan", "--detailed-exitcode", "--refresh-metadata")
    assert planned.code == Exit.DONE, planned.out
    writes = older.archive.writes()
    assert older.run("apply", "--yes", "--refresh-metadata").code == Exit.DONE
    assert older.archive.writes() == writes
    assert statuses(older) == {"Valid"}


@pytest.mark.parametrize("version", ["0.6.4", "0.6.10"])
def test_an_older_version_that_the_archive_accepts_is_no_difference(older: Lab, version: str) -> None:
    damage(older, version)
    for flags in ((), ("--refresh-metadata",)):
        ran = older.run("plan", "--detailed-exitcode", *flags)
        assert ran.code == Exit.DONE, ran.out


def test_whatever_is_written_is_in_the_archives_version(older: Lab) -> None:
    """Described, moved, replaced and refreshed: each of them was in a version of its own before."""
    damage(older, "0.6.4")
    data = older.folder / "data"
    older.files({"b.csv": "replaced"})
    (data / "a.csv").rename(data / "moved.csv")
    older.spec(SPEC + "assets: [{match: '{i.zarr,sub-M1/**}', metadata: {keywords: [x]}}]\n")
    assert older.run("apply", "--yes", "--refresh-metadata").code == Exit.DONE
    assert versions(older) == dict.fromkeys(["b.csv", "i.zarr", "moved.csv", "sub-M1/sub-M1.nwb"], OWN)
    assert older.run("plan", "--detailed-exitcode").code == Exit.DONE
    assert statuses(older) == {"Valid"}


@pytest.mark.parametrize("flags", [(), ("--refresh-metadata",)])
@pytest.mark.parametrize("paths", [(), ("a.csv", "i.zarr")])
def test_assets_in_a_version_that_the_archive_refuses_are_written_again(
    older: Lab, flags: tuple[str, ...], paths: tuple[str, ...]
) -> None:
    before = older.assets()
    damage(older, "0.8.0", *paths)
    assert "Invalid" in statuses(older)
    planned = older.run("plan", "--detailed-exitcode", "--format", "json", *flags)
    assert planned.code == Exit.CHANGES, planned.err
    changes = json.loads(planned.out)["plan"]["changes"]
    assert {change["key"]["name"] for change in changes} == set(paths or before)
    assert all(change["after"]["metadata"] == {"schemaVersion": OWN} for change in changes)
    assert older.run("apply", "--yes", *flags).code == Exit.DONE
    assert statuses(older) == {"Valid"}
    assert versions(older) == dict.fromkeys(before, OWN)
    again = older.run("plan", "--detailed-exitcode", *flags)
    assert (again.code, "schemaVersion" in again.out) == (Exit.DONE, False), again.out


def test_they_are_told_in_words_and_repaired_where_the_data_is_not(older: Lab) -> None:
    damage(older, "0.8.0")
    (older.folder / "data").rename(older.folder / "elsewhere")
    ran = older.run("apply", "--yes")
    assert ran.code == Exit.DONE, ran.out
    assert "4 assets are in a schema version that the archive does not accept" in " ".join(ran.out.split())
    assert set(versions(older).values()) == {OWN}


def test_a_saved_repair_is_done_and_then_done_already(older: Lab) -> None:
    damage(older, "0.8.0")
    saved = older.folder / "plan.json"
    assert older.run("plan", "--out", str(saved)).code == Exit.DONE
    for _ in range(2):
        assert older.run("apply", str(saved), "--yes").code == Exit.DONE
        assert set(versions(older).values()) == {OWN}


def test_no_plan_shows_a_version_that_is_not_written(older: Lab) -> None:
    older.files({"b.csv": "replaced", "new.csv": "new"})
    planned = json.loads(older.run("plan", "--format", "json", "--refresh-metadata").out)["plan"]
    shown = [
        change[side]["metadata"]
        for change in planned["changes"]
        for side in ("before", "after")
        if change[side]
    ]
    assert len(shown) == 3
    assert not any("schemaVersion" in metadata for metadata in shown)


def test_the_drafts_own_metadata_change_to_the_archives_version_with_the_next_field(older: Lab) -> None:
    write_document(older, {**older.document(), "schemaVersion": "0.8.0"})
    ran = older.run("plan", "--detailed-exitcode")
    assert (ran.code, "schema version 0.8.0" in " ".join(ran.out.split())) == (Exit.DONE, True), ran.out
    older.spec(SPEC + "keywords: [new]\n")
    assert older.run("apply", "--yes").code == Exit.DONE
    assert older.document()["schemaVersion"] == OWN
    write_document(older, {**older.document(), "schemaVersion": "0.6.4"})
    older.spec(SPEC + "keywords: [newer]\n")
    assert older.run("apply", "--yes").code == Exit.DONE
    assert older.document()["schemaVersion"] == "0.6.4"


@pytest.mark.parametrize(
    ("own", "accepted", "version", "refused"),
    [
        ("0.7.0", ["0.6.10", "0.7.0"], "0.8.0", True),
        ("0.7.0", ["0.6.10", "0.7.0"], "0.6.10", False),
        ("0.7.0", ["0.6.10", "0.7.0"], "0.6.1", True),
        ("0.7.0", ["0.6.10"], "0.7.0", False),
        ("0.7.0", [], "0.6.4", False),
        ("0.7.0", [], "0.10.0", True),
        ("0.7.0", [], "next", False),
        ("0.7.0", ["0.7.0"], "", False),
        ("", [], "0.8.0", False),
    ],
)
def test_which_versions_an_archive_refuses(
    own: str, accepted: list[str], version: str, *, refused: bool
) -> None:
    assert SchemaVersions(own, frozenset(accepted)).refuses(version) is refused


SCHEMA: JsonObject = {
    "properties": {"schemaKey": {}, "digest": {}, "wasGeneratedBy": {}},
    "$defs": {"Session": {"properties": {"schemaKey": {}, "name": {}}}, "SexType": {"enum": ["x"]}},
}


@pytest.mark.parametrize(
    ("metadata", "kept", "lacking"),
    [
        ({"digest": {"dandi:etag": "1"}}, {"digest": {"dandi:etag": "1"}}, set()),
        ({"newField": 1, "digest": {}}, {"digest": {}}, {"newField"}),
        (
            {"wasGeneratedBy": [{"schemaKey": "Session", "name": "1", "room": 2}, {"schemaKey": "Scan"}]},
            {"wasGeneratedBy": [{"schemaKey": "Session", "name": "1"}]},
            {"wasGeneratedBy.room", "wasGeneratedBy (Scan)"},
        ),
    ],
)
def test_what_the_archives_schema_has_no_place_for_is_left_out(
    metadata: JsonObject, kept: JsonObject, lacking: set[str]
) -> None:
    fit = SchemaFit(SCHEMA)
    assert fit.fit(metadata) == kept
    assert fit.lacking == lacking
    assert SchemaFit(SCHEMA).fit(kept) == kept
