"""Limits that no flag lifts: they speak with numbers."""

from __future__ import annotations

import math

from dandifile.model import Block


def too_many_deletions(deletions: int, total: int, limit: str) -> Block | None:
    """A block of everything when more than `limit` of the `total` assets would go.

    `limit` is a count or a share, "10%", rounded up and at least 1.
    """
    share = limit.endswith("%")
    allowed = max(1, math.ceil(float(limit[:-1]) / 100 * total)) if share else int(limit)
    if deletions <= allowed:
        return None
    of = f"{limit} of {total:,} assets, which is {allowed:,}" if share else f"{allowed:,}"
    return Block(
        f"{deletions:,} assets would be deleted; policy.max_deletions allows {of}",
        fix="check that all data is here; if they shall go, raise policy.max_deletions in the spec",
    )
