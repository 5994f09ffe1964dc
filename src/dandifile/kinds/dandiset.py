"""The dandiset itself: there, or to be created with what the spec declares; and whom the spec protects.

`embargo` protects people's data, and no kind reconciles it yet. It is never accepted and ignored: where the
archive does not hold already what the key asks for, the plan is blocked or says so. A kind of its own takes
its functions from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dandifile.kinds.special_fields import own_part
from dandifile.model import (
    Block,
    Change,
    ChangeLine,
    Json,
    JsonObject,
    Key,
    Local,
    Plan,
    Reason,
    Spec,
    Step,
    Target,
    Why,
    Wording,
)
from dandifile.planning.kind import Difference, Standing, Traits

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.planning.kind import Options, StepContext


NAME = "dandiset"

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
    access: Json = None  # the field `access`, where the spec sets it in `metadata`

    @classmethod
    def of(cls, spec: Spec) -> Protection:
        return cls(spec.embargo, spec.fields.get("access"))


@dataclass(frozen=True)
class Protected:
    """What the archive has: the embargo's status and end date."""

    status: str = OPEN
    until: str = ""


@dataclass(frozen=True)
class DesiredDandiset:
    """The name and the declared fields that a new draft starts with, and whom the spec protects."""

    name: str = ""
    metadata: JsonObject = field(default_factory=dict)
    protection: Protection = field(default_factory=Protection)


def observe(reader: Reader) -> Protected | None:
    """How the dandiset is protected, or None where the spec has no identifier yet."""
    if not reader.identifier:
        return None
    access = reader.draft()["metadata"].get("access")
    first = access[0] if isinstance(access, list) and access and isinstance(access[0], dict) else {}
    until = str(first.get("embargoedUntil") or "")
    return Protected(reader.dandiset()["embargo_status"], until)


def desired(spec: Spec, local: Local) -> DesiredDandiset:
    fields = {name: value for name, value in own_part(spec.fields).items() if value not in (None, [])}
    return DesiredDandiset(fields.pop("name", ""), fields, Protection.of(spec))


def diff(desired: DesiredDandiset, observed: Protected | None, options: Options) -> Difference:
    blocked = protection_blocks(desired.protection, observed)
    remarks = protection_notes(desired.protection, observed)
    if observed is not None:
        return Difference(blocked=blocked, notes=remarks)
    if not desired.name:
        fix = "add `name:`, or the `identifier:` of a dandiset that exists"
        nameless = Block("a new dandiset needs a name, and the spec has none", fix)
        return Difference(blocked=(nameless, *blocked), notes=remarks)
    made = {"name": desired.name, "metadata": desired.metadata}
    return Difference((Change(Key(NAME, desired.name), None, made, permit="create"),), blocked, notes=remarks)


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    return tuple(
        Step("dandiset", NAME, dict(change.after), reason=Reason(Why.NO_DANDISET)) for change in changes
    )


def standing(change: Change, observed: Protected | None) -> Standing:
    """Created once: with an identifier, there is nothing left to do."""
    return Standing.DUE if observed is None else Standing.DONE


def rebase(change: Change, observed: object) -> Change:
    return change


def perform(step: Step, context: StepContext, inputs: Mapping[str, Json]) -> JsonObject:
    from dandifile.archive.create import create_once, intent_file

    name = step.params["name"]
    intent = intent_file(context.state, context.writer.reader.instance, name)
    made = create_once(context.writer, name, step.params["metadata"], intent)
    return {"identifier": made}


def _line(change: Change, target: Target) -> ChangeLine:
    return ChangeLine(f"«{change.key.name}»", f"new on {target.instance}")


def _recheck(spec: Spec, now: Protected | None, _plan: Plan) -> tuple[Block, ...]:
    """The dandiset may have been released since the saved plan was made."""
    return protection_blocks(Protection.of(spec), now)


TRAITS = Traits(
    reads=("name", "embargo"),
    docs="docs/spec.md#embargo-and-owners",
    wording=Wording(planned="dandiset to create", done="new dandiset", line=_line),
    recheck=_recheck,
)


# --- What the spec protects ----------------------------------------------------------------------


def protection_blocks(declared: Protection, now: Protected | None) -> tuple[Block, ...]:
    """Why nothing may be written: others would see what the spec protects. `now` None: to be created."""
    return tuple(_embargo_blocks(declared, now))


def protection_notes(declared: Protection, now: Protected | None) -> tuple[str, ...]:
    """What the spec asks for and this version does not do, where that exposes no data."""
    return tuple(_embargo_notes(declared, now))


# --- Embargo ------------------------------------------------------------------------------------


def _embargo_blocks(declared: Protection, now: Protected | None) -> Iterator[Block]:
    key = _embargo_key(declared)
    if not key or (now is not None and now.status == EMBARGOED):
        return
    if now is None:
        why = "this version of dandifile creates open dandisets only, which everyone can see at once"
    elif now.status == OPEN:
        why = "the dandiset is open: everyone can see what is uploaded, and an open one cannot be embargoed"
    else:
        why = "the archive is releasing the dandiset: everyone will see what is in it"
    yield Block(f"the spec asks for an embargo ({key}), but {why}", _CREATE_EMBARGOED.format(key=key))


def _embargo_key(declared: Protection) -> str:
    """The key that asks for it, "" where none does."""
    if declared.embargo is not None and declared.embargo is not False:
        return "`embargo`"
    items = declared.access if isinstance(declared.access, list) else []
    asked = any(_is_embargoed(item) for item in items if isinstance(item, dict))
    return "`metadata.access`" if asked else ""


def _is_embargoed(item: dict[str, Json]) -> bool:
    """An end date alone asks for it too; next to `OpenAccess` it is what a released embargo leaves behind."""
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
