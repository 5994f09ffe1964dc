"""Does one step on assets. Every one of them may be done again: the archive is asked before it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dandifile.kinds.assets.steps import parking_id
from dandifile.model import Json, JsonObject, Step

if TYPE_CHECKING:
    from dandifile.plan.kind import Means


def perform(step: Step, means: Means, inputs: Mapping[str, Json]) -> JsonObject:
    """A parked asset has another id by now: every write gives it a new one."""
    parked = inputs.get(parking_id(step.params.get("path", "")))
    params = {**step.params, "asset_id": parked["asset_id"]} if parked else step.params
    return _VERBS[step.params["do"]](params, means, _blob(step, inputs))


def _upload(params: JsonObject, means: Means, blob: str | None) -> JsonObject:
    from dandifile.archive.transfer import upload

    done = upload(means.writer, means.root / params["source"], params["size"], params["digest"], means.sent)
    return {"blob": done.blob, "sent": done.sent_bytes, "reused": done.reused}


def _create(params: JsonObject, means: Means, blob: str | None) -> JsonObject:
    made = means.writer.create_asset(params["path"], blob, _current_schema(params["metadata"], means))
    return {"asset_id": made.asset_id}


def _put(params: JsonObject, means: Means, blob: str | None) -> JsonObject:
    """Other content brings its whole metadata; the same content keeps all but the changed keys."""
    asset_id, changed = params["asset_id"], params["metadata"]
    if params["whole"]:
        metadata = _current_schema(changed, means)
    else:
        current = means.writer.reader.asset_metadata([asset_id])[asset_id]
        metadata = {key: value for key, value in {**current, **changed}.items() if value is not None}
    made = means.writer.put_asset(asset_id, params["path"], blob, metadata, zarr=params.get("zarr"))
    return {"asset_id": made.asset_id}


def _delete(params: JsonObject, means: Means, blob: str | None) -> JsonObject:
    means.writer.delete_asset(params["asset_id"])
    return {}


def _current_schema(metadata: JsonObject, means: Means) -> JsonObject:
    """New metadata says the server's schema version: it may not know others (dandi-api 7)."""
    kept = {key: value for key, value in metadata.items() if value is not None}
    return {**kept, "schemaVersion": means.writer.reader.info()["schema_version"]}


def _blob(step: Step, inputs: Mapping[str, Json]) -> str | None:
    """The blob that the archive had, or the one that the upload before this step made."""
    uploaded = next((value["blob"] for value in inputs.values() if value and "blob" in value), None)
    return step.params.get("blob") or uploaded


_VERBS: Mapping[str, Callable[[JsonObject, Means, str | None], JsonObject]] = {
    "upload": _upload,
    "create": _create,
    "put": _put,
    "delete": _delete,
}
