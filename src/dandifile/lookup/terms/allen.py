"""Structures of the Allen mouse brain atlas. NWB files of mice have their acronyms as locations.

Acronyms and names are those that the nwbinspector package ships and checks locations against. A structure
is a term of UBERON only where our reviewed list says so, or where its full name is a label or an exact
synonym in UBERON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from dandifile.lookup.terms import shipped
from dandifile.lookup.terms.outcome import Candidate, Choice, Matched, TermKind, TermOutcome
from dandifile.lookup.terms.tables import allen_acronyms, name_key

LIST = "_internal_configs/allen_ccf_structure_names.json"
ACRONYM = "Allen acronym"
AMBIGUOUS = 2
"""Acronyms up to this length have too many other meanings outside the atlas."""


@cache
def structures() -> Mapping[str, str]:
    """Names by acronym; empty where nwbinspector is not installed or no longer has the list."""
    found = find_spec("nwbinspector")  # finds the folder without the seconds that its import takes
    folders = found.submodule_search_locations if found else None
    file = Path(folders[0]) / LIST if folders else Path(LIST)
    if not file.is_file():
        return {}
    listed = json.loads(file.read_text("utf-8"))
    return dict(zip(listed["acronyms"], listed["names"], strict=True))


@cache
def _acronyms() -> Mapping[str, str]:
    """Acronyms by the key of the structure's name."""
    return {name_key(name): acronym for acronym, name in structures().items()}


def find_structure(text: str) -> TermOutcome | None:
    """The region of an acronym (its case counts) or of a structure's full name; None for other texts."""
    acronym = text.strip() if text.strip() in structures() else _acronyms().get(name_key(text))
    if acronym is None:
        return None
    why = f"{_title(acronym)} has no term of its own"
    return _term_of_structure(text, acronym) or Choice(text, TermKind.REGION, why, _enclosing_terms(acronym))


def find_in_spec(text: str) -> TermOutcome | None:
    """The same for a spec, which does not say that it means the atlas: a short acronym gives a choice."""
    found = find_structure(text)
    acronym = text.strip()
    if isinstance(found, Matched) and acronym in structures() and len(acronym) <= AMBIGUOUS:
        candidate = Candidate(found.term.id, found.term.label, _title(acronym))
        return Choice(text, TermKind.REGION, "an abbreviation", (candidate,))
    return found


def _term_of_structure(text: str, acronym: str) -> TermOutcome | None:
    """The term that is this structure."""
    if row := allen_acronyms().get(acronym):
        return shipped.reviewed_outcome(text, row, ACRONYM)
    name = structures()[acronym]
    found = _in_uberon(name)
    if isinstance(found, Matched):
        how = f"{ACRONYM}, {found.term.match} of “{name}”"
        return replace(found, term=replace(found.term, asked=text, match=how))
    return None


def _title(acronym: str) -> str:
    return f"“{structures()[acronym]}” of the Allen atlas"


def _in_uberon(name: str) -> TermOutcome | None:
    return shipped.by_label(name, TermKind.REGION) or shipped.by_synonym(name, TermKind.REGION)


def _enclosing_terms(acronym: str) -> tuple[Candidate, ...]:
    """Terms for what the structure is part of, nearest first: its name goes from the whole to the part."""
    known = _acronyms()
    names = _enclosing_names(structures()[acronym])
    acronyms = ((name, known.get(name_key(name))) for name in names)
    parts = (_term_of_structure(name, acronym) if acronym else _in_uberon(name) for name, acronym in acronyms)
    terms = (found.term for found in parts if isinstance(found, Matched))
    return tuple(Candidate(term.id, term.label, "what it is part of") for term in terms)


def _enclosing_names(name: str) -> Iterator[str]:
    """`A, b, c` gives `A, b` and `A`."""
    while ", " in name:
        name = name.rpartition(", ")[0]
        yield name
