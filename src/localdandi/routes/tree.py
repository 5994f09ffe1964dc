"""A version's assets as a tree of folders: for the web page, and for WebDAV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localdandi import access, asset_metadata, errors, fields
from localdandi.http import Call, resource
from localdandi.paging import paging
from localdandi.routes.reading import ASSETS
from localdandi.store import assets, dandisets, folders
from localdandi.store.dandisets import Version, dump
from localdandi.store.folders import Node

if TYPE_CHECKING:
    from starlette.responses import Response


def _paths(call: Call) -> Response:
    """One level of the tree. A file is known and has nothing below it."""
    _, version = access.visible_version(call)
    folder = call.query.get("path_prefix", "").rstrip("/")
    if folder and folders.node(call.db, version.id, folder) is None:
        raise errors.detail("Specified path not found.", 404)
    nodes = [node for node in folders.children(call.db, version.id, folder) if node.path != folder]
    page = paging(call, count=len(nodes))
    return page.envelope([_path(call, version, node) for node in page.cut(nodes)], page.count, more=page.more)


def _path(call: Call, version: Version, node: Node) -> str:
    asset = assets.by_asset_id(call.db, node.asset_id) if node.asset_id else None
    url = asset_metadata.object_url(asset, call.origin) if asset else None
    return dump(
        {
            "path": node.path,
            "version": version.id,
            "aggregate_files": node.files,
            "aggregate_size": node.size,
            "asset": {"asset_id": node.asset_id, "url": url} if asset else None,
        }
    )


def _at_path(call: Call) -> Response:
    """The file or folder at a path and, if they are asked for, a folder's children."""
    version = _version(call)
    path = call.query.get("path", "")
    wanted, slash = path.rstrip("/"), path.endswith("/")
    children, metadata = (fields.flag(call.query, name, default=False) for name in ("children", "metadata"))
    node = folders.node(call.db, version.id, wanted) if wanted else None
    if wanted and node is None:
        raise errors.detail(f"Folder or asset not found at {wanted}", 404)
    if wanted and slash and node and node.asset_id:
        raise errors.detail(f"Folder not found at {wanted}", 404)
    nodes = [node] if node else []
    if children and not (node and node.asset_id):
        nodes += folders.children(call.db, version.id, wanted)
    page = paging(call, count=len(nodes))
    items = [_resource(call, one, metadata=metadata) for one in page.cut(nodes)]
    return page.envelope(items, page.count, more=page.more)


def _version(call: Call) -> Version:
    for name in ("dandiset_id", "version_id"):
        if name not in call.query:
            raise errors.refused({name: [fields.REQUIRED]})
    if not re.fullmatch("[0-9]+", call.query["dandiset_id"]):
        raise errors.RefusedError(errors.broken())
    dandiset = dandisets.by_id(call.db, int(call.query["dandiset_id"]))
    version = dandisets.version_of(call.db, dandiset.id, call.query["version_id"]) if dandiset else None
    if dandiset is None or version is None:
        raise errors.not_found()
    if not dandiset.open and not access.owns(call, dandiset):
        raise errors.forbidden() if call.user else errors.not_authenticated()
    return version


def _resource(call: Call, node: Node, *, metadata: bool) -> str:
    asset = assets.by_asset_id(call.db, node.asset_id) if node.asset_id else None
    if asset:
        return f'{{"type":"asset","resource":{asset_metadata.item(asset, call.origin, metadata=metadata)}}}'
    folder = {"path": node.path, "total_assets": node.files, "total_size": node.size}
    return dump({"type": "folder", "resource": folder})


ROUTES = [
    resource(ASSETS + "paths/", GET=_paths),
    resource("/api/webdav/assets/atpath/", GET=_at_path),
]
