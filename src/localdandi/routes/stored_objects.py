"""Objects outside /api: blobs (read, sent in parts, put together), files of Zarrs, manifests."""

from __future__ import annotations

import sqlite3
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from localdandi import fields, instance, shapes
from localdandi.archive import Archive
from localdandi.http import read_body
from localdandi.objects import Claim, RevokedError, multipart_etag, part_sizes
from localdandi.routes.object_store import (
    DEFAULT_TYPE,
    NAMESPACE,
    UNTRUSTED,
    FaultError,
    admit_reader,
    archive_of,
    body_of,
    content,
    objects,
    require_signature,
    xml,
)
from localdandi.routes.zarrs import hex_md5
from localdandi.store import blobs, dandisets, zarrs
from localdandi.store.database import now_as_text
from localdandi.store.zarrs import Zarr, ZarrFile

if TYPE_CHECKING:
    from starlette.requests import Request

    from localdandi.store.dandisets import Version


_LARGEST_LIST = 4 * 1024 * 1024  # bytes; 10,000 parts take about 1 MiB


async def _read(request: Request) -> Response:
    """A blob, or a range of it. Open ones need no signature."""
    archive, blob_id = archive_of(request), request.path_params["blob"]
    blob = await run_in_threadpool(lambda: blobs.by_id(archive.database.read(), blob_id))
    if blob is None:
        raise FaultError("NoSuchKey", 404)
    admit_reader(request, embargoed=blob.embargoed)
    return content(request, archive.objects.blob(blob_id), blob.etag)


async def _put_part(request: Request) -> Response:
    """One part, of exactly the size that its URL was made for."""
    require_signature(request)
    archive, upload_id = archive_of(request), request.path_params["blob"]
    number = int(request.query_params["partNumber"])
    upload = await run_in_threadpool(lambda: blobs.upload_by_id(archive.database.read(), upload_id))
    if upload is None or upload.object_etag:
        raise FaultError("NoSuchUpload", 404)
    sizes = part_sizes(upload.size)
    if request.headers.get("content-length") != str(sizes[number - 1]):
        raise FaultError("SignatureDoesNotMatch", 403)
    claim = await run_in_threadpool(archive.objects.claim, upload_id, number)
    try:
        # Until the new bytes are all here, neither the old ones nor they count.
        await run_in_threadpool(_forget_part, archive, upload_id, number)
        offset = sum(sizes[: number - 1])
        md5, size = await archive.objects.write_part(upload_id, offset, body_of(request), claim)
        await run_in_threadpool(_keep_part, archive, upload_id, number, md5, size, claim)
    except RevokedError:
        raise FaultError("OperationAborted", 409) from None
    finally:
        archive.objects.give_up(upload_id, number, claim)
    return Response(headers={"ETag": f'"{md5}"'})


def _forget_part(archive: Archive, upload_id: str, number: int) -> None:
    with archive.database.write() as db:
        _refuse_ended(db, upload_id)
        blobs.forget_part(db, upload_id, number)


def _keep_part(  # noqa: PLR0913, PLR0917  all of one part
    archive: Archive, upload_id: str, number: int, md5: str, size: int, claim: Claim
) -> None:
    with archive.database.write() as db, claim.held():
        _refuse_ended(db, upload_id)
        blobs.keep_part(db, upload_id, number, md5, size)


def _refuse_ended(db: sqlite3.Connection, upload_id: str) -> None:
    """Once an upload is dropped, or its parts are put together, nothing in it changes any more."""
    upload = blobs.upload_by_id(db, upload_id)
    if upload is None or upload.object_etag:
        raise FaultError("NoSuchUpload", 404)


async def _assemble(request: Request) -> Response:
    """Makes the object of the parts that the body lists; what they are is checked here, not by the API."""
    require_signature(request)
    body = await read_body(request, _LARGEST_LIST)
    return await run_in_threadpool(_complete_multipart, request, body)


def _complete_multipart(request: Request, body: bytes) -> Response:
    archive, upload_id = archive_of(request), request.path_params["blob"]
    listed = _listed_parts(body)
    in_order = [number for number, _ in listed] == list(range(1, len(listed) + 1))
    with archive.database.write() as db:  # from here on no part changes
        if blobs.upload_by_id(db, upload_id) is None:
            raise FaultError("NoSuchUpload", 404)
        here = blobs.parts(db, upload_id)
        if not listed or not in_order or any(here.get(number, ("",))[0] != md5 for number, md5 in listed):
            raise FaultError("InvalidPart", 400)
        etag = multipart_etag([md5 for _, md5 in listed])
        archive.objects.complete(upload_id, sum(here[number][1] for number, _ in listed))
        blobs.complete_upload(db, upload_id, etag)
    key = request.url.path.removeprefix(f"{instance.BUCKET}/")
    result = f'<Location>{request.url.path}</Location><Key>{key}</Key><ETag>"{etag}"</ETag>'
    return xml(f'<CompleteMultipartUploadResult xmlns="{NAMESPACE}">{result}</CompleteMultipartUploadResult>')


def _listed_parts(body: bytes) -> list[tuple[int, str]]:
    try:
        root = ET.fromstring(body)  # noqa: S314  expat itself refuses the attacks that this is about
    except ET.ParseError:
        raise FaultError("MalformedXML", 400) from None
    space = {"s3": NAMESPACE}
    listed = [
        (
            fields.whole_number(part.findtext("s3:PartNumber", "0", space)),
            part.findtext("s3:ETag", "", space).strip('"'),
        )
        for part in root.findall("s3:Part", space)
    ]
    if any(number is None for number, _ in listed):
        raise FaultError("MalformedXML", 400)
    return [(number, etag) for number, etag in listed if number is not None]


async def _read_manifest(request: Request) -> Response:
    version = await run_in_threadpool(_version, request)
    name = request.path_params["name"]
    db, origin = archive_of(request).database, str(request.base_url).rstrip("/")
    kind = "text/yaml" if name.endswith(".yaml") else "application/ld+json"
    lines = (piece for piece in shapes.manifest_text(db.read(), version, name, origin))
    return StreamingResponse(lines, headers=UNTRUSTED, media_type=kind)


def _version(request: Request) -> Version:
    db, params = archive_of(request).database.read(), request.path_params
    dandiset = dandisets.by_id(db, int(params["dandiset"]))
    version = dandisets.version_of(db, dandiset.id, params["version"]) if dandiset else None
    if dandiset is None or version is None or params["name"] not in shapes.NAMES:
        raise FaultError("NoSuchKey", 404)
    if not dandiset.open:
        raise FaultError("AccessDenied", 403)
    return version


_LARGEST = 5 * 1024**3  # bytes of one PUT, as of S3


async def _read_zarr(request: Request) -> Response:
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
    file = ZarrFile(request.path_params["path"], object_id, md5, size, now_as_text(), kind)
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


ROUTES = [
    objects("/blobs/{a}/{b}/{blob:uuid4}", GET=_read, PUT=_put_part, POST=_assemble),
    objects("/dandisets/{dandiset:dandiset}/{version:version}/{name}", GET=_read_manifest),
    objects("/zarr/{zarr:uuid4}/{path:path}", GET=_read_zarr, PUT=_put),
]
