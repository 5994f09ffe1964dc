"""Plans as a person reads them: golden cases that were read by eye, and what holds for every plan."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dandifile.model import Block, Change, Key, Plan, Target
from dandifile.planning.planfile import to_json
from dandifile.report.plan_view import plan_json
from dandifile.words import clean
from tests.report import cases
from tests.report.shown import plan_text
from tests.report.strategies import plans

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")


def asset(path: str, size: int = 10, **more: object) -> dict[str, object]:
    return {"path": path, "digest": "d-1", "size": size, "metadata": {}, **more}


def creations(count: int, folders: int) -> tuple[Change, ...]:
    paths = [
        f"sub-{number % folders:03}/sub-{number % folders:03}_{number:06}.nwb" for number in range(count)
    ]
    return tuple(Change(Key("assets", path), None, asset(path)) for path in paths)


@pytest.mark.parametrize("name", cases.names())
def test_a_plan_reads_as_its_case_says(name: str) -> None:
    plan, options = cases.load(name)

    expected = (cases.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert plan_text(plan, **options).plain + "\n" == expected


@given(plan=plans, verbose=st.booleans(), width=st.integers(40, 160))
def test_no_plan_breaks_the_layout(plan: Plan, verbose: bool, width: int) -> None:
    text = plan_text(plan, verbose=verbose, width=width).plain

    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in text.replace("\n", ""))
    for line in text.split("\n"):
        unbreakable = any(cell_len(word) > width - 36 for word in line.split(" ") if word)
        assert cell_len(line) <= width or unbreakable or "/" in line or "\\" in line or "→" in line, line


@given(plan=plans)
def test_verbose_names_every_change(plan: Plan) -> None:
    text = plan_text(plan, verbose=True, width=400).plain

    for change in plan.changes:
        assert clean(change.key.name).rstrip() in text


@given(plan=plans)
def test_a_plan_reads_the_same_whatever_the_order_of_its_assets(plan: Plan) -> None:
    assets = [change for change in plan.changes if change.key.kind == "assets"]
    unique = {change.key: change for change in assets}.values()
    forwards = Plan(plan.target, tuple(unique))
    backwards = Plan(plan.target, tuple(reversed(tuple(unique))))

    assert plan_text(forwards).plain == plan_text(backwards).plain


@pytest.mark.parametrize(("count", "folders"), [(26, 1), (400, 40), (5_000, 4_000), (3, 3)])
def test_many_assets_stay_on_one_screen_and_none_is_lost(count: int, folders: int) -> None:
    text = plan_text(Plan(TARGET, creations(count, folders), bytes_to_send=10 * count)).plain

    assert text.count("\n  + asset") <= 25
    assert f"{count:,} to add" in text


def test_every_action_is_seen_beside_thousands_of_another() -> None:
    deletions = tuple(
        Change(Key("assets", f"old-{number:04}/a.nwb"), asset(f"old-{number:04}/a.nwb"), None, "delete")
        for number in range(1_000)
    )
    text = plan_text(Plan(TARGET, (*creations(2_000, 1_500), *deletions))).plain

    assert text.count("\n  - asset") >= 3
    assert text.count("\n  + asset") >= 3
    assert text.count("asset  ") <= 26


def test_a_permit_that_was_given_is_asked_for_no_more() -> None:
    change = Change(Key("assets", "a.nwb"), asset("a.nwb"), None, "delete")

    assert "--allow delete" in plan_text(Plan(TARGET, (change,))).plain
    assert "--allow delete" not in plan_text(Plan(TARGET, (change,), allow=("delete",))).plain


def test_what_is_blocked_is_not_counted_as_to_be_done() -> None:
    key = Key("metadata", "license")
    plan = Plan(
        TARGET, (Change(key, None, ["x"]),), blocked=(Block("no such licence", "choose another", key),)
    )

    text = plan_text(plan).plain
    assert "blocked: not done" in text
    assert text.endswith("1 blocked")


def test_blocked_fields_and_owners_keep_their_names_in_what_to_do() -> None:
    keys = Key("metadata", "keywords"), Key("metadata", "license"), Key("owners", "jdoe")
    blocks = (Block(f"{key.name} was changed", f"pass --overwrite-remote {key.name}", key) for key in keys)
    plan = Plan(TARGET, blocked=tuple(blocks))

    text = plan_text(plan).plain
    assert "the file" not in text
    assert all(f"pass --overwrite-remote {key.name}" in text for key in keys)
    assert plan_json(plan, {})["causes"] == []  # those of assets


def test_a_block_of_the_whole_plan_stands_before_everything_else() -> None:
    plan = Plan(TARGET, creations(1, 1), blocked=(Block("too many deletions", "look at them"),))

    text = plan_text(plan).plain
    assert text.index("! blocked  too many deletions") < text.index("+ asset")
    assert "fix: look at them" in text


def test_the_sign_that_nothing_is_to_be_done_is_the_same_words_everywhere() -> None:
    assert plan_text(Plan(TARGET)).plain.split("\n")[-1] == "No changes."


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
