"""Structures of the Allen mouse brain atlas, whose acronyms NWB files of mice give as locations.

Acronyms and names are those that the nwbinspector package ships and checks locations against.
A structure is a term of UBERON only where a review says so, or where the structure's full name
is a label or an exact synonym in UBERON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from dandifile.lookup.terms import shipped
from dandifile.lookup.terms.outcome import Candidate, Choice, Kind, Matched, Outcome
from dandifile.lookup.terms.reviewed import allen_acronyms
from dandifile.lookup.terms.spelled import key

LIST = "_internal_configs/allen_ccf_structure_names.json"
ACRONYM = "Allen acronym"
AMBIGUOUS = 2
"""Acronyms up to this length mean too many things outside of the atlas."""


@cache
def structures() -> Mapping[str, str]:
    """Names by acronym; none where nwbinspector is not installed or has no such list any more."""
    found = find_spec("nwbinspector")  # finds the folder without the seconds that its import takes
    folders = found.submodule_search_locations if found else None
    file = Path(folders[0]) / LIST if folders else Path(LIST)
    if not file.is_file():
        return {}
    listed = json.loads(file.read_text("utf-8"))
    return dict(zip(listed["acronyms"], listed["names"], strict=True))


@cache
def _acronyms() -> Mapping[str, str]:
    """Acronyms by name, as `spelled.key` writes it."""
    return {key(name): acronym for acronym, name in structures().items()}


def find_structure(text: str) -> Outcome | None:
    """The region of an acronym (its case counts) or of a structure's full name; None if it is neither."""
    acronym = text.strip() if text.strip() in structures() else _acronyms().get(key(text))
    if acronym is None:
        return None
    why = f"{_called(acronym)} has no term of its own"
    return _same(text, acronym) or Choice(text, Kind.REGION, why, _wholes(acronym))


def in_a_spec(text: str) -> Outcome | None:
    """The same where nothing says that the atlas is meant: short acronyms are then asked about."""
    found = find_structure(text)
    acronym = text.strip()
    if isinstance(found, Matched) and acronym in structures() and len(acronym) <= AMBIGUOUS:
        candidate = Candidate(found.term.id, found.term.label, _called(acronym))
        return Choice(text, Kind.REGION, "an abbreviation", (candidate,))
    return found


def _same(text: str, acronym: str) -> Outcome | None:
    """The region that is this structure."""
    if row := allen_acronyms().get(acronym):
        return shipped.reviewed(text, row, ACRONYM)
    name = structures()[acronym]
    found = _in_uberon(name)
    if isinstance(found, Matched):
        how = f"{ACRONYM}, {found.term.match} of “{name}”"
        return replace(found, term=replace(found.term, asked=text, match=how))
    return None


def _called(acronym: str) -> str:
    return f"“{structures()[acronym]}” of the Allen atlas"


def _in_uberon(name: str) -> Outcome | None:
    return shipped.by_label(name, Kind.REGION) or shipped.by_synonym(name, Kind.REGION)


def _wholes(acronym: str) -> tuple[Candidate, ...]:
    """Terms of what the structure is part of, nearest first: names go from the whole to the part."""
    known = _acronyms()
    names = _shorter(structures()[acronym])
    parts = (_same(name, known[key(name)]) if key(name) in known else _in_uberon(name) for name in names)
    terms = (found.term for found in parts if isinstance(found, Matched))
    return tuple(Candidate(term.id, term.label, "what it is part of") for term in terms)


def _shorter(name: str) -> Iterator[str]:
    """`A, b, c` gives `A, b` and `A`."""
    while ", " in name:
        name = name.rpartition(", ")[0]
        yield name
