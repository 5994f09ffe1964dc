from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dandifile.archive.once import Once


def test_many_ask_and_one_makes() -> None:
    once, made = Once(), []

    def make() -> int:
        time.sleep(0.02)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: once.get("a", make), range(40))) == {1}


def test_what_failed_is_tried_again() -> None:
    once = Once()
    with pytest.raises(ZeroDivisionError):
        once.get("a", lambda: 1 // 0)
    assert once.get("a", lambda: 2) == 2


def test_one_value_may_need_another() -> None:
    once = Once()
    assert once.get("a", lambda: once.get("b", lambda: 1) + 1) == 2


def test_nothing_is_a_value_too() -> None:
    once, made = Once(), []
    for _ in range(2):
        assert once.get("a", lambda: made.append(1)) is None
    assert made == [1]
