"""A saved plan meets an archive, or a user, that has changed since: what was not reviewed is not done."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dandifile.errors import Exit, UserError
from dandifile.model import Json, JsonObject
from dandifile.planning.planfile import read
from tests.conftest import CONTACT, Lab

SPEC = f"keywords: [rat]\n{CONTACT}\nassets: [{{match: z.csv, metadata: {{keywords: [z]}}}}]\n"
PATHS = "paths: [{source: data, standard: any, layout: as-is, prune: true}]\n"
LIMIT = 'policy: {max_deletions: "100%"}\n'
ABOUT = [{"schemaKey": "Anatomy", "identifier": "UBERON:0000955", "name": "brain"}]


@pytest.fixture
def saved(lab: Lab) -> Path:
    """A plan that replaces b.csv, moves a.csv to z.csv, adds new.csv and deletes c.csv, and more keywords."""
    lab.spec(SPEC + PATHS + LIMIT)
    lab.files({"a.csv": "a", "b.csv": "bb", "c.csv": "ccc"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    (lab.folder / "data" / "a.csv").rename(lab.folder / "data" / "z.csv")
    (lab.folder / "data" / "c.csv").unlink()
    lab.files({"b.csv": "changed", "new.csv": "new"})
    lab.spec(SPEC.replace("[rat]", "[rat, maze]") + PATHS + LIMIT)
    plan = lab.folder / "plan.json"
    assert lab.run("plan", "--out", str(plan), "--allow", "delete").code == Exit.DONE
    return plan


@pytest.mark.parametrize(
    ("path", "edit"),
    [("b.csv", {"about": ABOUT}), ("a.csv", {"keywords": ["by hand"]})],
    ids=["of an asset to be replaced", "of a key that a move would set"],
)
def test_metadata_that_were_edited_since_make_it_stale(
    lab: Lab, saved: Path, path: str, edit: JsonObject
) -> None:
    put_asset(lab, path, **edit)
    writes = lab.archive.writes()
    ran = lab.run("apply", str(saved), "--yes")
    assert (ran.code, "stale" in ran.err) == (Exit.BLOCKED, True), ran.out + ran.err
    assert lab.archive.writes() == writes


def test_what_a_move_does_not_touch_may_be_edited(lab: Lab, saved: Path) -> None:
    put_asset(lab, "a.csv", about=ABOUT)
    assert lab.run("apply", str(saved), "--yes").code == Exit.DONE
    assert lab.assets()["z.csv"]["metadata"]["about"] == ABOUT
    assert lab.assets()["z.csv"]["metadata"]["keywords"] == ["z"]


def test_a_new_file_under_the_name_of_one_that_moves_away(lab: Lab) -> None:
    lab.spec(CONTACT + PATHS)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    (lab.folder / "data" / "a.csv").rename(lab.folder / "data" / "b.csv")
    lab.files({"a.csv": "another"})
    plan = lab.folder / "plan.json"
    assert lab.run("plan", "--out", str(plan)).code == Exit.DONE
    ran = lab.run("apply", str(plan), "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert {path: asset["size"] for path, asset in lab.assets().items()} == {"a.csv": 7, "b.csv": 1}
    assert "No changes" in lab.run("plan").out
    assert lab.run("apply", str(plan), "--yes").code == Exit.DONE  # again: it is all done


def test_a_file_that_was_tampered_with_is_told_and_does_no_more_than_it_says(lab: Lab, saved: Path) -> None:
    """What its changes rest on is another in turn; the archive takes no write meanwhile."""
    document = json.loads(saved.read_text("utf-8"))
    lab.archive.misbehave(method="POST|PUT|DELETE", status=400, times=-1)
    accepted = 0
    for tampered in _tampered(document):
        saved.write_text(json.dumps(tampered), "utf-8")
        try:
            read(saved)
        except UserError:
            continue
        accepted += 1
        ran = lab.run("apply", str(saved), "--yes")
        assert "internal error" not in ran.out + ran.err, tampered["changes"]
    assert accepted > 20


def put_asset(lab: Lab, path: str, **keys: Json) -> None:
    """Edits an asset's metadata as somebody's script does."""
    import requests

    asset = lab.assets()[path]
    requests.put(
        f"{lab.archive.api_url}/dandisets/000001/versions/draft/assets/{asset['asset_id']}/",
        json={"metadata": {**asset["metadata"], **keys}, "blob_id": asset["blob"]},
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    ).raise_for_status()


def _tampered(document: JsonObject) -> Iterator[JsonObject]:
    for number, change in enumerate(document["changes"]):
        for side in ("key", "before", "after"):
            for name in change[side] if isinstance(change[side], dict) else ():
                changed = copy.deepcopy(document)
                changed["changes"][number][side][name] = "x"
                yield changed
