"""What an interrupted move left on the draft is reported, unless the plan finishes it."""

from __future__ import annotations

from dandifile.kinds import assets
from dandifile.kinds.assets.sides import DesiredAssets, ObservedAssets
from dandifile.model import Local, LocalAsset, RemoteAsset
from dandifile.planning.kind import Options

PARKED = RemoteAsset("1", ".dandifile-moving/0123456789ab", 10, "d1", blob="b1")
HALF_SENT = RemoteAsset("2", "x.zarr", 0, "", zarr="z1")
WHOLE = RemoteAsset("3", "y.zarr", 10, "d2--1", zarr="z2")


def notes(*here: LocalAsset) -> tuple[str, ...]:
    there = {asset.path: asset for asset in (PARKED, HALF_SENT, WHOLE)}
    observed = ObservedAssets(there, lambda ids: {asset_id: {} for asset_id in ids})
    return assets.diff(DesiredAssets(Local(here)), observed, Options()).notes


def test_what_no_file_here_will_finish_is_told() -> None:
    told = notes()
    assert [note.split(" ")[0] for note in told] == [PARKED.path, HALF_SENT.path]
    assert "interrupted" in told[0]
    assert "no checksum" in told[1]


def test_what_this_plan_finishes_is_not() -> None:
    files = (LocalAsset("a.csv", "data/a.csv", 10, "d1"), LocalAsset("x.zarr", "data/x.zarr", 10, "d3--1"))
    assert notes(*files) == ()
