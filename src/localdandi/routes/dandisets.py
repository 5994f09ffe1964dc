"""Dandisets: list, create, read, delete."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from localdandi import access, errors, fields, metadata, search, shapes
from localdandi.document import JsonObject
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.paging import read_paging
from localdandi.routes.reading import read_name_and_metadata, stored_text
from localdandi.store import dandisets, users
from localdandi.store.dandisets import Dandiset, dump

if TYPE_CHECKING:
    from starlette.responses import Response

_YEAR = timedelta(days=365)

_LONGEST_NUMBER = 9  # digits of an identifier that the database can hold


def _list(call: Call) -> Response:
    chosen = search.dandisets(call)
    page = read_paging(call, count=len(chosen))
    found = (dandisets.by_id(call.db, identifier) for identifier in page.cut(chosen))
    items = [dump(shapes.dandiset_item(call.db, one, call.user)) for one in found if one]
    return page.envelope(items, page.count, more=page.more)


def _create(call: Call) -> Response:
    name, document = read_name_and_metadata(call)
    identifier = _wanted_identifier(call, document)
    end_date = _embargo_end(call)
    document = metadata.for_creation(document, call.approved(), call.archive.instance.schema_version)
    if end_date:
        _embargo(call, document, end_date)
    with call.write() as db:
        dandiset = dandisets.insert(db, identifier, end_date)
        users.set_owners(db, dandiset.id, [call.approved()])
        document = metadata.complete_document(
            document, dandiset, call.archive.instance, version=dandisets.DRAFT, name=name
        )
        dandisets.add_version(db, dandiset, dandisets.DRAFT, name, stored_text(document, call))
        dandisets.record_event(
            db, dandiset.id, call.approved(), "create_dandiset", {"embargoed": bool(end_date)}
        )
    call.archive.work.set()
    return json_response(shapes.dandiset_detail(call.db, dandiset, None))


def _wanted_identifier(call: Call, document: JsonObject) -> int | None:
    """An admin may choose the number."""
    if "identifier" not in document:
        return None
    if not isinstance(document["identifier"], str):
        raise errors.fatal()
    wanted = document["identifier"].removeprefix(f"{call.archive.instance.name}:")
    if not wanted.isdecimal() or len(wanted) > _LONGEST_NUMBER:
        raise errors.refused_error(f"Invalid Identifier {wanted}")
    if not call.approved().admin:
        raise errors.refused_error("Creating a dandiset for a given identifier is an admin only operation.")
    if dandisets.by_id(call.db, int(wanted)):
        raise errors.refused_error(f"Dandiset {int(wanted):06} already exists")
    return int(wanted)


def _embargo_end(call: Call) -> str | None:
    """The day on which an embargo is to end; None for an open dandiset."""
    if not fields.flag(call.query, "embargo", default=False):
        return None
    today = datetime.now(UTC).date()
    funder, award = call.query.get("funding_source"), call.query.get("award_number")
    if (funder is None) != (award is None):
        missing, given = (
            ("Award number", "funding source") if award is None else ("Funding source", "award number")
        )
        raise errors.refused_error({"non_field_errors": [f"{missing} is required when {given} is set"]})
    end = _day(call, "embargo_end_date") or today + 2 * _YEAR
    if end > today + (2 if funder is None else 5) * _YEAR:
        raise errors.refused_error({"non_field_errors": ["Invalid embargo end date"]})
    return end.isoformat()


def _day(call: Call, name: str) -> date | None:
    try:
        return date.fromisoformat(call.query[name]) if name in call.query else None
    except ValueError:
        message = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
        raise errors.refused_error({name: [message]}) from None


def _embargo(call: Call, document: JsonObject, end_date: str) -> None:
    """Adds the embargo and its funder; a funder displaces the contributors that were not given."""
    document["access"] = [metadata.access_of(embargoed=True, until=end_date)]
    if not call.query.get("funding_source"):
        return
    given = fields.as_object(call.json())["metadata"].get("contributor")
    funder = {
        "schemaKey": "Organization",
        "name": call.query["funding_source"],
        "roleName": ["dcite:Funder"],
        "includeInCitation": False,
    }
    if call.query.get("award_number"):
        funder["awardNumber"] = call.query["award_number"]
    document["contributor"] = [*(given if isinstance(given, list) else []), funder]


def _read(call: Call) -> Response:
    return json_response(shapes.dandiset_detail(call.db, access.visible_dandiset(call), call.user))


def _delete(call: Call) -> Response:
    dandiset = access.visible_dandiset(call)
    with call.write() as db:
        _refuse_deletion(call, db, dandiset)
        dandisets.record_event(db, dandiset.id, call.approved(), "delete_dandiset", {})
        dandisets.delete(db, dandiset)
    return errors.empty_response()


def _refuse_deletion(call: Call, db: sqlite3.Connection, dandiset: Dandiset) -> None:
    if not access.owns(call, dandiset):
        raise errors.refused_error("Cannot delete dandisets which you do not own.", 403)
    if dandisets.last_published(db, dandiset):
        raise errors.refused_error("Cannot delete dandisets with published versions.", 403)
    if dandisets.draft_of(db, dandiset).status == "Publishing":
        raise errors.refused_error("Cannot delete dandisets that are currently being published.", 403)
    if dandiset.unembargoing:
        raise errors.refused_error(access.UNEMBARGOING)


ROUTES = [
    resource("/api/dandisets/", GET=_list, POST=_create),
    resource("/api/dandisets/{dandiset:dandiset}/", GET=_read, DELETE=_delete),
]
