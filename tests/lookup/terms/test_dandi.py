from __future__ import annotations

import pytest

from dandifile.lookup.terms.dandi import on_asset, on_dandiset
from dandifile.lookup.terms.outcome import Kind, Matched
from tests.lookup.terms.asking import offline


@pytest.mark.parametrize(("asked", "kind", "schema_key", "curie", "name"), [
    ("hippocampus", Kind.REGION, "Anatomy", "UBERON:0002421", "hippocampal formation"),
    ("epilepsy", Kind.DISORDER, "Disorder", "DOID:1826", "epilepsy"),
    ("astrocyte", Kind.CELL_TYPE, "GenericType", "CL:0000127", "astrocyte"),
])  # fmt: skip
def test_curie_on_the_dandiset_and_iri_on_assets(
    asked: str, kind: Kind, schema_key: str, curie: str, name: str
) -> None:
    found = offline(asked, kind)
    assert isinstance(found, Matched)
    iri = f"http://purl.obolibrary.org/obo/{curie.replace(':', '_')}"
    expected = {"schemaKey": schema_key, "name": name, "identifier": curie}
    assert on_dandiset(found.term) == expected
    assert on_asset(found.term) == expected | {"identifier": iri}


def test_dandis_schema_takes_them() -> None:
    from dandischema.models import Anatomy, Disorder, GenericType

    for asked, kind, model in (
        ("hippocampus", Kind.REGION, Anatomy),
        ("epilepsy", Kind.DISORDER, Disorder),
        ("astrocyte", Kind.CELL_TYPE, GenericType),
    ):
        found = offline(asked, kind)
        assert isinstance(found, Matched)
        for item in (on_dandiset(found.term), on_asset(found.term)):
            assert model.model_validate(item).name == item["name"]
