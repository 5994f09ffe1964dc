"""Does one step on assets. It may be done again after a kill, so the archive is asked before each write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dandifile.kinds.assets.steps import parking_id
from dandifile.kinds.assets.zarr import send, send_part
from dandifile.kinds.outgoing import VERSION_KEY, SchemaVersions
from dandifile.model import Json, JsonObject, Step

if TYPE_CHECKING:
    from dandifile.planning.kind import StepContext


def perform(step: Step, context: StepContext, inputs: Mapping[str, Json]) -> JsonObject:
    """A parked asset has another id by now: every write gives it a new one."""
    parked = inputs.get(parking_id(step.params.get("path", "")))
    params = {**step.params, **_sent_content(inputs), **({"asset_id": parked["asset_id"]} if parked else {})}
    return _VERBS[step.params["do"]](params, context)


def _upload(params: JsonObject, context: StepContext) -> JsonObject:
    from dandifile.archive.transfer import upload

    done = upload(
        context.writer, context.root / params["source"], params["size"], params["digest"], context.sent
    )
    return {"blob": done.blob, "sent": done.sent_bytes, "reused": done.reused}


def _create(params: JsonObject, context: StepContext) -> JsonObject:
    metadata = _set_schema_version(params["metadata"], context)
    made = context.writer.create_asset(params["path"], params.get("blob"), metadata, zarr=params.get("zarr"))
    return {"asset_id": made.asset_id}


def _put(params: JsonObject, context: StepContext) -> JsonObject:
    """Other content brings its whole metadata; the same content keeps all but the changed keys."""
    asset_id, changed = params["asset_id"], params["metadata"]
    current = {} if params["whole"] else context.writer.reader.asset_metadata([asset_id])[asset_id]
    metadata = _set_schema_version({**current, **changed}, context)
    made = context.writer.put_asset(
        asset_id, params["path"], params.get("blob"), metadata, zarr=params.get("zarr")
    )
    return {"asset_id": made.asset_id}


def _delete(params: JsonObject, context: StepContext) -> JsonObject:
    context.writer.delete_asset(params["asset_id"])
    return {}


def _set_schema_version(metadata: JsonObject, context: StepContext) -> JsonObject:
    """Whatever is sent says the server's schema version: it may not know others (dandi-api 7)."""
    kept = {key: value for key, value in metadata.items() if value is not None}
    return {**kept, VERSION_KEY: SchemaVersions.of(context.writer.reader).own}


def _sent_content(inputs: Mapping[str, Json]) -> JsonObject:
    """The blob or the Zarr that a step before this one has sent."""
    return {
        key: output[key] for output in inputs.values() if output for key in ("blob", "zarr") if key in output
    }


_VERBS: Mapping[str, Callable[[JsonObject, StepContext], JsonObject]] = {
    "upload": _upload,
    "send": send,
    "send-part": send_part,
    "create": _create,
    "put": _put,
    "delete": _delete,
}
