"""Related resources: identifiers as publishing reads them; the papers' links merged with the spec's. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from dandifile import doi as dois
from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.faults import Fault
from dandifile.spec.forms import RESOURCE, dandi_object, is_whole, spec_items

RELATED_RESOURCE = "relatedResource"
_EMPTY: tuple[Json, ...] = (None, "", [])


def resource_faults(raw: JsonObject) -> Iterator[Fault]:
    """Faults in the resources of a spec, in `related` and wherever `relatedResource` is declared."""
    for item in spec_items(raw):
        if item.form is not RESOURCE:
            continue
        given = item.keys | (item.keys.get("metadata") or {})
        if not (given.get("url") or given.get("identifier")):
            yield Fault(item.path, "a related resource needs `url` or `identifier`", "add one of them")
        inside = () if "identifier" in item.keys else ("metadata",)
        yield from _identifier_faults(given.get("identifier"), (*item.path, *inside, "identifier"))
    for path, resource in _resources_in_metadata(raw):
        yield from _identifier_faults(resource.get("identifier"), (*path, "identifier"))


def _identifier_faults(identifier: Json, path: KeyPath) -> Iterator[Fault]:
    if isinstance(identifier, str) and (complaint := dois.doi_fault(identifier)):
        yield Fault(path, *complaint)


def _resources_in_metadata(raw: JsonObject) -> Iterator[tuple[KeyPath, JsonObject]]:
    """Resources in `metadata` under DANDI's own name, of the dandiset and of assets."""
    holders: list[tuple[KeyPath, Json]] = [(("metadata",), raw.get("metadata"))]
    holders += [
        (("assets", number, "metadata"), (overlay or {}).get("metadata"))
        for number, overlay in enumerate(raw.get("assets") or ())
    ]
    for path, metadata in holders:
        listed = metadata.get(RELATED_RESOURCE) if isinstance(metadata, dict) else None
        for number, resource in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(resource, dict):
                yield (*path, RELATED_RESOURCE, number), resource


def normalise_resources(fields: JsonObject) -> JsonObject:
    """DANDI fields in which every resource's DOI is written as publishing reads it."""
    listed = fields.get(RELATED_RESOURCE)
    if not isinstance(listed, list):
        return fields
    return {
        **fields,
        RELATED_RESOURCE: [_normalise_resource(each) if isinstance(each, dict) else each for each in listed],
    }


def _normalise_resource(resource: JsonObject) -> JsonObject:
    identifier = resource.get("identifier")
    if not isinstance(identifier, str):
        return resource
    if not identifier.strip() and resource.get("url"):  # an empty identifier hides the URL
        return {key: value for key, value in resource.items() if key != "identifier"}
    return {**resource, "identifier": dois.resource_identifier(identifier)}


def lost_link_notes(fields: JsonObject) -> tuple[str, ...]:
    """A note for each resource that will be missing in the DOI record of the published dandiset."""
    listed = fields.get(RELATED_RESOURCE)
    named = [
        resource.get("identifier")
        for resource in (listed if isinstance(listed, list) else ())
        if isinstance(resource, dict)
    ]
    return tuple(
        f"related: publishing leaves {identifier!r} out of the dandiset's DOI record, which keeps only"
        " `doi:…` and `https://…`: write its DOI, or give its URL as `url` and leave `identifier` out"
        for identifier in named
        if isinstance(identifier, str) and dois.is_lost(identifier)
    )


@dataclass(frozen=True)
class MergedLinks:
    """DANDI's `relatedResource`, and notes on entries that have no effect."""

    resources: tuple[JsonObject, ...]
    notes: tuple[str, ...] = ()


def merge_links(papers: Sequence[JsonObject], declared: Sequence[JsonObject]) -> MergedLinks:
    """The papers' links, then those of `related`; an entry about a paper is applied on top of its link.

    `omit` leaves the paper's link out. Two entries with the same relation to the same resource become
    one; where they differ, the later one counts. What an entry gives whole stays as it is.
    """
    entries = [(number, raw, dandi_object(RESOURCE, raw)) for number, raw in enumerate(declared)]
    apart = {id(resource) for _, raw, resource in entries if is_whole(raw)}
    kept: list[JsonObject] = []
    used: set[int] = set()
    for paper in papers:
        about = [entry for entry in entries if _is_same(entry[2], paper) and entry[0] not in used]
        if any(raw.get("omit") for _, raw, _ in about):
            used |= {number for number, raw, _ in about if raw.get("omit")}
            continue
        about.sort(key=lambda entry: entry[2].get("relation") != paper.get("relation"))
        used |= {number for number, *_ in about[:1]}
        kept.append(_merge_link(paper, *about[0][1:]) if about else paper)
    notes = []
    for number, raw, resource in entries:
        if number in used:
            continue
        if raw.get("omit"):
            notes.append(f"related[{number}]: `omit` has no effect, as no paper links {_label(resource)}")
        elif is_whole(raw):
            kept.append(resource)
        else:
            _add(kept, resource, apart)
    written = (each if id(each) in apart else _normalise_resource(each) for each in kept)
    return MergedLinks(tuple(written), tuple(notes))


def _merge_link(paper: JsonObject, raw: JsonObject, resource: JsonObject) -> JsonObject:
    """The paper's link with the entry's keys on top; an empty key of the entry removes the paper's."""
    if is_whole(raw):
        return resource
    emptied = {dandi for short, dandi in RESOURCE.keys.items() if raw.get(short, "said") in _EMPTY}
    emptied |= {key for key, value in (raw.get("metadata") or {}).items() if value in _EMPTY}
    return {key: value for key, value in paper.items() if key not in emptied} | resource


def _add(kept: list[JsonObject], resource: JsonObject, apart: Collection[int]) -> None:
    """Adds a resource, or merges it with the same one; those with an `id` in `apart` stay as they are."""
    for place, other in enumerate(kept):
        if (
            id(other) not in apart
            and other.get("relation") == resource.get("relation")
            and _is_same(other, resource)
        ):
            kept[place] = other | resource
            return
    kept.append(resource)


def _label(resource: JsonObject) -> str:
    return str(next(filter(None, map(resource.get, ("identifier", "url", "name"))), "a resource"))


def _is_same(one: JsonObject, other: JsonObject) -> bool:
    """Compares by DOI, wherever it is written; without a DOI by identifier, else by URL.

    An identifier that is no DOI may be any word, such as "Paper": two of them with different names or URLs
    are different resources.
    """
    by_identifier = [dois.resource_doi(_text(each, "identifier")) for each in (one, other)]
    if all(by_identifier):
        return by_identifier[0] == by_identifier[1]
    ours, theirs = _dois(one), _dois(other)
    if ours or theirs:
        return bool(ours & theirs) or _has_same_address(one, other)
    words = [_text(each, "identifier").casefold() for each in (one, other)]
    if not all(words):
        return _has_same_address(one, other)
    return words[0] == words[1] and not _contradicts(one, other)


def _contradicts(one: JsonObject, other: JsonObject) -> bool:
    """Whether both have a name, or both a URL, and these differ."""
    names, addresses = ([_text(each, key) for each in (one, other)] for key in ("name", "url"))
    return (all(names) and names[0].casefold() != names[1].casefold()) or (
        all(addresses) and not _has_same_address(one, other)
    )


def _dois(resource: JsonObject) -> set[str]:
    found = (dois.resource_doi(_text(resource, key)) for key in ("identifier", "url"))
    return {each for each in found if each}


def _has_same_address(one: JsonObject, other: JsonObject) -> bool:
    addresses = [normal_address(_text(each, "url")) for each in (one, other)]
    return bool(addresses[0]) and addresses[0] == addresses[1]


def normal_address(url: str) -> str:
    """A URL without what makes no difference: http or https, www, a final slash, the case of the host."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def _text(resource: JsonObject, key: str) -> str:
    value = resource.get(key)
    return value.strip() if isinstance(value, str) else ""


def related_resources(declared: Iterable[JsonObject] | None) -> list[JsonObject] | None:
    """DANDI's list for `related` without papers; None and `[]` stay as they are."""
    return None if declared is None else list(merge_links((), list(declared)).resources)
