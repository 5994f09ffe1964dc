"""How many deletions the guard lets pass."""

from __future__ import annotations

import pytest

from dandifile.kinds.assets.deletions import deletion_guard


@pytest.mark.parametrize(
    ("deletions", "total", "limit", "blocks"),
    [
        (0, 0, "10%", False),
        (1, 3, "10%", False),  # at least 1
        (2, 3, "10%", True),
        (2, 11, "10%", False),  # rounded up
        (3, 11, "10%", True),
        (5, 100, "5", False),
        (6, 100, "5", True),
        (1, 100, "0", True),
        (100, 100, "100%", False),
    ],
)
def test_deletions_over_the_limit_block_everything(
    deletions: int, total: int, limit: str, blocks: bool
) -> None:
    block = deletion_guard(deletions, total, limit)
    assert (block is not None) == blocks
    if block is not None:
        assert block.key is None
        assert str(deletions) in block.reason
        assert limit in block.reason


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("10%", "3 assets would be deleted; policy.max_deletions allows 10% of 11 assets, which is 2"),
        ("2", "3 assets would be deleted; policy.max_deletions allows 2"),
    ],
)
def test_the_limit_is_told_in_numbers(limit: str, said: str) -> None:
    block = deletion_guard(3, 11, limit)
    assert block is not None
    assert block.reason == said
