"""Whether a spec that gives both a name and an id means one term by them. Pure."""

from __future__ import annotations

from dandifile.lookup.facts import Term
from dandifile.lookup.terms import shipped
from dandifile.lookup.terms.find import goes_by
from dandifile.lookup.terms.messages import renamed
from dandifile.lookup.terms.outcome import Kind, Matched


def called_otherwise(name: str, term: Term) -> str:
    """The warning for a name that is neither the term's label nor a synonym that is known here; else ""."""
    row = shipped.by_id(term.asked, term.id, Kind(term.about))
    known = row if isinstance(row, Matched) else Matched(term, (term.label,))
    return "" if goes_by(name, known) else renamed(name, known)
