"""The grid of subjects and sessions as a page, and a page for each subject."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from localdandi import errors
from localdandi.document import JsonObject
from localdandi.pages import recording
from localdandi.pages.shown import Shown
from localdandi.pages.subjects import Cell, Subject
from localdandi.pages.visit import VERSION, PageCall, visit
from localdandi.store import assets

if TYPE_CHECKING:
    from starlette.responses import Response

ROWS = 100  # of the grid, a page
_MOST_FILES = 1000  # on the page of a subject
_ASKED = 50  # files of a subject whose metadata is read for what it says of the subject


def grid_view(shown: Shown, page: int) -> JsonObject:
    """The values of one page of the grid, counted from 1."""
    overview = shown.overview
    rows = overview.subjects[(page - 1) * ROWS : page * ROWS]
    return {
        "shown": shown,
        "overview": overview,
        "rows": rows,
        "previous": shown.to.subjects(page - 1) if page > 1 else None,
        "following": shown.to.subjects(page + 1) if page * ROWS < len(overview.subjects) else None,
    }


def subject_view(shown: Shown, subject: Subject) -> JsonObject:
    """The values of a subject's page."""
    files = [one for cell in subject.sessions for one in cell.files]
    found = [assets.by_asset_id(shown.db, one.asset_id) for one in files[:_ASKED]] if subject.name else []
    documents = [json.loads(one.metadata) for one in found if one]
    return {
        "shown": shown,
        "subject": subject,
        "sessions": _first(subject.sessions),
        "with_sessions": any(cell.session for cell in subject.sessions),
        "left_out": max(0, len(files) - _MOST_FILES),
        "facts": recording.about_subjects(_of_subject(documents, subject.name)),
    }


def _first(sessions: tuple[Cell, ...]) -> list[Cell]:
    """Sessions with at most as many files as are shown."""
    shown, left = [], _MOST_FILES
    for cell in sessions:
        if left > 0:
            shown.append(replace(cell, files=cell.files[:left]))
        left -= len(cell.files)
    return shown


def _of_subject(documents: list[JsonObject], name: str) -> list[JsonObject]:
    """The documents without the other subjects of files that are of several."""
    return [
        {
            "wasAttributedTo": [
                one
                for one in document.get("wasAttributedTo") or []
                if isinstance(one, dict) and one.get("identifier") == name
            ]
        }
        for document in documents
        if isinstance(document.get("wasAttributedTo"), list)
    ]


def _grid(call: PageCall) -> Response:
    return call.page("subjects", **grid_view(call.shown(), call.page_number()))


def _subject(call: PageCall) -> Response:
    shown = call.shown()
    subject = shown.overview.subject(call.query.get("id", ""))
    if subject is None:
        raise errors.not_found()
    return call.page("subject", **subject_view(shown, subject))


ROUTES = [visit(VERSION + "/subjects", _grid), visit(VERSION + "/subject", _subject)]
