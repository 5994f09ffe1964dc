from __future__ import annotations

import pytest

from dandifile.report.words import duration


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "1 ms"),
        (0.0412, "41 ms"),
        (0.0949, "95 ms"),
        (0.0951, "0.1 s"),
        (0.44, "0.4 s"),
        (11.6, "12 s"),
        (59.6, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7_500, "2 h 5 min"),
    ],
)
def test_a_duration_is_said_to_a_sensible_precision(seconds: float, said: str) -> None:
    assert duration(seconds) == said
