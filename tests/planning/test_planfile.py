"""A saved plan is the plan."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from dandifile.errors import SpecError, UserError
from dandifile.model import Change, Json, Key, Plan, Step, Target
from dandifile.planning.planfile import from_json, read, refuse_overwriting, to_json, write
from dandifile.schemafiles import schema
from tests.report.strategies import plans

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")
ASSET = {"path": "sub-é/a.nwb", "digest": "d-1", "size": 3, "metadata": {}}
PLAN = Plan(
    TARGET, (Change(Key("assets", "sub-é/a.nwb"), None, ASSET),), (Step("s", "assets", {"do": "upload"}),)
)

SPEC = Path("dandiset.yaml")

CHANGE = to_json(PLAN)["changes"][0]


@given(plan=plans)
def test_a_plan_comes_back_equal(plan: Plan) -> None:
    document = json.loads(json.dumps(to_json(plan)))

    assert document == to_json(plan)
    assert from_json(document, "plan.json") == plan


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema("plan.schema.json"))


def test_it_is_written_whole_and_read_back(tmp_path: Path) -> None:
    file = tmp_path / "made" / "plan.json"
    write(Plan(TARGET), file, SPEC)
    write(PLAN, file, SPEC)

    assert replace(read(file), spec="") == PLAN
    assert [path.name for path in file.parent.iterdir()] == ["plan.json"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write(PLAN, file, SPEC)
    with pytest.raises(TypeError):
        write(Plan(TARGET, notes=(object(),)), file, SPEC)  # type: ignore[arg-type]  # what JSON cannot hold

    assert replace(read(file), spec="") == PLAN
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_an_asset_may_carry_what_its_steps_need() -> None:
    after = {**ASSET, "source": "raw/a.nwb", "blob": None, "asset_id": "x"}
    plan = Plan(TARGET, (Change(Key("assets", "a"), ASSET, after),))

    assert from_json(to_json(plan), "p") == plan


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"dandifile_plan": 1}, "$.dandifile_plan"),
        ({"dandifile_plan": "1"}, "$.dandifile_plan"),
        ({"unchanged": -1}, "$.unchanged"),
        ({"surprise": 1}, "$"),
        ({"changes": [{**CHANGE, "key": {"kind": "assets"}}]}, "$.changes[0].key"),
        ({"changes": [{**CHANGE, "before": {"path": "a"}}]}, "$.changes[0].before"),
        ({"steps": [{**to_json(PLAN)["steps"][0], "effect": "magic"}]}, "$.steps[0].effect"),
        ({"base": {"spec": 1}}, "$.base.spec"),
        ({"target": {}}, "$.target"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_place(change: dict[str, Json], where: str) -> None:
    with pytest.raises(SpecError, match=r"plan\.json") as caught:
        from_json({**to_json(PLAN), **change}, "plan.json")

    assert where in [problem.where for problem in caught.value.problems]
    assert caught.value.fix


@pytest.mark.parametrize("document", [None, [], 3, "x", {}])
def test_any_other_json_is_refused(document: Json) -> None:
    with pytest.raises(SpecError) as caught:
        from_json(document, "plan.json")

    assert caught.value.problems


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(content)
    with pytest.raises(SpecError, match="is not JSON"):
        read(file)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="the plan cannot be read"):
        read(tmp_path / "plan.json")


@pytest.mark.parametrize("held", [b"", b'{"dandifile_plan": 1}'])
def test_an_empty_file_or_an_older_plan_can_be_saved_over(tmp_path: Path, held: bytes) -> None:
    (tmp_path / "plan.json").write_bytes(held)
    refuse_overwriting(tmp_path / "plan.json")
    refuse_overwriting(tmp_path / "new.json")


@pytest.mark.parametrize("held", [b"dandifile: 1\n", b"{}", b"1", b"\x89HDF", b"[" * 100_000])
def test_anything_else_is_not_saved_over(tmp_path: Path, held: bytes) -> None:
    (tmp_path / "x").write_bytes(held)
    with pytest.raises(UserError, match="not a saved plan"):
        refuse_overwriting(tmp_path / "x")
    with pytest.raises(UserError, match="is not a file"):
        refuse_overwriting(tmp_path)
