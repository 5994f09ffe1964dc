"""The short forms of list items, one table each, and the DANDI objects that they stand for: both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dandifile.identifiers import bare_orcid, ror_url, term_curie, term_iri
from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath


@dataclass(frozen=True)
class Form:
    """`keys` maps the spec's keys to DANDI's; `from_text` is the key that a bare text stands for."""

    schema_key: str
    keys: Mapping[str, str]
    from_text: str = ""

    def as_mapping(self, item: Json) -> JsonObject:
        return {self.from_text: item} if isinstance(item, str) else item


_CONTRIBUTOR = {
    "email": "email",
    "url": "url",
    "roles": "roleName",
    "award": "awardNumber",
    "cite": "includeInCitation",
}
PERSON = Form(
    "Person", {"name": "name", "orcid": "identifier", **_CONTRIBUTOR, "affiliations": "affiliation"}
)
ORGANIZATION = Form("Organization", {"organization": "name", "ror": "identifier", **_CONTRIBUTOR})
AFFILIATION = Form("Affiliation", {"name": "name", "ror": "identifier"}, from_text="name")
ANATOMY = Form("Anatomy", {"name": "name", "id": "identifier"}, from_text="id")
DISORDER = Form("Disorder", ANATOMY.keys, from_text="id")
GENERIC = Form("GenericType", ANATOMY.keys, from_text="id")
ETHICS = Form("EthicsApproval", {"protocol": "identifier", "contact": "contactPoint"})
CONTACT = Form("ContactPoint", {"name": "name", "email": "email", "url": "url"})
RESOURCE = Form(
    "Resource",
    {
        "url": "url",
        "identifier": "identifier",
        "name": "name",
        "repository": "repository",
        "relation": "relation",
        "type": "resourceType",
    },
)
WHOLE = Form("", {})
"""An item that has only `metadata`, with its `schemaKey`: DANDI's object, word for word."""

REGIONS = "regions"
ABOUT = {"disorders": DISORDER, "cell_types": GENERIC, "phenotypes": GENERIC}
REGION_RULES = ("subjects", "sessions", "paths", "names")


def is_whole(item: Json) -> bool:
    """Whether an item of the spec is DANDI's own object, for what no short form can say."""
    if not isinstance(item, dict) or item.keys() != {"metadata"}:
        return False
    return isinstance(item["metadata"], dict) and "schemaKey" in item["metadata"]


def contributor_form(item: JsonObject) -> Form:
    if is_whole(item):
        return WHOLE
    return ORGANIZATION if "organization" in item else PERSON


def dandi_object(form: Form, item: Json) -> JsonObject:
    """The DANDI object of a checked item. Empty values are left out, as DANDI accepts no null."""
    if is_whole(item):
        return {key: value for key, value in item["metadata"].items() if value not in (None, "", [])}
    item = form.as_mapping(item)
    said = {short: item[short] for short in form.keys if item.get(short) not in (None, "", [])}
    values = {form.keys[short]: _dandi_value(short, value) for short, value in said.items()}
    values |= item.get("metadata", {})
    return {"schemaKey": form.schema_key, **{k: v for k, v in values.items() if v not in (None, "", [])}}


def contributor_object(item: JsonObject) -> JsonObject:
    """The DANDI object of a person or an organization; the entry says which."""
    return dandi_object(contributor_form(item), item)


def anatomy_of_asset(item: Json) -> JsonObject:
    """A region as assets have it, with the full IRI."""
    region = dandi_object(ANATOMY, item)
    return region if is_whole(item) else region | {"identifier": term_iri(region["identifier"])}


def canonical(short: str, value: Json) -> Json:
    """DANDI's spelling of the value of a short key; a value of another form as it is."""
    try:
        return _dandi_value(short, value)
    except (AttributeError, TypeError):
        return value


def _dandi_value(short: str, value: Json) -> Json:
    if short in _CONVERT:
        return _CONVERT[short](value)
    return value.strip() if isinstance(value, str) else value


def _dcite(name: str) -> str:
    return f"dcite:{name}"


_CONVERT: dict[str, Callable[[Json], Json]] = {
    "orcid": bare_orcid,
    "ror": ror_url,
    "id": term_curie,
    "roles": lambda roles: [_dcite(role) for role in roles],
    "relation": _dcite,
    "type": _dcite,
    "affiliations": lambda items: [dandi_object(AFFILIATION, item) for item in items],
    "contact": lambda item: dandi_object(CONTACT, item),
}


@dataclass(frozen=True)
class SpecItem:
    """One item of the spec: its path, its form, and itself as a mapping."""

    path: KeyPath
    form: Form
    keys: JsonObject
    bare: bool  # written as a bare text

    def at(self, key: str) -> KeyPath:
        return self.path if self.bare else (*self.path, key)


def spec_items(raw: JsonObject) -> Iterator[SpecItem]:
    """Every item of the spec in a short form, also those inside other items."""
    for item in _items_at(raw, ("contributors",), None):
        yield item
        yield from _items_at(item.keys, ("affiliations",), AFFILIATION, item.path)
    for path, about in term_lists(raw):
        yield from _items_at(raw, path, ABOUT.get(about, ANATOMY))
    for item in _items_at(raw, ("ethics",), ETHICS):
        yield item
        if isinstance(contact := item.keys.get("contact"), dict):
            yield SpecItem((*item.path, "contact"), CONTACT, contact, bare=False)
    yield from _items_at(raw, ("related",), RESOURCE)


def term_lists(raw: JsonObject) -> Iterator[tuple[KeyPath, str]]:
    """The paths of lists of terms, and what they are about: `regions`, or a key of `ABOUT`."""
    regions = raw.get("regions")
    if isinstance(regions, dict):
        if "dandiset" in regions:
            yield ("regions", "dandiset"), REGIONS
        for rule in REGION_RULES:
            yield from ((("regions", rule, name), REGIONS) for name in regions.get(rule) or {})
    elif "regions" in raw:
        yield ("regions",), REGIONS
    yield from ((("about", key), key) for key in ABOUT if key in (raw.get("about") or {}))


def _items_at(raw: Json, path: KeyPath, form: Form | None, above: KeyPath = ()) -> Iterator[SpecItem]:
    """The items of the list at `path`. `form` None: contributors, whose keys tell which form they have."""
    for key in path:
        raw = raw.get(key) if isinstance(raw, dict) else None
    for index, item in enumerate(raw or ()):
        if item is None:  # removed: another check has reported it
            continue
        itself = WHOLE if is_whole(item) else form or contributor_form(item)
        yield SpecItem((*above, *path, index), itself, itself.as_mapping(item), isinstance(item, str))


def short_form(form: Form, item: JsonObject) -> JsonObject:
    """The spec's item for a DANDI object; keys without a short form go into `metadata`."""
    short = {
        key: _SHORT.get(key, lambda value: value)(item[dandi])
        for key, dandi in form.keys.items()
        if dandi in item
    }
    known = {"schemaKey", *form.keys.values()}
    rest = {key: value for key, value in item.items() if key not in known}
    return short | ({"metadata": rest} if rest else {})


def short_contributor(item: JsonObject) -> JsonObject:
    return short_form(ORGANIZATION if item["schemaKey"] == "Organization" else PERSON, item)


def _without_prefix(name: str) -> str:
    return name.removeprefix("dcite:")


_SHORT: dict[str, Callable[[Json], Json]] = {
    "ror": lambda url: url.removeprefix("https://ror.org/"),
    "roles": lambda roles: [_without_prefix(role) for role in roles],
    "relation": _without_prefix,
    "type": _without_prefix,
    "affiliations": lambda items: [short_form(AFFILIATION, item) for item in items],
    "contact": lambda item: short_form(CONTACT, item),
}
