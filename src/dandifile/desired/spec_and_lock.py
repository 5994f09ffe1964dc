"""The declared spec and its lock, and the Spec that they make together: the desired state.

What the lock lacks is looked up for the run alone and kept in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dandifile.archive.instances import check_name
from dandifile.desired.lock_facts import LockFacts
from dandifile.doi import normal_doi
from dandifile.errors import BlockedError, UserError
from dandifile.lookup.facts import Lock
from dandifile.lookup.lock import load_lock, lock_file
from dandifile.lookup.pinned_ids import mismatched_orcids, outdated_ids
from dandifile.lookup.terms.outcome import TermKind
from dandifile.lookup.wanted import Wanted, WantedTerm, can_be_pinned, missing_from
from dandifile.model import Cache, Json, JsonObject, Spec
from dandifile.reading.document import KeyPath
from dandifile.spec.build import fields_from_papers
from dandifile.spec.embargo_terms import creation_faults
from dandifile.spec.facts import References
from dandifile.spec.faults import Fault, is_gap
from dandifile.spec.load import Declaration, build, filled_in, read, read_from
from dandifile.spec.need import EVERYTHING, Need

if TYPE_CHECKING:
    from dandifile.lookup.resolution import Resolution
    from dandifile.lookup.rows import LookupRow

REMEDY = "run `dandifile resolve`, look at what it writes into the lock, and commit that"


@dataclass(frozen=True)
class SpecAndLock:
    """A spec as it was read, its lock, and what must be in the lock before anything is written."""

    declared: Declaration
    lock: Lock
    needed: Wanted

    @property
    def file(self) -> Path:
        return self.declared.file

    def with_text(self, text: str) -> SpecAndLock:
        """The same spec if its file held this text. SpecError as for a file."""
        old = self.declared
        declared = read_from(text, old.file, old.environment, old.need)
        return replace(self, declared=declared, needed=needed_lookups(declared))

    def filled_in(self) -> JsonObject:
        """What the file says, key by key as it is written, with templates filled in and terms complete."""
        return filled_in(self.declared, LockFacts(self.lock, self.needed, self.missing))

    def from_papers(self) -> JsonObject:
        """DANDI's fields that the papers of the spec would give without its other keys; {} without papers."""
        doi = self.declared.value.get("doi")
        papers = fields_from_papers({"doi": doi} if doi else {}, LockFacts(self.lock, self.needed))
        return {**papers.defaults, **papers.fields}

    @property
    def missing(self) -> tuple[str, ...]:
        """What is needed and not in the lock, in words."""
        return missing_from(self.needed, self.lock)

    def pinned_spec(self) -> Spec:
        """The Spec with what its lock holds. Asks no service."""
        return self.spec_with(self.lock)

    def spec_with(self, found: Lock, rows: Sequence[LookupRow] = ()) -> Spec:
        """The Spec with these facts; `rows` say why one is missing. Unpinned is what the lock itself lacks.

        SpecError for what only the facts show to be wrong.
        """
        open_ = [row for row in rows if row.state != "found"]
        reasons = {row.asked: "; ".join(row.notes) for row in open_}
        unasked = frozenset(row.asked for row in open_ if row.state == "unknown")
        spec = build(self.declared, LockFacts(found, self.needed, self.missing, reasons, unasked))
        people, places = (*self.lock.people, *found.people), (*self.lock.institutions, *found.institutions)
        verdicts = {person.orcid: person.status.value for person in people}
        verdicts |= {place.ror: place.status.value for place in places}
        called = self.declared.references.called
        doubts = (*outdated_ids(called, self.lock), *mismatched_orcids(called, self.lock))
        return replace(spec, verdicts=verdicts, notes=(*spec.notes, *doubts))


def read_spec_and_lock(file: Path, environment: str = "", need: Need = EVERYTHING) -> SpecAndLock:
    """The spec in `file` and its lock. SpecError with every problem of what the command needs."""
    declared = read(file, environment, need)
    if faults := list(_archive_faults(declared.document.value)):
        raise declared.error_of(faults)
    return SpecAndLock(declared, load_lock(lock_file(declared.file)), needed_lookups(declared))


def _archive_faults(declared: JsonObject) -> Iterator[Fault]:
    """A fault for every `instance` that cannot be an archive, also in environments that are not chosen."""
    for path, instance in _archives(declared):
        try:
            check_name(instance)
        except UserError as error:
            yield Fault(path, error.what, error.fix)


def _archives(declared: JsonObject) -> Iterator[tuple[KeyPath, str]]:
    if not is_gap(declared["instance"]):  # the command does not need it, or `read` would have said so
        yield ("instance",), declared["instance"]
    for name, override in (declared.get("environments") or {}).items():
        if "instance" in (override or {}):
            yield ("environments", name, "instance"), override["instance"]


def refuse_licenses(source: SpecAndLock, spec: Spec, info: Json) -> None:
    """SpecError for a license that is not among those of the archive, which are in its `/api/info/`."""
    from dandifile.spec.licenses import allowed_licenses, license_faults

    whole = source.declared.value
    short = {"license": whole["license"]} if "license" in whole else {}
    declared = short or {"metadata": {"license": spec.fields.get("license")}}
    if faults := list(license_faults(declared, allowed_licenses(info))):
        raise source.declared.error_of(faults)


def refuse_embargo(source: SpecAndLock, spec: Spec) -> None:
    """SpecError for an embargo with which the archive would not create a dandiset today."""
    declared = source.declared
    override = (declared.document.value.get("environments") or {}).get(declared.environment) or {}
    path = ("environments", declared.environment, "embargo") if "embargo" in override else ("embargo",)
    known = not (spec.unpinned or spec.unresolved)
    today = datetime.now(UTC).date()
    if faults := list(creation_faults(spec.embargo, spec.fields, today, path, contributors_known=known)):
        raise declared.error_of(faults)


# --- Facts that the lock lacks ------------------------------------------------------------------


@dataclass(frozen=True)
class MemoryLookups:
    """How one run looks up what the lock lacks; nothing of it is written.

    `locked`: not at all, it is an error. `offline`: only in the tables that dandifile ships.
    """

    cache: Cache
    locked: bool = False
    offline: bool = False

    def find(self, wanted: Wanted, lock: Lock, missing: Sequence[str]) -> Resolution:
        """For a plan, which goes on with what is known: a service that is down delays it for moments only.

        `missing` says what the lock lacks, in words.
        """
        if self.locked:
            raise BlockedError(f"not in the lock: {', '.join(missing)}", fix=REMEDY)
        from dandifile.lookup.client import BRIEF
        from dandifile.run.state import MemoryCache

        if self.offline:
            return ask_services(wanted, lock, MemoryCache(), offline=True)
        return ask_services(wanted, lock, self.cache, patience=BRIEF)


def complete_spec(source: SpecAndLock, lookups: MemoryLookups) -> Spec:
    """The Spec, also with what its lock lacks.

    Where all is pinned, no service is asked, and nothing that could ask one is imported.
    """
    missing = source.missing
    if not missing:
        return source.pinned_spec()
    found = lookups.find(source.needed, source.lock, missing)
    return source.spec_with(found.lock, found.rows)


def ask_services(wanted: Wanted, lock: Lock, cache: Cache, **how: Any) -> Resolution:
    """Asks the services that the environment names, now; `how` is that of `lookup.resolution.resolve`."""
    from dandifile.lookup.resolution import resolve
    from dandifile.lookup.services import Services

    services = Services.from_environment(os.environ)
    return resolve(wanted, lock, services, cache, now=datetime.now(UTC), **how)


def needed_lookups(declared: Declaration) -> Wanted:
    """What the metadata to be written rests on: papers, names of terms, and ids without a name."""
    named = declared.references
    return Wanted(dois=_dois(declared, named), terms=_terms(named, also_named=False))


def all_lookups(declared: Declaration) -> Wanted:
    """Also what only has to be checked: ORCID iDs, ROR ids, and terms with both a name and an id."""
    named = declared.references
    terms = _terms(named, also_named=True)
    return Wanted(_dois(declared, named), named.orcids, named.rors, terms)


def _dois(declared: Declaration, named: References) -> tuple[str, ...]:
    found = [normal_doi(doi) for doi in named.dois]
    if None in found:
        wrong = named.dois[found.index(None)]
        fault = Fault(("doi",), f"{wrong!r} is not a DOI", "a DOI looks like 10.1038/s41586-023-06031-6")
        raise declared.error_of([fault])
    return tuple(dict.fromkeys(doi for doi in found if doi))


def _terms(named: References, *, also_named: bool) -> tuple[WantedTerm, ...]:
    terms = (term for term in named.terms if can_be_pinned(term.asked) and (also_named or not term.name))
    return tuple(dict.fromkeys(WantedTerm(term.asked, TermKind(term.about)) for term in terms))
