"""Zarr archives: create, list, finalize."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import access, errors, fields
from localdandi.document import JsonObject
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.paging import paginated
from localdandi.store import audit, dandisets, users, zarrs
from localdandi.store.dandisets import Dandiset
from localdandi.store.zarrs import Zarr

if TYPE_CHECKING:
    from starlette.responses import Response

INGESTING = "Zarr archive is currently ingesting or has already ingested"


def _list(call: Call) -> Response:
    wanted = call.query.get("dandiset")
    dandiset = None if wanted is None else fields.dandiset_id(wanted)
    name = call.query.get("name")
    found = zarrs.everywhere(call.db) if dandiset is None else zarrs.of_dandiset(call.db, dandiset)
    shown = [one for one in found if name in (None, one.name) and _visible(call, one)]
    return paginated(call, [_shape(one) for one in shown])


def _visible(call: Call, zarr: Zarr) -> bool:
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
    body = fields.mapping(call.json())
    name = fields.text(body, "name", limit=512)
    dandiset = _wanted_dandiset(call, body)
    with call.write() as db:
        if zarrs.by_name(db, dandiset.id, name):
            message = "The fields dandiset, name must make a unique set."
            raise errors.refused({"non_field_errors": [message]})
        zarr = zarrs.create(db, dandiset.id, name)
        audit.record(db, dandiset.id, call.approved(), "create_zarr", {"zarr_id": zarr.zarr_id, "name": name})
    return json_response(_shape(zarr))


def _wanted_dandiset(call: Call, body: JsonObject) -> Dandiset:
    if "dandiset" not in body:
        raise errors.refused({"dandiset": [fields.REQUIRED]})
    number = fields.dandiset_id(body["dandiset"])
    dandiset = dandisets.by_id(call.db, number)
    if dandiset is None or not (dandiset.open or access.owns(call, dandiset)):
        raise errors.refused({"dandiset": [f'Invalid pk "{number}" - object does not exist.']})
    if not access.owns(call, dandiset):
        raise errors.forbidden()
    if dandiset.unembargoing:
        raise errors.refused("Cannot add zarr to dandiset during unembargo")
    return dandiset


def visible_zarr(call: Call) -> Zarr:
    """The zarr of the URL, unless its dandiset is embargoed and not the caller's."""
    zarr = zarrs.by_id(call.db, call.param("zarr"))
    if zarr is None or not _visible(call, zarr):
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
            raise errors.refused(INGESTING)
        zarrs.set_status(db, zarr, "Uploaded")
        audit.record(db, zarr.dandiset, call.approved(), "finalize_zarr", {"zarr_id": zarr.zarr_id})
    call.archive.work.set()
    return errors.nothing()


ROUTES = [
    resource("/api/zarr/", GET=_list, POST=_create),
    resource("/api/zarr/{zarr:uuid4}/", GET=_read),
    resource("/api/zarr/{zarr:uuid4}/finalize/", POST=_finalize),
]
