"""Why something is planned: the plan is made, nothing is written, and what led to it is put into words."""

from __future__ import annotations

import os
from pathlib import Path

from dandifile.explanation.explain import explain
from dandifile.explanation.places import Places
from dandifile.explanation.view import View
from dandifile.lookup.lock import lock_file
from dandifile.model import Explanation
from dandifile.reading.document import Document, read_document
from dandifile.reading.files import LOCK_LIMIT, read_text
from dandifile.run.execute import Notify
from dandifile.session.session import Planned, Session
from dandifile.survey.scan import source_name


def explain_subject(session: Session, asked: str, notify: Notify) -> list[Explanation]:
    """What leads to the plan for an asset, a file or a field. UserError for a word that is about nothing."""
    view = view_of(session, session.plan(notify=notify))
    root = os.path.abspath(session.spec.root)  # noqa: PTH100 - links are not followed
    file = next((file for file in (Path.cwd() / asked, Path(root) / asked) if os.path.lexists(file)), None)
    source = source_name(root, os.path.normpath(file or Path(root) / asked))
    return explain(view, asked, source, exists=file is not None and file.is_file())


def view_of(session: Session, planned: Planned) -> View:
    """What explanations of this plan may look at."""
    places = Places(session.source, _read_lock(lock_file(session.spec.file)))
    return View(places, session.spec, planned.plan, planned.local, planned.observed)


def _read_lock(file: Path) -> Document | None:
    """The lock with the place of each entry; it was read before, so it is valid."""
    if not file.exists():
        return None
    return read_document(read_text(file, "the lock", LOCK_LIMIT, file.name), file.name, may_be_empty=True)
