"""The files of zarrs in the object store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from localdandi.archive import Archive
from localdandi.routes.object_store import (
    DEFAULT_TYPE,
    FaultError,
    admit_reader,
    archive_of,
    body_of,
    content,
    objects,
    require_signature,
)
from localdandi.routes.zarr_files import hex_md5
from localdandi.store import dandisets, zarrs
from localdandi.store.database import now
from localdandi.store.zarrs import Zarr, ZarrFile

if TYPE_CHECKING:
    from starlette.requests import Request

_LARGEST = 5 * 1024**3  # bytes of one PUT, as of S3


async def _read(request: Request) -> Response:
    archive = archive_of(request)
    zarr, embargoed = await run_in_threadpool(_zarr, request)
    admit_reader(request, embargoed=embargoed)
    path = request.path_params["path"]
    file = await run_in_threadpool(lambda: zarrs.file_at(archive.database.read(), zarr.id, path))
    if file is None:
        raise FaultError("NoSuchKey", 404)
    return content(request, archive.objects.zarr_file(file.object), file.etag, kind=file.type)


async def _put(request: Request) -> Response:
    """One whole file, with the MD5 that its URL was made for."""
    require_signature(request)
    if "content-length" not in request.headers:  # a body in chunks has no end that is known
        raise FaultError("MissingContentLength", 411)
    if int(request.headers["content-length"]) > _LARGEST:
        raise FaultError("EntityTooLarge", 400)
    archive = archive_of(request)
    zarr, _ = await run_in_threadpool(_zarr, request)
    object_id, md5, size = await archive.objects.write_zarr_file(body_of(request))
    if hex_md5(request.headers.get("content-md5", "")) != md5:
        archive.objects.remove(archive.objects.zarr_file(object_id))
        raise FaultError("BadDigest", 400)
    kind = request.headers.get("content-type", DEFAULT_TYPE)
    file = ZarrFile(request.path_params["path"], object_id, md5, size, now(), kind)
    await run_in_threadpool(_keep, archive, zarr, file)
    return Response(headers={"ETag": f'"{md5}"'})


def _zarr(request: Request) -> tuple[Zarr, bool]:
    """The zarr of the URL, and whether it is under embargo."""
    db = archive_of(request).database.read()
    zarr = zarrs.by_id(db, request.path_params["zarr"])
    dandiset = dandisets.by_id(db, zarr.dandiset) if zarr else None
    if zarr is None or dandiset is None:
        raise FaultError("NoSuchKey", 404)
    return zarr, not dandiset.open


def _keep(archive: Archive, zarr: Zarr, file: ZarrFile) -> None:
    with archive.database.write() as db:
        if zarrs.by_id(db, zarr.zarr_id) is None:  # deleted while its file came
            archive.objects.remove(archive.objects.zarr_file(file.object))
            raise FaultError("NoSuchKey", 404)
        old = zarrs.file_at(db, zarr.id, file.path)
        zarrs.put_file(db, zarr.id, file)
    if old:
        archive.objects.remove(archive.objects.zarr_file(old.object))


ROUTES = [objects("/zarr/{zarr:uuid4}/{path:path}", GET=_read, PUT=_put)]
