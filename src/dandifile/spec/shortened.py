"""From DANDI's objects to the short forms of the spec: the way back of `forms.written`. Pure."""

from __future__ import annotations

from collections.abc import Callable

from dandifile.model import Json, JsonObject
from dandifile.spec.forms import AFFILIATION, CONTACT, ORGANIZATION, PERSON, Form


def shortened(form: Form, item: JsonObject) -> JsonObject:
    """The item of the spec that stands for a DANDI object; keys without a short form go into `metadata`."""
    short = {
        key: _SHORT.get(key, lambda value: value)(item[dandi])
        for key, dandi in form.keys.items()
        if dandi in item
    }
    known = {"schemaKey", *form.keys.values()}
    rest = {key: value for key, value in item.items() if key not in known}
    return short | ({"metadata": rest} if rest else {})


def short_contributor(item: JsonObject) -> JsonObject:
    return shortened(ORGANIZATION if item["schemaKey"] == "Organization" else PERSON, item)


def _without_prefix(name: str) -> str:
    return name.removeprefix("dcite:")


_SHORT: dict[str, Callable[[Json], Json]] = {
    "ror": lambda url: url.removeprefix("https://ror.org/"),
    "roles": lambda roles: [_without_prefix(role) for role in roles],
    "relation": _without_prefix,
    "type": _without_prefix,
    "affiliations": lambda items: [shortened(AFFILIATION, item) for item in items],
    "contact": lambda item: shortened(CONTACT, item),
}
