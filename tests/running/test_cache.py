from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import pytest

from dandifile.model import Cache
from dandifile.run.cache import MemoryCache, SqliteCache


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


def test_a_damaged_file_is_thrown_away(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    file.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    cache = SqliteCache(file)
    assert cache.get_many("digest", ["a"]) == {}
    cache.put_many("digest", {"a": 1})
    assert cache.get_many("digest", ["a"]) == {"a": 1}


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
