"""How a spec comes to what was looked up for it: from its lock, and in memory from the services."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dandifile.commands.instance import instance_faults
from dandifile.doi import normal
from dandifile.errors import BlockedError
from dandifile.lookup.facts import Lock
from dandifile.lookup.known import Known
from dandifile.lookup.lock import load_lock, lock_file
from dandifile.lookup.pinned_ids import anothers, out_of_use
from dandifile.lookup.terms.outcome import TermKind
from dandifile.lookup.wanted import Wanted, WantedTerm, lacking, pinnable
from dandifile.model import Cache, Spec
from dandifile.spec.facts import References
from dandifile.spec.faults import Fault
from dandifile.spec.load import Declaration, build, read
from dandifile.spec.need import EVERYTHING, Need

if TYPE_CHECKING:
    from dandifile.lookup.resolve import Resolution
    from dandifile.lookup.rows import Row

REMEDY = "run `dandifile resolve`, look at what it writes into the lock, and commit that"


@dataclass(frozen=True)
class Bound:
    """A spec that was read, its lock, and what of the spec must be in it before anything is written."""

    declared: Declaration
    lock: Lock
    needed: Wanted

    @property
    def file(self) -> Path:
        return self.declared.file

    @property
    def lacking(self) -> tuple[str, ...]:
        return lacking(self.needed, self.lock)

    def spec(self, found: Lock, rows: Sequence[Row] = ()) -> Spec:
        """The Spec with these facts and with what came of looking; unpinned is what the lock itself lacks."""
        open_ = [row for row in rows if row.state != "found"]
        reasons = {row.asked: "; ".join(row.notes) for row in open_}
        unasked = frozenset(row.asked for row in open_ if row.state == "unknown")
        known = Known(found, self.needed, self.lacking, reasons, unasked)
        people, places = (*self.lock.people, *found.people), (*self.lock.institutions, *found.institutions)
        verdicts = {person.orcid: person.status.value for person in people}
        verdicts |= {place.ror: place.status.value for place in places}
        spec = build(self.declared, known)
        called = self.declared.references.called
        doubts = (*out_of_use(called, self.lock), *anothers(called, self.lock))
        return replace(spec, verdicts=verdicts, notes=(*spec.notes, *doubts))


def bind(file: Path, environment: str, need: Need = EVERYTHING) -> Bound:
    declared = read(file, environment, need)
    if faults := list(instance_faults(declared.document.value)):
        raise declared.error_of(faults)
    return Bound(declared, load_lock(lock_file(declared.file)), needed(declared))


def pinned(bound: Bound) -> Spec:
    """The Spec with what its lock holds. Nobody is asked."""
    return bound.spec(bound.lock)


def looked_up(bound: Bound, cache: Cache, *, locked: bool, offline: bool) -> Spec:
    """The Spec, also with what its lock lacks, kept in memory. `locked`: that is an error instead.

    No service is asked, and nothing that could ask one is imported, where all is pinned.
    """
    missing = bound.lacking
    if not missing:
        return pinned(bound)
    if locked:
        raise BlockedError(f"not in the lock: {', '.join(missing)}", fix=REMEDY)
    found = ask_briefly(bound.needed, bound.lock, cache, offline=offline)
    return bound.spec(found.lock, found.rows)


def ask_briefly(wanted: Wanted, lock: Lock, cache: Cache, *, offline: bool) -> Resolution:
    """For a plan, which goes on with what is known: a service that is down holds it up for moments.

    `offline`: the lock and the shipped tables are all that is asked.
    """
    from dandifile.lookup.client import Patience
    from dandifile.run.state import MemoryCache

    if offline:
        return ask(wanted, lock, MemoryCache(), offline=True)
    return ask(wanted, lock, cache, patience=Patience(2, 0.3, 5.0, timeout=(3.0, 5.0), total=8.0))


def ask(wanted: Wanted, lock: Lock, cache: Cache, **how: Any) -> Resolution:
    """Asks the services that the environment names, now; `how` is `lookup.resolve.resolve`'s."""
    from dandifile.lookup.resolve import resolve
    from dandifile.lookup.services import Services

    services = Services.from_environment(os.environ)
    return resolve(wanted, lock, services, cache, now=datetime.now(UTC), **how)


def needed(declared: Declaration) -> Wanted:
    """What the metadata to be written rests on: papers, names of terms, and ids without a name."""
    named = declared.references
    return Wanted(dois=_dois(declared, named), terms=_terms(named, also_named=False))


def everything(declared: Declaration) -> Wanted:
    """Also what only has to be checked: ORCID iDs, ROR ids, and terms with both a name and an id."""
    named = declared.references
    terms = _terms(named, also_named=True)
    return Wanted(_dois(declared, named), named.orcids, named.rors, terms)


def _dois(declared: Declaration, named: References) -> tuple[str, ...]:
    found = [normal(doi) for doi in named.dois]
    if None in found:
        wrong = named.dois[found.index(None)]
        fault = Fault(("doi",), f"{wrong!r} is not a DOI", "a DOI looks like 10.1038/s41586-023-06031-6")
        raise declared.error_of([fault])
    return tuple(dict.fromkeys(doi for doi in found if doi))


def _terms(named: References, *, also_named: bool) -> tuple[WantedTerm, ...]:
    terms = (term for term in named.terms if pinnable(term.asked) and (also_named or not term.name))
    return tuple(dict.fromkeys(WantedTerm(term.asked, TermKind(term.about)) for term in terms))
