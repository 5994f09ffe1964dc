"""What holds for every plan of assets, whatever is here and there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from graphlib import TopologicalSorter

from hypothesis import given
from hypothesis import strategies as st

from dandifile.kinds.assets import difference
from dandifile.kinds.assets.sides import AssetRules, DesiredAssets, ObservedAssets
from dandifile.kinds.assets.steps import steps
from dandifile.model import (
    Action,
    Change,
    GoneAsset,
    JsonObject,
    Local,
    LocalAsset,
    Overlay,
    PathEntry,
    Record,
    Recorded,
    RemoteAsset,
)
from dandifile.planning.kind import Difference, Options

PATHS = ["a", "b", "c", "d/e", "d/f", "d"]
CONTENTS = ["d1", "d2", "d3"]
World = dict[str, tuple[str, JsonObject]]
"""A draft as (digest, metadata) by path."""

contents = st.sampled_from(CONTENTS)
metadata = st.fixed_dictionaries({}, optional={"keywords": st.just(["old"])})


def possible(paths: Collection[str]) -> bool:
    """No path is file and folder at once."""
    return not any(clash(one, other) for one in paths for other in paths)


worlds = st.dictionaries(st.sampled_from(PATHS), st.tuples(contents, metadata)).filter(possible)


@st.composite
def desires(draw: st.DrawFn, world: World) -> DesiredAssets:
    files = draw(st.dictionaries(st.sampled_from(PATHS), contents).filter(possible))
    gone = [
        GoneAsset(path, digest, f"data/{path}")
        for path, (digest, _) in sorted(world.items())
        if path not in files and draw(st.booleans())
    ]
    overlay = draw(
        st.lists(st.sampled_from([Overlay("a", {"keywords": ["new"]}), Overlay("**", {"about": ["x"]})]))
    )
    record = {
        f"data/{path}": Recorded(path, digest) for path, (digest, _) in world.items() if draw(st.booleans())
    }
    local = Local(
        tuple(
            LocalAsset(path, f"data/{path}", 10, digest, {"schemaKey": "Asset"})
            for path, digest in files.items()
        ),
        tuple(gone),
        record=Record(record),
    )
    entry = PathEntry("data", prune=draw(st.booleans()))
    return DesiredAssets(local, AssetRules(overlays=tuple(overlay)), (entry,), max_deletions="100%")


situations = worlds.flatmap(lambda world: st.tuples(st.just(world), desires(world)))


def observed(world: World) -> ObservedAssets:
    assets = {
        path: RemoteAsset(f"id:{path}", path, 10, digest, blob=f"blob:{digest}")
        for path, (digest, _) in world.items()
    }
    return ObservedAssets(assets, lambda ids: {name: world[name.removeprefix("id:")][1] for name in ids})


def done(world: World, changes: tuple[Change, ...]) -> World:
    """The draft after the changes, as the archive would have it."""
    after = dict(world)
    for change in changes:
        if change.before is not None:
            after.pop(change.before["path"], None)
    for change in changes:
        if change.after is not None:
            kept = world[change.before["path"]][1] if change.action in (Action.UPDATE, Action.MOVE) else {}
            metadata = {**kept, **change.after["metadata"]}
            after[change.key.name] = (
                change.after["digest"],
                {key: value for key, value in metadata.items() if value is not None},
            )
    return after


def difference_of(world: World, desired: DesiredAssets) -> Difference:
    return difference.diff(desired, observed(world), Options(allow=frozenset({"delete"})))


def changes_of(world: World, desired: DesiredAssets) -> tuple[Change, ...]:
    return difference_of(world, desired).changes


def clash(one: str, other: str) -> bool:
    return one.startswith(f"{other}/") or other.startswith(f"{one}/")


@given(situations)
def test_once_done_nothing_is_left(situation: tuple[World, DesiredAssets]) -> None:
    world, desired = situation
    after = done(world, changes_of(world, desired))
    assert changes_of(after, desired) == ()


@given(situations)
def test_every_file_here_is_there_afterwards(situation: tuple[World, DesiredAssets]) -> None:
    world, desired = situation
    found = difference_of(world, desired)
    blocked = {block.key.name for block in found.blocked if block.key}
    after = done(world, found.changes)
    for asset in desired.local.assets:
        if asset.path not in blocked:
            assert after[asset.path][0] == asset.digest


@given(situations)
def test_without_prune_no_content_is_lost_but_what_was_replaced(
    situation: tuple[World, DesiredAssets],
) -> None:
    world, desired = situation
    kept = replace(desired, entries=(PathEntry("data"),))
    changes = changes_of(world, kept)
    replaced = {change.key.name for change in changes if change.action is Action.REPLACE}
    moved = {change.before["path"] for change in changes if change.action is Action.MOVE}
    assert not any(change.action is Action.DELETE for change in changes)
    assert set(world) - moved <= set(done(world, changes))
    assert replaced <= {asset.path for asset in desired.local.assets}


@given(situations)
def test_only_what_was_here_and_is_gone_moves(situation: tuple[World, DesiredAssets]) -> None:
    world, desired = situation
    gone = {(asset.path, asset.digest) for asset in desired.local.gone}
    gone |= {(made.path, made.digest) for made in desired.local.record.assets.values()}
    for change in changes_of(world, desired):
        if change.action is Action.MOVE:
            assert (change.before["path"], change.before["digest"]) in gone


@given(situations)
def test_every_deletion_waits_for_its_permit(situation: tuple[World, DesiredAssets]) -> None:
    world, desired = situation
    for change in changes_of(world, desired):
        assert (change.permit == "delete") == (change.action is Action.DELETE)


@given(situations)
def test_content_that_the_draft_has_is_never_sent(situation: tuple[World, DesiredAssets]) -> None:
    world, desired = situation
    there = {digest for digest, _ in world.values()}
    for change in changes_of(world, desired):
        if change.after is not None and change.after["digest"] in there:
            assert "source" not in change.after


@given(situations)
def test_the_steps_can_be_done_one_after_the_other(situation: tuple[World, DesiredAssets]) -> None:
    do_steps(situation[0], changes_of(*situation))


@given(situations, st.sets(st.sampled_from(PATHS), min_size=1))
def test_so_can_those_of_a_part_of_the_paths(situation: tuple[World, DesiredAssets], kept: set[str]) -> None:
    world, desired = situation
    options = Options(allow=frozenset({"delete"}), paths=tuple(kept))
    changes = difference.diff(desired, observed(world), options).changes
    assert {change.key.name for change in changes} <= kept | {
        path for path in PATHS if clash_below(path, kept)
    }
    do_steps(world, changes)


def clash_below(path: str, kept: Collection[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in kept)


def do_steps(world: World, changes: tuple[Change, ...]) -> None:
    """A server that refuses a path that is taken, or that is file and folder at once, takes every step."""
    order = TopologicalSorter({step.id: step.needs for step in steps(changes)})
    todo = {step.id: step for step in steps(changes)}
    places = {f"id:{path}": path for path in world}
    outputs: dict[str, str] = {}
    for name in order.static_order():
        step = todo[name]
        if step.params.get("do") not in ("create", "put", "delete"):
            continue
        own = str(step.params.get("asset_id", f"id:new {name}"))
        asset = outputs.get(f"park:{step.params['path']}", own)
        places.pop(asset, None)
        if step.params["do"] != "delete":
            assert step.params["path"] not in places.values()
            assert not any(clash(step.params["path"], path) for path in places.values())
            places[asset] = step.params["path"]
            outputs[name] = asset
    assert set(places.values()) == set(done(world, changes))
