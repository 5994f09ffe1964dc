"""Why a step of the survey runs: the decision alone, then what the cache makes of it over several runs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from dandifile.model import Json, JsonObject, Reason, Step, Why
from dandifile.run.state import MemoryCache
from dandifile.survey import task, tasks
from dandifile.survey.reasons import Inputs, merge_reasons, reason_of
from dandifile.survey.task import StepCache, survey_step

OLD = time.time_ns() - 3600 * 10**9
STAT = {"size": 1, "mtime_ns": 2, "ctime_ns": 3, "inode": 4}
FILE = Inputs(STAT, options={"mice": "m"})
CONTENT = Inputs({"digest": "D"}, {"pynwb": "1", "nwbinspector": "0.7.1"}, {"vocabulary": "v"}, 3)
NEW = Reason(Why.NEW_FILE)


def changed(*parts: str) -> Inputs:
    return replace(FILE, content=STAT | dict.fromkeys(parts, 9))


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        (None, FILE, "new file"),
        (None, CONTENT, "not in the cache"),
        (FILE, FILE, "not in the cache"),
        (CONTENT, CONTENT, "not in the cache"),
        (
            FILE,
            replace(FILE, content=STAT | {"size": 9, "mtime_ns": 9, "ctime_ns": 9}),
            "size, modification time changed",
        ),
        (FILE, replace(FILE, content=STAT | {"ctime_ns": 9, "inode": 9}), "change time, inode changed"),
        (FILE, replace(FILE, options={}), "option changed: vocabulary"),
        (Inputs({"files": "a"}), Inputs({"files": "b"}), "size or time of its files changed"),
        (CONTENT, replace(CONTENT, content={"digest": "E"}, tools={}), "content changed"),
        (
            CONTENT,
            replace(CONTENT, tools={"pynwb": "1", "nwbinspector": "0.7.2"}, options={}),
            "nwbinspector 0.7.1 → 0.7.2",
        ),
        (
            CONTENT,
            replace(CONTENT, tools={"pynwb": "1", "hdf5plugin": "6"}),
            "hdf5plugin 6 was installed, nwbinspector 0.7.1 was removed",
        ),
        (CONTENT, replace(CONTENT, rules=4), "dandifile's own rules changed"),
        (CONTENT, replace(CONTENT, options={"vocabulary": "w", "x": "1"}), "option changed: vocabulary, x"),
    ],
)
def test_what_has_changed_is_the_reason(before: Inputs | None, now: Inputs, reason: str) -> None:
    assert str(reason_of(now, before)) == reason


def test_without_a_complete_table_nothing_is_called_new() -> None:
    assert reason_of(FILE, None, is_complete=False) == Reason(Why.NOT_CACHED)


@pytest.mark.parametrize(
    ("of_file", "reason"),
    [(NEW, NEW), (Reason(Why.STAT_CHANGED, "size"), Reason(Why.CONTENT_CHANGED))],
)
def test_content_that_was_never_seen_has_the_reason_of_its_file(of_file: Reason, reason: Reason) -> None:
    asked = Reason(Why.ASKED_FOR, "--rename")
    assert reason_of(CONTENT, None, of_file=of_file, asked=asked) == reason
    assert reason_of(CONTENT, None, asked=asked) == asked
    assert reason_of(CONTENT, None, of_file=Reason(Why.NOT_CACHED), asked=asked) == asked


def test_a_folder_is_new_only_if_all_parts_of_it_are() -> None:
    assert merge_reasons(merge_reasons(None, NEW), NEW) == NEW
    grown = merge_reasons(NEW, Reason(Why.STAT_CHANGED, "size"))
    assert grown.code is Why.STAT_CHANGED


@pytest.mark.parametrize("kept", [None, 3, {}, {"content": {}, "tools": [], "options": {}, "rules": 1}])
def test_an_entry_of_another_form_counts_as_none(kept: Json) -> None:
    assert Inputs.of(kept) is None
    assert Inputs.of(CONTENT.as_json()) == CONTENT


# --- Over several runs ----------------------------------------------------------------------------


PLACE = {"path": "/lab/a.nwb", "size": 1, "mtime_ns": OLD, "ctime_ns": OLD, "inode": 7}


def digest_step(**stat: int) -> Step:
    params = {
        "path": "/lab/a.nwb",
        "source": "a.nwb",
        "size": 1,
        "mtime_ns": OLD,
        "ctime_ns": OLD,
        "inode": 7,
    }
    return survey_step("digest", "a.nwb", params | stat)


def inspect_step(digest: str, **more: Json) -> Step:
    return survey_step("inspect", digest, PLACE | {"digest": digest} | more)


DIGEST: JsonObject = {"digest": f"{'0' * 32}-1"}
INSPECTION: JsonObject = {
    "extract": {"refused": {"reason": "r", "fix": "f"}},
    "validate": None,
    "missing_media": [],
}


def reasons(cache: MemoryCache, *steps: Step) -> list[str]:
    """Why each of these runs in one run of the survey, "" of what is fresh. Results are kept."""
    kept, found = StepCache(tasks, cache), []
    for step in steps:
        _, due = kept.split([step])
        found += [str(one.reason) for one in due] or [""]
        for one in due:
            kept.keep(one, DIGEST if one.kind == "digest" else INSPECTION)
    return found


def test_a_second_run_says_what_is_different(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = MemoryCache()
    assert reasons(cache, digest_step(), inspect_step("D")) == ["not in the cache"] * 2
    assert reasons(cache, digest_step(), inspect_step("D")) == ["", ""]
    touched = digest_step(mtime_ns=OLD + 1, ctime_ns=OLD + 1)
    assert reasons(cache, touched, inspect_step("D")) == ["modification time changed", ""]
    assert reasons(cache, digest_step(size=2), inspect_step("E"))[1] == "content changed"
    words = inspect_step("E", vocabulary={"sex": {"x": "O"}})
    assert reasons(cache, words) == ["option changed: vocabulary"]
    monkeypatch.setattr(task, "tool_versions", lambda: task._filters() | {"nwbinspector": "99"})
    assert "nwbinspector" in reasons(cache, inspect_step("E"))[0]


def test_a_young_file_is_known_by_name_though_its_result_is_not_kept() -> None:
    cache, now = MemoryCache(), time.time_ns()
    reasons(cache, digest_step())
    young = digest_step(mtime_ns=now, ctime_ns=now)
    assert reasons(cache, young) == ["modification time changed"]
    assert reasons(cache, young) == ["not in the cache"]


def test_a_cache_of_an_older_version_has_no_reasons() -> None:
    cache = MemoryCache()
    cache.put_many("digest", {"another": DIGEST})
    assert reasons(cache, digest_step()) == ["not in the cache"]


def test_other_missing_media_are_an_option() -> None:
    cache = MemoryCache()
    reasons(cache, inspect_step("D"))
    moved = replace(inspect_step("D", missing_media=["v.mp4"]), id="inspect:D v.mp4")
    assert reasons(cache, moved) == ["option changed: media files"]


def test_nothing_more_is_asked_of_the_cache_when_all_is_fresh() -> None:
    class Counting(MemoryCache):
        def __init__(self) -> None:
            super().__init__()
            self.tables: list[str] = []

        def get_many(self, table: str, keys: object) -> dict[str, Json]:
            self.tables.append(table)
            return super().get_many(table, keys)  # type: ignore[arg-type]

    cache = Counting()
    reasons(cache, digest_step())
    cache.tables.clear()
    assert reasons(cache, digest_step()) == [""]
    assert cache.tables == ["digest"]
