"""Checks of a spec beyond its schema, offline: what the archive would refuse, and what cannot be meant.

Each takes a spec from which everything that the schema faults has been taken out (a list
item leaves None behind), so that one mistake is told once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from dandifile.model import Json, JsonObject
from dandifile.reading.document import unstorable
from dandifile.spec import dandi_names
from dandifile.spec.contributor_rules import contributor_faults
from dandifile.spec.fault import Fault, Path
from dandifile.spec.gaps import gap_faults
from dandifile.spec.item_rules import item_faults
from dandifile.spec.near import choices, nearest
from dandifile.spec.path_rules import path_faults


def rule_faults(raw: JsonObject) -> list[Fault]:
    """Everything that these checks have against the spec; of a gap that `init` left, only that it is one."""
    checks = (
        _characters,
        contributor_faults,
        item_faults,
        path_faults,
        _twice,
        _metadata,
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


def _metadata(raw: JsonObject) -> Iterator[Fault]:
    yield from _names(
        raw.get("metadata", {}), ("metadata",), dandi_names.DANDISET, dandi_names.DANDISET_COMPUTED
    )


def _overlays(raw: JsonObject) -> Iterator[Fault]:
    for index, overlay in enumerate(raw.get("assets", ())):
        if overlay is not None:
            path = ("assets", index, "metadata")
            metadata = overlay.get("metadata", {})
            yield from _names(metadata, path, dandi_names.ASSET, dandi_names.ASSET_COMPUTED)


def _names(
    metadata: JsonObject, path: Path, known: tuple[str, ...], computed: tuple[str, ...]
) -> Iterator[Fault]:
    """Computed and misspelt names. A name that resembles none passes: DANDI keeps fields it does not know."""
    for name in metadata:
        if name in computed:
            what = f"`{name}` is written by the archive itself and cannot be declared"
            yield Fault((*path, name), what, "take it away", at_key=True)
        elif name not in known and (near := nearest(name, known, likeness=0.8)):
            what = f"DANDI has no field `{name}`"
            yield Fault((*path, name), what, f"did you mean `{near}`?", at_key=True)


def _ignored(raw: JsonObject) -> Iterator[Fault]:
    for index, pointer in enumerate(raw.get("ignore", ())):
        parts = pointer.split("/")[1:] if pointer else ()
        if not parts:
            continue
        path = ("ignore", index)
        if parts[0] in dandi_names.DANDISET_COMPUTED:
            yield Fault(path, f"{pointer}: the archive writes this field itself", "take it away")
        elif parts[0] not in dandi_names.DANDISET:
            yield Fault(path, f"{pointer}: DANDI has no such field", choices(parts[0], dandi_names.DANDISET))
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
    until = embargo.get("until") if isinstance(embargo, dict) else None
    if until is None:
        return
    try:
        date.fromisoformat(until)
    except ValueError:
        yield Fault((*path, "until"), f"{until} is not a day of the calendar", "write year-month-day")
