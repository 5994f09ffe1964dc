"""Publishing: what must be so before, and the background job that makes a version of a draft."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from localdandi import metadata, validator
from localdandi.archive import Archive
from localdandi.document import JsonObject
from localdandi.instance import Instance
from localdandi.store import assets, dandisets, zarrs
from localdandi.store.dandisets import Dandiset, Version, dump
from localdandi.validation import summarise

_NOT_PUBLISHABLE = {
    "Pending": (409, "Metadata validation is pending for this dandiset, please try again later."),
    "Validating": (409, "Dandiset is currently being validated"),
    "Invalid": (400, "Dandiset metadata or asset metadata is not valid"),
    "Valid": (400, "Dandiset metadata or asset metadata is not valid"),
    "Published": (400, "There have been no changes to the draft version since the last publish."),
    "Publishing": (423, "Dandiset is currently being published"),
}


def objection(db: sqlite3.Connection, dandiset: Dandiset, draft: Version) -> tuple[int, str] | None:
    """Why a draft cannot be published now, as a status and a message; None if it can."""
    if not dandiset.open:
        return 400, "Operation only allowed on OPEN dandisets"
    if zarrs.of_dandiset(db, dandiset.id):
        return 400, "Cannot publish dandisets which contain zarrs"
    return None if assets.is_publishable(db, draft) else _NOT_PUBLISHABLE[draft.status]


def run(archive: Archive) -> bool:
    """Publishes every draft that is to be; one that changes meanwhile is left alone."""
    for draft in dandisets.with_status(archive.database.read(), "Publishing"):
        _publish(archive, draft)
    return False


def _publish(archive: Archive, draft: Version) -> None:
    dandiset = dandisets.by_id(archive.database.read(), draft.dandiset)
    assert dandiset is not None
    instance = archive.instance
    publication, summary = metadata.publication(instance), summarise(archive, draft)
    document = draft.document() | publication | {"assetsSummary": summary}
    if draft.release_notes:
        document["releaseNotes"] = draft.release_notes
    with archive.database.write() as db:
        current = dandisets.draft_of(db, dandiset)
        if current.status != "Publishing":
            return
        number = _next_version(db, dandiset)
        doi = metadata.doi(instance, dandiset.identifier, number)
        document = metadata.complete(document, dandiset, instance, version=number, name=draft.name, doi=doi)
        _require_valid(document, instance)
        new = dandisets.add_version(
            db,
            dandiset,
            number,
            draft.name,
            dump(document),
            status="Valid",
            release_notes=draft.release_notes,
            doi=doi,
        )
        assets.publish(db, draft.id, new.id, dump(publication))
        kept = current.document() | {"assetsSummary": summary}
        dandisets.save(db, current, current.name, dump(kept), "Published")


def _next_version(db: sqlite3.Connection, dandiset: Dandiset) -> str:
    """The time as a version; a minute that is taken gives way to the next."""
    taken = {version.version for version in dandisets.versions_of(db, dandiset)}
    moment = datetime.now(UTC)
    while moment.strftime("0.%y%m%d.%H%M") in taken:
        moment += timedelta(minutes=1)
    return moment.strftime("0.%y%m%d.%H%M")


def _require_valid(document: JsonObject, instance: Instance) -> None:
    """A failure here leaves the draft in `Publishing`, as it does in production."""
    findings = validator.shared(instance).findings(document, "PublishedDandiset")
    if findings:
        raise RuntimeError(f"{document['id']} of {instance.name} is not valid: {findings}")
