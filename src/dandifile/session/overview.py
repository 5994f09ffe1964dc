"""Gathers what `status` shows next to the plan: owners, embargo, and what is not published yet."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from dandifile.archive.listing import DRAFT, ListingChangedError
from dandifile.archive.versions import find_version, last_published, list_versions
from dandifile.comparison.compare import compare
from dandifile.model import Comparison, Overview, Version

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.session.session import Planned, Session

MOST_COMPARED = 20_000
"""Assets of both versions up to which status counts what changed: some seconds of requests."""


def overview(session: Session, planned: Planned, today: date | None = None) -> Overview:
    """Asks the archive for what the plan does not need. Writes nothing."""
    reader, local = session.reader, planned.local
    embargo, day = reader.embargo(), today or datetime.now(UTC).date()
    last, changes = _unpublished(reader)
    return Overview(
        owners=reader.owners(),
        embargo=embargo.status,
        until=embargo.ends,
        days_left=embargo.days_left(day),
        expected=(*(asset.path for asset in local.assets), *(asset.path for asset in local.pending)),
        since=last.version if last else "",
        changes=changes,
    )


def _unpublished(reader: Reader) -> tuple[Version | None, Comparison | None]:
    """The last published version, and what the draft has changed since."""
    versions = list_versions(reader)
    last = last_published(versions)
    if last is None or reader.identifier is None:
        return None, None
    draft = find_version(reader, versions, DRAFT)
    about = (reader.identifier, reader.instance.name)
    if reader.draft()["status"] == "Published":  # the archive's word for a draft without changes
        return last, Comparison(*about, last, draft.about)
    if last.assets + draft.about.assets > MOST_COMPARED:
        return last, None
    with suppress(ListingChangedError):  # somebody is writing to it right now
        return last, compare(*about, find_version(reader, versions, last.version), draft)
    return last, None
