"""Keys of the spec that protect somebody and that no kind reconciles yet: `embargo` and `owners`.

None of them is ever accepted and ignored: where the archive does not already hold what such a key
asks for, the plan is blocked or says so. A kind of its own for one of them takes its functions over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dandifile.model import Block, Json, Spec

OPEN, EMBARGOED = "OPEN", "EMBARGOED"

_EMBARGOED_ACCESS = "dandi:EmbargoedAccess"
_CREATE_EMBARGOED = (
    "create a dandiset with an embargo on the archive's website and write its `identifier` into the spec; "
    "or, if everyone may see the data now, take {key} out of the spec"
)


@dataclass(frozen=True)
class Protection:
    """What the spec asks for. None: not declared."""

    embargo: Json = None  # False: to be released; True or a mapping: embargoed
    owners: Json = None  # a list, or {"exactly": list}
    access: Json = None  # the field `access`, where the spec sets it in `metadata`

    @classmethod
    def of(cls, spec: Spec) -> Protection:
        return cls(spec.embargo, spec.owners, spec.fields.get("access"))


@dataclass(frozen=True)
class Protected:
    """What the archive has: the embargo's status and end date, and the owners, fetched when asked for."""

    status: str = OPEN
    until: str = ""
    owners: Callable[[], tuple[str, ...]] = tuple


def blocks(declared: Protection, now: Protected | None) -> tuple[Block, ...]:
    """Why nothing may be written: somebody would see what the spec protects. `now` None: to be created."""
    return (*_embargo_blocks(declared, now), *_owner_blocks(declared, now))


def notes(declared: Protection, now: Protected | None) -> tuple[str, ...]:
    """What the spec asks for and this version does not do, where nobody is exposed by that."""
    return (*_embargo_notes(declared, now), *_owner_notes(declared, now))


# --- Embargo ------------------------------------------------------------------------------------


def _embargo_blocks(declared: Protection, now: Protected | None) -> Iterator[Block]:
    key = _asks_for_embargo(declared)
    if not key or (now is not None and now.status == EMBARGOED):
        return
    if now is None:
        why = "this version of dandifile creates open dandisets only, which everyone can see at once"
    elif now.status == OPEN:
        why = "the dandiset is open: everyone can see what is uploaded, and an open one cannot be embargoed"
    else:
        why = "the archive is releasing the dandiset: everyone will see what is in it"
    yield Block(f"the spec asks for an embargo ({key}), but {why}", _CREATE_EMBARGOED.format(key=key))


def _asks_for_embargo(declared: Protection) -> str:
    """The key that asks for it, "" where none does."""
    if declared.embargo is not None and declared.embargo is not False:
        return "`embargo`"
    items = declared.access if isinstance(declared.access, list) else []
    asked = any(_is_embargoed(item) for item in items if isinstance(item, dict))
    return "`metadata.access`" if asked else ""


def _is_embargoed(item: dict[str, Json]) -> bool:
    """An end date alone asks for it, too; beside `OpenAccess` it is what a released embargo leaves behind."""
    status = item.get("status")
    return status == _EMBARGOED_ACCESS or bool(status is None and item.get("embargoedUntil"))


def _embargo_notes(declared: Protection, now: Protected | None) -> Iterator[str]:
    if now is None or now.status == OPEN:
        return
    if declared.embargo is False:
        if now.status == EMBARGOED:
            yield (
                "`embargo: false`, but the dandiset stays embargoed: this version of dandifile does not "
                "release an embargo; do it on the dandiset's page"
            )
        else:
            yield "the archive is releasing the embargo; it takes no other change until that has ended"
    until = declared.embargo.get("until") if isinstance(declared.embargo, dict) else None
    if until and now.until and until != now.until:
        yield (
            f"`embargo.until` is {until}, but on the archive the embargo ends on {now.until}, "
            "which cannot be changed there"
        )


# --- Owners -------------------------------------------------------------------------------------


def _wanted(owners: Json) -> tuple[list[str], bool]:
    """(who shall own the dandiset, whether nobody else shall)."""
    if isinstance(owners, dict):
        return owners["exactly"], True
    return owners or [], False


def _owner_blocks(declared: Protection, now: Protected | None) -> Iterator[Block]:
    """Owners see embargoed data: one whom `{exactly: …}` leaves out must not."""
    wanted, exactly = _wanted(declared.owners)
    if exactly and now is not None and now.status == EMBARGOED:
        others = _listed(set(now.owners()) - set(wanted))
        if others:
            yield Block(
                f"`owners` leaves out {others}, who own the dandiset and can see what is under embargo; "
                "this version of dandifile does not remove owners",
                "remove them on the dandiset's page, or add them to `owners`",
            )


def _owner_notes(declared: Protection, now: Protected | None) -> Iterator[str]:
    wanted, exactly = _wanted(declared.owners)
    if not wanted:
        return
    there = set(now.owners()) if now else set()
    if missing := _listed(set(wanted) - there):
        you = " (except for you)" if now is None else ""
        yield f"`owners`: this version does not add owners; add {missing}{you} on the dandiset's page"
    surplus = _listed(there - set(wanted)) if exactly else ""
    if surplus and now is not None and now.status != EMBARGOED:
        yield f"`owners`: this version does not remove owners; remove {surplus} on the dandiset's page"


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
