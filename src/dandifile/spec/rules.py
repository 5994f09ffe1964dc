"""Checks of a spec beyond its schema, offline: what the archive would refuse, and what cannot be meant.

Each takes a spec from which everything that the schema faults has been taken out (a list
item leaves None behind), so that one mistake is told once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dandifile.model import Json, JsonObject
from dandifile.reading.document import unstorable
from dandifile.spec import dandi_names
from dandifile.spec.contributor_rules import contributor_faults
from dandifile.spec.fault import Fault, Path
from dandifile.spec.gaps import gap_faults
from dandifile.spec.item_rules import item_faults
from dandifile.spec.path_rules import path_faults
from dandifile.spec.resources import resource_faults
from dandifile.spec.word_rules import word_faults
from dandifile.spelling import suggest


def rule_faults(raw: JsonObject) -> list[Fault]:
    """Everything that these checks have against the spec; of a gap that `init` left, only that it is one."""
    checks = (
        _characters,
        contributor_faults,
        item_faults,
        resource_faults,
        path_faults,
        word_faults,
        _twice,
        _metadata,
        _access,
        _overlays,
        _ignored,
        _embargoes,
    )
    gaps = list(gap_faults(raw))
    told = {gap.path for gap in gaps}
    return gaps + [fault for check in checks for fault in check(raw) if fault.path not in told]


def _characters(raw: Json) -> Iterator[Fault]:
    for path, found, at_key in unstorable(raw):
        what = "holds what is no character" if at_key else "is no character that the archive takes"
        yield Fault(path, f"{found!a} {what}", "delete it", at_key=at_key)


def _twice(raw: JsonObject) -> Iterator[Fault]:
    """A field of DANDI is set through one key only."""
    metadata = raw.get("metadata", {})
    for short, field in dandi_names.FROM_SHORT.items():
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
    dandi_names.DANDISET,
    dandi_names.DANDISET_COMPUTED,
    dandi_names.ASSET,
    'that is an asset\'s field: assets: [{{match: "**", metadata: {{{name}: …}}}}]',
)
_OF_ASSETS = _Fields(
    "an asset",
    dandi_names.ASSET,
    dandi_names.ASSET_COMPUTED,
    dandi_names.DANDISET,
    "that is a dandiset's field: declare it under `metadata` of the spec",
)


def _metadata(raw: JsonObject) -> Iterator[Fault]:
    yield from _names(raw.get("metadata", {}), ("metadata",), _OF_DANDISET)


_STATUSES = ("dandi:OpenAccess", "dandi:EmbargoedAccess")


def _access(raw: JsonObject) -> Iterator[Fault]:
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
        yield from _day(item.get("embargoedUntil"), (*path, index, "embargoedUntil"))


def _overlays(raw: JsonObject) -> Iterator[Fault]:
    for index, overlay in enumerate(raw.get("assets", ())):
        if overlay is not None:
            yield from _names(overlay.get("metadata", {}), ("assets", index, "metadata"), _OF_ASSETS)


def _names(metadata: JsonObject, path: Path, fields: _Fields) -> Iterator[Fault]:
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


def _ignored(raw: JsonObject) -> Iterator[Fault]:
    for index, pointer in enumerate(raw.get("ignore", ())):
        parts = pointer.split("/")[1:] if pointer else ()
        if not parts:
            continue
        path = ("ignore", index)
        if parts[0] in dandi_names.DANDISET_COMPUTED:
            yield Fault(path, f"{pointer}: the archive writes this field itself", "take it away")
        elif parts[0] not in dandi_names.DANDISET:
            yield Fault(path, f"{pointer}: DANDI has no such field", suggest(parts[0], dandi_names.DANDISET))
        elif any(re.fullmatch(r"[0-9]+|-", part) for part in parts):
            named = "/" + "/".join(part for part in parts if not re.fullmatch(r"[0-9]+|-", part))
            yield Fault(
                path, f"{pointer} counts list items, and they move", f"write {named}: it holds for every item"
            )


def _embargoes(raw: JsonObject) -> Iterator[Fault]:
    yield from _end_date(raw.get("embargo"), ("embargo",))
    for name, override in (raw.get("environments") or {}).items():
        yield from _end_date((override or {}).get("embargo"), ("environments", name, "embargo"))


def _end_date(embargo: Json, path: Path) -> Iterator[Fault]:
    yield from _day(embargo.get("until") if isinstance(embargo, dict) else None, (*path, "until"))


def _day(day: Json, path: Path) -> Iterator[Fault]:
    if day is None:
        return
    try:
        date.fromisoformat(day)
    except (TypeError, ValueError):
        yield Fault(path, f"{day} is not a day of the calendar", "write year-month-day")
