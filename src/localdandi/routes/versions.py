"""Versions: list, read, the metadata of the draft, publication, and the release from an embargo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from localdandi import access, errors, fields, jobs, metadata, shapes
from localdandi.errors import json_response, json_text
from localdandi.http import Call, resource
from localdandi.paging import page_of_list
from localdandi.routes.reading import read_name_and_metadata, stored_text
from localdandi.store import blobs, dandisets
from localdandi.store.dandisets import dump

if TYPE_CHECKING:
    from starlette.responses import Response


_VERSION = "/api/dandisets/{dandiset:dandiset}/versions/{version:version}/"


def _list(call: Call) -> Response:
    dandiset = access.visible_dandiset(call)
    versions = dandisets.versions_of(call.db, dandiset)
    if fields.selection(call.query, "order", ("created", "-created")) == "-created":
        versions.reverse()
    return page_of_list(call, [shapes.version(call.db, one, dandiset) for one in versions])


def _read(call: Call) -> Response:
    _, version = access.visible_version(call)
    return json_text(metadata.insert_origin(version.metadata, call.origin))


def _info(call: Call) -> Response:
    dandiset, version = access.visible_version(call)
    return json_response(shapes.version_info(call.db, version, dandiset, call.origin))


def _update(call: Call) -> Response:
    """A full replacement of the user's part; nothing is written when that part is the same."""
    dandiset, version = access.owned_draft(call)
    name, document = read_name_and_metadata(call)
    answer = None
    with call.write() as db:
        version = dandisets.draft_of(db, dandiset)
        old = metadata.strip(version.document())
        new = metadata.strip(json.loads(stored_text(document, call)))
        if (name, new) == (version.name, old):
            # Stripping the stored document takes these out of the answer, a quirk that clients meet.
            answer = dump(version.document() | {"access": old["access"]})
        else:
            complete = metadata.complete_document(
                new, dandiset, call.archive.instance, version=version.version, name=name
            )
            dandisets.save(db, version, name, stored_text(complete, call), "Pending")
            dandisets.record_event(db, dandiset.id, call.approved(), "update_metadata", {"name": name})
            call.archive.work.set()
        version = dandisets.draft_of(db, dandiset)
    return json_response(shapes.version_info(call.db, version, dandiset, call.origin, metadata=answer))


def _delete(call: Call) -> Response:
    _, version = access.visible_version(call)
    if version.draft:
        raise errors.refused_error("Cannot delete draft versions", 403)
    if not call.approved().admin:
        raise errors.refused_error("Cannot delete published versions", 403)
    with call.write() as db:
        dandisets.delete_version(db, version)
    return errors.empty_response()


_LONGEST_NOTES = 5000
_DANDISET = "/api/dandisets/{dandiset:dandiset}/"


def _publish(call: Call) -> Response:
    """202: it is done in the background, unless the draft is written to before."""
    dandiset = access.owned_dandiset(call)
    if call.param("version") != dandisets.DRAFT:
        raise errors.refused_error("Only draft versions can be published", 405)
    body = fields.as_object(call.json())
    notes = fields.text(body, "release_notes", limit=_LONGEST_NOTES) if body.get("release_notes") else ""
    with call.write() as db:
        draft = dandisets.draft_of(db, dandiset)
        objection = jobs.objection(db, dandiset, draft)
        if objection:
            status, message = objection
            raise errors.refused_error(message, status)
        dandisets.set_status(db, draft.id, "Publishing")
        dandisets.set_release_notes(db, draft, notes)
        dandisets.record_event(db, dandiset.id, call.approved(), "publish_dandiset", {})
    call.archive.work.set()
    return errors.empty_response(202)


def _unembargo(call: Call) -> Response:
    dandiset = access.owned_dandiset(call)
    with call.write() as db:
        if dandiset.embargo_status != "EMBARGOED":
            raise errors.refused_error("Dandiset not embargoed")
        if blobs.uploads_of(db, dandiset.id):
            raise errors.refused_error("Dandiset unembargo not allowed with active uploads")
        dandisets.set_embargo(db, dandiset, "UNEMBARGOING", dandiset.embargo_end_date)
        dandisets.record_event(db, dandiset.id, call.approved(), "unembargo_dandiset", {})
    call.archive.work.set()
    return errors.empty_response(200)


ROUTES = [
    resource("/api/dandisets/{dandiset:dandiset}/versions/", GET=_list),
    resource(_VERSION, GET=_read, PUT=_update, DELETE=_delete),
    resource(f"{_VERSION}info/", GET=_info),
    resource(_DANDISET + "versions/{version:version}/publish/", POST=_publish),
    resource(_DANDISET + "unembargo/", POST=_unembargo),
]
