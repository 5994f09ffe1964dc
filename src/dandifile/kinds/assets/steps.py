"""From changes to steps: each content once, then its assets, in an order that keeps paths free.

A Zarr is sent before its asset is made. A Zarr whose content is replaced belongs to an asset already, which
is then written first: as long as not all is sent, a rerun sees by the content that something is due.

A change that frees a path comes before the one that takes it. Assets that trade places go by way of a parking
place. Deletions come when everything else is written, except for those that free a path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from dandifile.kinds.assets.moves import folders_above, parking_place
from dandifile.kinds.assets.sending import ON_ARCHIVE
from dandifile.kinds.assets.sides import NAME
from dandifile.kinds.outgoing import VERSION_KEY
from dandifile.model import Action, Block, Change, Effect, JsonObject, Key, Reason, Step, Why, is_zarr
from dandifile.words import first_of

WRITTEN = "assets:written"
"""The join that deletions wait for: nothing is deleted when something else could not be written."""

_CONTENT = ("source", "size", "digest")
_ABOUT = ("source", "size", "moves_away", ON_ARCHIVE)  # what a change shows and an asset does not have


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    deletions = [change for change in changes if change.action is Action.DELETE]
    writes = [change for change in changes if change.action is not Action.DELETE]
    room = vacated_paths(changes)
    parked = _moves_to_park([change for change in writes if change.action is Action.MOVE], room)
    written = [*(_park(change) for change in parked.values())]
    written += [_wait_for_room(_write(change, parked), room, parked) for change in writes]
    written += [_send_zarr(change) for change in writes if _sends_zarr(change)]
    first = {step for own in written for step in own.needs}
    early = [_delete(change) for change in deletions if _id(change.key.name) in first]
    late = [
        replace(_delete(change), needs=(WRITTEN,))
        for change in deletions
        if _id(change.key.name) not in first
    ]
    joined = (
        [Step(WRITTEN, "join", {}, needs=tuple(step.id for step in written), effect=Effect.NONE)]
        if late
        else []
    )
    return (*_blobs(writes), *early, *written, *joined, *late)


def doable_changes(kept: Sequence[Change], changes: Sequence[Change]) -> tuple[list[Change], list[Block]]:
    """(those of the changes `kept` that can be done without the other `changes`, why the rest cannot).

    `kept` are those that `--path` and `--exclude` leave in. A path that something has to leave first is free
    only if that is kept as well.
    """
    room = vacated_paths(changes)
    blocked: list[Block] = []
    while True:
        names = {change.key.name for change in kept}
        waiting = {
            change.key.name: min(needed)
            for change in kept
            if change.action is not Action.DELETE
            and (needed := changes_vacating(change.key.name, room) - names)
        }
        if not waiting:
            return list(kept), blocked
        blocked += [_half_block(name, needed) for name, needed in waiting.items()]
        kept = [change for change in kept if change.key.name not in waiting]


def _half_block(name: str, needed: str) -> Block:
    return Block(
        f"it needs {needed} first, which --path or --exclude leaves out",
        "leave both in, or both out",
        Key(NAME, name),
    )


def _blobs(changes: Iterable[Change]) -> tuple[Step, ...]:
    """One upload for each content that the draft does not have, however many assets hold it."""
    holders: dict[str, list[JsonObject]] = defaultdict(list)
    for change in changes:
        if "source" in change.after and not _sends_zarr(change):
            holders[change.after["digest"]].append(change.after)
    return tuple(
        Step(
            _blob_id(sides[-1]),
            NAME,
            {"do": "upload", **{key: sides[-1][key] for key in _CONTENT}},
            reason=Reason(Why.CONTENT_NEEDED, first_of([side["path"] for side in sides])),
        )
        for sides in holders.values()
    )


def _sends_zarr(change: Change) -> bool:
    return "source" in change.after and is_zarr(change.after["digest"])


def _replaced_zarr(change: Change) -> str | None:
    """The Zarr on the archive whose content is replaced; every asset has one of its own."""
    zarr: str | None = change.before.get("zarr") if change.before and _sends_zarr(change) else None
    return zarr


def _send_zarr(change: Change) -> Step:
    own = _replaced_zarr(change)
    params = {"do": "send", "path": change.key.name, "zarr": own}
    params |= {key: change.after[key] for key in _CONTENT}
    needs = (_id(change.key.name),) if own else ()
    reason = Reason(Why.CONTENT_NEEDED, change.key.name)
    return Step(_zarr_id(change.key.name), NAME, params, needs, reason=reason)


def _write(change: Change, parked: Mapping[str, Change]) -> Step:
    after: JsonObject = change.after
    params = {key: value for key, value in after.items() if key not in _ABOUT}
    params["do"] = "create" if change.action is Action.CREATE else "put"
    params["whole"] = change.action in (Action.CREATE, Action.REPLACE)
    if change.before is not None:
        params["asset_id"] = change.before["asset_id"]
    needs = []
    if own := _replaced_zarr(change):
        params["zarr"] = own
    elif "source" in after:
        needs.append(_zarr_id(change.key.name) if _sends_zarr(change) else _blob_id(after))
    if change.key.name in parked:
        needs.append(parking_id(change.key.name))
    return Step(_id(change.key.name), NAME, params, tuple(needs), reason=reason_of(change))


def reason_of(change: Change) -> Reason:
    """Why an asset is written or deleted: the main thing that the two sides differ in."""
    before, after = change.before, change.after
    if change.action is Action.CREATE:
        return Reason(Why.NOT_ON_DRAFT)
    if change.action is Action.DELETE:
        return Reason(Why.NOT_DECLARED)
    if change.action is Action.MOVE:
        return Reason(Why.PATH_DIFFERS, before["path"])
    if change.action is Action.REPLACE:
        return Reason(Why.CONTENT_DIFFERS)
    fields = sorted(after["metadata"].keys() - {VERSION_KEY})
    if not fields:
        return Reason(Why.SCHEMA_NOT_ACCEPTED, str(before["metadata"].get(VERSION_KEY, "")))
    return Reason(Why.METADATA_DIFFERS, ", ".join(fields))


def _park(change: Change) -> Step:
    """The same asset under the name of its parking place; its id is the output."""
    params = {
        "do": "put",
        "whole": False,
        "path": parking_place(change.key.name),
        "digest": change.before["digest"],
        **{key: change.after[key] for key in ("blob", "zarr") if key in change.after},
        "asset_id": change.before["asset_id"],
        "metadata": {},
    }
    return Step(parking_id(change.key.name), NAME, params, reason=Reason(Why.PATH_TAKEN))


def _delete(change: Change) -> Step:
    params = {"do": "delete", "path": change.key.name, "asset_id": change.before["asset_id"]}
    return Step(_id(change.key.name), NAME, params, reason=reason_of(change))


def _wait_for_room(step: Step, room: Mapping[str, list[str]], parked: Mapping[str, Change]) -> Step:
    """The step, after whatever is now in the way of its path: at it, above it or below it."""
    path = step.params["path"]
    vacated = changes_vacating(path, room)
    names = {parking_id(name) if name in parked else _id(name) for name in vacated} - {step.id}
    return replace(step, needs=(*step.needs, *sorted(names - set(step.needs))))


def vacated_paths(changes: Iterable[Change]) -> Mapping[str, list[str]]:
    """Names of the changes by the path that they vacate, and by the folders, "a/", that it was in."""
    room: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        if change.action in (Action.MOVE, Action.DELETE):
            room[change.before["path"]].append(change.key.name)
            for folder in folders_above(change.before["path"]):
                room[f"{folder}/"].append(change.key.name)
    return room


def _moves_to_park(moves: list[Change], room: Mapping[str, list[str]]) -> dict[str, Change]:
    """Moves that cannot go straight, by name: enough of them that no move waits for itself."""
    by_name = {change.key.name: change for change in moves}
    waits = {name: changes_vacating(name, room) & by_name.keys() for name in by_name}
    parked: dict[str, Change] = {}
    while True:
        order = TopologicalSorter({name: others - parked.keys() for name, others in waits.items()})
        try:
            order.prepare()
        except CycleError as circle:
            name = min(circle.args[1])
            parked[name] = by_name[name]
        else:
            return parked


def changes_vacating(path: str, room: Mapping[str, list[str]]) -> set[str]:
    """Names of the changes that free the path: at it, above it, where a file cannot be, or below it."""
    places = (path, *folders_above(path), f"{path}/")
    return {name for place in places for name in room.get(place, ())}


def _id(path: str) -> str:
    return f"asset:{path}"


def parking_id(path: str) -> str:
    """The step that parks the asset on its way to `path`."""
    return f"park:{path}"


def _zarr_id(path: str) -> str:
    return f"zarr:{path}"


def _blob_id(after: JsonObject) -> str:
    return f"blob:{after['digest']}"
