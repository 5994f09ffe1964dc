"""The shipped tables of terms and the lists that this project reviewed, read when first needed.

Names are compared as `name_key` gives them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from dandifile.lookup.terms.outcome import Candidate, TermKind
from dandifile.spelling import repeat_until_stable

FILES = {TermKind.REGION: "uberon.tsv", TermKind.CELL_TYPE: "cl.tsv", TermKind.DISORDER: "doid.tsv"}
COLUMNS = ("id", "label", "exact_synonyms", "obsolete", "replaced_by", "consider")
"""Of a table's file, separated by tabs. Several values in one cell are separated by `|`."""

OBSOLETE = "obsolete "
"""How the label of an obsolete term begins, where it has one."""

_ABBREVIATION = 4
_SAME = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})  # noqa: RUF001
_DASHES = re.compile(r"[‐‑‒–—−]")  # noqa: RUF001


class TermRow(NamedTuple):
    """A term. The ids that an obsolete one names may be of any ontology; `replaced_by` is "" or one.

    A tuple, because thousands are made at once.
    """

    id: str
    label: str
    synonyms: tuple[str, ...] = ()
    obsolete: bool = False
    replaced_by: str = ""
    consider: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label, *self.synonyms)


@dataclass(frozen=True)
class Table:
    """Terms by id, and ids by the key of a name. Obsolete terms have an index of their own, `retired`."""

    source: str  # such as "UBERON v2026-04-01"
    rows: Mapping[str, TermRow]
    labels: Mapping[str, list[str]]
    synonyms: Mapping[str, list[str]]
    retired: Mapping[str, list[str]]

    def candidate(self, id_: str, why: str = "") -> Candidate:
        """An id of any ontology with its label, where the table has it."""
        row = self.rows.get(id_)
        return Candidate(id_, row.label if row else "", why)


@cache
def table(kind: TermKind) -> Table | None:
    """None where no table is shipped."""
    if kind not in FILES:
        return None
    head, rows = parse_table(read_data(FILES[kind]))
    by_id = {row.id: row for row in rows}
    live = [row for row in rows if not row.obsolete]
    return Table(
        source=f"{head['ontology']} {head['release']}",
        rows=by_id,
        labels=_index((row.label, row.id) for row in live),
        synonyms=_index((name, row.id) for row in live for name in row.synonyms),
        retired=_index(
            (name.removeprefix(OBSOLETE), row.id)
            for row in rows
            if row.obsolete
            for name in row.names
            if name
        ),
    )


@dataclass(frozen=True, slots=True)
class Reviewed:
    """With `take` the name means the one id. Otherwise it means no single term; `ids` are the nearest."""

    name: str
    take: bool
    ids: tuple[str, ...]
    why: str


@cache
def common_names() -> Mapping[str, Reviewed]:
    """Common names of brain regions, by key."""
    return {name_key(row.name): row for row in _reviewed_rows("regions.tsv")}


@cache
def allen_acronyms() -> Mapping[str, Reviewed]:
    """Acronyms of the Allen mouse brain atlas. Their case counts."""
    return {row.name: row for row in _reviewed_rows("allen.tsv")}


def name_key(name: str) -> str:
    """The same for names that differ only in case, blanks, accents, or the form of quotes and dashes."""
    if name.isascii():  # nearly all are, and a table has ten thousand
        return " ".join(name.replace("`", "'").casefold().split())
    return repeat_until_stable(name, _plain_key)


def _plain_key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.translate(_SAME))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(_DASHES.sub("-", plain).casefold().split())


def is_abbreviation(name: str) -> bool:
    """Whether it is so short that it means other things too: in UBERON, `EC` and `AM` are parts of fish."""
    return len(name.strip()) <= _ABBREVIATION


def parse_table(text: str) -> tuple[dict[str, str], list[TermRow]]:
    """The head (`# key: value` lines) and the rows of a table's file."""
    head = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
    return head, [_term_row(cells) for cells in cells_of(text)]


def read_data(name: str) -> str:
    """The text of a shipped file."""
    return files(__package__).joinpath("data", name).read_text("utf-8")


def cells_of(text: str) -> Iterator[list[str]]:
    """The cells of each line below the heading, without comments."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return (line.split("\t") for line in lines[1:])


def _term_row(cells: list[str]) -> TermRow:
    id_, label, synonyms, obsolete, replaced_by, consider = cells
    return TermRow(id_, label, _values(synonyms), obsolete == "true", replaced_by, _values(consider))


def _reviewed_rows(file: str) -> list[Reviewed]:
    return [
        Reviewed(name, do == "take", tuple(filter(None, ids.split("|"))), why)
        for names, do, ids, why in cells_of(read_data(file))
        for name in names.split("|")
    ]


def _values(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for name, id_ in pairs:
        ids = index.setdefault(name_key(name), [])
        if id_ not in ids:
            ids.append(id_)
    return index
