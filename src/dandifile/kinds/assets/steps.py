"""From changes to steps: each content once, then its assets; deletions when all else is written."""

from __future__ import annotations

from collections.abc import Iterable

from dandifile.kinds.assets.gather import NAME
from dandifile.model import Action, Change, Effect, JsonObject, Step

WRITTEN = "assets:written"
"""The join that deletions wait for: nothing is deleted when something else could not be written."""


_CONTENT = ("source", "size", "digest")


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    deletions = [change for change in changes if change.action is Action.DELETE]
    writes = [change for change in changes if change.action is not Action.DELETE]
    written = tuple(map(_write, writes))
    joined = (Step(WRITTEN, "join", {}, needs=_ids(written), effect=Effect.NONE),) if deletions else ()
    return (*_blobs(writes), *written, *joined, *map(_delete, deletions))


def _blobs(changes: Iterable[Change]) -> tuple[Step, ...]:
    """One upload for each content that the draft does not have, however many assets hold it."""
    found = {change.after["digest"]: change.after for change in changes if "source" in change.after}
    return tuple(
        Step(
            _blob_id(after),
            NAME,
            {"do": "upload", **{key: after[key] for key in _CONTENT}},
        )
        for after in found.values()
    )


def _write(change: Change) -> Step:
    after: JsonObject = change.after
    params = {key: value for key, value in after.items() if key not in ("source", "size")}
    params["do"] = "create" if change.action is Action.CREATE else "put"
    params["whole"] = change.action in (Action.CREATE, Action.REPLACE)
    if change.before is not None:
        params["asset_id"] = change.before["asset_id"]
    needs = (_blob_id(after),) if "source" in after else ()
    return Step(f"asset:{change.key.name}", NAME, params, needs=needs)


def _delete(change: Change) -> Step:
    params = {"do": "delete", "path": change.key.name, "asset_id": change.before["asset_id"]}
    return Step(f"asset:{change.key.name}", NAME, params, needs=(WRITTEN,))


def _blob_id(after: JsonObject) -> str:
    return f"blob:{after['digest']}"


def _ids(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(step.id for step in steps)
