"""The plan for programs."""

from __future__ import annotations

import json

from hypothesis import given

from dandifile.model import Block, Change, Key, Plan, Target
from dandifile.planning.planfile import to_json
from dandifile.report.jsonform import plan_json
from tests.report.strategies import plans

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")


def test_each_change_says_what_is_done_about_it() -> None:
    plan = Plan(
        TARGET,
        (
            Change(
                Key("assets", "a"), {"path": "a", "digest": "d", "size": 1, "metadata": {}}, None, "delete"
            ),
            Change(Key("metadata", "license"), None, ["x"]),
        ),
        blocked=(Block("no", "do", Key("metadata", "license")),),
    )
    document = plan_json(plan, to_json(plan))

    assert document["counts"] == {"assets": {"delete": 1}, "metadata": {"create": 1}}
    assert document["changes"] == [
        {"action": "delete", "blocked": False, "held": True, "kind": "assets", "name": "a"},
        {"action": "create", "blocked": True, "held": False, "kind": "metadata", "name": "license"},
    ]
    assert document["stopped"] is False


@given(plan=plans)
def test_every_plan_is_json(plan: Plan) -> None:
    document = plan_json(plan, to_json(plan))

    assert json.loads(json.dumps(document)) == document
