"""Reading one asset, in a version or by its id alone; and a body with `name` and `metadata`."""

from __future__ import annotations

import json

from starlette.responses import HTMLResponse, RedirectResponse, Response

from localdandi import access, asset_metadata, errors, fields, metadata
from localdandi.document import JsonObject
from localdandi.errors import json_response, json_text
from localdandi.http import Call, resource
from localdandi.store import assets
from localdandi.store.assets import Asset
from localdandi.store.dandisets import dump

ASSETS = "/api/dandisets/{dandiset:dandiset}/versions/{version:version}/assets/"
_NESTED, _ALONE = ASSETS + "{asset:uuid4}/", "/api/assets/{asset:uuid4}/"
_LIFETIME = 6 * 3600  # seconds


def asset_of(call: Call) -> Asset:
    """The asset of the URL, for those who may see it."""
    if "version" in call.request.path_params:
        dandiset, _ = access.visible_version(call)
        asset = assets.ever_in(call.db, dandiset.id, call.param("asset"))  # also one that was replaced
    else:
        asset = assets.by_asset_id(call.db, call.param("asset"))
        if asset and asset.embargoed:
            _refuse_strangers(call, asset)
    if asset is None:
        raise errors.not_found()
    return asset


def _refuse_strangers(call: Call, asset: Asset) -> None:
    user = call.known()
    if not user.admin and user.id not in assets.owners(call.db, asset):
        raise errors.forbidden()


def read(call: Call) -> Response:
    return json_text(asset_metadata.full_metadata(asset_of(call), call.origin))


def _info(call: Call) -> Response:
    return json_text(asset_metadata.item(asset_of(call), call.origin, metadata=True))


def _validation(call: Call) -> Response:
    asset = asset_of(call)
    return json_response({"status": asset.status, "validation_errors": json.loads(asset.errors)})


def _download(call: Call) -> Response:
    """Redirects to a presigned URL; a video that is to be shown comes as a page."""
    asset = asset_of(call)
    if asset.zarr_id:
        raise errors.refused_error(
            "Unable to provide download link for zarr assets. Please browse the zarr files directly to do so."
        )
    disposition = fields.choice(call.query, "content_disposition", ("attachment", "inline")) or "attachment"
    name = asset.path.rpartition("/")[2]
    params = {"response-content-disposition": f'{disposition}; filename="{name}"'}
    kind = str(json.loads(asset.metadata).get("encodingFormat", "application/octet-stream"))
    if disposition == "inline":
        params["response-content-type"] = kind
    url = signed_object(call, asset, params)
    if disposition == "inline" and kind.startswith("video/"):
        return HTMLResponse(
            f'<video autoplay muted controls><source src="{url.replace("&", "&amp;")}"></video>'
        )
    return RedirectResponse(url, 302)


def signed_object(call: Call, asset: Asset, params: dict[str, str]) -> str:
    """A URL to read the asset's blob with, for six hours."""
    return call.presigned("GET", asset_metadata.object_url(asset, ""), _LIFETIME, params=params)


def read_name_and_metadata(call: Call) -> tuple[str, JsonObject]:
    """The `name` and `metadata` of a body. Where the real archive answers with a 500, so does this one."""
    body = fields.as_object(call.json())
    name, _ = fields.check_together(
        lambda: fields.text(body, "name", limit=300), lambda: fields.not_null(body, "metadata")
    )
    document = body.get("metadata")
    if not isinstance(document, dict) or metadata.has_uncitable_contributor(document):
        raise errors.fatal()
    document = fields.storable_json(document, "metadata")
    return name, {"schemaVersion": call.archive.instance.schema_version} | document


def stored_text(document: JsonObject, call: Call) -> str:
    """The document as text to be kept, with the caller's origin out of it."""
    return metadata.remove_origin(dump(document), call.origin)


ROUTES = [
    resource(_ALONE, GET=read),
    *[
        resource(prefix + name, GET=handler)
        for prefix in (_NESTED, _ALONE)
        for name, handler in (("info/", _info), ("download/", _download))
    ],
    resource(_NESTED + "validation/", GET=_validation),
]
