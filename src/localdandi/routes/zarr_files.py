"""The files of a zarr: list them, and get URLs to send or read them with."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from localdandi import errors, fields, instance
from localdandi.document import Json, JsonObject
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.routes.zarrs import INGESTING, require_owner, visible_zarr
from localdandi.store import audit, dandisets, zarrs
from localdandi.store.zarrs import Zarr, ZarrFile

if TYPE_CHECKING:
    from starlette.responses import Response

_LIFETIME = 6 * 3600  # seconds
_MOST = 1000  # files of one listing
_DOTS = 'Zarr path cannot contain ".." components.'


def _list(call: Call) -> Response:
    """A listing, or a redirect to one file; the one part of a zarr that no embargo hides."""
    zarr = zarrs.by_id(call.db, call.param("zarr"))
    if zarr is None:
        raise errors.not_found()
    prefix = call.query.get("prefix", "").lstrip("/")
    if _climbs(prefix):
        raise errors.refused({"prefix": [_DOTS]})
    limit = _limit(call)
    if call.method == "HEAD" or fields.flag(call.query, "download", default=False):
        return RedirectResponse(_signed(call, call.method, zarr, prefix.rstrip("/")), 302)
    after = call.query.get("after", "").lstrip("/").rstrip("/")
    found = zarrs.files(call.db, zarr.id, prefix=prefix.rstrip("/"), after=after, limit=limit + 1)
    shown = found[:limit]
    following = (
        call.request.url.include_query_params(after=shown[-1].path) if shown and len(found) > limit else None
    )
    return json_response(
        {"next": str(following) if following else None, "results": [_shape(one) for one in shown]}
    )


def _climbs(path: str) -> bool:
    return ".." in path.replace("\\", "/").split("/")


def _limit(call: Call) -> int:
    limit = fields.integer({"limit": call.query.get("limit", _MOST)}, "limit", minimum=0)
    if limit > _MOST:
        raise errors.refused({"limit": [f"Ensure this value is less than or equal to {_MOST}."]})
    return limit


def _shape(file: ZarrFile) -> JsonObject:
    return {"Key": file.path, "LastModified": file.modified, "ETag": file.etag, "Size": file.size}


def _signed(call: Call, method: str, zarr: Zarr, path: str, headers: dict[str, str] | None = None) -> str:
    where = f"{instance.BUCKET}/zarr/{zarr.zarr_id}/{path}"
    return call.presigned(method, where, _LIFETIME, headers=headers)


def _create(call: Call) -> Response:
    """URLs for PUTs, in the order of the files asked for. From now on the zarr is not what it was."""
    with call.write() as db:
        zarr = _changeable(call)
        asked = _asked(call.json(), ("path", "base64md5"))
        dandiset = dandisets.by_id(db, zarr.dandiset)
        tags = {} if dandiset is None or dandiset.open else {"x-amz-tagging": "embargoed=true"}
        urls = [
            _signed(call, "PUT", zarr, one["path"], {"content-md5": one["base64md5"], **tags})
            for one in asked
        ]
        zarrs.reset(db, zarr)
        _record(call, zarr, "upload_zarr_chunks", asked)
    return json_response(urls)


def _delete(call: Call) -> Response:
    """All of the files, or none if one of them is not there."""
    with call.write() as db:
        zarr = _changeable(call)
        asked = _asked(call.json(), ("path",))
        gone = [(one["path"], zarrs.file_at(db, zarr.id, one["path"])) for one in asked]
        for path, file in gone:
            if file is None:
                raise errors.refused([f"File zarr/{zarr.zarr_id}/{path} does not exist."])
        for path, _ in gone:
            zarrs.drop_file(db, zarr.id, path)
        zarrs.reset(db, zarr)
        _record(call, zarr, "delete_zarr_chunks", asked)
    objects = call.archive.objects
    objects.remove(*[objects.zarr_file(file.object) for _, file in gone if file])
    return errors.nothing()


def _changeable(call: Call) -> Zarr:
    zarr = visible_zarr(call)
    if zarr.status in ("Uploaded", "Ingesting"):
        raise errors.refused(INGESTING)
    require_owner(call, zarr)
    return zarr


def _record(call: Call, zarr: Zarr, what: str, asked: list[dict[str, str]]) -> None:
    paths = [one["path"] for one in asked]
    audit.record(call.db, zarr.dandiset, call.approved(), what, {"zarr_id": zarr.zarr_id, "paths": paths})


def _asked(body: Json, names: tuple[str, ...]) -> list[dict[str, str]]:
    """The files of a body; what is wrong is told file by file."""
    files = fields.listing(body)
    problems = [_problems(one, names) for one in files]
    if any(problems):
        raise errors.refused(problems)
    return [{name: one[name] for name in names} for one in files]


def _problems(one: Json, names: tuple[str, ...]) -> dict[str, list[str]]:
    given = one if isinstance(one, dict) else {}
    missing = {name: [fields.REQUIRED] for name in names if not isinstance(given.get(name), str)}
    if missing:
        return missing
    return {"path": [_DOTS]} if _climbs(given["path"]) else {}


def hex_md5(base64md5: str) -> str | None:
    """The MD5 of a `Content-MD5` header in hex; None if it is not one."""
    try:
        return base64.b64decode(base64md5, validate=True).hex()
    except binascii.Error:
        return None


ROUTES = [
    resource("/api/zarr/{zarr:uuid4}/files/", GET=_list, POST=_create, DELETE=_delete),
    resource("/api/zarr/{zarr:uuid4}/files", GET=_list),
]
