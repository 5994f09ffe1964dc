"""Zarr archives: create, list, finalize, and the files in them."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from localdandi import access, errors, fields
from localdandi.document import Json, JsonObject
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.instance import BUCKET
from localdandi.paging import page_of_list, with_query
from localdandi.store import dandisets, users, zarrs
from localdandi.store.dandisets import Dandiset
from localdandi.store.zarrs import Zarr, ZarrFile

if TYPE_CHECKING:
    from starlette.responses import Response


INGESTING = "Zarr archive is currently ingesting or has already ingested"


def _list(call: Call) -> Response:
    wanted = call.query.get("dandiset")
    dandiset = None if wanted is None else fields.dandiset_id({"dandiset": wanted})
    name = call.query.get("name")
    found = zarrs.all_zarrs(call.db) if dandiset is None else zarrs.of_dandiset(call.db, dandiset)
    shown = [one for one in found if name in (None, one.name) and _is_visible(call, one)]
    return page_of_list(call, [_shape(one) for one in shown])


def _is_visible(call: Call, zarr: Zarr) -> bool:
    dandiset = _dandiset(call, zarr.dandiset)
    return dandiset.open or access.owns(call, dandiset)


def _dandiset(call: Call, identifier: int) -> Dandiset:
    """The dandiset of a zarr, which cannot outlive it."""
    dandiset = dandisets.by_id(call.db, identifier)
    assert dandiset is not None
    return dandiset


def _shape(zarr: Zarr) -> JsonObject:
    return {
        "name": zarr.name,
        "dandiset": f"{zarr.dandiset:06}",
        "zarr_id": zarr.zarr_id,
        "status": zarr.status,
        "checksum": zarr.checksum,
        "file_count": zarr.file_count,
        "size": zarr.size,
    }


def _create(call: Call) -> Response:
    body = fields.as_object(call.json())
    name, number = fields.check_together(
        lambda: fields.text(body, "name", limit=512), lambda: fields.dandiset_id(body)
    )
    dandiset = _wanted_dandiset(call, number)
    with call.write() as db:
        if zarrs.by_name(db, dandiset.id, name):
            message = "The fields dandiset, name must make a unique set."
            raise errors.refused_error({"non_field_errors": [message]})
        zarr = zarrs.create(db, dandiset.id, name)
        dandisets.record_event(
            db, dandiset.id, call.approved(), "create_zarr", {"zarr_id": zarr.zarr_id, "name": name}
        )
    return json_response(_shape(zarr))


def _wanted_dandiset(call: Call, number: int) -> Dandiset:
    dandiset = dandisets.by_id(call.db, number)
    if dandiset is None or not (dandiset.open or access.owns(call, dandiset)):
        raise errors.refused_error({"dandiset": [f'Invalid pk "{number}" - object does not exist.']})
    if not access.owns(call, dandiset):
        raise errors.forbidden()
    if dandiset.unembargoing:
        raise errors.refused_error("Cannot add zarr to dandiset during unembargo")
    return dandiset


def visible_zarr(call: Call) -> Zarr:
    """The zarr of the URL, unless its dandiset is embargoed and not the caller's."""
    zarr = zarrs.by_id(call.db, call.param("zarr"))
    if zarr is None or not _is_visible(call, zarr):
        raise errors.not_found()
    return zarr


def require_owner(call: Call, zarr: Zarr) -> None:
    if not users.owns(call.db, zarr.dandiset, call.approved()):
        raise errors.forbidden()


def _read(call: Call) -> Response:
    return json_response(_shape(visible_zarr(call)))


def _finalize(call: Call) -> Response:
    with call.write() as db:
        zarr = visible_zarr(call)
        require_owner(call, zarr)
        if zarr.status != "Pending":
            raise errors.refused_error(INGESTING)
        zarrs.set_status(db, zarr, "Uploaded")
        dandisets.record_event(db, zarr.dandiset, call.approved(), "finalize_zarr", {"zarr_id": zarr.zarr_id})
    call.archive.work.set()
    return errors.empty_response()


_LIFETIME = 6 * 3600  # seconds
_MOST = 1000  # files of one listing
_DOTS = 'Zarr path cannot contain ".." components.'


def _list_files(call: Call) -> Response:
    """A listing, or a redirect to one file; the one part of a zarr that no embargo hides."""
    zarr = zarrs.by_id(call.db, call.param("zarr"))
    if zarr is None:
        raise errors.not_found()
    prefix = call.query.get("prefix", "").lstrip("/")
    if _climbs(prefix):
        raise errors.refused_error({"prefix": [_DOTS]})
    limit = _limit(call)
    if call.method == "HEAD" or fields.flag(call.query, "download", default=False):
        return RedirectResponse(_signed_url(call, call.method, zarr, prefix.rstrip("/")), 302)
    after = call.query.get("after", "").lstrip("/").rstrip("/")
    found = zarrs.files(call.db, zarr.id, prefix=prefix.rstrip("/"), after=after, limit=limit + 1)
    shown = found[:limit]
    more = shown and len(found) > limit
    following = with_query(call.request.url, after=shown[-1].path) if more else None
    return json_response({"next": following, "results": [_shape_files(one) for one in shown]})


def _climbs(path: str) -> bool:
    return ".." in path.replace("\\", "/").split("/")


def _limit(call: Call) -> int:
    return fields.integer({"limit": call.query.get("limit", _MOST)}, "limit", minimum=0, maximum=_MOST)


def _shape_files(file: ZarrFile) -> JsonObject:
    modified = datetime.fromisoformat(file.modified).replace(microsecond=0)
    return {"Key": file.path, "LastModified": str(modified), "ETag": file.etag, "Size": file.size}


def _signed_url(call: Call, method: str, zarr: Zarr, path: str, headers: dict[str, str] | None = None) -> str:
    where = str(PurePosixPath(BUCKET, "zarr", zarr.zarr_id, path))
    if method == "GET" and not path:
        where += "/"
    return call.presigned(method, where, _LIFETIME, headers=headers)


def _create_files(call: Call) -> Response:
    """URLs for PUTs, in the order of the files asked for. From now on the zarr is not what it was."""
    with call.write() as db:
        zarr = _changeable_zarr(call)
        asked = _read_files(call.json(), ("path", "base64md5"))
        dandiset = dandisets.by_id(db, zarr.dandiset)
        tags = {} if dandiset is None or dandiset.open else {"x-amz-tagging": "embargoed=true"}
        urls = [
            _signed_url(call, "PUT", zarr, one["path"], {"content-md5": one["base64md5"], **tags})
            for one in asked
        ]
        zarrs.reset(db, zarr)
        _record(call, zarr, "upload_zarr_chunks", asked)
    return json_response(urls)


def _delete(call: Call) -> Response:
    """All of the files, or none if one of them is not there."""
    with call.write() as db:
        zarr = _changeable_zarr(call)
        asked = _read_files(call.json(), ("path",))
        gone = [(one["path"], zarrs.file_at(db, zarr.id, one["path"])) for one in asked]
        for path, file in gone:
            if file is None:
                raise errors.refused_error([f"File zarr/{zarr.zarr_id}/{path} does not exist."])
        for path, _ in gone:
            zarrs.drop_file(db, zarr.id, path)
        zarrs.reset(db, zarr)
        _record(call, zarr, "delete_zarr_chunks", asked)
    objects = call.archive.objects
    objects.remove(*[objects.zarr_file(file.object) for _, file in gone if file])
    return errors.empty_response()


def _changeable_zarr(call: Call) -> Zarr:
    zarr = visible_zarr(call)
    if zarr.status in ("Uploaded", "Ingesting"):
        raise errors.refused_error(INGESTING)
    require_owner(call, zarr)
    return zarr


def _record(call: Call, zarr: Zarr, what: str, asked: list[dict[str, str]]) -> None:
    paths = [one["path"] for one in asked]
    dandisets.record_event(
        call.db, zarr.dandiset, call.approved(), what, {"zarr_id": zarr.zarr_id, "paths": paths}
    )


def _read_files(body: Json, names: tuple[str, ...]) -> list[dict[str, str]]:
    """The files of a body; faults are reported file by file."""
    return fields.each(fields.listing(body), lambda one: _file(one, names))


def _file(one: Json, names: tuple[str, ...]) -> dict[str, str]:
    """A file of a body; its path as the object store has it: without empty parts, and relative."""
    given = fields.as_object(one)
    texts = fields.check_together(*[lambda name=name: _exact_text(given, name) for name in names])
    file = dict(zip(names, texts, strict=True))
    if _climbs(file["path"]):
        raise fields.FieldsError({"path": [_DOTS]})
    return file | {"path": str(PurePosixPath(file["path"].lstrip("/")))}


def _exact_text(given: JsonObject, name: str) -> str:
    """A text as it is, blanks at its ends too."""
    fields.text(given, name)
    value = given[name]
    return value if isinstance(value, str) else str(value)


def hex_md5(base64md5: str) -> str | None:
    """The MD5 of a `Content-MD5` header in hex; None if it is not one."""
    try:
        return base64.b64decode(base64md5, validate=True).hex()
    except ValueError:
        return None


ROUTES = [
    resource("/api/zarr/", GET=_list, POST=_create),
    resource("/api/zarr/{zarr:uuid4}/", GET=_read),
    resource("/api/zarr/{zarr:uuid4}/finalize/", POST=_finalize),
    resource("/api/zarr/{zarr:uuid4}/files/", GET=_list_files, POST=_create_files, DELETE=_delete),
]
