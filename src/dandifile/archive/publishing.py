"""Publishing: from the request to a version that is there, or the news that there will be none.

The archive answers a request to publish at once and does it in the background. A write to the draft meanwhile
makes it give up without an error: the draft is Valid again, and there is no new version. Where it fails, the
draft stays Publishing until somebody writes to it (docs/archive-api.md 3.6).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dandifile.archive.api import UnreachedError
from dandifile.archive.versions import VersionReader, last_published, list_versions
from dandifile.archive.writer import LOCKED
from dandifile.doi import normal_doi
from dandifile.errors import ArchiveError, UnfinishedError
from dandifile.model import JsonObject, Publication, Version
from dandifile.waits import looks
from dandifile.words import clean, duration

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.archive.writer import Writer

SERVER_ERROR = 500
RECORDED = 60.0
"""Seconds in which the archive adds the DOI to a new version: it does so after the version is there."""


@dataclass(frozen=True)
class Watch:
    """How the archive's background work is waited for: up to `limit` seconds, with news to `say`.

    `first` is the pause to the second look; 0: the usual one.
    """

    limit: float
    first: float = 0.0
    say: Callable[[str], None] = lambda text: None  # noqa: ARG005


def newest_version(reader: Reader) -> Version | None:
    """The last published version right now; None if there is none."""
    return last_published(list_versions(reader.fresh()))


def publish_draft(writer: Writer, notes: str, watch: Watch, check: Callable[[], None]) -> Version:
    """Publish the draft as it is, and wait for the version. One request that writes; `check` as in `Writer`.

    Where the answer is lost, what the archive then has decides. UnfinishedError where no version came about;
    ArchiveError where the archive refuses.
    """
    before = newest_version(writer.reader)
    refusal: ArchiveError | None = None
    try:
        answer = writer.publish(notes, check)
    except ArchiveError as error:
        if not _may_have_begun(error):
            raise
        refusal = ArchiveError(
            f"it is not known whether publishing has begun: {error.what}",
            status=error.status,
            where=error.where,
            fix="run the same command again: it finds out, and publishes nothing twice",
        )
    else:
        if answer.status >= 400 and answer.status != LOCKED:  # noqa: PLR2004 - the archive refused
            refusal = ArchiveError(
                f"the archive does not publish it: {answer.body}",
                status=answer.status,
                where=writer.reader.instance.page(str(writer.identifier)),
                fix="run `dandifile status`: it lists everything that prevents publishing",
            )
    return _await_version(writer.reader, before, refusal, watch)


def _may_have_begun(error: ArchiveError) -> bool:
    if isinstance(error, UnreachedError):
        return error.effect
    return (error.status or 0) >= SERVER_ERROR


def _await_version(
    reader: Reader, before: Version | None, refusal: ArchiveError | None, watch: Watch
) -> Version:
    known, page = before.version if before else "", reader.instance.page(str(reader.identifier))
    for spent in looks(watch.limit, watch.first):
        status, newest = _look(reader, page)
        if newest is not None and newest.version != known:
            return newest
        if status != "Publishing":
            raise refusal or UnfinishedError(
                f"publishing was lost: the archive has stopped, the draft is {status}, and there is no new "
                "version. It gives up where somebody changes the draft meanwhile",
                where=page,
                fix="find out what else writes to the draft (an apply elsewhere, a form on its page), "
                "let that end, then run `dandifile publish --wait` again",
            )
        watch.say(
            f"the archive publishes the draft (for {duration(spent)})" if spent else "the archive publishes"
        )
    raise UnfinishedError(
        f"the archive has not ended publishing within {duration(watch.limit)}",
        where=page,
        fix="change nothing, and run the same command again later: it finds the version, and publishes "
        "nothing twice. If the draft is Publishing for hours, write to the archive's help desk",
    )


def _look(reader: Reader, page: str) -> tuple[str, Version | None]:
    """The draft's status, then the newest version: one that is made in between is seen."""
    try:
        return str(reader.fresh().draft()["status"]), newest_version(reader)
    except ArchiveError as error:
        raise UnfinishedError(
            f"publishing has begun, but the archive does not say how it went on: {error.what}",
            where=error.where or page,
            fix="run the same command again: it finds the version, and publishes nothing twice",
        ) from None


def read_publication(reader: Reader, version: Version, first: float) -> tuple[Publication, JsonObject]:
    """A published version as it is quoted, and its document. The archive can add the DOI a moment later."""
    document: JsonObject = {}
    for _ in looks(RECORDED if _registers_dois(reader) else 0, first):
        document = VersionReader(reader.fresh(), version).document()
        if document.get("doi"):
            break
    return _publication(reader, version, document), document


def _registers_dois(reader: Reader) -> bool:
    config = reader.info().get("instance_config")
    return bool(isinstance(config, dict) and config.get("doi_prefix"))


def _publication(reader: Reader, version: Version, document: JsonObject) -> Publication:
    def said(field: str) -> str:
        value = document.get(field)
        return clean(value).strip() if isinstance(value, str) else ""

    web = reader.instance.web_url  # "" where no page is served once the command has ended
    url = f"{web}/dandiset/{reader.identifier}/{version.version}" if web else ""
    return Publication(
        version.version,
        url=url and (said("url") or url),
        citation=said("citation") or f"{version.name} (Version {version.version}) {url}".strip(),
        day=_day_of(said("datePublished"), version.created),
        assets=version.assets,
        size=version.size,
        doi=normal_doi(said("doi")) or "",
        notes=version.notes or said("releaseNotes"),
    )


def _day_of(*stamps: str) -> str:
    """The day of the first time stamp that can be read; today if there is none."""
    for stamp in stamps:
        with suppress(ValueError):
            return datetime.fromisoformat(stamp).date().isoformat()
    return datetime.now(UTC).date().isoformat()
