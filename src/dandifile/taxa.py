"""Species by their NCBI Taxonomy ids: the forms of an id, and a shipped table of the field's species."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

IRI = "http://purl.obolibrary.org/obo/NCBITaxon_"
"""How DANDI writes a species: this, and the number."""

_FORMS = re.compile(
    r"""(?: ncbi\s*tax(?:on(?:omy)?)? \s*(?:id)?\s* [:_] \s*
      | (?:https?://)? purl\.obolibrary\.org/obo/ncbitaxon[_:]
      | https?://(?:www\.)?ontobee\.org/ontology/ncbitaxon\?iri=https?://purl\.obolibrary\.org/obo/ncbitaxon_
      | https?://(?:www\.)?ncbi\.nlm\.nih\.gov/taxonomy/browser/wwwtax\.cgi\?(?:mode=\w+&)?id=
      | https?://(?:www\.)?ncbi\.nlm\.nih\.gov/(?:datasets/)?taxonomy/
      | https?://(?:www\.)?bioregistry\.io/ncbitaxon:
      | https?://identifiers\.org/taxonomy[:/]
      | tax(?:on)?id\s*[:_]?\s* | (?:ncbi:\s*)?txid
      ) 0*([1-9][0-9]{0,9}) /?""",
    re.IGNORECASE | re.VERBOSE,
)
_ALIKE = 0.88  # of 1: how much a name must resemble one of the table to be offered instead


@dataclass(frozen=True)
class Taxon:
    """A species (or subspecies) of the table; `common` is "" where NCBI has no common name."""

    id: str  # the number alone
    scientific: str
    common: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.scientific, self.common, *self.others)))

    @property
    def label(self) -> str:
        """As DANDI names a species: scientific name, dash, common name."""
        common = self.common[:1].upper() + self.common[1:]
        return f"{self.scientific} - {common}" if common else self.scientific


def taxon_number(text: str) -> str | None:
    """`9541` from `NCBITaxon:9541`, `NCBITaxon_9541`, its URL or another usual form; else None."""
    found = _FORMS.fullmatch(text.strip())
    return found[1] if found else None


def normal_name(name: str) -> str:
    """A name by which two spellings are compared: case and the number of blanks do not count."""
    return " ".join(name.split()).casefold()


def taxon_of_number(number: str) -> Taxon | None:
    return _table()[0].get(number)


def taxon_of_name(name: str) -> Taxon | None:
    """The one species of the table with this name, scientific or common."""
    return _table()[1].get(normal_name(name))


def similar_taxon(name: str) -> Taxon | None:
    """The species whose name this probably is, misspelt."""
    by_name = _table()[1]
    near = difflib.get_close_matches(normal_name(name), by_name, n=1, cutoff=_ALIKE)
    return by_name[near[0]] if near else None


@cache
def _table() -> tuple[Mapping[str, Taxon], Mapping[str, Taxon]]:
    """The species by number, and by every name they have."""
    text = files("dandifile").joinpath("taxa.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    taxa = [
        Taxon(id_, name, common, tuple(filter(None, others.split("|")))) for id_, name, common, others in rows
    ]
    return {taxon.id: taxon for taxon in taxa}, {
        normal_name(name): taxon for taxon in taxa for name in taxon.names
    }
