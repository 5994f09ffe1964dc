"""Sends the content of a Zarr. Its files were hashed by the survey: what was remembered is not read again.

Its files go in batches. Where there are others to send them, here is only said which they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.errors import DataError
from dandifile.kinds.assets.sides import NAME
from dandifile.model import Cache, JsonObject, Result, Status, Step, ZarrFile
from dandifile.survey import tasks
from dandifile.survey.scanned_file import Runner
from dandifile.survey.step_cache import StepCache
from dandifile.survey.zarr.checksum import AbsentError, Root, contents_of, sum_up

if TYPE_CHECKING:
    from dandifile.archive.zarr import SendBatches
    from dandifile.planning.kind import Parts, StepContext

_READERS = 4
_FIX = "run plan again and look at it"


def send(params: JsonObject, context: StepContext) -> JsonObject:
    """`{path, source, digest, zarr}` → `{"zarr", "sent"}`: the archive's Zarr has what the folder has.

    `zarr` is that of the asset whose content is replaced, else None. Nothing is sent unless the
    folder still has the checksum that was planned.
    """
    from dandifile.archive.zarr import LocalZarr, fill_zarr, zarr_for

    folder = context.root / params["source"]
    run = _remembering(context.writer.reader.cache)

    def files() -> Iterator[ZarrFile]:
        return _files(params["source"], folder, run)

    if sum_up(files()).digest != params["digest"]:
        raise DataError(f"{folder.name} was changed since the plan was made", where=str(folder), fix=_FIX)
    zarr = params["zarr"] or zarr_for(context.writer, params["path"])
    wanted = LocalZarr(folder, params["digest"], files)
    away = _away(params["source"], zarr, context.parts) if context.parts else None
    return {"zarr": zarr, "sent": fill_zarr(context.writer, zarr, wanted, context.sent, send=away)}


def send_part(params: JsonObject, context: StepContext) -> JsonObject:
    """`{source, zarr, files: [[path, size, md5], …]}` → `{"sent"}`: these files are on the archive."""
    from dandifile.archive.zarr import send_files

    files = [ZarrFile(*file) for file in params["files"]]
    folder = context.root / params["source"]
    return {"sent": send_files(context.writer, params["zarr"], folder, files, context.sent)}


def _away(source: str, zarr: str, parts: Parts) -> SendBatches:
    """Has batches of files sent by others, each as a step of its own."""

    def part(batch: Sequence[ZarrFile]) -> Step:
        files = [list(file) for file in batch]
        params = {"do": "send-part", "source": source, "zarr": zarr, "files": files}
        return Step(f"zarr:{zarr}:{batch[0].path}", NAME, params)

    return lambda batches: (done["sent"] for done in parts(part(batch) for batch in batches))


def _files(source: str, folder: Path, run: Runner) -> Iterator[ZarrFile]:
    try:
        for _, files in contents_of([Root(source, str(folder))], run):
            yield from files
    except AbsentError:
        raise DataError(f"some of {folder.name} is not here any more", where=str(folder), fix=_FIX) from None


def _remembering(cache: Cache) -> Runner:
    """Does the survey's steps here, if the survey has not: apply has no pools of processes."""
    kept = StepCache(tasks, cache)

    def run(steps: Sequence[Step]) -> Mapping[str, Result]:
        results = kept.known(steps)
        due = [step for step in steps if step.id not in results]
        with ThreadPoolExecutor(_READERS) as pool:
            for step, output in zip(due, pool.map(_perform, due), strict=True):
                kept.keep(step, output)
                results[step.id] = Result(step.id, Status.DONE, output)
        return results

    return run


def _perform(step: Step) -> JsonObject:
    output: JsonObject = tasks.perform(step, {})
    return output
