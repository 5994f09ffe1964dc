from __future__ import annotations

import os
import pickle
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from dandifile.errors import DataError
from dandifile.model import Json, JsonObject, Step
from dandifile.run.state import MemoryCache
from dandifile.survey import task
from dandifile.survey.digest import dandi_etag
from dandifile.survey.task import StepCache, survey_step
from dandifile.survey.tasks import cache_key, perform
from tests.survey.lab import write, write_nwb

OLD = time.time_ns() - 3600 * 10**9
STAT = {"path": "/a/b", "source": "b", "size": 1, "mtime_ns": OLD, "ctime_ns": OLD, "inode": 7}


@pytest.mark.parametrize("field", ["source", "size", "mtime_ns", "ctime_ns", "inode"])
def test_a_digest_is_remembered_by_each_part_of_the_stat(field: str) -> None:
    changed = STAT | {field: "c" if field == "source" else OLD - 1}
    assert cache_key(survey_step("digest", "b", STAT)) != cache_key(survey_step("digest", "b", changed))


def test_a_digest_does_not_depend_on_where_the_folder_is() -> None:
    moved = STAT | {"path": "/elsewhere/b"}
    assert cache_key(survey_step("digest", "b", STAT)) == cache_key(survey_step("digest", "b", moved))


@pytest.mark.parametrize("field", ["mtime_ns", "ctime_ns"])
def test_a_young_file_is_not_remembered(field: str) -> None:
    assert cache_key(survey_step("digest", "b", STAT | {field: time.time_ns()})) is None


@pytest.mark.parametrize("kind", ["extract", "inspect", "validate"])
def test_content_is_remembered_by_digest_options_and_tools_and_not_by_path(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key(**params: object) -> str | None:
        return cache_key(survey_step(kind, "x", {"path": "/a", "digest": "D", **params}))

    assert key() == key(path="/b") == key(mtime_ns=1, size=2) == key(ctime_ns=1, inode=2)
    assert key() != key(digest="E")
    assert key() != key(missing_media=["v.mp4"])
    before = key()
    monkeypatch.setattr(task, "tool_versions", lambda: {"pynwb": "99"})
    assert key() != before


@pytest.mark.parametrize("kind", ["extract", "inspect", "validate"])
def test_what_was_read_of_a_file_that_changed_is_not_taken_for_its_old_content(
    kind: str, tmp_path: Path
) -> None:
    path = write_nwb(tmp_path / "a.nwb")
    seen = seen_as(path)
    assert perform(survey_step(kind, "a", seen), {})
    with pytest.raises(DataError, match="changed while it was read"):
        perform(survey_step(kind, "a", seen | {"mtime_ns": OLD}), {})


def seen_as(path: Path) -> JsonObject:
    """What the scan and the hashing say of a file."""
    status = path.stat()
    return {
        "path": str(path),
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,
        "inode": status.st_ino,
        "digest": dandi_etag(path, status.st_size),
    }


@pytest.mark.parametrize("kind", ["extract", "inspect", "validate"])
def test_another_file_of_the_same_size_and_time_is_not_taken_for_the_one_that_was_hashed(
    kind: str, tmp_path: Path
) -> None:
    path, other = write_nwb(tmp_path / "a.nwb"), tmp_path / "other.nwb"
    seen = seen_as(path)
    other.write_bytes(path.read_bytes().replace(b"a test", b"b test"))
    os.utime(other, ns=(seen["mtime_ns"], seen["mtime_ns"]))
    other.replace(path)
    now = seen_as(path)
    assert [key for key in seen if seen[key] != now[key]] == ["ctime_ns", "inode", "digest"]
    with pytest.raises(DataError, match="changed while it was read"):
        perform(survey_step(kind, "a", seen), {})


@pytest.mark.parametrize("kind", ["extract", "inspect", "validate"])
def test_a_disk_whose_inodes_and_change_times_do_not_last_is_fine(kind: str, tmp_path: Path) -> None:
    seen = seen_as(write_nwb(tmp_path / "a.nwb"))
    assert perform(survey_step(kind, "a", seen | {"inode": 1, "ctime_ns": OLD}), {})


def test_a_step_runs_in_another_process(tmp_path: Path) -> None:
    path = write(tmp_path / "a", "a")
    status = path.stat()
    step = survey_step("digest", "a", STAT | {"path": str(path), "size": 1, "mtime_ns": status.st_mtime_ns})
    assert pickle.loads(pickle.dumps(perform)) is perform
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        output = pool.submit(perform, step, {}).result()
    assert output == {"digest": "b6ff9a06b7e20bcb2858c5b8ff744aea-1"}


def test_where_something_was_is_read_again_when_other_words_mean_a_mouse() -> None:
    def key(**params: object) -> str | None:
        return cache_key(survey_step("locations", "a", STAT | params))

    assert key() == key()
    assert len({key(), key(mice=["lab mouse"]), key(mice=["lab mouse", "maus"])}) == 3


class Keys:
    """A step that has no key while its file is young."""

    young = True

    def cache_key(self, step: Step) -> str | None:
        return None if self.young else step.id

    def inputs(self, step: Step) -> None:
        return None

    def fits(self, step: Step, output: Json) -> bool:
        return bool(output != "damaged")


STEP = survey_step("digest", "a", STAT)


def test_the_result_of_a_file_that_was_young_when_the_step_began_is_not_kept() -> None:
    keys, cache = Keys(), MemoryCache()
    kept = StepCache(keys, cache)
    assert kept.known([STEP]) == {}
    keys.young = False
    kept.keep(STEP, "D")
    assert StepCache(keys, cache).known([STEP]) == {}


@pytest.mark.parametrize(("output", "known"), [("D", True), ("damaged", False)])
def test_a_kept_result_is_known_if_it_fits(output: str, known: bool) -> None:
    keys, cache = Keys(), MemoryCache()
    keys.young = False
    kept = StepCache(keys, cache)
    kept.known([STEP])
    kept.keep(STEP, output)
    assert (STEP.id in StepCache(keys, cache).known([STEP])) == known
