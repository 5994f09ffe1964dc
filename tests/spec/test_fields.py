"""The fields that a spec declares, held against DANDI's own schema."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ["DANDI_NO_ET"] = "1"

import pytest
from dandischema.metadata import validate
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dandifile.errors import SpecError
from dandifile.model import Json
from dandifile.spec.fields import dandiset_fields
from dandifile.spec.load import load
from tests.spec.cases import HEAD, cases, text_of

ROOT = Path(__file__).parents[2]
DANDISETS = ROOT.parent / "shared" / "data" / "dandisets"

FROM_THE_SERVER = {
    "id": "DANDI:000123/draft",
    "identifier": "DANDI:000123",
    "version": "draft",
    "schemaKey": "Dandiset",
    "schemaVersion": "0.8.0",
    "citation": "x",
    "assetsSummary": {"schemaKey": "AssetsSummary", "numberOfBytes": 0, "numberOfFiles": 0},
    "manifestLocation": ["https://example.org/x"],
}
LEAST = {
    "name": "x",
    "description": "x",
    "license": ["spdx:CC0-1.0"],
    "contributor": [
        {"schemaKey": "Person", "name": "A, A", "email": "a@example.org", "roleName": ["dcite:ContactPerson"]}
    ],
}


def valid_for_dandi(fields: dict[str, Json]) -> None:
    document = FROM_THE_SERVER | LEAST | {key: value for key, value in fields.items() if value is not None}
    validate(document, schema_key="Dandiset", json_validation=True)


def test_the_example_is_what_the_archive_takes() -> None:
    valid_for_dandi(dict(load(ROOT / "dandi.yaml.example").fields))


RAW = {"metadata passes as it is", "items word for word", "a whole field in DANDI's own form"}


@pytest.mark.parametrize(
    "case", [param for param in cases("fields/dandiset") if param.values[0]["name"] not in RAW]
)
def test_short_forms_are_what_the_archive_takes(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "dandiset.yaml").write_text(text_of(case), encoding="utf-8")
    valid_for_dandi(dict(load(tmp_path / "dandiset.yaml").fields))


@pytest.mark.parametrize("file", sorted(DANDISETS.glob("*.json")), ids=lambda file: file.stem)
def test_exports_of_real_dandisets_are_recognised(file: Path, tmp_path: Path) -> None:
    (tmp_path / "dandiset.yaml").write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load(tmp_path / "dandiset.yaml")
    (problem,) = caught.value.problems
    assert "the dandi client's export" in problem.what


def test_real_dandisets_are_there_to_be_tested() -> None:
    if not DANDISETS.is_dir():
        pytest.skip(f"no real dandisets at {DANDISETS}")
    assert list(DANDISETS.glob("*.json"))


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_contributor_is_told_or_taken_by_the_archive(
    tmp_path_factory: pytest.TempPathFactory, name: str, email: str, url: str
) -> None:
    file = tmp_path_factory.mktemp("spec") / "dandiset.yaml"
    person = {"name": name, "email": email, "url": url, "roles": ["ContactPerson"]}
    yaml = YAML(typ="safe", pure=True)
    with file.open("w", encoding="utf-8") as out:
        yaml.dump({"dandifile": 1, "instance": "dandi", "contributors": [person]}, out)
    try:
        fields = load(file).fields
    except SpecError:
        return
    valid_for_dandi(dict(fields))


@given(st.from_regex(r"https?://[a-z.:/?#\[\]@%0-9 |é-]{1,20}", fullmatch=True))
def test_a_url_is_told_or_taken_by_the_archive(tmp_path_factory: pytest.TempPathFactory, url: str) -> None:
    file = tmp_path_factory.mktemp("spec") / "dandiset.yaml"
    file.write_text(HEAD + f"related: [{{url: '{url}', relation: Cites}}]\n", encoding="utf-8")
    try:
        fields = load(file).fields
    except SpecError:
        return
    valid_for_dandi(dict(fields))


@pytest.mark.parametrize(
    ("people", "named"),
    [
        ("{name: 'A, A', roles: [Author], cite: false}", "A, A"),
        ("{name: 'A, A', roles: [DataCurator], cite: false}", ""),
        ("{name: 'A, A', roles: [Author], cite: true}", ""),
        ("{name: 'A, A', roles: [Author]}", ""),  # nobody is cited: the plan says so
        ("{name: 'A, A', roles: [Author]}, {name: 'B, B', roles: [Author], cite: true}", "A, A"),
        ("{organization: Lab, roles: [Author], cite: false}", "Lab"),
        ("{name: 'A, A', metadata: {roleName: true}}", ""),
    ],
)
def test_authors_who_are_not_cited_are_said_to_be_creators_all_the_same(
    people: str, named: str, tmp_path: Path
) -> None:
    contact = "{name: 'Z, Z', email: z@example.org, roles: [ContactPerson]}"
    file = tmp_path / "dandiset.yaml"
    file.write_text(f"{HEAD}contributors: [{people}, {contact}]\n", encoding="utf-8")
    told = [note for note in load(file).notes if "creators in the DOI's DataCite record" in note]
    assert [note.split(". ")[0].split(": ")[-1] for note in told] == ([named] if named else [])


def test_fields_leave_the_declared_spec_as_it_was() -> None:
    declared = {"keywords": ["a"], "metadata": {"acknowledgement": "thanks"}}
    assert dandiset_fields(declared) == {"keywords": ["a"], "acknowledgement": "thanks"}
    assert declared["metadata"] == {"acknowledgement": "thanks"}
