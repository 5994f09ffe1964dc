"""Checks of a spec beyond its schema, offline: what the archive would refuse, and what cannot be meant.

Each takes a spec from which everything that the schema faults has been taken out (a list
item leaves None behind), so that one mistake is told once.
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
from dandifile.spec import fields
from dandifile.spec.faults import Fault, gap_faults
from dandifile.spec.item_rules import contributor_faults, item_faults
from dandifile.spec.resources import resource_faults
from dandifile.spelling import suggest
from dandifile.taxa import normal_name, similar_taxon, taxon_number, taxon_of_name


def rule_faults(raw: JsonObject) -> list[Fault]:
    """Everything that these checks have against the spec; of a gap that `init` left, only that it is one."""
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
    told = {gap.path for gap in gaps}
    return gaps + [fault for check in checks for fault in check(raw) if fault.path not in told]


def _character_faults(raw: Json) -> Iterator[Fault]:
    for path, found, at_key in find_unstorable(raw):
        what = "holds what is no character" if at_key else "is no character that the archive takes"
        yield Fault(path, f"{found!a} {what}", "delete it", at_key=at_key)


def _double_field_faults(raw: JsonObject) -> Iterator[Fault]:
    """A field of DANDI is set through one key only."""
    metadata = raw.get("metadata", {})
    for short, field in fields.FIELD_OF_KEY.items():
        if short in raw and field in metadata:
            what = f"`{field}` is set twice: through `{short}` and in `metadata`"
            yield Fault(("metadata", field), what, "keep one of them", at_key=True)


@dataclass(frozen=True)
class _Fields:
    """DANDI's fields of one of its two kinds of records, and what to do with a field of the other kind."""

    of: str
    known: tuple[str, ...]
    computed: tuple[str, ...]
    others: tuple[str, ...]
    elsewhere: str


_OF_DANDISET = _Fields(
    "a dandiset",
    fields.DANDISET_FIELDS,
    fields.COMPUTED_DANDISET_FIELDS,
    fields.ASSET_FIELDS,
    'that is an asset\'s field: assets: [{{match: "**", metadata: {{{name}: …}}}}]',
)
_OF_ASSETS = _Fields(
    "an asset",
    fields.ASSET_FIELDS,
    fields.COMPUTED_ASSET_FIELDS,
    fields.DANDISET_FIELDS,
    "that is a dandiset's field: declare it under `metadata` of the spec",
)


def _metadata_faults(raw: JsonObject) -> Iterator[Fault]:
    yield from _field_name_faults(raw.get("metadata", {}), ("metadata",), _OF_DANDISET)


_STATUSES = ("dandi:OpenAccess", "dandi:EmbargoedAccess")


def _access_faults(raw: JsonObject) -> Iterator[Fault]:
    """The archive drops items of `access` that are no mappings without a word."""
    access, path = raw.get("metadata", {}).get("access"), ("metadata", "access")
    if access is not None and not isinstance(access, list):
        yield Fault(path, "`access` should be a list of mappings", "write it like [{description: …}]")
    for index, item in enumerate(access if isinstance(access, list) else ()):
        if not isinstance(item, dict):
            yield Fault(
                (*path, index), "an item of `access` should be a mapping", "write it like {description: …}"
            )
            continue
        if item.get("schemaKey", "AccessRequirements") != "AccessRequirements":
            yield Fault((*path, index, "schemaKey"), "`schemaKey` is AccessRequirements here", "leave it out")
        if (item.get("status") or _STATUSES[0]) not in _STATUSES:
            fix = f"leave it out, since the archive writes it; it is one of {', '.join(_STATUSES)}"
            yield Fault((*path, index, "status"), f"{item['status']} is not a status", fix)
        yield from _day_faults(item.get("embargoedUntil"), (*path, index, "embargoedUntil"))


def _overlay_faults(raw: JsonObject) -> Iterator[Fault]:
    for index, overlay in enumerate(raw.get("assets", ())):
        if overlay is not None:
            yield from _field_name_faults(
                overlay.get("metadata", {}), ("assets", index, "metadata"), _OF_ASSETS
            )


def _field_name_faults(metadata: JsonObject, path: KeyPath, fields: _Fields) -> Iterator[Fault]:
    """Names of computed fields, and names that DANDI's schema does not have."""
    for name in metadata:
        if name in fields.computed:
            what, fix = f"`{name}` is written by the archive itself and cannot be declared", "take it away"
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
        if parts[0] in fields.COMPUTED_DANDISET_FIELDS:
            yield Fault(path, f"{pointer}: the archive writes this field itself", "take it away")
        elif parts[0] not in fields.DANDISET_FIELDS:
            yield Fault(
                path, f"{pointer}: DANDI has no such field", suggest(parts[0], fields.DANDISET_FIELDS)
            )
        elif any(re.fullmatch(r"[0-9]+|-", part) for part in parts):
            named = "/" + "/".join(part for part in parts if not re.fullmatch(r"[0-9]+|-", part))
            yield Fault(
                path, f"{pointer} counts list items, and they move", f"write {named}: it holds for every item"
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
        yield Fault(path, f"{day} is not a day of the calendar", "write year-month-day")


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
            what = f"the id of a subject cannot have a slash: {meaning!r}"
            yield Fault(("vocabulary", "subjects", word), what, f"write {meaning.replace('/', '-')!r}")


def _taxon_fault(path: KeyPath, meaning: str) -> Fault:
    """Names the id, where the species was named instead."""
    what = f"{meaning!r} is not an id of NCBI Taxonomy"
    taxon = taxon_of_name(meaning) or similar_taxon(meaning)
    if taxon:
        return Fault(path, what, f'write "NCBITaxon:{taxon.id}" for {taxon.scientific}')
    look_up = "look the species up in https://www.ncbi.nlm.nih.gov/taxonomy"
    return Fault(path, what, f'write it like "NCBITaxon:9541"; {look_up}')


def _repeated_word_faults(kind: str, words: JsonObject) -> Iterator[Fault]:
    """Two spellings of one word: the case of a species or a sex does not count, that of an id does."""
    seen: dict[str, str] = {}
    for word in words:
        same = unicodedata.normalize("NFC", word.strip()) if kind == "subjects" else normal_name(word)
        if same in seen:
            what = f"{word!r} is the same word as {seen[same]!r} in vocabulary.{kind}"
            yield Fault(("vocabulary", kind, word), what, "keep one of them", at_key=True)
        seen.setdefault(same, word)


# What the archive takes between two slashes; the range A-z, brackets and backslash included, is its own.
_SEGMENT = re.compile(r"\.?[A-z0-9(),&\s#+~_=-]+(\.[A-z0-9(),&\s#+~_=-]+)*")

_LONGEST_NAME = 255  # bytes, on all common file systems
_LONGEST_PATH = 4000
_LONG = 60  # characters of a pattern that are shown


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
        yield Fault(path, too_long, "check for text that was pasted into it by mistake")
    elif "\\" in source:
        yield Fault(
            path, f"{source!r} has backslashes", f"write {source.replace(chr(92), '/')}, on Windows too"
        )
    elif source.startswith("~"):
        yield Fault(
            path,
            f"{source!r}: `~` is not a home folder here",
            "write the path from this file, or the whole path",
        )


def _length_complaint(path: str) -> str:
    """Why no system has such a path, in words; "" where it may."""
    longest = max((_byte_count(part) for part in path.split("/")), default=0)
    if longest > _LONGEST_NAME:
        return f"a name of {longest:,} bytes is in it, and no file's is longer than {_LONGEST_NAME}"
    if _byte_count(path) > _LONGEST_PATH:
        return f"it has {len(path):,} characters, and no path is longer than {_LONGEST_PATH:,}"
    return ""


def _byte_count(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _into_faults(into: str, path: KeyPath) -> Iterator[Fault]:
    if into.startswith("/") or re.match(r"[A-Za-z]:", into):
        yield Fault(path, f"{into!r} is absolute", "write the folder in the dandiset, like sourcedata/raw")
        return
    for segment in into.removesuffix("/").split("/") if into else ():
        if not _SEGMENT.fullmatch(segment) or "\\" in segment:
            what = f"{into!r} holds {segment!r}, which the archive does not take as the name of a folder"
            yield Fault(
                path, what, "letters without accents, digits, blanks and ( ) , & # + ~ _ = - . can be used"
            )


def _layout_faults(entry: JsonObject, path: KeyPath) -> Iterator[Fault]:
    standard = entry.get("standard", "auto")
    if entry.get("layout") == "organize" and standard not in {"auto", "nwb"}:
        what = f"`layout: organize` makes names for NWB files, and this entry is {standard}"
        yield Fault((*path, "layout"), what, "write `layout: as-is`, or leave it out")


def _patterns(raw: JsonObject) -> Iterator[tuple[KeyPath, str]]:
    """Every pattern over paths in the dandiset, or inside a source."""
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
        yield Fault(path, f"the pattern {pattern!r} matches nothing", f"write {meant[1] or '**'}")
    elif why := fault_of(pattern):
        shown = pattern if len(pattern) <= _LONG else f"{pattern[:_LONG]}…"
        yield Fault(path, f"the pattern {shown!r} {why}", "write * for what varies, or several patterns")


def _session_faults(raw: JsonObject) -> Iterator[Fault]:
    regions = raw.get("regions")
    for name in (regions.get("sessions") or {}) if isinstance(regions, dict) else ():
        if not re.fullmatch(r"[^/]+/[^/]+", name):
            what = f"{name!r} does not name a session"
            yield Fault(
                ("regions", "sessions", name), what, "write subject/session, ids as in the files", at_key=True
            )
