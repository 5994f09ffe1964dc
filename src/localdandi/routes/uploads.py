"""Content on its way to the archive, and content that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from localdandi import access, errors, fields, instance
from localdandi.document import Json, JsonObject
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.objects import part_sizes
from localdandi.paging import page_of_list
from localdandi.routes.object_store import NAMESPACE, XML
from localdandi.store import blobs, dandisets, users
from localdandi.store.blobs import Blob, Upload
from localdandi.store.dandisets import Dandiset

if TYPE_CHECKING:
    from starlette.responses import Response

_LIFETIME = 7 * 24 * 3600  # seconds
_LARGEST = 5 * 1024**4  # bytes, what 10,000 parts can hold
_ETAG, _SHA256 = "dandi:dandi-etag", "dandi:sha2-256"


def _digest(call: Call) -> Response:
    """Looks content up by digest; the one POST that changes nothing and needs no key."""
    body = fields.as_object(call.json())
    algorithm, value = _named_digest(body)
    finders = {_ETAG: blobs.by_etag, _SHA256: blobs.by_sha256}
    if algorithm not in finders:
        raise errors.refused_error(f"Unsupported Digest Algorithm. Supported: {', '.join(finders)}")
    blob = finders[algorithm](call.db, value)
    if blob is None:
        raise errors.not_found()
    return json_response(_blob(blob))


def _named_digest(body: JsonObject) -> tuple[str, str]:
    algorithm, value = fields.check_together(
        lambda: fields.text(body, "algorithm"), lambda: fields.text(body, "value")
    )
    return algorithm, value


def _blob(blob: Blob) -> JsonObject:
    return {"blob_id": blob.blob_id, "etag": blob.etag, "sha256": blob.sha256, "size": blob.size}


def _initialize(call: Call) -> Response:
    """Parts to be sent, or 409 with the blob's id in `Location` where the content is known."""
    number, size, etag = _read_announcement(fields.as_object(call.json()))
    dandiset = _writable_dandiset(call, number)
    known = blobs.by_etag(call.db, etag)
    if known:
        raise errors.refused_error("Blob already exists.", 409, {"Location": known.blob_id})
    with call.write() as db:
        upload = blobs.start_upload(db, dandiset.id, etag, size, embargoed=not dandiset.open)
    parts = [
        {"part_number": place, "size": length, "upload_url": _part_url(call, upload, place)}
        for place, length in enumerate(part_sizes(size), start=1)
    ]
    return json_response({"upload_id": upload.upload_id, "parts": parts})


def _read_announcement(body: JsonObject) -> tuple[int, int, str]:
    """Dandiset, size in bytes (at least 1) and dandi-etag of what is to be sent."""
    number, size, digest = fields.check_together(
        lambda: fields.dandiset_id(body),
        lambda: fields.integer(body, "contentSize", minimum=1),
        lambda: _digest_of(body),
    )
    if digest is None or size > _LARGEST:
        raise errors.fatal()
    algorithm, etag = digest
    if algorithm != _ETAG:
        raise errors.refused_error(["Unsupported Digest Type"])
    return number, size, etag


def _digest_of(body: JsonObject) -> tuple[str, str] | None:
    if "digest" not in body:
        return None
    fields.not_null(body, "digest")
    return fields.check_within("digest", lambda: _named_digest(fields.as_object(body["digest"])))


def _writable_dandiset(call: Call, number: int) -> Dandiset:
    """An embargoed dandiset of others is not there at all."""
    dandiset = dandisets.by_id(call.db, number)
    owned = dandiset is not None and access.owns(call, dandiset)
    if dandiset is None or not (dandiset.open or owned):
        raise errors.not_found()
    if not owned:
        raise errors.refused_error("Action not allowed", 403)
    if dandiset.unembargoing:
        raise errors.refused_error(access.UNEMBARGOING)
    return dandiset


def _signed_url(call: Call, method: str, upload: Upload, params: dict[str, str]) -> str:
    return call.presigned(method, instance.blob_path(upload.upload_id), _LIFETIME, params=params)


def _part_url(call: Call, upload: Upload, place: int) -> str:
    return _signed_url(call, "PUT", upload, {"uploadId": upload.upload_id, "partNumber": str(place)})


def _upload(call: Call) -> Upload:
    """The upload of the URL; one of an embargoed dandiset only for its owners."""
    upload = blobs.upload_by_id(call.db, call.param("upload"))
    if upload is None:
        raise errors.not_found()
    if upload.embargoed and not users.owns(call.db, upload.dandiset, call.approved()):
        raise errors.not_found()
    return upload


def _complete_upload(call: Call) -> Response:
    """Where to post which body to put the parts together. Nothing is checked yet."""
    body = fields.as_object(call.json())
    if "parts" not in body:
        raise errors.refused_error({"parts": [fields.REQUIRED]})
    fields.not_null(body, "parts")
    listed = fields.check_within("parts", lambda: fields.listing(body["parts"]))
    if not listed:
        raise errors.refused_error({"parts": {"non_field_errors": ["This list may not be empty."]}})
    parts = sorted(fields.check_within("parts", lambda: fields.each(listed, _part)))
    upload = _upload(call)
    inner = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(etag)}</ETag></Part>" for number, etag in parts
    )
    document = f'{XML}<CompleteMultipartUpload xmlns="{NAMESPACE}">{inner}</CompleteMultipartUpload>'
    return json_response(
        {"complete_url": _signed_url(call, "POST", upload, {"uploadId": upload.upload_id}), "body": document}
    )


def _part(one: Json) -> tuple[int, str]:
    part = fields.as_object(one)
    number, _, etag = fields.check_together(
        lambda: fields.integer(part, "part_number", minimum=1),
        lambda: fields.integer(part, "size", minimum=1),
        lambda: fields.text(part, "etag"),
    )
    return number, etag


def _validate(call: Call) -> Response:
    """Mints the blob once the object is what was announced."""
    upload = _upload(call)
    if upload.object_etag is None:
        raise errors.refused_error(["Object does not exist."])
    try:
        size = call.archive.objects.blob(upload.upload_id).stat().st_size
    except FileNotFoundError:  # ended meanwhile
        raise errors.not_found() from None
    if size != upload.size:
        raise errors.refused_error([f"Size {upload.size} does not match actual size {size}."])
    if upload.object_etag != upload.etag:
        raise errors.refused_error([f"ETag {upload.etag} does not match actual ETag {upload.object_etag}."])
    try:
        with call.write() as db:
            blob = blobs.mint(db, upload)
    except LookupError:
        raise errors.not_found() from None
    if blob is None:
        call.archive.objects.remove(call.archive.objects.blob(upload.upload_id))
        raise errors.refused_error("An identical blob has already been uploaded.", 409)
    call.archive.work.set()
    return json_response(_blob(blob))


def _active(call: Call) -> Response:
    """Uploads that were begun and not ended; they hold up an unembargo."""
    dandiset = _owned_dandiset(call)
    uploads = blobs.uploads_of(call.db, dandiset.id)
    return page_of_list(call, [_active_upload(call, one) for one in uploads])


def _active_upload(call: Call, upload: Upload) -> JsonObject:
    return {
        "created": upload.created,
        "blob": _signed_url(call, "GET", upload, {}),
        "upload_id": upload.upload_id,
        "etag": upload.etag,
        "size": upload.size,
    }


def _clear(call: Call) -> Response:
    dandiset = _owned_dandiset(call)
    with call.write() as db:
        uploads = blobs.drop_uploads(db, dandiset.id)
    objects = call.archive.objects
    for upload in uploads:
        objects.remove(objects.upload(upload.upload_id), objects.blob(upload.upload_id))
    return errors.empty_response()


def _owned_dandiset(call: Call) -> Dandiset:
    dandiset = access.visible_dandiset(call)
    call.known()
    if not access.owns(call, dandiset):
        raise errors.forbidden()
    return dandiset


ROUTES = [
    resource("/api/blobs/digest/", anyone_writes=True, POST=_digest),
    resource("/api/uploads/initialize/", POST=_initialize),
    resource("/api/uploads/{upload:uuid}/complete/", POST=_complete_upload),
    resource("/api/uploads/{upload:uuid}/validate/", POST=_validate),
    resource("/api/dandisets/{dandiset:dandiset}/uploads/", GET=_active, DELETE=_clear),
]
