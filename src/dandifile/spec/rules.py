"""Checks beyond the schema, offline: what the archive would reject, and what cannot be meant.

Each check takes a spec from which everything that the schema found wrong has been removed
(a list item leaves None behind), so that one mistake is reported once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dandifile.globs import fault_of
from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath, find_unstorable
from dandifile.spec.faults import Fault, gap_faults
from dandifile.spec.fields import (
    ASSET_FIELDS,
    COMPUTED_ASSET_FIELDS,
    COMPUTED_DANDISET_FIELDS,
    DANDISET_FIELDS,
    FIELD_OF_KEY,
)
from dandifile.spec.item_rules import contributor_faults, item_faults
from dandifile.spec.resources import resource_faults
from dandifile.spelling import suggest
from dandifile.taxa import normal_name, similar_taxon, taxon_number, taxon_of_name

_ACCESS_STATUSES = ("dandi:OpenAccess", "dandi:EmbargoedAccess")

_SEGMENT = re.compile(r"\.?[A-z0-9(),&\s#+~_=-]+(\.[A-z0-9(),&\s#+~_=-]+)*")
"""What the archive accepts between slashes. The range A-z, which holds brackets and \\, is its own."""
_LONGEST_NAME = 255  # bytes, on all common file systems
_LONGEST_PATH = 4000  # bytes
_SHOWN = 60  # characters of a long pattern in a message


def rule_faults(raw: JsonObject) -> list[Fault]:
    """Everything that these checks find wrong. Of a gap that `init` left, only that it is a gap."""
    checks = (
        _character_faults,
        contributor_faults,
        item_faults,
        resource_faults,
        _path_faults,
        _vocabulary_faults,
        _double_field_faults,
        _metadata_faults,
        _access_faults,
        _overlay_faults,
        _pointer_faults,
        _embargo_faults,
    )
    gaps = list(gap_faults(raw))
    reported = {gap.path for gap in gaps}
    return gaps + [fault for check in checks for fault in check(raw) if fault.path not in reported]


def _character_faults(raw: Json) -> Iterator[Fault]:
    for path, found, at_key in find_unstorable(raw):
        what = "holds a character that cannot be stored" if at_key else "is a character that cannot be stored"
        yield Fault(path, f"{found!a} {what}", "delete it", at_key=at_key)


def _double_field_faults(raw: JsonObject) -> Iterator[Fault]:
    """Each of DANDI's fields can be set through one key only."""
    metadata = raw.get("metadata", {})
    for short, field in FIELD_OF_KEY.items():
        if short in raw and field in metadata:
            what = f"`{field}` is set twice: through `{short}` and in `metadata`"
            yield Fault(("metadata", field), what, "keep one of them", at_key=True)


@dataclass(frozen=True)
class _Fields:
    """DANDI's fields of dandisets or of assets, and what to do with a field of the other."""

    of: str
    known: tuple[str, ...]
    computed: tuple[str, ...]
    others: tuple[str, ...]
    elsewhere: str


_OF_DANDISET = _Fields(
    "a dandiset",
    DANDISET_FIELDS,
    COMPUTED_DANDISET_FIELDS,
    ASSET_FIELDS,
    'it is a field of assets: write assets: [{{match: "**", metadata: {{{name}: …}}}}]',
)
_OF_ASSETS = _Fields(
    "an asset",
    ASSET_FIELDS,
    COMPUTED_ASSET_FIELDS,
    DANDISET_FIELDS,
    "it is a field of the dandiset: declare it under `metadata` at the top of the spec",
)


def _metadata_faults(raw: JsonObject) -> Iterator[Fault]:
    yield from _field_name_faults(raw.get("metadata", {}), ("metadata",), _OF_DANDISET)


def _access_faults(raw: JsonObject) -> Iterator[Fault]:
    """The archive silently drops items of `access` that are not mappings."""
    access, path = raw.get("metadata", {}).get("access"), ("metadata", "access")
    if access is not None and not isinstance(access, list):
        yield Fault(path, "`access` must be a list of mappings", "write it like [{description: …}]")
    for index, item in enumerate(access if isinstance(access, list) else ()):
        if not isinstance(item, dict):
            yield Fault(
                (*path, index), "an item of `access` must be a mapping", "write it like {description: …}"
            )
            continue
        if item.get("schemaKey", "AccessRequirements") != "AccessRequirements":
            yield Fault(
                (*path, index, "schemaKey"), "`schemaKey` is always AccessRequirements here", "remove it"
            )
        if (item.get("status") or _ACCESS_STATUSES[0]) not in _ACCESS_STATUSES:
            fix = f"remove it: the archive writes this key. Allowed: {', '.join(_ACCESS_STATUSES)}"
            yield Fault(
                (*path, index, "status"), f"`{item['status']}` is not a status that `access` can have", fix
            )
        yield from _day_faults(item.get("embargoedUntil"), (*path, index, "embargoedUntil"))


def _overlay_faults(raw: JsonObject) -> Iterator[Fault]:
    for index, overlay in enumerate(raw.get("assets", ())):
        if overlay is not None:
            yield from _field_name_faults(
                overlay.get("metadata", {}), ("assets", index, "metadata"), _OF_ASSETS
            )


def _field_name_faults(metadata: JsonObject, path: KeyPath, fields: _Fields) -> Iterator[Fault]:
    """Finds computed fields, and names that DANDI's schema does not have."""
    for name in metadata:
        if name in fields.computed:
            what, fix = f"`{name}` is written by the archive itself and cannot be declared", "remove it"
        elif name in fields.known:
            continue
        else:
            what = f"DANDI has no field `{name}` for {fields.of}"
            elsewhere = name in fields.others
            fix = fields.elsewhere.format(name=name) if elsewhere else suggest(name, fields.known)
        yield Fault((*path, name), what, fix, at_key=True)


def _pointer_faults(raw: JsonObject) -> Iterator[Fault]:
    for index, pointer in enumerate(raw.get("ignore", ())):
        parts = pointer.split("/")[1:] if pointer else ()
        if not parts:
            continue
        path = ("ignore", index)
        if parts[0] in COMPUTED_DANDISET_FIELDS:
            yield Fault(path, f"{pointer}: the archive writes this field itself", "remove it")
        elif parts[0] not in DANDISET_FIELDS:
            yield Fault(
                path, f"{pointer}: DANDI has no field of this name", suggest(parts[0], DANDISET_FIELDS)
            )
        elif any(re.fullmatch(r"[0-9]+|-", part) for part in parts):
            named = "/" + "/".join(part for part in parts if not re.fullmatch(r"[0-9]+|-", part))
            yield Fault(
                path,
                f"{pointer} has the index of a list item, which can change",
                f"write {named}, for every item",
            )


def _embargo_faults(raw: JsonObject) -> Iterator[Fault]:
    yield from _end_date_faults(raw.get("embargo"), ("embargo",))
    for name, override in (raw.get("environments") or {}).items():
        yield from _end_date_faults((override or {}).get("embargo"), ("environments", name, "embargo"))


def _end_date_faults(embargo: Json, path: KeyPath) -> Iterator[Fault]:
    yield from _day_faults(embargo.get("until") if isinstance(embargo, dict) else None, (*path, "until"))


def _day_faults(day: Json, path: KeyPath) -> Iterator[Fault]:
    if day is None:
        return
    try:
        date.fromisoformat(day)
    except (TypeError, ValueError):
        yield Fault(path, f"{day} is not a day of the calendar", "write year-month-day, such as 2027-06-01")


def _vocabulary_faults(raw: JsonObject) -> Iterator[Fault]:
    vocabulary = raw.get("vocabulary") or {}
    for kind, words in vocabulary.items():
        if words is not None:
            yield from _repeated_word_faults(kind, words)
    for word, meaning in (vocabulary.get("species") or {}).items():
        if isinstance(meaning, str) and taxon_number(meaning) is None:
            yield _taxon_fault(("vocabulary", "species", word), meaning)
    for word, meaning in (vocabulary.get("subjects") or {}).items():
        if isinstance(meaning, str) and "/" in meaning:
            what = f"a subject id cannot have a slash: {meaning!r}"
            yield Fault(("vocabulary", "subjects", word), what, f"write {meaning.replace('/', '-')!r}")


def _taxon_fault(path: KeyPath, meaning: str) -> Fault:
    """Suggests the id if the value is the name of a species."""
    what = f"{meaning!r} is not an id of NCBI Taxonomy"
    taxon = taxon_of_name(meaning) or similar_taxon(meaning)
    if taxon:
        return Fault(path, what, f'write "NCBITaxon:{taxon.id}" for {taxon.scientific}')
    look_up = "search for the species on https://www.ncbi.nlm.nih.gov/taxonomy"
    return Fault(path, what, f'{look_up} and write its id like "NCBITaxon:9541"')


def _repeated_word_faults(kind: str, words: JsonObject) -> Iterator[Fault]:
    """Finds two spellings of one word. Case matters for subject ids, not for species and sexes."""
    seen: dict[str, str] = {}
    for word in words:
        same = unicodedata.normalize("NFC", word.strip()) if kind == "subjects" else normal_name(word)
        if same in seen:
            what = f"{word!r} is the same word as {seen[same]!r} in vocabulary.{kind}"
            yield Fault(("vocabulary", kind, word), what, "keep one of them", at_key=True)
        seen.setdefault(same, word)


def _path_faults(raw: JsonObject) -> Iterator[Fault]:
    for index, entry in enumerate(raw.get("paths") or ()):
        path: KeyPath = ("paths", index)
        if isinstance(entry, str):
            yield from _source_faults(entry, path)
        elif isinstance(entry, dict):
            yield from _source_faults(entry.get("source", ""), (*path, "source"))
            yield from _into_faults(entry.get("into", ""), (*path, "into"))
            yield from _layout_faults(entry, path)
    for path, pattern in _patterns(raw):
        yield from _pattern_faults(pattern, path)
    yield from _session_faults(raw)


def _source_faults(source: str, path: KeyPath) -> Iterator[Fault]:
    if too_long := _length_complaint(source):
        yield Fault(path, too_long, "check for text pasted into it by mistake")
    elif "\\" in source:
        yield Fault(
            path, f"{source!r} has backslashes", f"write {source.replace(chr(92), '/')}, on Windows too"
        )
    elif source.startswith("~"):
        yield Fault(
            path,
            f"{source!r}: `~` does not stand for the home folder here",
            "write the path relative to this file, or the absolute path",
        )


def _length_complaint(path: str) -> str:
    """Why no file system can have this path, in words; "" if one can."""
    longest = max((_byte_count(part) for part in path.split("/")), default=0)
    if longest > _LONGEST_NAME:
        return f"a name in the path has {longest:,} bytes; file systems allow {_LONGEST_NAME}"
    if _byte_count(path) > _LONGEST_PATH:
        return f"the path has {_byte_count(path):,} bytes; the limit is {_LONGEST_PATH:,}"
    return ""


def _byte_count(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _into_faults(into: str, path: KeyPath) -> Iterator[Fault]:
    if into.startswith("/") or re.match(r"[A-Za-z]:", into):
        yield Fault(path, f"{into!r} is absolute", "write a folder in the dandiset, such as sourcedata/raw")
        return
    for segment in into.removesuffix("/").split("/") if into else ():
        if not _SEGMENT.fullmatch(segment) or "\\" in segment:
            what = f"{into!r} holds {segment!r}, which the archive does not accept as the name of a folder"
            yield Fault(path, what, "use letters without accents, digits, spaces and ( ) , & # + ~ _ = - .")


def _layout_faults(entry: JsonObject, path: KeyPath) -> Iterator[Fault]:
    standard = entry.get("standard", "auto")
    if entry.get("layout") == "organize" and standard not in {"auto", "nwb"}:
        what = f"`layout: organize` makes names for NWB files only, and this entry is {standard}"
        yield Fault((*path, "layout"), what, "write `layout: as-is`, or remove `layout`")


def _patterns(raw: JsonObject) -> Iterator[tuple[KeyPath, str]]:
    """Every pattern for paths in the dandiset or in a source, with its place in the spec."""
    regions = raw.get("regions")
    if isinstance(regions, dict):
        yield from ((("regions", "paths", glob), glob) for glob in regions.get("paths") or {})
    lists = [("assets", "match", raw.get("assets"))]
    lists.append(("validation", "paths", (raw.get("validation") or {}).get("ignore")))
    for key, of, entries in lists:
        above: KeyPath = (key, "ignore") if key == "validation" else (key,)
        for index, entry in enumerate(entries or ()):
            if entry is not None and of in entry:
                yield (*above, index, of), entry[of]
    for index, entry in enumerate(raw.get("paths") or ()):
        for of in ("include", "exclude") if isinstance(entry, dict) else ():
            for inner, glob in enumerate(entry.get(of) or ()):
                if glob is not None:
                    yield ("paths", index, of, inner), glob


def _pattern_faults(pattern: str, path: KeyPath) -> Iterator[Fault]:
    if not pattern.strip("/ "):
        yield Fault(path, f"the pattern {pattern!r} is empty", "write ** for everything")
    elif meant := re.fullmatch(r"(?:\.?/)+(.*)", pattern):
        yield Fault(
            path,
            f"the pattern {pattern!r} matches nothing, because no path starts like this",
            f"write {meant[1] or '**'}",
        )
    elif why := fault_of(pattern):
        shown = pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}…"
        yield Fault(
            path, f"the pattern {shown!r} {why}", "write * for the part that varies, or several patterns"
        )


def _session_faults(raw: JsonObject) -> Iterator[Fault]:
    regions = raw.get("regions")
    for name in (regions.get("sessions") or {}) if isinstance(regions, dict) else ():
        if not re.fullmatch(r"[^/]+/[^/]+", name):
            what = f"{name!r} does not have the form `subject/session`"
            yield Fault(
                ("regions", "sessions", name),
                what,
                "write both ids as in the files, with a slash between them",
                at_key=True,
            )
