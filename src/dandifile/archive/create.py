"""Creating a dandiset exactly once, even if the run that does it is killed at any moment.

The archive takes any number of dandisets with one name. So a run leaves a note (the intent)
before it asks, and a rerun that finds the note adopts what the earlier run made: a draft of
this user, with this name, empty, and younger than the note. Any other draft of that name
stops it, since only the user can know whether it is the one.

The archive has no lock across machines. Of two that create at the same instant, the one whose
dandiset has the larger identifier stops before it writes anything to it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dandifile.archive.api import UnreachedError
from dandifile.archive.instance import Instance
from dandifile.archive.reader import Reader
from dandifile.archive.writer import Embargo, Writer
from dandifile.errors import ArchiveError, BlockedError, UserError
from dandifile.model import EMBARGOED, JsonObject
from dandifile.reading.files import SPEC_LIMIT, read_bytes
from dandifile.reading.jsontext import misfit, parse_json
from dandifile.words import quantity
from dandifile.writing import replace_content

_SLACK = timedelta(minutes=1)
"""How far the clocks of the archive's own machines may differ. When the note was written, no draft
had the name, so a draft that is older by less than this is ours too."""

_SERVER_ERROR = 500


@dataclass(frozen=True)
class Intent:
    """What a run was about to create, where, and when (by the archive's clock)."""

    name: str
    archive: str
    time: str


def create_once(
    writer: Writer,
    name: str,
    metadata: JsonObject,
    intent: Path,
    embargo: Embargo | None = None,
) -> str:
    """Create the dandiset, or adopt the one that a killed run created, and return its identifier.

    The caller writes the identifier down and then calls `forget_intent`. BlockedError if there is
    another draft of that name.
    """
    earlier = _read_intent(intent, name, writer.reader)
    found = _find_draft(writer.reader, name, earlier, embargo)
    if found is None:
        begun = Intent(name, writer.reader.instance.home, writer.reader.api.server_time().isoformat())
        _write_intent(intent, begun)
        try:
            made = writer.create(name, metadata, embargo)
        except ArchiveError as error:
            found = _find_draft(writer.reader, name, begun, embargo) if _may_exist(error) else None
            if found is None:
                raise
        else:
            _refuse_second(writer, name, made)
            return made
    writer.adopt(found)
    return found


def intent_file(state: Path, instance: Instance, name: str) -> Path:
    """Where the note of this creation is kept: each archive and name has its own."""
    which = hashlib.sha256(f"{instance.home}\n{name}".encode()).hexdigest()[:12]
    return state / "creations" / f"{which}.json"


def forget_intent(intent: Path) -> None:
    """Delete the note, once the identifier is written down."""
    intent.unlink(missing_ok=True)


def refuse_same_name(reader: Reader, name: str, intent: Path, embargo: Embargo | None = None) -> None:
    """BlockedError if `create_once` would raise it, before anything is written."""
    _find_draft(reader, name, _read_intent(intent, name, reader), embargo)


def _find_draft(reader: Reader, name: str, earlier: Intent | None, embargo: Embargo | None) -> str | None:
    """The draft to adopt, or None if nothing has the name."""
    drafts = reader.own_drafts(name)
    ours = [draft for draft in drafts if earlier and _is_left_by(draft, earlier, embargo)]
    if len(drafts) == len(ours) == 1:
        identifier: str = drafts[0]["identifier"]
        return identifier
    if drafts:
        raise _same_name_error(reader, name, drafts)
    return None


def _refuse_second(writer: Writer, name: str, made: str) -> None:
    """Stop if another machine made one too: a moment ago there was none of this name."""
    drafts = writer.reader.own_drafts(name)
    others = sorted(draft["identifier"] for draft in drafts if draft["identifier"] < made)
    if others:
        writer.adopt(None)
        instance = writer.reader.instance
        raise BlockedError(
            f"two dandisets with this name were created on {instance.name} at the same time: {others[0]} by "
            f"another apply of yours, which goes on, and {made} by this one, which wrote nothing to it",
            where=name,
            fix=f'write `identifier: "{others[0]}"` into the spec, or take over the lock of the other apply; '
            f"delete {made} at {instance.page(made)}",
        )


def _is_left_by(draft: JsonObject, earlier: Intent, embargo: Embargo | None) -> bool:
    """Whether an interrupted creation made this draft and nothing has happened to it since."""
    created = datetime.fromisoformat(draft["created"])
    return (
        created >= datetime.fromisoformat(earlier.time) - _SLACK
        and draft["draft_version"]["asset_count"] == 0
        and draft["most_recent_published_version"] is None
        and (draft["embargo_status"] == EMBARGOED) == (embargo is not None)
    )


def _same_name_error(reader: Reader, name: str, drafts: list[JsonObject]) -> BlockedError:
    instance = reader.instance
    listed = ", ".join(
        f"{draft['identifier']} ({quantity(draft['draft_version']['asset_count'], 'asset')}, "
        f"created {draft['created'][:10]}, {instance.page(draft['identifier'])})"
        for draft in drafts
    )
    return BlockedError(
        f"you already have a dandiset with this name on {instance.name}: {listed}",
        where=name,
        fix=f'to use it, write `identifier: "{drafts[0]["identifier"]}"` into the spec; '
        "to create another one, give it another `name`",
    )


def _may_exist(error: ArchiveError) -> bool:
    """Whether the dandiset may exist even though the request failed."""
    if isinstance(error, UnreachedError):
        return error.effect
    return (error.status or 0) >= _SERVER_ERROR


def _read_intent(intent: Path, name: str, reader: Reader) -> Intent | None:
    """The note of an earlier run for this dandiset; None if there is none that can be read."""
    try:
        said = parse_json(read_bytes(intent, "the note", SPEC_LIMIT))
        if misfit(said, {"name": str, "archive": str, "time": str}):
            return None
        noted = Intent(said["name"], said["archive"], said["time"])
        datetime.fromisoformat(noted.time)
    except (UserError, ValueError):
        return None
    meant = (name, reader.instance.home)
    return noted if (noted.name, noted.archive) == meant else None


def _write_intent(intent: Path, begun: Intent) -> None:
    """The whole note or nothing, and on the disk before the archive is asked."""
    intent.parent.mkdir(parents=True, exist_ok=True)
    replace_content(intent, json.dumps(asdict(begun)))
