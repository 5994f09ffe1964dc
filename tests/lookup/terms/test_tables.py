"""The shipped tables: what they hold, and that they are what they are said to be."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from dandifile.lookup.terms import make_tables
from dandifile.lookup.terms.find import offered
from dandifile.lookup.terms.outcome import Kind
from dandifile.lookup.terms.reviewed import allen_acronyms, common_names
from dandifile.lookup.terms.spelled import curie
from dandifile.lookup.terms.table import FILES, Row, data, read, table
from tests.conftest import SHARED
from tests.lookup.terms.asking import offline

REFERENCE = SHARED / "ontology"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference tables are not beside this checkout"
)


def reference(name: str) -> dict[str, dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def as_reference(row: Row) -> dict[str, str]:
    """A row in the reference's columns; there, a synonym can repeat the label."""
    return {
        "id": row.id,
        "label": row.label,
        "exact_synonyms": "|".join(row.synonyms),
        "obsolete": str(row.obsolete).lower(),
        "replaced_by": row.replaced_by,
    }


@needs_reference
@pytest.mark.parametrize(
    ("kind", "name"), [(Kind.REGION, "uberon-nervous-system.tsv"), (Kind.CELL_TYPE, "cl-neural.tsv")]
)
def test_they_agree_with_the_reference_in_every_term(kind: Kind, name: str) -> None:
    shipped = table(kind)
    assert shipped
    expected = reference(name)
    assert expected.keys() <= shipped.rows.keys()
    for id_, there in expected.items():
        synonyms = {*there["exact_synonyms"].split("|")} - {
            "",
            there["label"],
            there["label"].removeprefix("obsolete "),
        }
        wanted = {**there, "exact_synonyms": "|".join(sorted(synonyms))}
        wanted.pop("consider")
        assert as_reference(shipped.rows[id_]) == wanted
    if kind is Kind.REGION:
        assert len(shipped.rows) == len(expected)


@needs_reference
def test_labels_of_disorders_are_those_of_the_reference() -> None:
    """The reference is two years younger: some labels were changed since, but no id means something else."""
    shipped = table(Kind.DISORDER)
    assert shipped
    both = [
        (shipped.rows[id_].label, row["label"])
        for id_, row in reference("doid-neuro.tsv").items()
        if id_ in shipped.rows
    ]
    same = sum(one == other for one, other in both)
    assert len(both) > 2500
    assert same / len(both) > 0.95


@needs_reference
def test_suggested_fallbacks_are_not_contradicted() -> None:
    with (REFERENCE / "suggested-region-fallbacks.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            ids = [candidate.id for candidate in offered(offline(row["input"], Kind.REGION))]
            assert not row["uberon_id"] or row["uberon_id"] in ids, row["input"]


@pytest.mark.parametrize("kind", FILES)
def test_each_says_what_it_is_and_under_which_licence(kind: Kind) -> None:
    head, rows = read(data(FILES[kind]))
    assert head["ontology"] == kind.prefix
    assert head["release"]
    assert head["licence"] in {"CC BY 3.0", "CC BY 4.0", "CC0 1.0"}
    assert head["from"].startswith("PyPI package ")
    assert len({row.id for row in rows}) == len(rows) > 3000
    assert head["licence"] in data("README.md")


@pytest.mark.parametrize("kind", FILES)
def test_each_row_is_sound(kind: Kind) -> None:
    shipped = table(kind)
    assert shipped
    for row in shipped.rows.values():
        assert curie(row.id) == row.id
        assert row.id.startswith(f"{kind.prefix}:")
        assert row.label or row.obsolete
        assert row.obsolete or not (row.replaced_by or row.consider)


@pytest.mark.parametrize("kind", FILES)
def test_a_table_survives_being_written(kind: Kind) -> None:
    head, rows = read(data(FILES[kind]))
    assert make_tables.written(head, reversed(rows)) == data(FILES[kind])


def test_what_was_reviewed_names_live_terms() -> None:
    shipped = table(Kind.REGION)
    assert shipped
    for row in (*common_names().values(), *allen_acronyms().values()):
        for id_ in row.ids:
            assert not shipped.rows[id_].obsolete, row.name


def test_no_table_is_read_before_it_is_needed() -> None:
    probe = (
        "import sys; import dandifile.lookup.terms.find; from dandifile.lookup.terms.table import table;"
        "print(table.cache_info().currsize, bool({'pynwb', 'nwbinspector', 'requests'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["0", "False"]


def test_they_are_small() -> None:
    folder = Path(make_tables.__file__).with_name("data")
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_000_000
