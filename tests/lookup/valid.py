"""Whether the archive would take contributors and related resources: dandischema's models, and no empties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dandifile.model import JsonObject
from dandifile.spec.forms import contributor_form, dandi_object


def write(item: JsonObject) -> JsonObject:
    """The DANDI object of an entry of the spec, as the integration hands it to `merge`."""
    return dandi_object(contributor_form(item), item)


def assert_valid(contributors: Sequence[JsonObject], related: Sequence[JsonObject] = ()) -> None:
    """Load each with dandischema's model, and refuse nulls and empties anywhere."""
    from dandischema.models import Organization, Person, Resource

    models: dict[str, Any] = {"Person": Person, "Organization": Organization, "Resource": Resource}
    for item in (*contributors, *related):
        models[item["schemaKey"]](**item)
        assert_nothing_empty(item)


def assert_nothing_empty(value: Any) -> None:
    assert value not in (None, "", [], {})
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            assert_nothing_empty(each)
