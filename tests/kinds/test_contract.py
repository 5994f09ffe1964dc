"""One contract for every kind: apply against the archive, plan again, expect nothing.

A case is a spec and files before, and a spec and files after; each kind has to be changed,
created and left alone in some of them. A new kind adds its cases here.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field

import pytest

from dandifile import kinds
from dandifile.errors import Exit
from localdandi import schemas
from localdandi.instance import Instance
from tests.conftest import CONTACT, Lab, begin_upload, set_owners

PATHS = "paths: [{source: data, standard: any}]\n"
AUTO = "paths: [{source: data, standard: any, exclude: [ds]}, {source: data, include: [ds]}]\n"
BEFORE = {"a.csv": "a", "keep.csv": "keep", "sub/deep.csv": "deep"}
CA1 = '{name: field CA1 of hippocampus, id: "UBERON:0003881"}'


def zarr(name: str, *chunks: str) -> dict[str, str]:
    """The files of a small Zarr: a group with one array of as many chunks."""
    array = {"shape": [len(chunks)], "chunks": [1], "dtype": "|u1", "fill_value": 0, "order": "C"}
    described = json.dumps({"zarr_format": 2, "compressor": None, "filters": None, **array})
    files = {".zgroup": '{"zarr_format": 2}', "a/.zarray": described}
    files |= {f"a/{number}": chunk for number, chunk in enumerate(chunks)}
    return {f"{name}/{path}": text for path, text in files.items()}


def below(folder: str, path: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


@dataclass(frozen=True)
class Case:
    kind: str
    spec: str
    files: dict[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    before: dict[str, str] = field(default_factory=dict)  # beside BEFORE
    begun: tuple[str, ...] = ()  # contents whose upload a killed run has left unfinished
    owners: tuple[str, ...] = ()  # of the first round
    first: str = PATHS  # the spec that the dandiset is created with

    @property
    def after(self) -> dict[str, str]:
        """The files of the second round; `gone` names files and folders."""
        old = {**BEFORE, **self.before}
        kept = {path: text for path, text in old.items() if not any(below(name, path) for name in self.gone)}
        return {**kept, **self.files}

    @property
    def assets(self) -> set[str]:
        """The paths of what there is after the second round."""
        return {path.partition(".zarr/")[0] + ".zarr" * (".zarr/" in path) for path in self.after}


BIDS = {
    "ds/dataset_description.json": '{"Name": "x", "BIDSVersion": "1.10.0", "License": "CC0"}',
    "ds/README": "Behaviour of one subject",
    "ds/.bidsignore": "extra\n",
}
TABLE = {
    "ds/sub-01/beh/sub-01_task-t_beh.tsv": "trial\tresponse\n1\t2\n",
    "ds/sub-01/beh/sub-01_task-t_beh.json": '{"TaskName": "t"}',
}
IMAGE = zarr("i.zarr", "one", "two")

CASES = {
    "the dandiset is there": Case("dandiset", PATHS),
    "a file is new": Case("assets", PATHS, {"b.csv": "b"}),
    "a file has other content": Case("assets", PATHS, {"a.csv": "other"}),
    "a file has another name": Case("assets", PATHS, {"z.csv": "a"}, gone=("a.csv",)),
    "a file is gone, and pruned": Case(
        "assets",
        'paths: [{source: data, standard: any, prune: true}]\npolicy: {max_deletions: "100%"}\n',
        gone=("a.csv",),
        allow=("--allow", "delete"),
    ),
    "two files swapped names": Case("assets", PATHS, {"a.csv": "keep", "keep.csv": "a"}),
    "a row of renames": Case("assets", PATHS, {"keep.csv": "a", "z.csv": "keep"}, gone=("a.csv",)),
    "a file becomes a folder": Case("assets", PATHS, {"a.csv/part.csv": "a"}, gone=("a.csv",)),
    "a folder becomes a file": Case(
        "assets",
        'paths: [{source: data, standard: any, prune: true}]\npolicy: {max_deletions: "100%"}\n',
        {"sub": "now a file"},
        gone=("sub/deep.csv",),
        allow=("--allow", "delete"),
    ),
    "a zarr is new": Case("assets", PATHS, IMAGE),
    "a zarr has another chunk": Case("assets", PATHS, {"i.zarr/a/1": "changed"}, before=IMAGE),
    "a zarr has one more chunk": Case("assets", PATHS, {"i.zarr/a/2": "new"}, before=IMAGE),
    "a zarr has one chunk less": Case("assets", PATHS, gone=("i.zarr/a/1",), before=IMAGE),
    "a zarr has another name": Case(
        "assets", PATHS, zarr("j.zarr", "one", "two"), gone=("i.zarr",), before=IMAGE
    ),
    "a zarr is gone, and pruned": Case(
        "assets",
        'paths: [{source: data, standard: any, prune: true}]\npolicy: {max_deletions: "100%"}\n',
        gone=("i.zarr",),
        allow=("--allow", "delete"),
        before=IMAGE,
    ),
    "a zarr has a twin": Case("assets", PATHS, zarr("j.zarr", "one", "two"), before=IMAGE),
    "two zarrs swapped names": Case(
        "assets",
        PATHS,
        {**zarr("i.zarr", "three"), **zarr("j.zarr", "one", "two")},
        gone=("i.zarr", "j.zarr"),
        before={**IMAGE, **zarr("j.zarr", "three")},
    ),
    "a zarr moved, and another took its place": Case(
        "assets", PATHS, {**zarr("j.zarr", "one", "two"), "i.zarr/a/1": "changed"}, before=IMAGE
    ),
    "a zarr takes the place of a file": Case(
        "assets", PATHS, IMAGE, gone=("i.zarr",), before={"i.zarr": "a file"}
    ),
    "a file takes the place of a zarr": Case(
        "assets", PATHS, {"i.zarr": "a file"}, gone=("i.zarr",), before=IMAGE
    ),
    "a zarr has metadata laid over": Case(
        "assets", PATHS + "assets: [{match: '*.zarr', metadata: {keywords: [image]}}]\n", before=IMAGE
    ),
    "a BIDS dataset is new": Case("assets", AUTO, {**BIDS, **TABLE}),
    "a file of a BIDS dataset is new": Case("assets", AUTO, TABLE, before=BIDS),
    "assets have metadata laid over": Case(
        "assets", PATHS + "assets: [{match: '*.csv', metadata: {keywords: [pilot, table]}}]\n"
    ),
    "assets have regions": Case("assets", f"{PATHS}regions: {{paths: {{'*.csv': [{CA1}]}}}}\n"),
    "an upload of what is sent now was left": Case("uploads", PATHS, {"b.csv": "b"}, begun=("b",)),
    "uploads of what is there were left": Case("uploads", PATHS, begun=("a", "keep", "a")),
    "uploads of what nobody has any more were left": Case(
        "uploads", PATHS, {"b.csv": "b"}, allow=("--allow", "delete-uploads"), begun=("b", "gone", "lost")
    ),
    "an owner is new": Case("owners", PATHS + "owners: [jdoe]\n"),
    "owners are new and others leave": Case(
        "owners",
        PATHS + "owners: {exactly: [admin, jdoe]}\n",
        {"b.csv": "b"},
        allow=("--allow", "owners"),
        owners=("admin", "rroe"),
    ),
    "fields are set": Case("metadata", f"{PATHS}description: New\nkeywords: [a, b]\nlicense: CC0-1.0\n"),
    "people and funders are set": Case(
        "metadata",
        PATHS
        + CONTACT
        + "  - {name: 'Roe, Richard', orcid: 0000-0002-1825-0097, roles: [Author], cite: false}\n"
        + "  - {organization: NIMH, ror: 04xeg9z08, award: R21MH117788, roles: [Funder]}\n",
    ),
    "regions, ethics and relations are set": Case(
        "metadata",
        PATHS
        + f"regions: [{CA1}]\n"
        + "ethics: [{protocol: 'IACUC 1', contact: {name: IACUC, email: iacuc@example.org}}]\n"
        + "related: [{url: 'https://example.org/x', name: x, relation: IsSupplementedBy, type: Software}]\n",
    ),
    "any other field is set": Case("metadata", PATHS + "metadata: {acknowledgement: thanks}\n"),
    "an embargo is released": Case(
        "embargo", f"embargo: false\n{PATHS}", allow=("--allow", "unembargo"), first=f"embargo: true\n{PATHS}"
    ),
    "a field that the server writes into is set": Case(
        "metadata", PATHS + "metadata: {access: [{description: ask us}]}\n"
    ),
}


FACES = {
    "today's production": Instance(),
    "another instance with the newest schema": Instance(
        name="EMBER-DANDI", web_url="https://dandi.example.org", schema_version=schemas.newest_version()
    ),
}
in_each_face = pytest.mark.parametrize("face", FACES.values(), ids=FACES)


def test_every_kind_has_a_case() -> None:
    assert {case.kind for case in CASES.values()} == set(kinds.KINDS)


@in_each_face
@pytest.mark.parametrize("name", CASES)
def test_applied_once_there_is_nothing_left(lab: Lab, face: Instance, name: str) -> None:
    case = CASES[name]
    add_users(lab)
    lab.spec(case.first)
    lab.files({**BEFORE, **case.before})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    shutil.rmtree(lab.folder / "data")
    lab.files(case.after)
    for content in case.begun:
        begin_upload(lab, content)
    if case.owners:
        set_owners(lab, *case.owners)
    lab.spec(case.spec)

    changes = lab.run("plan", "--detailed-exitcode", *case.allow)
    assert changes.code == (Exit.DONE if case.kind == "dandiset" else Exit.CHANGES), changes.out + changes.err
    done = lab.run("apply", "--yes", *case.allow)
    assert done.code == Exit.DONE, done.out + done.err
    assert case.assets <= lab.assets().keys()
    assert spoken(lab) == {face.schema_version}
    assert lab.get("/dandisets/000001/")["draft_version"]["active_uploads"] == 0
    again = lab.run("plan", "--detailed-exitcode", *case.allow)
    assert (again.code, "No changes" in again.out) == (Exit.DONE, True), again.out


@in_each_face
@pytest.mark.parametrize("name", CASES)
def test_it_converges_from_nothing_at_once(lab: Lab, face: Instance, name: str) -> None:
    case = CASES[name]
    add_users(lab)
    lab.spec(case.spec)
    lab.files(case.after)
    assert lab.run("apply", "--create", "--yes", *case.allow).code == Exit.DONE
    assert spoken(lab) == {face.schema_version}
    assert lab.run("plan", "--detailed-exitcode", *case.allow).code == Exit.DONE


def add_users(lab: Lab) -> None:
    for login in ("jdoe", "rroe"):
        lab.archive.add_user(login)


def spoken(lab: Lab) -> set[str]:
    """The schema versions that the draft and its assets are in. The archive finds any but its own invalid."""
    assets = {asset["metadata"]["schemaVersion"] for asset in lab.assets().values()}
    return {lab.document()["schemaVersion"], *assets}
