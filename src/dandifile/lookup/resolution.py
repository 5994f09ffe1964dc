"""Look up what a spec names: papers, people, institutions, terms. The result is a lock; nothing is written.

What is pinned is not looked up again, unless it is being refreshed, or its service could not be reached the
last time. A service that cannot be reached changes no known fact.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from dandifile.lookup import orcid, ror
from dandifile.lookup.authors import full_name
from dandifile.lookup.client import PATIENT, Answer, Asker, Client, Unreachable
from dandifile.lookup.facts import Institution, Lock, Paper, Person, Term, Unsettled, keep_if_same
from dandifile.lookup.nwb_locations import SettledLocation, find_location, settle_locations
from dandifile.lookup.paper_lookup import add_ror_ids, look_up_paper
from dandifile.lookup.rows import (
    LookupRow,
    institution_row,
    no_paper_row,
    outcome_row,
    paper_row,
    person_row,
    ror_rows,
    term_row,
)
from dandifile.lookup.services import Services
from dandifile.lookup.terms.outcome import Matched, Unchecked
from dandifile.lookup.terms.search import find_term
from dandifile.lookup.wanted import Wanted, WantedTerm, pinned_location
from dandifile.model import Cache, Location
from dandifile.net.retry import Patience

REFRESHABLE = {
    "doi": frozenset({"openalex", "crossref", "datacite", "doi"}),
    "orcid": frozenset({"orcid"}),
    "ror": frozenset({"ror"}),
    "terms": frozenset({"ols"}),
}
"""What can be refreshed, and the services whose cached answers are then not used."""

WIDTH = 8
"""Requests at the same time to all services together; each service has a lower limit of its own."""

_OPEN = "unreachable"  # status of people and institutions whose service could not be reached the last time

_Fact = TypeVar("_Fact", Paper, Person, Institution, Term, Unsettled)
_Verdict = TypeVar("_Verdict", Person, Institution)
_Item = TypeVar("_Item", bound=Hashable)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Resolution:
    """The new lock, a row for each thing that was looked up, and warnings about the papers."""

    lock: Lock
    rows: tuple[LookupRow, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Run:
    """What all lookups of one call share."""

    lock: Lock
    client: Asker
    pool: Executor
    today: str
    refresh: frozenset[str]


def resolve(  # noqa: PLR0913 - each is an edge of its own
    wanted: Wanted,
    lock: Lock,
    services: Services,
    cache: Cache,
    *,
    now: datetime,
    refresh: frozenset[str] = frozenset(),
    offline: bool = False,
    patience: Patience = PATIENT,
) -> Resolution:
    """Look up what the lock lacks. `refresh` has keys of `REFRESHABLE`; `offline` sends no requests.

    The new lock has exactly what is wanted, in the order of `lock`. It equals `lock` if nothing is new.
    """
    stale = frozenset(service for key in refresh for service in REFRESHABLE[key])
    client = Client(services, cache, now=now, offline=offline, refresh=stale, patience=patience)
    with ThreadPoolExecutor(WIDTH) as pool:
        run = _Run(lock, client, pool, now.date().isoformat(), refresh)
        papers, rows = _resolve_papers(run, _drop_repeats(wanted.dois), services.contact)
        people, more = _resolve_people(run, wanted, papers)
        places, still_more = _resolve_institutions(run, wanted, papers)
        terms, last = _resolve_terms(run, _drop_repeats(wanted.terms))
        in_files = _resolve_locations(run, _drop_repeats(wanted.locations))
    words = [each.fact for each in in_files]
    open_ = [fact for fact in words if isinstance(fact, Unsettled)]
    terms += [fact for fact in words if isinstance(fact, Term)]
    resolved = Lock(
        papers=_in_order(lock.papers, papers, lambda paper: paper.doi),
        people=_in_order(lock.people, people, lambda person: person.orcid),
        institutions=_in_order(lock.institutions, places, lambda place: place.ror),
        terms=_in_order(lock.terms, terms, lambda term: (term.about, term.asked)),
        unsettled=_in_order(lock.unsettled, open_, lambda word: (word.about, word.asked)),
        identifiers=lock.identifiers,
        published=lock.published,
    )
    rows += [*more, *still_more, *last, *(each.row for each in in_files)]
    return Resolution(resolved, tuple(rows), tuple(paper_warnings(papers)))


def paper_warnings(papers: Sequence[Paper]) -> list[str]:
    """The warnings of the services about the papers, and related papers that the spec does not name."""
    named = {paper.doi for paper in papers}
    warnings = [f"{paper.doi}: {warning}" for paper in papers for warning in paper.warnings]
    return warnings + [
        f"{paper.doi}: {'has a preprint' if each.relation == 'preprint' else 'was published as'} {each.doi};"
        " name it under `doi` too if the dandiset belongs to both"
        for paper in papers
        for each in paper.related
        if each.doi not in named
    ]


def _resolve_papers(run: _Run, dois: Sequence[str], contact: str) -> tuple[list[Paper], list[LookupRow]]:
    asked = [doi for doi in dois if "doi" in run.refresh or run.lock.paper(doi) is None]
    looked_up = _ask_all(run, asked, lambda doi: look_up_paper(run.client, doi, contact))
    papers: list[Paper] = []
    rows: list[LookupRow] = []
    for doi in dois:
        pinned, found = run.lock.paper(doi), looked_up.get(doi)
        if pinned and (found is None or found.unreachable or found.paper is None):
            notes = (*found.warnings, f"the lock keeps the record of {pinned.fetched}") if found else ()
            papers.append(pinned)
            rows.append(paper_row(pinned, notes, pinned=True))
        elif found and found.paper:
            paper, more = _new_paper(run, found.paper, pinned, found.warnings)
            papers.append(paper)
            rows += more
        elif found:
            rows.append(no_paper_row(doi, found.warnings, unreachable=found.unreachable))
    return papers, rows


def _new_paper(
    run: _Run, paper: Paper, pinned: Paper | None, warnings: tuple[str, ...]
) -> tuple[Paper, list[LookupRow]]:
    """A paper that was just looked up, with the ROR ids that it lacked."""
    found = add_ror_ids(run.client, paper, run.pool, pinned)
    if found.unreachable:
        later = "some funders and affiliations have no id; run `dandifile resolve --refresh doi` later"
        warnings += (f"ROR: {found.unreachable}; {later}",)
    paper = keep_if_same(pinned, found.paper)
    return paper, [paper_row(paper, warnings, pinned=paper is pinned), *ror_rows(found.matched)]


def _resolve_people(
    run: _Run, wanted: Wanted, papers: Sequence[Paper]
) -> tuple[list[Person], list[LookupRow]]:
    authors = {
        author.orcid: full_name(author) for paper in papers for author in paper.authors if author.orcid
    }
    ids = _drop_repeats((*wanted.orcids, *authors))
    people, rows = [], []
    for person, answer in _verdicts(run, "orcid", ids, run.lock.person, orcid.fetch, orcid.verdict):
        people.append(person)
        author, pinned = authors.get(person.orcid, ""), run.lock.person(person.orcid) is person
        rows.append(person_row(person, author, _why("ORCID", answer), pinned=pinned))
    return people, rows


def _resolve_institutions(
    run: _Run, wanted: Wanted, papers: Sequence[Paper]
) -> tuple[list[Institution], list[LookupRow]]:
    named = [each.ror for paper in papers for author in paper.authors for each in author.affiliations]
    paying = [funder.ror for paper in papers for funder in paper.funders]
    ids = _drop_repeats(filter(None, (*wanted.rors, *paying, *named)))
    places, rows = [], []
    for place, answer in _verdicts(run, "ror", ids, run.lock.institution, ror.fetch, ror.verdict):
        places.append(place)
        pinned = run.lock.institution(place.ror) is place
        rows.append(institution_row(place, _why("ROR", answer), pinned=pinned))
    return places, rows


def _verdicts(  # noqa: PLR0913, PLR0917 - how people and institutions differ
    run: _Run,
    key: str,
    ids: Sequence[str],
    known: Callable[[str], _Verdict | None],
    ask: Callable[[Asker, str], Answer],
    judge: Callable[[str, Answer, str], _Verdict],
) -> Iterator[tuple[_Verdict, Answer | None]]:
    """The verdict on each id, and the answer behind it, None if there was no request."""
    pinned = {each: fact for each in ids if (fact := known(each))}
    asked = [each for each in ids if key in run.refresh or each not in pinned or pinned[each].status == _OPEN]
    answers = _ask_all(run, asked, lambda each: ask(run.client, each))
    for each in ids:
        before, answer = pinned.get(each), answers.get(each)
        if before and (answer is None or isinstance(answer, Unreachable)):
            yield before, answer
        elif answer:
            yield keep_if_same(before, judge(each, answer, run.today)), answer


def _resolve_terms(run: _Run, wanted: Sequence[WantedTerm]) -> tuple[list[Term], list[LookupRow]]:
    asked = [each for each in wanted if "terms" in run.refresh or not run.lock.term(each.asked, each.about)]
    outcomes = _ask_all(run, asked, lambda each: find_term(each.asked, each.about, run.client))
    terms, rows = [], []
    for each in wanted:
        pinned, outcome = run.lock.term(each.asked, each.about), outcomes.get(each)
        if pinned and (outcome is None or isinstance(outcome, Unchecked)):
            terms.append(pinned)
            rows.append(term_row(pinned, [outcome.why] if outcome else (), pinned=True))
        elif isinstance(outcome, Matched):
            found = replace(outcome.term, checked=outcome.term.checked or run.today)
            term = keep_if_same(pinned, found)
            terms.append(term)
            rows.append(term_row(term, pinned=term is pinned))
        elif outcome:
            rows.append(outcome_row(outcome))
    return terms, rows


def _resolve_locations(run: _Run, wanted: Sequence[Location]) -> list[SettledLocation]:
    asked = [each for each in wanted if "terms" in run.refresh or pinned_location(each, run.lock) is None]
    outcomes = _ask_all(run, asked, lambda each: find_location(each, run.client))
    return list(settle_locations(wanted, run.lock, outcomes, run.today))


def _ask_all(run: _Run, items: Sequence[_Item], ask: Callable[[_Item], _Answer]) -> dict[_Item, _Answer]:
    """The answer for each item; several requests are sent at the same time."""
    return dict(zip(items, run.pool.map(ask, items), strict=True))


def _why(title: str, answer: Answer | None) -> str:
    return f"{title}: {answer.why}" if isinstance(answer, Unreachable) else ""


def _in_order(
    before: Iterable[_Fact], now: Iterable[_Fact], identity: Callable[[_Fact], Hashable]
) -> tuple[_Fact, ...]:
    """What is wanted now: first what the lock had, in its order, then the new ones."""
    places = {identity(fact): place for place, fact in enumerate(before)}
    return tuple(sorted(now, key=lambda fact: places.get(identity(fact), len(places))))


def _drop_repeats(items: Iterable[_Item]) -> list[_Item]:
    return list(dict.fromkeys(items))
