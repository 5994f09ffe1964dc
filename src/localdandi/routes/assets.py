"""Assets of a version: list, create, replace, remove."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from localdandi import access, asset_metadata, errors, fields
from localdandi.document import JsonObject
from localdandi.errors import json_text
from localdandi.http import Call, resource
from localdandi.paging import read_paging
from localdandi.routes import reading
from localdandi.routes.reading import ASSETS
from localdandi.store import assets, blobs, dandisets, zarrs
from localdandi.store.assets import Asset, NewAsset, Selection
from localdandi.store.blobs import Blob
from localdandi.store.dandisets import Dandiset, Version
from localdandi.store.zarrs import Zarr

if TYPE_CHECKING:
    from starlette.responses import Response

_ORDERS = tuple(sign + name for name in ("created", "modified", "path") for sign in ("", "-"))
_MAX_PATH = 512


def _list(call: Call) -> Response:
    """`count` is given on the first page only; a page past the end is empty."""
    _, version = access.visible_version(call)
    page, metadata = read_paging(call), fields.flag(call.query, "metadata", default=False)
    selection = _selection(call, version)
    prefix = call.query.get("path", "")
    exact = assets.at_path(call.db, version.id, prefix) if prefix else None
    if exact and _fits(exact, selection):
        found = [exact] if page.number == 1 else []
        count = 1
    else:
        found = assets.page(call.db, selection, page.size + 1, page.offset)
        count = assets.count(call.db, selection) if page.number == 1 else 0
    items = [asset_metadata.item(asset, call.origin, metadata=metadata) for asset in found[: page.size]]
    return page.envelope(items, count if page.number == 1 else None, more=len(found) > page.size)


def _selection(call: Call, version: Version) -> Selection:
    return Selection(
        version=version.id,
        prefix=call.query.get("path", ""),
        glob=call.query.get("glob"),
        zarr_only=fields.flag(call.query, "zarr", default=False),
        order=_order(call),
    )


def _order(call: Call) -> str:
    return fields.selection(call.query, "order", _ORDERS) or "created"


def _fits(asset: Asset, selection: Selection) -> bool:
    """Whether an asset that was found by its exact path passes the other filters too."""
    if selection.zarr_only and not asset.zarr_id:
        return False
    return selection.glob is None or asset_metadata.glob_matches(selection.glob, asset.path)


def _create(call: Call) -> Response:
    dandiset, version = access.owned_version(call)
    if dandiset.unembargoing:
        raise errors.refused_error(access.UNEMBARGOING)
    new = _read_new_asset(call)
    if not version.draft:
        raise errors.refused_error("Only draft versions can be modified.", 405)
    with call.write() as db:
        if assets.at_path(db, version.id, new.path):
            raise errors.refused_error("An asset with that path already exists", 409)
        _refuse_conflicts(db, version, new.path)
        if isinstance(new.content, Zarr) and new.content.dandiset != dandiset.id:
            raise errors.refused_error("The zarr archive belongs to a different dandiset")
        return _attach(call, db, dandiset, version, new, "add_asset")


def _update(call: Call) -> Response:
    """Detaches the asset and attaches a new one; a PUT that changes nothing gives the same one back."""
    dandiset, version = access.owned_draft(call)
    new = _read_new_asset(call)
    with call.write() as db:
        asset = assets.in_version(db, version.id, call.param("asset"))
        if asset is None:
            raise errors.not_found()
        if not _differs(asset, new):
            return json_text(asset_metadata.item(asset, call.origin, metadata=True))
        if new.path != asset.path and assets.at_path(db, version.id, new.path):
            raise errors.refused_error("An asset with that path already exists", 409)
        assets.detach(db, version.id, asset)
        if assets.assets_below(db, version.id, new.path):
            raise errors.refused_error("An asset with that path already exists", 409)
        if assets.assets_above(db, version.id, new.path):
            raise errors.fatal()
        return _attach(call, db, dandiset, version, new, "update_asset")


def _read_new_asset(call: Call) -> NewAsset:
    """What a body describes: path, the user's part of the metadata, and the content that it names."""
    body = fields.as_object(call.json())
    if "metadata" not in body:
        raise errors.refused_error({"metadata": [fields.REQUIRED]})
    if ("blob_id" in body) == ("zarr_id" in body):
        raise errors.refused_error({"blob_id": ["Exactly one of blob_id or zarr_id must be specified."]})
    document = body["metadata"]
    if not isinstance(document, dict) or not document.get("path"):
        raise errors.refused_error({"metadata": ["No path specified in metadata."]})
    path = document["path"]
    if not isinstance(path, str):
        raise errors.fatal()
    problem = asset_metadata.bad_path(path)
    if problem:
        raise errors.refused_error({"non_field_errors": [problem]})
    content = _content(call, body)
    if len(path) > _MAX_PATH:
        raise errors.refused_error(
            f"Ensure this value has at most {_MAX_PATH} characters (it has {len(path)})."
        )
    stripped = fields.storable_json(asset_metadata.strip(document), "metadata")
    stripped.setdefault("schemaVersion", call.archive.instance.schema_version)
    return NewAsset(path, stripped, content)


def _content(call: Call, body: JsonObject) -> Blob | Zarr:
    name = "blob_id" if "blob_id" in body else "zarr_id"
    identifier = fields.uuid(body, name)
    found = blobs.by_id(call.db, identifier) if name == "blob_id" else zarrs.by_id(call.db, identifier)
    if found is None:
        raise errors.not_found()
    return found


def _refuse_conflicts(db: sqlite3.Connection, version: Version, path: str) -> None:
    """No path can be a file and a folder at once."""
    existing = assets.assets_above(db, version.id, path) + assets.assets_below(db, version.id, path)
    if existing:
        raise errors.refused_error(
            f'Path of new asset "{path}" conflicts with existing assets: {existing}', 409
        )


def _attach(  # noqa: PLR0913, PLR0917  all of one write
    call: Call, db: sqlite3.Connection, dandiset: Dandiset, version: Version, new: NewAsset, as_what: str
) -> Response:
    if isinstance(new.content, Blob) and new.content.embargoed and dandiset.open:
        blobs.release(db, new.content)  # for everyone, wherever else it is used
    asset = assets.attach(db, version.id, new)
    dandisets.record_event(
        db, dandiset.id, call.approved(), as_what, {"path": asset.path, "asset_id": asset.asset_id}
    )
    call.archive.work.set()
    return json_text(asset_metadata.item(asset, call.origin, metadata=True))


def _differs(asset: Asset, new: NewAsset) -> bool:
    """As the archive sees it: a swap of a blob for a zarr alone goes unnoticed."""
    is_blob = isinstance(new.content, Blob)
    wanted = new.content.blob_id if isinstance(new.content, Blob) else new.content.zarr_id
    same_kind = asset.blob_id if is_blob else asset.zarr_id
    if same_kind is not None and same_kind != wanted:
        return True
    # What publishing froze holds computed fields, so that it never equals what comes in.
    return bool(asset.path != new.path or asset.published or json.loads(asset.metadata) != new.metadata)


def _delete(call: Call) -> Response:
    dandiset, version = access.owned_version(call)
    if dandiset.unembargoing:
        raise errors.refused_error(access.UNEMBARGOING)
    with call.write() as db:
        asset = assets.in_version(db, version.id, call.param("asset"))
        if asset is None:
            raise errors.not_found()
        if not version.draft:
            raise errors.refused_error("Only draft versions can be modified.", 405)
        assets.detach(db, version.id, asset)
        dandisets.record_event(
            db, dandiset.id, call.approved(), "remove_asset", {"path": asset.path, "asset_id": asset.asset_id}
        )
    call.archive.work.set()
    return errors.empty_response()


ROUTES = [
    resource(ASSETS, GET=_list, POST=_create),
    resource(ASSETS + "{asset:uuid4}/", GET=reading.read, PUT=_update, DELETE=_delete),
]
