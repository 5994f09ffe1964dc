"""Does one step on assets. It may be done again after a kill, so the archive is asked before each write.

The files of a Zarr were hashed by the survey, and what it remembered is not read again. They go in batches,
which other machines send where there are some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.errors import DataError
from dandifile.kinds.assets.sides import NAME
from dandifile.kinds.assets.steps import parking_id
from dandifile.kinds.outgoing import VERSION_KEY, SchemaVersions
from dandifile.model import Cache, Json, JsonObject, Result, Status, Step, ZarrFile
from dandifile.survey import tasks
from dandifile.survey.scanned_file import Runner
from dandifile.survey.task import StepCache
from dandifile.survey.zarr.checksum import AbsentError, Root, contents_of, sum_up

if TYPE_CHECKING:
    from dandifile.archive.zarr import SendBatches
    from dandifile.planning.kind import Parts, StepContext

_READERS = 4
_FIX = "run plan again and look at it"


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
    """Sets the server's schema version: it may not know others (docs/archive-api.md 2.2)."""
    kept = {key: value for key, value in metadata.items() if value is not None}
    return {**kept, VERSION_KEY: SchemaVersions.of(context.writer.reader).own}


def _sent_content(inputs: Mapping[str, Json]) -> JsonObject:
    """The blob or the Zarr that a step before this one has sent."""
    return {
        key: output[key] for output in inputs.values() if output for key in ("blob", "zarr") if key in output
    }


# --- Zarrs --------------------------------------------------------------------------------------


def _send_zarr(params: JsonObject, context: StepContext) -> JsonObject:
    """`{path, source, digest, zarr}` → `{"zarr", "sent"}`: the archive's Zarr has what the folder has.

    `zarr` is that of the asset whose content is replaced, else None. Nothing is sent unless the
    folder still has the checksum that was planned.
    """
    from dandifile.archive.zarr import LocalZarr, fill_zarr, zarr_for

    folder = context.root / params["source"]
    run = _cached_runner(context.writer.reader.cache)

    def files() -> Iterator[ZarrFile]:
        return _zarr_files(params["source"], folder, run)

    if sum_up(files()).digest != params["digest"]:
        raise DataError(f"{folder.name} was changed since the plan was made", where=str(folder), fix=_FIX)
    zarr = params["zarr"] or zarr_for(context.writer, params["path"])
    wanted = LocalZarr(folder, params["digest"], files)
    away = _sender_elsewhere(params["source"], zarr, context.parts) if context.parts else None
    return {"zarr": zarr, "sent": fill_zarr(context.writer, zarr, wanted, context.sent, send=away)}


def _send_zarr_part(params: JsonObject, context: StepContext) -> JsonObject:
    """`{source, zarr, files: [[path, size, md5], …]}` → `{"sent"}`: these files are on the archive."""
    from dandifile.archive.zarr import send_files

    files = [ZarrFile(*file) for file in params["files"]]
    folder = context.root / params["source"]
    return {"sent": send_files(context.writer, params["zarr"], folder, files, context.sent)}


def _sender_elsewhere(source: str, zarr: str, parts: Parts) -> SendBatches:
    """Has other machines send batches of files, each as a step of its own."""

    def part(batch: Sequence[ZarrFile]) -> Step:
        files = [list(file) for file in batch]
        params = {"do": "send-part", "source": source, "zarr": zarr, "files": files}
        return Step(f"zarr:{zarr}:{batch[0].path}", NAME, params)

    return lambda batches: (done["sent"] for done in parts(part(batch) for batch in batches))


def _zarr_files(source: str, folder: Path, run: Runner) -> Iterator[ZarrFile]:
    try:
        for _, files in contents_of([Root(source, str(folder))], run):
            yield from files
    except AbsentError:
        raise DataError(
            f"{folder.name} has lost files since the plan was made", where=str(folder), fix=_FIX
        ) from None


def _cached_runner(cache: Cache) -> Runner:
    """Does what the survey has not done already, in threads: apply has no pools of processes."""
    kept = StepCache(tasks, cache)

    def run(steps: Sequence[Step]) -> Mapping[str, Result]:
        results = kept.known(steps)
        due = [step for step in steps if step.id not in results]
        with ThreadPoolExecutor(_READERS) as pool:
            for step, output in zip(due, pool.map(_survey_step, due), strict=True):
                kept.keep(step, output)
                results[step.id] = Result(step.id, Status.DONE, output)
        return results

    return run


def _survey_step(step: Step) -> JsonObject:
    output: JsonObject = tasks.perform(step, {})
    return output


_VERBS: Mapping[str, Callable[[JsonObject, StepContext], JsonObject]] = {
    "upload": _upload,
    "send": _send_zarr,
    "send-part": _send_zarr_part,
    "create": _create,
    "put": _put,
    "delete": _delete,
}
