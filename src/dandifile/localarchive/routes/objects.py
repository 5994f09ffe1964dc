"""The object store as clients meet it: presigned URLs, errors in XML, outside /api."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from dandifile.localarchive.archive import Archive
from dandifile.localarchive.objects import multipart_etag, part_sizes
from dandifile.localarchive.routes.uploads import S3
from dandifile.localarchive.store import blobs

if TYPE_CHECKING:
    from starlette.requests import Request

_BLOB = "/objects/blobs/{a}/{b}/{blob:uuid4}"


class _Content(FileResponse):
    """Honours Range; the default of 64 KiB a step is slow."""

    chunk_size = 1024 * 1024


class _FaultError(Exception):
    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.response = _xml(f"<Error><Code>{code}</Code></Error>", status)


def _xml(text: str, status: int = 200) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{text}', status, media_type="application/xml")


def _archive(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


def require_signature(request: Request) -> None:
    """An `Authorization` header is neither needed nor looked at."""
    fault = _archive(request).signer.fault(
        request.method, request.url.path, request.url.query, dict(request.headers.items())
    )
    if fault:
        raise _FaultError(fault, 403)


async def _blob(request: Request) -> Response:
    methods = {"GET": _read, "HEAD": _read, "PUT": _put_part, "POST": _assemble}
    try:
        return await methods.get(request.method, _refuse_method)(request)
    except _FaultError as fault:
        return fault.response


async def _refuse_method(_request: Request) -> Response:
    raise _FaultError("MethodNotAllowed", 405)


async def _read(request: Request) -> Response:
    """A blob, or a range of it. Open ones need no signature."""
    archive, blob_id = _archive(request), request.path_params["blob"]
    blob = await run_in_threadpool(lambda: blobs.by_id(archive.database.read(), blob_id))
    if blob is None:
        raise _FaultError("NoSuchKey", 404)
    if blob.embargoed or "X-Amz-Signature" in request.query_params:
        require_signature(request)
    return content(request, archive.objects.blob(blob_id), blob.etag)


def content(request: Request, file: Path, etag: str) -> Response:
    kind = request.query_params.get("response-content-type", "application/octet-stream")
    headers = {"ETag": f'"{etag}"'}
    if "response-content-disposition" in request.query_params:
        headers["Content-Disposition"] = request.query_params["response-content-disposition"]
    return _Content(file, headers=headers, media_type=kind)


async def _put_part(request: Request) -> Response:
    """One part, of exactly the size that its URL was made for."""
    require_signature(request)
    archive, upload_id = _archive(request), request.path_params["blob"]
    number = int(request.query_params["partNumber"])
    upload = await run_in_threadpool(lambda: blobs.upload_by_id(archive.database.read(), upload_id))
    if upload is None or upload.object_etag:
        raise _FaultError("NoSuchUpload", 404)
    sizes = part_sizes(upload.size)
    if request.headers.get("content-length") != str(sizes[number - 1]):
        raise _FaultError("SignatureDoesNotMatch", 403)
    # Until the new bytes are all here, neither the old ones nor they count.
    await run_in_threadpool(_forget_part, archive, upload_id, number)
    offset = sum(sizes[: number - 1])
    md5, size = await archive.objects.write_part(upload_id, offset, whole_body(request))
    await run_in_threadpool(_keep_part, archive, upload_id, number, md5, size)
    return Response(headers={"ETag": f'"{md5}"'})


async def whole_body(request: Request) -> AsyncIterator[bytes]:
    """The body as it arrives; raises ClientDisconnect if it ends before its time."""
    async for chunk in request.stream():
        yield chunk


def _forget_part(archive: Archive, upload_id: str, number: int) -> None:
    with archive.database.write() as db:
        blobs.forget_part(db, upload_id, number)


def _keep_part(archive: Archive, upload_id: str, number: int, md5: str, size: int) -> None:
    with archive.database.write() as db:
        blobs.keep_part(db, upload_id, number, md5, size)


async def _assemble(request: Request) -> Response:
    """Makes the object of the parts that the body lists; what they are is checked here, not by the API."""
    require_signature(request)
    body = await request.body()
    return await run_in_threadpool(_complete, request, body)


def _complete(request: Request, body: bytes) -> Response:
    archive, upload_id = _archive(request), request.path_params["blob"]
    upload = blobs.upload_by_id(archive.database.read(), upload_id)
    if upload is None:
        raise _FaultError("NoSuchUpload", 404)
    here = blobs.parts(archive.database.read(), upload_id)
    listed = _listed_parts(body)
    in_order = [number for number, _ in listed] == list(range(1, len(listed) + 1))
    if not listed or not in_order or any(here.get(number, ("",))[0] != md5 for number, md5 in listed):
        raise _FaultError("InvalidPart", 400)
    etag = multipart_etag([md5 for _, md5 in listed])
    archive.objects.complete(upload_id, sum(here[number][1] for number, _ in listed))
    with archive.database.write() as db:
        blobs.complete_upload(db, upload_id, etag)
    key = request.url.path.removeprefix("/objects/")
    result = f'<Location>{request.url.path}</Location><Key>{key}</Key><ETag>"{etag}"</ETag>'
    return _xml(f'<CompleteMultipartUploadResult xmlns="{S3}">{result}</CompleteMultipartUploadResult>')


def _listed_parts(body: bytes) -> list[tuple[int, str]]:
    try:
        root = ET.fromstring(body)  # noqa: S314  expat itself refuses the attacks that this is about
    except ET.ParseError:
        raise _FaultError("MalformedXML", 400) from None
    space = {"s3": S3}
    return [
        (int(part.findtext("s3:PartNumber", "0", space)), part.findtext("s3:ETag", "", space).strip('"'))
        for part in root.findall("s3:Part", space)
    ]


ROUTES = [Route(_BLOB, _blob, methods=[])]
