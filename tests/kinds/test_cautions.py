from __future__ import annotations

import pytest

from dandifile.kinds.assets.cautions import TERABYTE, cautions
from dandifile.kinds.assets.gather import NAME, Observed
from dandifile.model import Change, JsonObject, Key, RemoteAsset

ETAG, CHECKSUM = f"{'a' * 32}-1", f"{'b' * 32}-3--12"


def side(size: float, digest: str = ETAG) -> JsonObject:
    return {"path": "x", "digest": digest, "size": int(size * TERABYTE), "metadata": {}}


def observed(**sizes: float) -> Observed:
    return Observed(
        {path: RemoteAsset("id", path, int(size * TERABYTE), "D") for path, size in sizes.items()}
    )


@pytest.mark.parametrize(
    ("before", "after", "there", "told"),
    [
        (None, side(1), observed(), []),
        (None, side(5.2), observed(), ["x has 5.2 TB"]),
        (None, side(1), observed(y=9.5), ["would have 10.5 TB"]),
        (side(1), side(2, "other-1"), observed(x=1, y=9), ["would have 11.0 TB"]),
        (side(3), side(1, "other-1"), observed(x=3, y=8), []),
        (
            None,
            side(6, CHECKSUM),
            observed(y=6),
            ["cannot be published", "x has 6.0 TB", "would have 12.0 TB"],
        ),
        (side(1), None, observed(x=1, y=11), []),
        (side(1), side(1), observed(x=1, y=11), []),
    ],
)
def test_what_should_be_known_before_it_is_sent(
    before: JsonObject | None, after: JsonObject | None, there: Observed, told: list[str]
) -> None:
    notes = list(cautions([Change(Key(NAME, "x"), before, after)], there))
    assert len(notes) == len(told)
    for note, part in zip(notes, told, strict=True):
        assert part in note
