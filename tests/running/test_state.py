from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from dandifile.model import Cache, Record, Recorded
from dandifile.run.state import MemoryCache, SqliteCache, load_record, save_record


@pytest.fixture(params=["memory", "sqlite"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    return MemoryCache() if request.param == "memory" else SqliteCache(tmp_path / "state" / "cache.sqlite")


def test_it_gives_back_what_was_put(cache: Cache) -> None:
    cache.put_many("digest", {"a": {"x": [1, None, "ü"]}, "b": 2})
    assert cache.get_many("digest", ["a", "b", "c"]) == {"a": {"x": [1, None, "ü"]}, "b": 2}


def test_tables_are_apart(cache: Cache) -> None:
    cache.put_many("digest", {"a": 1})
    assert cache.get_many("extract", ["a"]) == {}


def test_a_later_value_replaces_an_earlier(cache: Cache) -> None:
    cache.put_many("digest", {"a": 1})
    cache.put_many("digest", {"a": 2})
    assert cache.get_many("digest", ["a"]) == {"a": 2}


def test_many_keys_are_asked_for_at_once(cache: Cache) -> None:
    items = {f"key {number}": number for number in range(2500)}
    cache.put_many("digest", items)
    assert cache.get_many("digest", items) == items


def _no_database(file: Path) -> None:
    file.write_bytes(b"not a database, but long enough to be taken for one" * 100)


def _damaged_pages(file: Path) -> None:
    cache = SqliteCache(file)
    cache.put_many("digest", {f"key {number}": "x" * 100 for number in range(500)})
    cache.close()
    held = file.read_bytes()
    file.write_bytes(held[:8192] + b"\xa5" * (len(held) - 8192))


def _of_another_version(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE entry (other TEXT)")


@pytest.mark.parametrize("damage", [_no_database, _damaged_pages, _of_another_version])
def test_a_damaged_file_is_thrown_away(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    file = tmp_path / "cache.sqlite"
    damage(file)
    cache = SqliteCache(file)
    assert cache.get_many("digest", [f"key {number}" for number in range(500)]) == {}
    cache.put_many("digest", {"a": 1})
    assert cache.get_many("digest", ["a"]) == {"a": 1}
    assert cache.trouble == ""
    cache.close()
    assert SqliteCache(file).get_many("digest", ["a"]) == {"a": 1}


def test_where_it_cannot_be_it_remembers_nothing_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, where the folder should be", "utf-8")
    cache = SqliteCache(tmp_path / "state" / "cache.sqlite")
    cache.put_many("digest", {"a": 1})
    assert cache.get_many("digest", ["a"]) == {}
    assert "state" in cache.trouble


def test_a_full_disk_loses_what_is_new_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    cache = SqliteCache(file)
    cache.put_many("digest", {"a": 1})
    assert cache._db is not None
    pages = cache._db.execute("PRAGMA page_count").fetchone()[0]
    cache._db.execute(f"PRAGMA max_page_count = {pages}")  # what a full disk looks like to SQLite
    cache.put_many("digest", {"b": "x" * 100_000})
    assert "full" in cache.trouble
    cache.close()
    assert SqliteCache(file).get_many("digest", ["a", "b"]) == {"a": 1}


def test_one_that_another_process_holds_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cache.sqlite"
    SqliteCache(file).put_many("digest", {"a": 1})
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *at, **more: connect(*at, **{**more, "timeout": 0.1}))
    with contextlib.closing(connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        cache = SqliteCache(file)
        cache.put_many("digest", {"b": 2})
        assert "locked" in cache.trouble
        other.execute("ROLLBACK")
    assert SqliteCache(file).get_many("digest", ["a"]) == {"a": 1}


def _fill(file: Path, name: str) -> None:
    cache = SqliteCache(file)
    for number in range(50):
        cache.put_many("digest", {f"{name} {number}": number})


def test_two_runs_may_share_it(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    context = get_context("spawn")
    others = [context.Process(target=_fill, args=(file, name)) for name in ("one", "two")]
    for other in others:
        other.start()
    for other in others:
        other.join(60)
        assert other.exitcode == 0
    keys = [f"{name} {number}" for name in ("one", "two") for number in range(50)]
    assert len(SqliteCache(file).get_many("digest", keys)) == 100


RECORD = Record({"data/a.nwb": Recorded("sub-1/a.nwb", "d-1")}, {"keywords": "x"})


def test_a_record_comes_back(tmp_path: Path) -> None:
    save_record(tmp_path, "https://api.example.org", "000001", RECORD)
    assert load_record(tmp_path, "https://api.example.org", "000001") == RECORD


def test_every_draft_has_its_own(tmp_path: Path) -> None:
    save_record(tmp_path, "https://api.example.org", "000001", RECORD)
    assert load_record(tmp_path, "https://api.example.org", "000002") == Record()
    assert load_record(tmp_path, "local", "000001") == Record()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"assets": {"a": {"no": 1}}, "fields": {}}',
        '{"assets": [1], "fields": {}}',
        '{"assets": {}, "fields": 5}',
        '{"assets": {"a": {"path": 3, "digest": null}}, "fields": {}}',
    ],
)
def test_one_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    save_record(tmp_path, "local", "000001", RECORD)
    next((tmp_path / "records").iterdir()).write_text(text, "utf-8")
    assert load_record(tmp_path, "local", "000001") == Record()
