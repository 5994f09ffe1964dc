"""What declares a field of the dandiset: keys of the spec, papers as the lock has them, files. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dandifile.doi import normal_doi
from dandifile.explanation.view import View
from dandifile.identifiers import bare_orcid, ror_url
from dandifile.model import Json, JsonObject, Saying, Voice
from dandifile.reading.document import KeyPath
from dandifile.spec.build import FIELDS_OF_PAPER
from dandifile.spec.facts import dois, term_text
from dandifile.spec.faults import path_text
from dandifile.spec.fields import FIELD_OF_KEY
from dandifile.spec.forms import REGIONS, contributor_form, is_whole, term_lists
from dandifile.words import quantity

_CONTRIBUTOR = "contributor"


def declarations(view: View, field: str, inside: KeyPath = ()) -> Iterator[Saying]:
    """Everything that says what the field is to be, the spec's own words first."""
    declared = view.places.source.declared.value
    keys = [key for key, dandi in FIELD_OF_KEY.items() if dandi == field and key in declared]
    for key in keys:
        if key == REGIONS:
            yield from _regions(view)
        elif key == "contributors" and inside:
            yield from _one_contributor(view, inside)
        else:
            yield _said(view, key)
    if field in (declared.get("metadata") or {}):
        yield _said(view, "metadata", field)
    yield from _terms(view, field)
    yield from _papers(view, field)
    if field == "about" and view.spec.regions.from_nwb_to_dandiset:
        yield from _files(view)


def spec_key(view: View, field: str) -> str:
    """How the spec writes a field: `keywords:`, `metadata: {acknowledgement: …}`."""
    declared = view.places.source.declared.value
    keys = [key for key, dandi in FIELD_OF_KEY.items() if dandi == field]
    if field in (declared.get("metadata") or {}) or not keys:
        return f"`metadata: {{{field}: …}}`"
    return " or ".join(f"`{key}:`" for key in keys)


def _said(view: View, *path: str | int) -> Saying:
    written = view.places.written(*path)
    name = path_text(path)
    how = "a template, filled in" if isinstance(written, str) and "{{" in written else ""
    value = view.places.declared(*path)
    if isinstance(value, str) and how:
        field = FIELD_OF_KEY.get(str(path[0]), str(path[-1]))
        value = view.spec.fields.get(field, value)
    empty = value in (None, "", [], {})
    says = f"`{name}`" + (f" ({how})" if how else "") + (": to be empty" if empty else "")
    return Saying(Voice.SPEC, says, view.places.of_spec(*path), None if empty else value)


def _regions(view: View) -> Iterator[Saying]:
    regions = view.places.declared(REGIONS)
    if isinstance(regions, list):
        yield _said(view, REGIONS)
    elif isinstance(regions, dict) and "dandiset" in regions:
        yield _said(view, REGIONS, "dandiset")


def _one_contributor(view: View, inside: KeyPath) -> Iterator[Saying]:
    """The entry of the spec that a contributor comes from, and its key for what is asked about."""
    wanted = view.declared.fields.get(_CONTRIBUTOR)
    at = inside[0]
    item = wanted[at] if isinstance(wanted, list) and isinstance(at, int) and at < len(wanted) else None
    entries = view.places.declared("contributors") or []
    number = next((n for n, entry in enumerate(entries) if item and _is_of(entry, item)), None)
    if item is None:
        yield Saying(
            Voice.SPEC,
            f"`contributors` and papers give no contributor {at}",
            view.places.of_spec("contributors"),
        )
    elif number is None:
        yield Saying(
            Voice.SPEC,
            f"no entry of `contributors` is about {item.get('name')}: it comes from a paper",
            view.places.of_spec("contributors"),
        )
    else:
        short = {dandi: key for key, dandi in contributor_form(entries[number]).keys.items()}
        rest = tuple(short.get(str(part), part) for part in inside[1:])
        has = view.places.declared("contributors", number, *rest) is not None
        yield (
            _said(view, "contributors", number, *rest)
            if has
            else Saying(
                Voice.SPEC,
                f"`contributors[{number}]` does not say `{rest[0]}`",
                view.places.of_spec("contributors", number),
            )
        )


def _is_of(entry: JsonObject, item: JsonObject) -> bool:
    """Whether an entry of the spec is about a contributor: by ORCID iD or ROR id, else by name."""
    identifier = item.get("identifier")
    own = bare_orcid(str(entry.get("orcid") or "")) or ror_url(str(entry.get("ror") or ""))
    if own and identifier:
        return bool(own == identifier)
    name = entry.get("name") or entry.get("organization")
    return isinstance(name, str) and name.strip() == item.get("name")


def _terms(view: View, field: str) -> Iterator[Saying]:
    """What the lock says of terms that the spec gives in words."""
    if field != "about":
        return
    for path, about in term_lists(view.places.source.declared.value):
        of_dandiset = path[0] == "about" or path in ((REGIONS,), (REGIONS, "dandiset"))
        for item in view.places.declared(*path) or () if of_dandiset else ():
            if is_whole(item):  # nothing in it is looked up
                continue
            asked = term_text(item)
            term = view.places.source.lock.term(asked, about)
            if term:
                where = view.places.of_lock("terms", about=about, asked=asked)
                day = f", looked up {term.checked}" if term.checked else ""
                yield Saying(
                    Voice.LOCK, f"'{asked}' is {term.label} ({term.id}), by its {term.match}{day}", where
                )
            elif not (isinstance(item, dict) and "id" in item and "name" in item):
                yield Saying(Voice.LOCK, f"'{asked}' is not pinned: run `dandifile resolve`")


def _papers(view: View, field: str) -> Iterator[Saying]:
    """The papers that fill the field, and what the lock has of them."""
    declared = view.places.source.declared.value
    metadata = declared.get("metadata") or {}
    shorts = [key for key, dandi in FIELDS_OF_PAPER.items() if dandi == field]
    fills = field == _CONTRIBUTOR or (shorts and (shorts[0] not in declared or field == "relatedResource"))
    if field in metadata or not fills:
        return
    for number, doi in enumerate(dois(declared)):
        path = ("doi",) if isinstance(declared["doi"], str) else ("doi", number)
        merged = field == _CONTRIBUTOR and "contributors" in declared
        how = (
            "the spec's `contributors` go on top of the paper's"
            if merged
            else "the spec leaves this to the paper"
        )
        yield Saying(Voice.SPEC, f"`doi` {doi}: {how}", view.places.of_spec(*path))
        normal = normal_doi(doi) or doi
        paper = view.places.source.lock.paper(normal)
        if paper is None:
            yield Saying(Voice.LOCK, f"the paper {normal} is not pinned: run `dandifile resolve`")
            continue
        found: Json = {"name": paper.title, "description": paper.abstract}.get(field)
        by = f" by {paper.source}" if paper.source else ""
        day = f", looked up {paper.fetched}" if paper.fetched else ""
        what = quantity(len(paper.authors), "author") if field == _CONTRIBUTOR else "its record"
        yield Saying(
            Voice.LOCK,
            f"the paper{by}{day}: {'has' if found else what}",
            view.places.of_lock("papers", doi=normal),
            found,
        )


def _files(view: View) -> Iterator[Saying]:
    """Brain regions that the NWB files here name."""
    counts = Counter(location for asset in view.local.assets for location in asset.locations or ())
    for location, count in sorted(counts.items()):
        regions = view.local.located.regions.get(location, ())
        found = ", ".join(str(region.get("name") or region.get("identifier")) for region in regions)
        yield Saying(
            Voice.FILE,
            f"'{location.word}' in {quantity(count, 'NWB file')}: {found or 'no brain region'}",
            view.places.of_spec(REGIONS, "from_nwb"),
        )
