from __future__ import annotations

import time

import pytest

from dandifile.net.pace import Limit, LimitReachedError, Pace


def test_a_limit_is_kept() -> None:
    pace = Pace(Limit(requests=2, seconds=0.2, at_once=1))
    started = time.monotonic()
    for _ in range(4):
        with pace.slot(longest=1):
            pass
    assert time.monotonic() - started >= 0.2


def test_a_wait_that_would_take_too_long_is_not_begun() -> None:
    pace = Pace(Limit(requests=1, seconds=300, at_once=1))
    with pace.slot(longest=1):
        pass
    with pytest.raises(LimitReachedError) as error, pace.slot(longest=1):
        pass
    assert 299 < error.value.seconds <= 300
