"""The tables of terms that are shipped, read when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from dandifile.lookup.terms.outcome import Candidate, Kind
from dandifile.lookup.terms.spelled import key

FILES = {Kind.REGION: "uberon.tsv", Kind.CELL_TYPE: "cl.tsv", Kind.DISORDER: "doid.tsv"}
COLUMNS = ("id", "label", "exact_synonyms", "obsolete", "replaced_by", "consider")
"""Of a table's file, apart by tabs; several values in one cell are apart by `|`."""

OBSOLETE = "obsolete "
"""How the label of an obsolete term begins, where it has one."""


class Row(NamedTuple):
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
    """Terms by id, and ids by name as `spelled.key` writes it; obsolete ones are apart."""

    source: str  # such as "UBERON v2026-04-01"
    rows: Mapping[str, Row]
    labels: Mapping[str, list[str]]
    synonyms: Mapping[str, list[str]]
    retired: Mapping[str, list[str]]

    def candidate(self, id_: str, why: str = "") -> Candidate:
        """An id of any ontology with its label, where the table has it."""
        row = self.rows.get(id_)
        return Candidate(id_, row.label if row else "", why)


@cache
def table(kind: Kind) -> Table | None:
    """None where no table is shipped."""
    if kind not in FILES:
        return None
    head, rows = read(data(FILES[kind]))
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


def data(name: str) -> str:
    return files(__package__).joinpath("data", name).read_text("utf-8")


def read(text: str) -> tuple[dict[str, str], list[Row]]:
    """The head (`# key: value` lines) and the rows of a table's file."""
    head = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
    return head, [_row(cells) for cells in cells_of(text)]


def cells_of(text: str) -> Iterator[list[str]]:
    """The cells of each line below the heading; comments are left out."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return (line.split("\t") for line in lines[1:])


def _row(cells: list[str]) -> Row:
    id_, label, synonyms, obsolete, replaced_by, consider = cells
    return Row(id_, label, _several(synonyms), obsolete == "true", replaced_by, _several(consider))


def _several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for name, id_ in pairs:
        ids = index.setdefault(key(name), [])
        if id_ not in ids:
            ids.append(id_)
    return index
