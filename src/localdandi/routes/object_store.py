"""What all objects share: signatures, errors in XML, content with ranges; outside /api."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response
from starlette.routing import Route

from localdandi import instance
from localdandi.archive import Archive
from localdandi.errors import RefusedError
from localdandi.signing import claims_signature

if TYPE_CHECKING:
    from starlette.requests import Request

DEFAULT_TYPE = "application/octet-stream"
UNTRUSTED = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of whatever users uploaded."""
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_LONGEST_NUMBER = 18  # digits
XML = '<?xml version="1.0" encoding="UTF-8"?>'


class _Content(FileResponse):
    """Honours Range; the default of 64 KiB a step is slow."""

    chunk_size = 1024 * 1024


class FaultError(Exception):
    """Ends a request with an error document of the object store."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.response = xml(f"<Error><Code>{code}</Code></Error>", status)


def xml(text: str, status: int = 200) -> Response:
    return Response(XML + text, status, media_type="application/xml")


def archive_of(request: Request) -> Archive:
    archive: Archive = request.app.state.archive
    return archive


def objects(path: str, **handlers: Callable[[Request], Awaitable[Response]]) -> Route:
    """A route in the bucket with a handler a method; these stream, so they are coroutines."""
    if "GET" in handlers:
        handlers["HEAD"] = handlers["GET"]

    async def endpoint(request: Request) -> Response:
        try:
            return await handlers.get(request.method, _refuse_method)(request)
        except (FaultError, RefusedError) as ended:
            return ended.response

    return Route(instance.BUCKET + path, endpoint, methods=[])


async def _refuse_method(_request: Request) -> Response:
    raise FaultError("MethodNotAllowed", 405)


def require_signature(request: Request) -> None:
    """An `Authorization` header is neither needed nor looked at."""
    fault = archive_of(request).signer.fault_of(request.scope)
    if fault:
        raise FaultError(fault, 403)


def admit_reader(request: Request, *, embargoed: bool) -> None:
    """Open objects need no signature, but a bad one is refused."""
    if embargoed or claims_signature(request.scope):
        require_signature(request)


def _header(request: Request, name: str) -> str:
    """The value of a header that a signed URL asks for, in one line; refused if a header cannot hold it."""
    if not claims_signature(request.scope):
        return ""
    value = " ".join(request.query_params.get(name, "").split())
    if not (value.isascii() and value.isprintable()):
        raise FaultError("InvalidArgument", 400)
    return value


def content(request: Request, file: Path, etag: str, kind: str = DEFAULT_TYPE) -> Response:
    """A file, or a range of it, under the name and type that a signed URL asks for.

    The store has the origin of the archive's own pages, so no browser may run what somebody uploaded.
    """
    wanted = re.fullmatch(r"bytes=0*([0-9]+)-[0-9]*", request.headers.get("range", ""))
    if wanted and (len(wanted[1]) > _LONGEST_NUMBER or int(wanted[1]) >= file.stat().st_size):
        raise FaultError("InvalidRange", 416)
    kind = _header(request, "response-content-type") or kind
    disposition = _header(request, "response-content-disposition")
    headers = {"ETag": f'"{etag}"', **UNTRUSTED}
    if disposition or kind != DEFAULT_TYPE:  # bytes without a type are never shown, only kept
        headers["Content-Disposition"] = disposition or "attachment"
    return _Content(file, headers=headers, media_type=kind)


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it arrives; raises ClientDisconnect if it ends before its time."""
    async for chunk in request.stream():
        yield chunk
