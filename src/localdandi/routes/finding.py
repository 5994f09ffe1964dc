"""A version's assets as a tree of folders, and the search by what assets are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localdandi import access, asset_metadata, errors, fields, search, shapes
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.paging import page_of_list, read_paging
from localdandi.routes.reading import ASSETS
from localdandi.store import assets, dandisets, finding
from localdandi.store.dandisets import Version, dump
from localdandi.store.finding import Node

if TYPE_CHECKING:
    from starlette.responses import Response


_LONGEST_ID = 18  # digits; no dandiset has more


def _paths(call: Call) -> Response:
    """One level of the tree. A file is known and has nothing below it."""
    _, version = access.visible_version(call)
    wanted = call.query.get("path_prefix", "")
    folder = wanted.rstrip("/")
    if (wanted and not folder) or (folder and finding.node_at(call.db, version.id, folder) is None):
        raise errors.detail("Specified path not found.", 404)
    nodes = [node for node in finding.folder_children(call.db, version.id, folder) if node.path != folder]
    page = read_paging(call, count=len(nodes))
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
    node = finding.node_at(call.db, version.id, wanted) if wanted else None
    if wanted and node is None:
        raise errors.detail(f"Folder or asset not found at {wanted}", 404)
    if wanted and slash and node and node.asset_id:
        raise errors.detail(f"Folder not found at {wanted}", 404)
    nodes = [node] if node else []
    if children and not (node and node.asset_id):
        nodes += finding.folder_children(call.db, version.id, wanted)
    page = read_paging(call, count=len(nodes))
    items = [_resource(call, one, metadata=metadata) for one in page.cut(nodes)]
    return page.envelope(items, page.count, more=page.more)


def _version(call: Call) -> Version:
    wanted, number = fields.check_together(
        lambda: fields.text(call.query, "dandiset_id"), lambda: fields.text(call.query, "version_id")
    )
    if not re.fullmatch("-?[0-9]+", wanted):
        raise errors.fatal()
    dandiset = dandisets.by_id(call.db, int(wanted)) if len(wanted) <= _LONGEST_ID else None
    version = dandisets.version_of(call.db, dandiset.id, number) if dandiset else None
    if dandiset is None or version is None:
        raise errors.not_found()
    if not dandiset.open and not access.owns(call, dandiset):
        raise errors.forbidden()
    return version


def _resource(call: Call, node: Node, *, metadata: bool) -> str:
    asset = assets.by_asset_id(call.db, node.asset_id) if node.asset_id else None
    if asset:
        return f'{{"type":"asset","resource":{asset_metadata.item(asset, call.origin, metadata=metadata)}}}'
    folder = {"path": node.path, "total_assets": node.files, "total_size": node.size}
    return dump({"type": "folder", "resource": folder})


_SIZES = ("file_size_min", "file_size_max")


def _search(call: Call) -> Response:
    wanted = _read_facets(call)
    matching = finding.dandisets_with(call.db, wanted, _searchable_until(call))
    chosen = [one for one in search.dandisets(call) if one in matching]
    page = read_paging(call, count=len(chosen))
    items = []
    for identifier in page.cut(chosen):
        dandiset = dandisets.by_id(call.db, identifier)
        if dandiset:
            counts = finding.asset_counts(call.db, identifier, wanted, _searchable_until(call))
            items.append(dump(shapes.dandiset_item(call.db, dandiset, call.user) | {"asset_counts": counts}))
    return page.envelope(items, page.count, more=page.more)


def _read_facets(call: Call) -> dict[str, list[str]]:
    """The facets of the query that are given, each with its values."""
    query = call.request.query_params
    wanted = {name: query.getlist(name) for name in finding.NAMES if query.getlist(name)}
    sizes = {name: fields.integer(dict(query), name, minimum=0) for name in _SIZES if name in query}
    if len(sizes) == len(_SIZES) and sizes["file_size_max"] < sizes["file_size_min"]:
        raise errors.refused_error({"non_field_errors": ["file_size_max must be greater than file_size_min"]})
    return wanted


def _searchable_until(call: Call) -> str:
    return call.archive.searchable.value(call.archive.settings.search_age)


def _genotypes(call: Call) -> Response:
    """At most ten, for completion."""
    return json_response(
        finding.genotypes(call.db, call.query.get("genotype", ""), _searchable_until(call))[:10]
    )


def _species(call: Call) -> Response:
    return page_of_list(
        call, finding.species(call.db, call.query.get("species", ""), _searchable_until(call))
    )


ROUTES = [
    resource(ASSETS + "paths/", GET=_paths),
    resource("/api/webdav/assets/atpath/", head=False, GET=_at_path),
    resource("/api/dandisets/search/", GET=_search),
    resource("/api/search/genotypes/", head=False, GET=_genotypes),
    resource("/api/search/species/", head=False, GET=_species),
]
