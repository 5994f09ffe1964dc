"""Making a dandiset once, whenever the run that makes it is killed.

The archive takes any number of dandisets of one name, so a creation leaves a note (the
intent) before it asks, and a rerun that finds the note adopts what the earlier run made:
a draft of this user, of this name, empty, and younger than the note. Any other draft of
that name stops it, since only the user can know whether it is meant.

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
from dandifile.model import JsonObject
from dandifile.reading.files import SPEC_LIMIT, read_bytes
from dandifile.reading.jsontext import misfit, parse_json
from dandifile.writing import replace_content

_SLACK = timedelta(minutes=1)
"""How far the clocks of the archive's own machines may differ. When the note was written, no draft
had the name, so a draft that is older by less than this is ours all the same."""

_SERVER_ERROR = 500


@dataclass(frozen=True)
class Intent:
    """What a run was about to create, where, and when by the archive's own clock."""

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

    The caller writes the identifier down and then calls `settled`. BlockedError where a draft
    of that name exists that is not such a one.
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
    """Where the note of this creation is kept: specs that share a folder must not lose each other's."""
    which = hashlib.sha256(f"{instance.home}\n{name}".encode()).hexdigest()[:12]
    return state / "creations" / f"{which}.json"


def forget_intent(intent: Path) -> None:
    """The identifier is written down: the note has done its work."""
    intent.unlink(missing_ok=True)


def refuse_same_name(reader: Reader, name: str, intent: Path, embargo: Embargo | None = None) -> None:
    """BlockedError where `create_once` would raise it: known before anything is written."""
    _find_draft(reader, name, _read_intent(intent, name, reader), embargo)


def _find_draft(reader: Reader, name: str, earlier: Intent | None, embargo: Embargo | None) -> str | None:
    """The draft to adopt, or None where nothing has the name."""
    drafts = reader.own_drafts(name)
    ours = [draft for draft in drafts if earlier and _is_left_by(draft, earlier, embargo)]
    if len(drafts) == len(ours) == 1:
        identifier: str = drafts[0]["identifier"]
        return identifier
    if drafts:
        raise _same_name_error(reader, name, drafts)
    return None


def _refuse_second(writer: Writer, name: str, made: str) -> None:
    """Stop where another machine made one too: a moment ago there was none of this name."""
    drafts = writer.reader.own_drafts(name)
    others = sorted(draft["identifier"] for draft in drafts if draft["identifier"] < made)
    if others:
        writer.adopt(None)
        instance = writer.reader.instance
        raise BlockedError(
            f"two dandisets of this name were made on {instance.name} at the same time: {others[0]}, by "
            f"another apply of yours, which goes on with it, and {made}, by this one, which wrote no more",
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
        and (draft["embargo_status"] == "EMBARGOED") == (embargo is not None)
    )


def _same_name_error(reader: Reader, name: str, drafts: list[JsonObject]) -> BlockedError:
    instance = reader.instance
    listed = ", ".join(
        f"{draft['identifier']} ({_assets(draft['draft_version']['asset_count'])}, "
        f"created {draft['created'][:10]}, {instance.page(draft['identifier'])})"
        for draft in drafts
    )
    return BlockedError(
        f"you have a dandiset of this name on {instance.name} already: {listed}",
        where=name,
        fix=f'if it is the one, write `identifier: "{drafts[0]["identifier"]}"` into the spec; '
        "if you want another one, give it another `name`",
    )


def _assets(count: int) -> str:
    return f"{count:,} asset{'' if count == 1 else 's'}"


def _may_exist(error: ArchiveError) -> bool:
    """Whether the dandiset may exist although the request failed."""
    if isinstance(error, UnreachedError):
        return error.effect
    return (error.status or 0) >= _SERVER_ERROR


def _read_intent(intent: Path, name: str, reader: Reader) -> Intent | None:
    """The note of an earlier run for this very dandiset; a note that cannot be read counts as none."""
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
    """All of the note or nothing of it, and on the disk before the archive is asked."""
    intent.parent.mkdir(parents=True, exist_ok=True)
    replace_content(intent, json.dumps(asdict(begun)))
