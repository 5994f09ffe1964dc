"""The shipped tables: what they hold, and that they are what they are said to be."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.identifiers import ontology_curie
from dandifile.lookup.terms.outcome import TermKind, candidates_of
from dandifile.lookup.terms.tables import (
    FILES,
    TermRow,
    allen_acronyms,
    common_names,
    name_key,
    parse_table,
    read_data,
    table,
)
from tests.ci import load_script
from tests.conftest import SHARED
from tests.lookup.terms.asking import offline

REFERENCE = SHARED / "ontology"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference tables are not beside this checkout"
)

make_term_tables = load_script("make_term_tables")


def reference(name: str) -> dict[str, dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def as_reference(row: TermRow) -> dict[str, str]:
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
    ("kind", "name"), [(TermKind.REGION, "uberon-nervous-system.tsv"), (TermKind.CELL_TYPE, "cl-neural.tsv")]
)
def test_they_agree_with_the_reference_in_every_term(kind: TermKind, name: str) -> None:
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
    if kind is TermKind.REGION:
        assert len(shipped.rows) == len(expected)


@needs_reference
def test_labels_of_disorders_are_those_of_the_reference() -> None:
    """The reference is two years younger: some labels were changed since, but no id means something else."""
    shipped = table(TermKind.DISORDER)
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
            ids = [candidate.id for candidate in candidates_of(offline(row["input"], TermKind.REGION))]
            assert not row["uberon_id"] or row["uberon_id"] in ids, row["input"]


@pytest.mark.parametrize("kind", FILES)
def test_each_says_what_it_is_and_under_which_licence(kind: TermKind) -> None:
    head, rows = parse_table(read_data(FILES[kind]))
    assert head["ontology"] == kind.prefix
    assert head["release"]
    assert head["licence"] in {"CC BY 3.0", "CC BY 4.0", "CC0 1.0"}
    assert head["from"].startswith("PyPI package ")
    assert len({row.id for row in rows}) == len(rows) > 3000
    assert head["licence"] in read_data("README.md")


@pytest.mark.parametrize("kind", FILES)
def test_each_row_is_sound(kind: TermKind) -> None:
    shipped = table(kind)
    assert shipped
    for row in shipped.rows.values():
        assert ontology_curie(row.id) == row.id
        assert row.id.startswith(f"{kind.prefix}:")
        assert row.label or row.obsolete
        assert row.obsolete or not (row.replaced_by or row.consider)


@pytest.mark.parametrize("kind", FILES)
def test_a_table_survives_being_written(kind: TermKind) -> None:
    head, rows = parse_table(read_data(FILES[kind]))
    assert make_term_tables.table_text(head, reversed(rows)) == read_data(FILES[kind])


def test_what_was_reviewed_names_live_terms() -> None:
    shipped = table(TermKind.REGION)
    assert shipped
    for row in (*common_names().values(), *allen_acronyms().values()):
        for id_ in row.ids:
            assert not shipped.rows[id_].obsolete, row.name


def test_no_table_is_read_before_it_is_needed() -> None:
    probe = (
        "import sys; import dandifile.lookup.terms.search; from dandifile.lookup.terms.tables import table;"
        "print(table.cache_info().currsize, bool({'pynwb', 'nwbinspector', 'requests'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["0", "False"]


def test_they_are_small() -> None:
    folder = make_term_tables.TABLES
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_000_000


@pytest.mark.parametrize(("one", "other"), [
    ("Ammon's horn", "AMMON\u2019S  HORN"),
    ("Sjögren", "sjogren"),
    ("Sjögren", "Sjo\u0308gren"),
    ("locus cœruleus", "locus coeruleus"),
    ("caudate\u2013putamen", "caudate-putamen"),
    ("Brodmann area\u00a017", "brodmann area 17"),
    ("straße", "STRASSE"),
])  # fmt: skip
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("CA1", "CA 1"), ("CA1", "CA3"), ("V1", "V-1"), ("\u03b1", "a")])
def test_names_of_two_things(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text())
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_and_accented_texts_are_treated_alike(name: str) -> None:
    assert name_key(name + "é") == name_key(name + "e")
