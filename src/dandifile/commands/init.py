"""`dandifile init`: a first spec, from a paper's DOI and from what is in the lab's folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dandifile import doi as dois
from dandifile.archive.instances import check_name
from dandifile.desired.spec_and_lock import ask_services, read_spec_and_lock
from dandifile.errors import Exit, Problem, SpecError, UserError
from dandifile.init.new_contributors import orcids_and_rors
from dandifile.init.new_spec import Material, Question, questions, spec_text
from dandifile.lookup.facts import Lock, Term
from dandifile.lookup.lock import load_lock, lock_file, save_lock
from dandifile.lookup.pinned_ids import update_ids
from dandifile.lookup.rows import LookupRow, LookupState
from dandifile.lookup.terms.outcome import TermKind
from dandifile.lookup.wanted import Wanted, WantedTerm
from dandifile.run.state import MemoryCache
from dandifile.session.data_match import source_of
from dandifile.spec.load import spec_file
from dandifile.survey.overview import Overview, overview
from dandifile.terminal.screen import Flags, show_progress
from dandifile.writing import create_spec

_MINUTES = 1.0  # for one file, of which a few texts are read


@dataclass(frozen=True)
class SpecSource:
    """What a spec is made from; `instance` is "" where the user is asked for it."""

    dois: tuple[str, ...]
    data: tuple[Path, ...]
    instance: str = ""
    offline: bool = False


def init(file: Path, source: SpecSource) -> int:
    """Writes the spec and its lock, and says what is left to fill in. Never writes over a spec.

    `file` may be its folder.
    """
    file = spec_file(file)
    if not (source.dois or source.data):
        raise UserError("there is nothing to make a spec from", fix="give --doi, --data, or both")
    if source.instance:
        check_name(source.instance)
    if file.exists():
        raise UserError(
            "there is a spec already", where=str(file), fix="edit it, or name another file with --file"
        )
    found = _overview(file.absolute(), [source_of(file, folder) for folder in source.data])
    known, lock, rows, notes = _look_up(file, source, found)
    answer = _answerer()
    answers = {question.key: answer(question) for question in questions(known)}
    create_spec(file, spec_text(known, answers))
    save_lock(lock_file(file), lock)
    unasked = any(row.state is LookupState.UNKNOWN for row in rows)
    _report(file, [*notes, *(f"{name} cannot be read" for name in found.unreadable)], unasked=unasked)
    return Exit.DONE


def _overview(file: Path, sources: Sequence[str]) -> Overview:
    """Files are read in processes of their own: one that makes them hang or crash is left unread."""
    from dandifile.run.processes import TimeLimit
    from dandifile.run.survey_runner import survey_runner
    from dandifile.survey import tasks

    with (
        show_progress(Flags()) as shown,
        survey_runner(
            tasks, MemoryCache(), os.cpu_count() or 1, shown.notify, limit=TimeLimit(_MINUTES)
        ) as run,
    ):
        return overview(file, sources, run)


def normal_dois(given: Iterable[str]) -> tuple[str, ...]:
    """DOIs in their normal form; UserError for a text that is not a DOI."""
    found = {text: dois.normal_doi(text) for text in given}
    for text, doi in found.items():
        if doi is None:
            raise UserError(f"{text!r} is not a DOI", fix="write it like 10.1038/s41586-023-06031-6")
    return tuple(dict.fromkeys(filter(None, found.values())))


def _look_up(
    file: Path, source: SpecSource, found: Overview
) -> tuple[Material, Lock, Sequence[LookupRow], list[str]]:
    """Looks up the papers, then what the spec will name of them: the lock holds that and no more."""
    if source.dois and not source.offline:
        sys.stderr.write(
            f"looking up {', '.join(source.dois)}, and the people and institutions that it names …\n"
        )
    cache, before = MemoryCache(), load_lock(lock_file(file))
    first = ask_services(Wanted(dois=source.dois), before, cache, offline=source.offline)
    _refuse_missing(first.rows)
    papers, warnings = [], list(first.warnings)
    for paper in first.lock.papers:
        sound, changed = update_ids(paper, first.lock)
        papers.append(sound)
        warnings += changed
    known = Material(source.instance, source.dois, tuple(papers), found, _terms(found))
    orcids, rors = orcids_and_rors(known.papers)
    ids = tuple(WantedTerm(term.id, TermKind.REGION) for term in known.terms)
    second = ask_services(Wanted(source.dois, orcids, rors, ids), first.lock, cache, offline=source.offline)
    # `update_ids` has dropped what no service knows, and says so
    notes = [
        f"{row.asked}: {note}"
        for row in first.rows
        if row.state is not LookupState.MISSING
        for note in row.notes
    ]
    return known, second.lock, (*first.rows, *second.rows), [*notes, *warnings]


def _terms(found: Overview) -> tuple[Term, ...]:
    """Locations that are the exact name of a brain region; no service is asked about a lab's own words."""
    places = dict.fromkeys(place for seen in found.glimpses for place in seen.locations)
    wanted = Wanted(terms=tuple(WantedTerm(place, TermKind.REGION) for place in places))
    return ask_services(wanted, Lock(), MemoryCache(), offline=True).lock.terms


def _refuse_missing(rows: Sequence[LookupRow]) -> None:
    for row in rows:
        if row.what == "paper" and row.state is LookupState.MISSING:
            raise UserError(f"there is no paper {row.asked}: {'; '.join(row.notes)}", fix="correct --doi")


def _answerer() -> Callable[[Question], str]:
    """Asks the person at the terminal; without a terminal every answer is ""."""
    return _prompt if sys.stdin is not None and sys.stdin.isatty() else lambda _: ""


def _prompt(question: Question) -> str:
    sys.stderr.write(f"{question.asked} ({question.why}; leave it empty to fill it in later)\n> ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _report(file: Path, notes: Sequence[str], *, unasked: bool) -> None:
    """What is written, what is left to do, the next commands; `unasked`: a service was not reached."""
    sys.stdout.write(f"{file.name} written, and {lock_file(file).name}\n")
    for line in dict.fromkeys(notes):
        sys.stderr.write(f"note: {line}\n")
    if left := _open_problems(file):
        sys.stdout.write("left to fill in, each in place of a text that begins with GAP:\n")
        sys.stdout.writelines(f"  {problem.where}  {problem.what}\n" for problem in left)
    if unasked:
        sys.stdout.write("some lookups failed: run `dandifile resolve` when the services can be reached\n")
    commands = ["check", *(["resolve"] if unasked else []), "plan", "apply --create"]
    sys.stdout.write(f"then: {', '.join(f'dandifile {command}' for command in commands)}\n")


def _open_problems(file: Path) -> Sequence[Problem]:
    """What `check` will say."""
    try:
        read_spec_and_lock(file).pinned_spec()
    except SpecError as error:
        return error.problems
    return ()
