"""Manifests in the object store: of open dandisets, for anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from localdandi import manifests
from localdandi.routes.object_store import UNTRUSTED, FaultError, archive_of, objects
from localdandi.store import dandisets

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from localdandi.store.dandisets import Version


async def _read(request: Request) -> Response:
    version = await run_in_threadpool(_version, request)
    name = request.path_params["name"]
    db, origin = archive_of(request).database, str(request.base_url).rstrip("/")
    kind = "text/yaml" if name.endswith(".yaml") else "application/ld+json"
    lines = (piece for piece in manifests.text(db.read(), version, name, origin))
    return StreamingResponse(lines, headers=UNTRUSTED, media_type=kind)


def _version(request: Request) -> Version:
    db, params = archive_of(request).database.read(), request.path_params
    dandiset = dandisets.by_id(db, int(params["dandiset"]))
    version = dandisets.version_of(db, dandiset.id, params["version"]) if dandiset else None
    if dandiset is None or version is None or params["name"] not in manifests.NAMES:
        raise FaultError("NoSuchKey", 404)
    if not dandiset.open:
        raise FaultError("AccessDenied", 403)
    return version


ROUTES = [objects("/dandisets/{dandiset:dandiset}/{version:version}/{name}", GET=_read)]
