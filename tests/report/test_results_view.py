"""What is said after apply."""

from __future__ import annotations

from dataclasses import replace

from dandifile.model import Block, Change, Effect, JsonObject, Key, Plan, Result, Status, Step, Target
from dandifile.report.results_view import results_json
from tests.report.shown import results_text

TARGET = Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T")


def asset(path: str, size: int = 1_000_000_000, **more: object) -> JsonObject:
    return {"path": path, "digest": f"{path}-1", "size": size, "metadata": {}, **more}


def upload(path: str) -> Step:
    return Step(f"blob:{path}-1", "assets", {"do": "upload", "source": f"raw/{path}", "size": 1_000_000_000})


def create(path: str) -> Step:
    return Step(f"asset:{path}", "assets", {"do": "create", "path": path}, needs=(f"blob:{path}-1",))


PLAN = Plan(
    TARGET,
    changes=(
        Change(Key("assets", "a.nwb"), None, asset("a.nwb", source="raw/a.nwb")),
        Change(Key("assets", "b.nwb"), None, asset("b.nwb", source="raw/b.nwb")),
        Change(Key("assets", "known.nwb"), None, asset("known.nwb", 500_000, blob="k")),
        Change(Key("assets", "held.nwb"), asset("held.nwb"), None, "delete"),
        Change(Key("metadata", "keywords"), None, ["a"]),
        Change(Key("metadata", "license"), None, ["b"]),
    ),
    steps=(
        upload("a.nwb"),
        upload("b.nwb"),
        create("a.nwb"),
        create("b.nwb"),
        Step("asset:known.nwb", "assets", {"do": "create", "path": "known.nwb"}),
        Step("assets:ended", "join", {}, after=("asset:a.nwb",), effect=Effect.NONE),
        Step("metadata", "metadata", {"fields": {}}),
    ),
)
SENT = {"blob": "x", "sent": 1_000_000_000, "reused": False}


def results(**other: Result) -> list[Result]:
    """All went well, but for what `other` says of the steps on b.nwb."""
    usual = {
        "blob_a": Result("blob:a.nwb-1", Status.DONE, SENT),
        "blob_b": Result("blob:b.nwb-1", Status.DONE, {"blob": "y", "sent": 0, "reused": True}),
        "a": Result("asset:a.nwb", Status.DONE, {"asset_id": "1"}),
        "b": Result("asset:b.nwb", Status.DONE, {"asset_id": "2"}),
        "known": Result("asset:known.nwb", Status.DONE, {"asset_id": "3"}),
        "join": Result("assets:ended", Status.DONE),
        "metadata": Result("metadata", Status.DONE, {"written": ["keywords", "license"]}),
    }
    return list({**usual, **other}.values())


BROKEN = {
    "blob_b": Result("blob:b.nwb-1", Status.FAILED, error="the connection was lost (run apply again)"),
    "b": Result("asset:b.nwb", Status.SKIPPED, reason="blob:b.nwb-1 was not done"),
}


def test_what_was_done_is_one_sentence() -> None:
    assert results_text(PLAN, results(), 65, width=200).plain == (
        "Done in 1 min 5 s: 3 added, 2 metadata fields · 1.0 GB sent · 1.0 GB already on the archive"
        " · 1 change needs --allow delete"
    )


def test_what_was_blocked_is_still_known_at_the_end() -> None:
    blocked = replace(
        PLAN, changes=PLAN.changes[:3], blocked=(Block("no age", "add it", Key("file", "c.nwb")),)
    )
    assert results_text(blocked, results(), 1).plain.endswith("· 1 blocked, see above")


def test_many_failures_do_not_name_every_file_twice() -> None:
    names = [f"{letter}.nwb" for letter in "abcd"]
    plan = replace(PLAN, steps=tuple(step for name in names for step in (upload(name), create(name))))
    ended = [
        result
        for name in names
        for result in (
            Result(f"blob:{name}-1", Status.FAILED, error="lost"),
            Result(f"asset:{name}", Status.SKIPPED, reason="not done"),
        )
    ]
    lines = results_text(plan, ended, 1).plain.splitlines()
    assert [line for line in lines if "skipped  " in line] == [
        "  ? skipped    a.nwb and 3 more  because of these failures"
    ]


def test_a_failure_is_shown_with_its_file_its_error_and_what_it_held_up() -> None:
    assert results_text(PLAN, results(**BROKEN), 5, width=90).plain.splitlines() == [
        "  ! failed     raw/b.nwb  the connection was lost (run apply again)",
        "  ? skipped    b.nwb      because raw/b.nwb failed",
        "",
        "Not all done in 5.0 s: 2 added, 2 metadata fields · 1.0 GB sent · 500.0 kB already on the",
        "archive · 1 failed · 1 skipped · 1 change needs --allow delete",
        "hint: fix what failed, then run apply again; finished steps are not repeated",
    ]


def test_many_that_failed_are_counted_unless_all_are_asked_for() -> None:
    failed = [Result(f"asset:{number}", Status.FAILED, error="no") for number in range(50)]

    assert "… and 31 more; -v shows all" in results_text(PLAN, failed, 1).plain
    assert results_text(PLAN, failed, 1, verbose=True).plain.count("! failed") == 50


def test_nothing_done_says_so() -> None:
    assert results_text(Plan(TARGET), [], 0.2).plain == "Done in 0.2 s: nothing was changed"


def test_a_skipped_step_leads_to_its_first_cause_through_a_join() -> None:
    plan = Plan(
        TARGET,
        steps=(
            create("a.nwb"),
            Step("assets:written", "join", {}, needs=("asset:a.nwb",), effect=Effect.NONE),
            Step("asset:old.nwb", "assets", {"do": "delete", "path": "old.nwb"}, needs=("assets:written",)),
        ),
    )
    text = results_text(
        plan,
        [
            Result("asset:a.nwb", Status.FAILED, error="refused"),
            Result("assets:written", Status.SKIPPED),
            Result("asset:old.nwb", Status.SKIPPED),
        ],
        1,
    ).plain

    assert "? skipped    old.nwb  because a.nwb failed" in text
    assert "1 skipped" in text


def test_json_has_every_step_and_the_counts() -> None:
    document = results_json(PLAN, results(**BROKEN))

    assert document["counts"] == {"done": 5, "fresh": 0, "failed": 1, "skipped": 1}
    assert document["bytes_sent"] == 1_000_000_000
    assert document["steps"][1]["error"] == "the connection was lost (run apply again)"
