"""The schema of the spec, and the names that it shares with DANDI's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

os.environ["DANDI_NO_ET"] = "1"

import pytest
from dandischema import models
from jsonschema import Draft202012Validator

from dandifile.schemafiles import spec_schema
from dandifile.spec import fields
from dandifile.spec.forms import ABOUT, ETHICS, ORGANIZATION, PERSON, RESOURCE
from dandifile.spec.licenses import SCHEMA_LICENSES


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema
        for key, part in schema.items():
            if key not in {"if", "else"}:  # conditions on an object that is described elsewhere
                yield from _objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _objects(part)


def test_it_is_a_schema() -> None:
    schema = spec_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_every_key_is_described_and_no_other_is_allowed() -> None:
    for schema in _objects(spec_schema()):
        assert schema["additionalProperties"] is False
        for name, key in schema["properties"].items():
            assert key.get("description"), name


def test_every_pattern_says_what_is_allowed() -> None:
    def patterns(schema: Any) -> Iterator[dict[str, Any]]:
        if isinstance(schema, dict):
            if isinstance(schema.get("pattern"), str):
                yield schema
            for part in schema.values():
                yield from patterns(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from patterns(part)

    found = list(patterns(spec_schema()))
    assert found
    assert all(schema.get("patternErrorMessage") for schema in found)


@pytest.mark.parametrize(
    ("where", "names"),
    [
        (("role", "enum"), models.RoleType),
        (("resource", "properties", "relation", "enum"), models.RelationType),
        (("resource", "properties", "type", "enum"), models.ResourceType),
    ],
)
def test_words_are_those_of_dandi(where: tuple[str, ...], names: Any) -> None:
    found: Any = spec_schema()["$defs"]
    for part in where:
        found = found[part]
    assert {f"dcite:{word}" for word in found} == {member.value for member in names}


def test_licenses_are_those_of_dandi() -> None:
    licenses = {f"spdx:{name}" for name in SCHEMA_LICENSES}
    assert licenses == {member.value for member in models.LicenseType}


@pytest.mark.parametrize(
    ("known", "computed", "model"),
    [
        (fields.DANDISET_FIELDS, fields.COMPUTED_DANDISET_FIELDS, models.Dandiset),
        (fields.ASSET_FIELDS, fields.COMPUTED_ASSET_FIELDS, models.Asset),
    ],
)
def test_field_names_are_those_of_dandi(known: Any, computed: Any, model: Any) -> None:
    assert not set(known) & set(computed)
    assert {*known, *computed} - {"@context"} == set(model.model_fields)


@pytest.mark.parametrize("form", [PERSON, ORGANIZATION, ETHICS, RESOURCE, *ABOUT.values()])
def test_forms_lead_to_keys_of_dandi(form: Any) -> None:
    assert set(form.keys.values()) <= set(getattr(models, form.schema_key).model_fields)
