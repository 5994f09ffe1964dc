"""What a change makes of metadata that somebody has put on the asset that it replaces."""

from __future__ import annotations

import pytest

from dandifile.kinds.assets.changes import writes
from dandifile.kinds.assets.sides import DesiredAssets, ObservedAssets
from dandifile.model import JsonObject, LocalAsset, RemoteAsset

MINE, ITS = [{"name": "CA1"}], [{"name": "CA3"}]


def remote(path: str, digest: str) -> RemoteAsset:
    return RemoteAsset(path=path, asset_id=path, size=10, blob=f"blob of {digest}", digest=digest)


def local(path: str, digest: str) -> LocalAsset:
    return LocalAsset(path=path, source=path, size=10, digest=digest, metadata={"keywords": ["new"]})


@pytest.mark.parametrize(
    ("replaced", "holder", "about"),
    [
        ({"about": MINE}, {}, MINE),
        ({"about": MINE}, {"about": ITS}, ITS),
        ({}, {"about": ITS}, ITS),
        ({"about": MINE, "keywords": ["old"]}, {"keywords": ["its"]}, MINE),
    ],
)
def test_content_that_another_asset_has_comes_with_its_metadata_and_takes_none_away(
    replaced: JsonObject, holder: JsonObject, about: JsonObject
) -> None:
    there = {"a.nwb": replaced, "b.nwb": holder}
    observed = ObservedAssets(
        {path: remote(path, digest) for path, digest in (("a.nwb", "d1"), ("b.nwb", "d2"))},
        lambda ids: {name: there[name] for name in ids},
    )
    [change] = writes([local("a.nwb", "d2")], DesiredAssets(), observed, ())
    assert change.after["blob"] == "blob of d2"
    assert change.after["metadata"] == {**holder, "about": about}


def test_new_content_keeps_what_no_extractor_makes() -> None:
    there = {"a.nwb": {"about": MINE, "keywords": ["old"]}}
    observed = ObservedAssets(
        {"a.nwb": remote("a.nwb", "d1")}, lambda ids: {name: there[name] for name in ids}
    )
    [change] = writes([local("a.nwb", "d2")], DesiredAssets(), observed, ())
    assert change.after["source"] == "a.nwb"
    assert change.after["metadata"] == {"about": MINE, "keywords": ["new"]}
