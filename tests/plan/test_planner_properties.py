"""What holds for every plan of assets, whatever is here and there."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dandifile.kinds.assets import difference
from dandifile.kinds.assets.gather import Desired, Observed
from dandifile.kinds.assets.overlay import Rules
from dandifile.model import (
    Action,
    Change,
    GoneAsset,
    JsonObject,
    Local,
    LocalAsset,
    Overlay,
    PathEntry,
    RemoteAsset,
)
from dandifile.plan.kind import Options

PATHS = ["a", "b", "c", "d/e", "d/f"]
CONTENTS = ["d1", "d2", "d3"]
World = dict[str, tuple[str, JsonObject]]
"""A draft as (digest, metadata) by path."""

worlds = st.dictionaries(
    st.sampled_from(PATHS),
    st.tuples(st.sampled_from(CONTENTS), st.fixed_dictionaries({}, optional={"keywords": st.just(["old"])})),
)


@st.composite
def desires(draw: st.DrawFn, world: World) -> Desired:
    files = draw(st.dictionaries(st.sampled_from(PATHS), st.sampled_from(CONTENTS)))
    gone = [
        GoneAsset(path, digest, f"data/{path}")
        for path, (digest, _) in sorted(world.items())
        if path not in files and draw(st.booleans())
    ]
    overlay = draw(
        st.lists(st.sampled_from([Overlay("a", {"keywords": ["new"]}), Overlay("**", {"about": ["x"]})]))
    )
    local = Local(
        tuple(
            LocalAsset(path, f"data/{path}", 10, digest, {"schemaKey": "Asset"})
            for path, digest in files.items()
        ),
        tuple(gone),
    )
    entry = PathEntry("data", prune=draw(st.booleans()))
    return Desired(local, Rules(overlays=tuple(overlay)), (entry,), max_deletions="100%")


situations = worlds.flatmap(lambda world: st.tuples(st.just(world), desires(world)))


def observed(world: World) -> Observed:
    assets = {
        path: RemoteAsset(f"id:{path}", path, 10, digest, blob=f"blob:{digest}")
        for path, (digest, _) in world.items()
    }
    return Observed(assets, lambda ids: {name: world[name.removeprefix("id:")][1] for name in ids})


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


def changes_of(world: World, desired: Desired) -> tuple[Change, ...]:
    return difference.diff(desired, observed(world), Options()).changes


@given(situations)
def test_once_done_nothing_is_left(situation: tuple[World, Desired]) -> None:
    world, desired = situation
    after = done(world, changes_of(world, desired))
    assert changes_of(after, desired) == ()


@given(situations)
def test_every_file_here_is_there_afterwards(situation: tuple[World, Desired]) -> None:
    world, desired = situation
    after = done(world, changes_of(world, desired))
    assert {asset.path: asset.digest for asset in desired.local.assets}.items() <= {
        path: digest for path, (digest, _) in after.items()
    }.items()


@given(situations)
def test_without_prune_no_content_is_lost_but_what_was_replaced(situation: tuple[World, Desired]) -> None:
    world, desired = situation
    kept = replace(desired, entries=(PathEntry("data"),))
    changes = changes_of(world, kept)
    replaced = {change.key.name for change in changes if change.action is Action.REPLACE}
    moved = {change.before["path"] for change in changes if change.action is Action.MOVE}
    assert not any(change.action is Action.DELETE for change in changes)
    assert set(world) - moved <= set(done(world, changes))
    assert replaced <= {asset.path for asset in desired.local.assets}


@given(situations)
def test_only_what_was_here_and_is_gone_moves(situation: tuple[World, Desired]) -> None:
    world, desired = situation
    gone = {(asset.path, asset.digest) for asset in desired.local.gone}
    for change in changes_of(world, desired):
        if change.action is Action.MOVE:
            assert (change.before["path"], change.before["digest"]) in gone


@given(situations)
def test_every_deletion_waits_for_its_permit(situation: tuple[World, Desired]) -> None:
    world, desired = situation
    for change in changes_of(world, desired):
        assert (change.permit == "delete") == (change.action is Action.DELETE)


@given(situations)
def test_content_that_the_draft_has_is_never_sent(situation: tuple[World, Desired]) -> None:
    world, desired = situation
    there = {digest for digest, _ in world.values()}
    for change in changes_of(world, desired):
        if change.after is not None and change.after["digest"] in there:
            assert "source" not in change.after
