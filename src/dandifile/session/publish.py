"""Publishing the draft of a session: looked at, waited for, asked for once, verified and noted.

Nothing is published twice: what the archive has decides what is left to do, so that a run that was killed at
any request can be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dandifile.archive.documents import strip_dandiset
from dandifile.archive.publishing import Watch, newest_version, publish_draft, read_publication
from dandifile.archive.writer import Writer
from dandifile.errors import BlockedError, UnfinishedError, UserError
from dandifile.lookup.facts import PublishedAs
from dandifile.lookup.lock import add_published, load_lock, lock_file
from dandifile.model import JsonObject, Obstacle, Plan, Publication, Readiness, Result, Status, Step, Version
from dandifile.session.draft_state import DraftState, draft_state
from dandifile.session.watching import LONGER, MINUTES, first_pause, still_busy, watch
from dandifile.spec.fields import DANDISET_FIELDS
from dandifile.words import duration

if TYPE_CHECKING:
    from dandifile.run.execute import Notify
    from dandifile.session.session import Planned, Session

PERMIT = "publish"
"""The word of `--allow` without which nothing is published."""

LONGEST_NOTES = 5000
"""Characters of release notes that the archive takes."""

_LOOKS = 3  # at a draft that changes while it is looked at
_IDLE = 3  # looks at a draft that has to wait, while the archive does nothing with it

_DIFFERENCES = (Obstacle.PLAN, Obstacle.EMBARGO)  # of the draft from what the spec declares


@dataclass(frozen=True)
class Terms:
    """What publishing is asked for.

    `as_is`: the draft as it is, also where the spec declares something else. `wait`: until the archive has
    validated it, up to so many `minutes`; they bound publishing itself as well.
    """

    as_is: bool = False
    wait: bool = False
    minutes: float = MINUTES


@dataclass(frozen=True)
class Prospect:
    """What would be published: the draft as it was looked at, and all that prevents it.

    `readiness` is that of the draft as it is, where that is what was asked for. `last` is the version that
    was published before.
    """

    plan: Plan
    draft: JsonObject
    readiness: Readiness
    last: Version | None = None

    @property
    def is_done(self) -> bool:
        """Whether the last version has all of it, so that there is nothing to publish."""
        differs = any(blocker.code in _DIFFERENCES for blocker in self.readiness.blockers)
        return self.readiness.is_unchanged and not differs

    @property
    def is_denied(self) -> bool:
        """Whether the user's account is among what prevents it."""
        return any(blocker.code is Obstacle.RIGHTS for blocker in self.readiness.blockers)


@dataclass(frozen=True)
class Outcome:
    """What came of it. `made`: by this run; else it was there. `noted`: the lock has it since this run."""

    publication: Publication
    made: bool
    noted: bool


def look_ahead(session: Session, terms: Terms, notify: Notify, *, waiting: bool = True) -> Prospect:
    """Looks at the plan, the draft and its validation until all is said of publishing it. Writes nothing.

    The archive's own work is waited for where that was asked for, and publishing that is under way always;
    not at all unless `waiting`. BlockedError where it takes longer than was given.
    """
    session.access.require_identifier()
    begun, idle = time.monotonic(), 0
    while True:
        before, planned, state = _look(session, notify)
        readiness = state.readiness.as_is() if terms.as_is else state.readiness
        if not (waiting and idle < _IDLE and _is_worth_waiting(readiness, terms)):
            return Prospect(planned.plan, before, readiness, newest_version(session.reader))
        spent = (time.monotonic() - begun) / 60
        idle = 0 if _wait(session, terms, max(0.0, terms.minutes - spent), notify) else idle + 1


def _look(session: Session, notify: Notify) -> tuple[JsonObject, Planned, DraftState]:
    """The draft, and the plan and the verdict that were made after it was read.

    Made again where somebody has changed it since: then the plan may be of what was there before. The draft
    is the one before both, so that nothing is published where it never comes to rest.
    """
    reading = replace(session, writing=False)  # a release is waited for by whoever called, or not at all
    for _ in range(_LOOKS):
        before = session.reader.draft()
        planned = reading.plan(notify=notify)
        state = draft_state(session, planned)
        if _is_same_draft(before, state.draft):
            break
    return before, planned, state


def _is_same_draft(one: JsonObject, other: JsonObject) -> bool:
    return (one["status"], one.get("modified")) == (other["status"], other.get("modified"))


def _is_worth_waiting(readiness: Readiness, terms: Terms) -> bool:
    """Waiting for a publication needs no flag: an earlier run may have begun it."""
    codes = {blocker.code for blocker in readiness.blockers}
    return readiness.is_waiting and (terms.wait or codes == {Obstacle.PUBLISHING})


def _wait(session: Session, terms: Terms, minutes: float, notify: Notify) -> bool:
    """Waits the `minutes` that are left until the archive has ended its work, or has found a fault.

    False where it does nothing with it.
    """
    seen = False
    with _shown_wait(notify) as say:

        def tell(left: str, spent: float) -> None:
            nonlocal seen
            if left:
                seen = True
                say(f"the archive {left}{f' (for {duration(spent)})' if spent else ''}")

        left = watch(session, minutes, tell)
    if left:
        raise BlockedError(
            f"{still_busy(terms.minutes, left)}; nothing was published",
            where=session.instance.page(str(session.identifier)),
            fix=LONGER,
        )
    return seen


def publish(session: Session, prospect: Prospect, notes: str, terms: Terms, notify: Notify) -> Outcome:
    """Publishes what was looked at, verifies the version, and notes it in the lock.

    BlockedError, and nothing is written, where something prevents it or the draft has changed since.
    UnfinishedError where no version came about, or one that is not what was looked at.
    """
    refuse_unready(prospect.readiness)
    key, reader = session.access.key, session.reader
    if key is None or not session.writing:
        raise UserError("this session only reads", fix="open it with writing=True")

    def check() -> None:
        if not _is_same_draft(session.reader.draft(), prospect.draft):
            raise BlockedError(
                "the draft was changed since it was looked at; nothing was published",
                where=reader.instance.page(str(session.identifier)),
                fix="run the same command again and look at it",
            )

    _note_missed(session, prospect.last)
    writer = Writer(session.instance, key, session.identifier, session.cache)
    with _shown_wait(notify) as say:
        version = publish_draft(writer, notes, Watch(terms.minutes * 60, first_pause(session), say), check)
        say(f"reading version {version.version}")
        publication, document = read_publication(reader, version, first_pause(session))
    noted = note_publication(session, publication)
    if faults := _differences(prospect.draft, version, document):
        raise UnfinishedError(
            f"version {publication.version} is published, but it is not the draft that was looked at: "
            f"{'; '.join(faults)} differ",
            where=publication.url,
            fix="somebody changed the draft at the same moment: look at the version. It cannot be changed, "
            "but a corrected draft can be published again",
        )
    return Outcome(publication, made=True, noted=noted)


def _note_missed(session: Session, last: Version | None) -> None:
    """Notes the version before this one, where the run that made it was killed before it could."""
    if last is None or session.access.store is not None:
        return
    here = (session.spec.environment, session.instance.api_url, last.version)
    known = load_lock(lock_file(session.spec.file)).published
    if here not in {(one.environment, one.api_url, one.version) for one in known}:
        note_publication(session, read_publication(session.reader, last, first_pause(session))[0])


def recognise(session: Session, prospect: Prospect, *, note: bool = True) -> Outcome:
    """The version that has all that the draft has, noted in the lock if it is not there yet."""
    assert prospect.last is not None, "a draft that is Published has a version"
    publication, _ = read_publication(session.reader, prospect.last, first_pause(session))
    return Outcome(publication, made=False, noted=note and note_publication(session, publication))


def refuse_unready(readiness: Readiness) -> None:
    """BlockedError with everything that prevents publishing."""
    if readiness.is_ready:
        return
    reasons = "; ".join(blocker.what for blocker in readiness.blockers)
    raise BlockedError(f"the draft cannot be published: {reasons}", fix=readiness.blockers[0].fix)


def refuse_unpermitted(allow: Collection[str]) -> None:
    """BlockedError unless publishing was allowed by its own word; UserError for another one."""
    if unknown := sorted({*allow} - {PERMIT}):
        raise UserError(f"--allow {unknown[0]} is not known here", fix=f"use --allow {PERMIT}")
    if PERMIT not in allow:
        raise BlockedError(
            "a published version and its DOI can never be changed or deleted, so --yes alone is not enough",
            fix=f"add --allow {PERMIT}",
        )


def check_notes(notes: str, where: str = "--notes") -> str:
    """Release notes without blanks around them. UserError where the archive would not take them."""
    text = notes.strip()
    if len(text) > LONGEST_NOTES:
        raise UserError(
            f"the release notes have {len(text):,} characters; the archive takes {LONGEST_NOTES:,} at most",
            where=where,
            fix="shorten them",
        )
    return text


def note_publication(session: Session, publication: Publication) -> bool:
    """Notes a version in the lock; False where it is there already. The embedded archive keeps its own."""
    if session.access.store is not None:
        return False
    entry = PublishedAs(
        session.spec.environment,
        session.instance.api_url,
        str(session.identifier),
        publication.version,
        publication.url,
        publication.citation,
        publication.day,
        publication.doi,
    )
    lock = lock_file(session.spec.file)
    try:
        return add_published(lock, entry)
    except OSError as error:
        raise UnfinishedError(
            f"version {publication.version} is published (DOI {publication.doi or 'none'}), but the lock "
            f"cannot be written: {error.strerror or error}",
            where=str(lock),
            fix="free the disk or correct the permissions, then run publish again: it notes the version",
        ) from None


def _differences(draft: JsonObject, version: Version, document: JsonObject) -> list[str]:
    """What of a version is not as in the draft that was looked at, without what publishing itself adds."""
    counts = {
        "asset_count": (draft.get("asset_count"), version.assets),
        "size": (draft.get("size"), version.size),
    }
    found = [name for name, (was, now) in counts.items() if was is not None and was != now]
    was, now = strip_dandiset(draft["metadata"]), strip_dandiset(document)
    keys = was.keys() | (now.keys() & {*DANDISET_FIELDS})  # the archive may add fields of its own
    return found + sorted(key for key in keys if was.get(key) != now.get(key))


@contextmanager
def _shown_wait(notify: Notify) -> Iterator[Callable[[str], None]]:
    """A function that shows what is waited for, as a step that runs until the block ends."""
    step = Step("archive", "archive", {})

    def say(text: str) -> None:
        notify(replace(step, params={"do": text}), None)

    yield say
    notify(step, Result(step.id, Status.DONE))
