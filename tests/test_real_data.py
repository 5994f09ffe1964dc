"""Real files and real drafts: a plan or a clear message, never a traceback, and nothing lost."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from dandifile.archive.documents import strip_dandiset
from dandifile.errors import Exit
from dandifile.model import JsonObject
from tests.conftest import SHARED, Lab, write_document
from tests.real import NWB

COMPUTED = ("@context", "access", "dateCreated", "repository", "schemaKey", "schemaVersion")
SHIPPED = Path(str(files("dandischema"))) / "tests" / "data" / "metadata" / "DANDI"  # of dandisets 4 and 8
DRAFTS = sorted((SHARED / "dandisets").glob("*.json")) + sorted(SHIPPED.glob("*.json"))
RECORDINGS = sorted(NWB.glob("*.nwb"))


@pytest.fixture(params=DRAFTS, ids=lambda file: file.stem)
def draft(request: pytest.FixtureRequest, lab: Lab) -> JsonObject:
    """A real draft's document, put onto the archive raw; the spec has its identifier."""
    document: JsonObject = json.loads(request.param.read_text("utf-8"))
    lab.spec("", name=json.dumps(document["name"]))
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    write_document(lab, document)
    return lab.document()


def test_a_draft_declared_whole_needs_nothing_or_is_told_what_is_wrong(lab: Lab, draft: JsonObject) -> None:
    """Every field as it is on the draft: where the spec takes it, the plan is empty."""
    fields = {key: value for key, value in strip_dandiset(draft).items() if key not in COMPUTED}
    _write_spec(lab, draft["name"], {"metadata": fields})
    ran = lab.run("plan", "--detailed-exitcode")
    if ran.code == Exit.INPUT:
        assert "dandiset.yaml:" in ran.err, "a place in the spec is named"
    else:
        assert (ran.code, "No changes" in ran.out) == (Exit.DONE, True), ran.out


def test_one_field_changes_and_the_rest_stays_to_the_letter(lab: Lab, draft: JsonObject) -> None:
    _write_spec(lab, draft["name"], {"keywords": ["one", "two"]})
    ran = lab.run("apply", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    after = strip_dandiset(lab.document())
    assert after.pop("keywords") == ["one", "two"]
    rest = {key: value for key, value in strip_dandiset(draft).items() if key != "keywords"}
    if draft["schemaVersion"] == "0.4.0":  # too old for the archive, which wants its own
        rest |= {key: after[key] for key in ("schemaVersion", "@context")}
    assert after == {"schemaKey": "Dandiset", **rest}, (
        "documents of 2021 have none, and the archive wants one"
    )
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE


@pytest.mark.skipif(not RECORDINGS, reason="no real NWB files: run `python -m tests.real`")
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda file: file.stem)
def test_a_recording_is_planned_or_told_what_is_wrong(lab: Lab, recording: Path) -> None:
    (lab.folder / "data").mkdir()
    shutil.copy(recording, lab.folder / "data")
    lab.spec("paths: [data]\n")
    ran = lab.run("plan")
    assert ran.code in (Exit.DONE, Exit.BLOCKED), ran.err
    assert ("+ asset" in ran.out) == (ran.code == Exit.DONE)
    assert "internal error" not in ran.out + ran.err


def _write_spec(lab: Lab, name: str, rest: JsonObject) -> None:
    document = {"dandifile": 1, "instance": lab.archive.web_url, "name": name, **rest}
    with (lab.folder / "dandiset.yaml").open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(document, stream)
