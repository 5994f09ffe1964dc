"""Who was recorded when: a version's files by subject and session, as a grid.

A file's subjects and session are what its metadata says; where that says nothing, the entities `sub-` and
`ses-` of its path.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from localdandi.document import Json
from localdandi.pages.documents import natural, objects, text
from localdandi.store import listing
from localdandi.store.dandisets import Version
from localdandi.store.database import Database
from localdandi.store.listing import Origin

MOST_FILES = 100_000  # that are looked at
MOST_COLUMNS = 60  # of the grid; the page of a subject has all of its sessions
_SUBJECT = re.compile(r"(?:^|[/_])sub-([^/_.]+)")
_SESSION = re.compile(r"(?:^|[/_])ses-([^/_.]+)")
_FULL_ENOUGH = 0.4  # of all cells, for sessions to be columns
_WORST_FIRST = ("Invalid", "Pending", "Valid")


@dataclass(frozen=True)
class Cell:
    """The files of one subject from one session; the session is empty where none is known."""

    session: str
    files: tuple[Origin, ...]

    @cached_property
    def size(self) -> int:
        return sum(one.size for one in self.files)

    @cached_property
    def status(self) -> str:
        """The worst verdict."""
        found = {one.status for one in self.files}
        return next((status for status in _WORST_FIRST if status in found), "Pending")


@dataclass(frozen=True)
class Subject:
    """One subject's sessions, in natural order; the name is empty for the files of no subject."""

    name: str
    sessions: tuple[Cell, ...]

    @property
    def files(self) -> int:
        return sum(len(cell.files) for cell in self.sessions)

    @property
    def size(self) -> int:
        return sum(cell.size for cell in self.sessions)


@dataclass(frozen=True)
class Overview:
    """All subjects of a version, in natural order, and the files that have none."""

    subjects: tuple[Subject, ...]
    others: Subject
    complete: bool  # whether all files were looked at

    @cached_property
    def session_count(self) -> int:
        return sum(1 for one in self.subjects for cell in one.sessions if cell.session)

    def subject(self, name: str) -> Subject | None:
        return next((one for one in (*self.subjects, self.others) if one.name == name), None)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The sessions that head the columns; nothing where subjects hardly share any, as with dates.

        Then the columns are first, second, third session.
        """
        names = {cell.session for one in self.subjects for cell in one.sessions}
        filled = sum(len(one.sessions) for one in self.subjects)
        shared = names and filled >= _FULL_ENOUGH * len(names) * len(self.subjects)
        return tuple(sorted(names, key=_session_order)) if shared else ()

    @property
    def width(self) -> int:
        most = max((len(one.sessions) for one in self.subjects), default=0)
        return min(len(self.columns) or most, MOST_COLUMNS)

    def row(self, subject: Subject) -> list[Cell | None]:
        """A subject's cells, one a column."""
        if self.columns:
            found = {cell.session: cell for cell in subject.sessions}
            return [found.get(name) for name in self.columns[:MOST_COLUMNS]]
        cells: list[Cell | None] = list(subject.sessions[: self.width])
        return cells + [None] * (self.width - len(cells))


def overview(database: Database, version: Version) -> Overview:
    """The subjects and sessions of a version; computed again once anything in it has changed."""
    return _overview(database, version.id, version.modified)


@lru_cache(maxsize=4)
def _overview(database: Database, version: int, _modified: str) -> Overview:
    rows = list(listing.origins(database.read(), version, MOST_FILES + 1))
    return arrange(rows[:MOST_FILES], complete=len(rows) <= MOST_FILES)


def arrange(rows: Iterable[Origin], *, complete: bool = True) -> Overview:
    """Files by subject and session. One of several subjects is in the row of each."""
    found: dict[str, dict[str, list[Origin]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        session = session_of(row.path, _decoded(row.generated_by))
        for name in subjects_of(row.path, _decoded(row.attributed_to)) or [""]:
            found[name][session].append(row)
    others = _subject("", found.pop("", {}))
    names = sorted(found, key=natural)
    return Overview(tuple(_subject(name, found[name]) for name in names), others, complete)


def _subject(name: str, sessions: dict[str, list[Origin]]) -> Subject:
    order = sorted(sessions, key=_session_order)
    return Subject(name, tuple(Cell(session, tuple(sessions[session])) for session in order))


def _session_order(name: str) -> tuple[bool, tuple[tuple[int, str], ...]]:
    """Files of no session come last."""
    return not name, natural(name)


def _decoded(found: object) -> Json:
    """What the database took out of the metadata: JSON where it is a list or an object."""
    try:
        return json.loads(found) if isinstance(found, str) else None
    except ValueError:
        return None


def subjects_of(path: str, attributed_to: Json) -> list[str]:
    participants = [
        one for one in objects(attributed_to) if one.get("schemaKey", "Participant") == "Participant"
    ]
    names = [text(one.get("identifier")) for one in participants]
    found = list(dict.fromkeys(filter(None, names)))
    entity = None if found else _SUBJECT.search(path)
    return [entity[1]] if entity else found


def session_of(path: str, generated_by: Json) -> str:
    """The session's identifier, or its name, or the entity of the path, or nothing."""
    sessions = [one for one in objects(generated_by) if one.get("schemaKey") == "Session"]
    for one in sessions:
        name = text(one.get("identifier")) or text(one.get("name"))
        if name:
            return name
    entity = _SESSION.search(path)
    return entity[1] if entity else ""
