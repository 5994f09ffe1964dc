"""What cannot be undone: publish a draft, open an embargoed dandiset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import access, errors, fields, publishing
from localdandi.http import Call, resource
from localdandi.store import audit, blobs, dandisets

if TYPE_CHECKING:
    from starlette.responses import Response

_LONGEST_NOTES = 5000
_DANDISET = "/api/dandisets/{dandiset:dandiset}/"


def _publish(call: Call) -> Response:
    """202: it is done in the background, unless the draft is written to before."""
    dandiset, version = access.owned_version(call)
    if not version.draft:
        raise errors.refused("Only draft versions can be published", 405)
    notes = fields.mapping(call.json()).get("release_notes") or ""
    if len(str(notes)) > _LONGEST_NOTES:
        message = f"Ensure this field has no more than {_LONGEST_NOTES} characters."
        raise errors.refused({"release_notes": [message]})
    with call.write() as db:
        draft = dandisets.draft_of(db, dandiset)
        objection = publishing.objection(db, dandiset, draft)
        if objection:
            status, message = objection
            raise errors.refused(message, status)
        dandisets.set_status(db, draft.id, "Publishing")
        dandisets.set_release_notes(db, draft, str(notes))
        audit.record(db, dandiset.id, call.approved(), "publish_dandiset", {})
    call.archive.work.set()
    return errors.nothing(202)


def _unembargo(call: Call) -> Response:
    dandiset = access.owned(call)
    with call.write() as db:
        if dandiset.embargo_status != "EMBARGOED":
            raise errors.refused("Dandiset not embargoed")
        if blobs.uploads_of(db, dandiset.id):
            raise errors.refused("Dandiset unembargo not allowed with active uploads")
        dandisets.set_embargo(db, dandiset, "UNEMBARGOING", dandiset.embargo_end_date)
        audit.record(db, dandiset.id, call.approved(), "unembargo_dandiset", {})
    call.archive.work.set()
    return errors.nothing(200)


ROUTES = [
    resource(_DANDISET + "versions/{version:version}/publish/", POST=_publish),
    resource(_DANDISET + "unembargo/", POST=_unembargo),
]
