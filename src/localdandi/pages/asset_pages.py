"""An asset's page: facts, findings, contents, then all of its metadata. A Zarr's files, and downloads."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import FileResponse, RedirectResponse

from localdandi import asset_metadata, errors
from localdandi.document import JsonObject
from localdandi.instance import BUCKET
from localdandi.pages import findings, folders, outline, picture, recording, rendering
from localdandi.pages.documents import Link
from localdandi.pages.outline import Outline
from localdandi.pages.preview import Preview, preview
from localdandi.pages.shown import Shown
from localdandi.pages.visit import VERSION, PageCall, visit
from localdandi.routes.reading import asset_of, signed_object
from localdandi.store import zarrs
from localdandi.store.assets import Asset

if TYPE_CHECKING:
    from starlette.responses import Response

_ZARR_ENTRIES = 200  # a page
_LIFETIME = 6 * 3600  # seconds


def view(shown: Shown, asset: Asset) -> JsonObject:
    """The values of an asset's page."""
    document = json.loads(asset_metadata.full_metadata(asset, shown.origin))
    tree = outline.outline_of(shown.archive, asset)
    return {
        "shown": shown,
        "asset": asset,
        "crumbs": folders.crumbs(asset.path.rpartition("/")[0]),
        "facts": _facts(shown, asset, document, tree),
        "pictured": has_picture(asset) and not (tree and tree.problem),
        "outline": tree,
        "preview": _preview(shown, asset),
        "zarr": zarrs.by_id(shown.db, asset.zarr_id) if asset.zarr_id else None,
        "digests": list(document["digest"].items()),
        "errors": findings.of_json(asset.errors),
        "metadata": json.dumps(document, indent=2, ensure_ascii=False),
    }


def _facts(shown: Shown, asset: Asset, document: JsonObject, tree: Outline | None) -> recording.Facts:
    """What the metadata says, and the devices that the file itself names."""
    devices = [Link(one.name, note=one.note) for one in tree.children("general", "devices")] if tree else []
    return recording.facts(asset.path, document, shown.to.subject, devices)


def has_picture(asset: Asset) -> bool:
    return asset.blob_id is not None and asset.path.endswith(".nwb")


def _preview(shown: Shown, asset: Asset) -> Preview | None:
    name = asset.path.rpartition("/")[2]
    return preview(shown.archive.objects.blob(asset.blob_id), name) if asset.blob_id else None


def _asset(call: PageCall) -> Response:
    shown = call.shown()
    return call.page("asset", **view(shown, asset_of(call)))


def _download(call: PageCall) -> Response:
    asset = asset_of(call)
    if asset.zarr_id:
        raise errors.not_found()
    name = asset.path.rpartition("/")[2]
    return RedirectResponse(
        signed_object(call, asset, {"response-content-disposition": f'attachment; filename="{name}"'})
    )


def _picture(call: PageCall) -> Response:
    asset = asset_of(call)
    if not has_picture(asset) or asset.blob_id is None:
        raise errors.not_found()
    theme = "dark" if call.query.get("theme") == "dark" else "light"
    drawn = picture.picture(call.archive, asset.blob_id, theme)
    return FileResponse(drawn, headers=rendering.headers(), media_type="image/png")


def _zarr(call: PageCall) -> Response:
    """A folder of a Zarr, from the entry after the parameter `after` on."""
    shown, asset = call.shown(), asset_of(call)
    if asset.zarr_id is None:
        raise errors.not_found()
    return call.page(
        "zarr",
        **zarr_view(shown, asset, call.query.get("location", "").strip("/"), call.query.get("after", "")),
    )


def zarr_view(shown: Shown, asset: Asset, folder: str, after: str) -> JsonObject:
    """The values of a page of a Zarr's folder."""
    zarr = zarrs.by_id(shown.db, asset.zarr_id or "")
    if zarr is None:
        raise errors.not_found()
    found = zarrs.folder_entries(shown.db, zarr.id, folder, after=after, limit=_ZARR_ENTRIES + 1)
    entries = found[:_ZARR_ENTRIES]
    more = len(found) > _ZARR_ENTRIES
    return {
        "shown": shown,
        "asset": asset,
        "zarr": zarr,
        "folder": folder,
        "crumbs": folders.crumbs(asset.path.rpartition("/")[0]),
        "inside": folders.crumbs(folder),
        "entries": entries,
        "start": shown.to.zarr(asset.asset_id, folder) if after else None,
        "following": shown.to.zarr(asset.asset_id, folder, entries[-1].mark) if more else None,
    }


def _zarr_file(call: PageCall) -> Response:
    """Redirects to where a file of a Zarr can be read."""
    call.shown()
    asset, path = asset_of(call), call.query.get("path", "")
    zarr = zarrs.by_id(call.db, asset.zarr_id) if asset.zarr_id else None
    if zarr is None or zarrs.file_at(call.db, zarr.id, path) is None:
        raise errors.not_found()
    where = str(PurePosixPath(BUCKET, "zarr", zarr.zarr_id, path))
    name = quote(path.rpartition("/")[2], safe=" ()[]{}=+,~!@#")
    params = {"response-content-disposition": f'attachment; filename="{name}"'}
    return RedirectResponse(call.presigned_url("GET", where, _LIFETIME, params=params))


ROUTES = [
    visit(VERSION + "/asset/{asset:uuid4}", _asset),
    visit(VERSION + "/asset/{asset:uuid4}/zarr", _zarr),
    visit(VERSION + "/asset/{asset:uuid4}/zarr-file", _zarr_file),
    visit("/download/{asset:uuid4}", _download),
    visit("/picture/{asset:uuid4}", _picture),
]
