"""The files of a version: folders, and one file with its digests, metadata and picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, RedirectResponse, Response

from localdandi import access, asset_metadata, errors
from localdandi.pages import picture
from localdandi.pages.visit import HEADERS, VERSION, PageCall, visit
from localdandi.paging import read_paging
from localdandi.routes.reading import asset_of, signed_object
from localdandi.store import finding

if TYPE_CHECKING:
    from localdandi.store.assets import Asset


def _browse(call: PageCall) -> Response:
    _, version = access.visible_version(call)
    folder = call.query.get("location", "").strip("/")
    nodes = [node for node in finding.folder_children(call.db, version.id, folder) if node.path != folder]
    page = read_paging(call, count=len(nodes))
    return call.page(
        "files",
        version=version,
        base=_base(call),
        crumbs=_crumbs(folder),
        nodes=page.cut(nodes),
        previous=page.link(page.number - 1),
        following=page.link(page.number + 1) if page.more else None,
    )


def _base(call: PageCall) -> str:
    return f"/dandiset/{call.param('dandiset')}/{call.param('version')}"


def _crumbs(folder: str) -> list[tuple[str, str]]:
    """Every folder on the way, by name and path."""
    names = folder.split("/") if folder else []
    return [(name, "/".join(names[: place + 1])) for place, name in enumerate(names)]


def _asset(call: PageCall) -> Response:
    _, version = access.visible_version(call)
    asset = asset_of(call)
    document = json.loads(asset_metadata.full_metadata(asset, call.origin))
    return call.page(
        "asset",
        version=version,
        base=_base(call),
        crumbs=_crumbs(asset.path.rpartition("/")[0]),
        asset=asset,
        picture=f"/picture/{asset.asset_id}" if _has_picture(asset) else None,
        digests=list(document["digest"].items()),
        errors=json.loads(asset.errors),
        metadata=json.dumps(document, indent=2, ensure_ascii=False),
    )


def _has_picture(asset: Asset) -> bool:
    return asset.blob_id is not None and asset.path.endswith(".nwb")


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
    if not _has_picture(asset) or asset.blob_id is None:
        raise errors.not_found()
    theme = "dark" if call.query.get("theme") == "dark" else "light"
    return FileResponse(
        picture.picture(call.archive, asset.blob_id, theme), headers=HEADERS, media_type="image/png"
    )


ROUTES = [
    visit(VERSION + "/files", _browse),
    visit(VERSION + "/asset/{asset:uuid4}", _asset),
    visit("/download/{asset:uuid4}", _download),
    visit("/picture/{asset:uuid4}", _picture),
]
