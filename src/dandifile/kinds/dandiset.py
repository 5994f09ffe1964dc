"""The dandiset itself: there, or to be created with what the spec declares; and its owners.

`owners` protects people's data, and no kind reconciles it yet. It is never accepted and ignored: where the
archive does not hold already what the key asks for, the plan is blocked or says so. A kind of its own takes
its functions from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dandifile.kinds import embargo
from dandifile.kinds.special_fields import own_part
from dandifile.model import (
    EMBARGOED,
    OPEN,
    Block,
    Change,
    ChangeLine,
    Json,
    JsonObject,
    Key,
    Local,
    Reason,
    Spec,
    Step,
    Target,
    Why,
    Wording,
)
from dandifile.planning.kind import Difference, Standing, Traits
from dandifile.spec.embargo_terms import without_funder

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.planning.kind import Options, StepContext


NAME = "dandiset"


@dataclass(frozen=True)
class Protection:
    """What the spec asks for. None: not declared."""

    owners: Json = None  # a list, or {"exactly": list}

    @classmethod
    def of(cls, spec: Spec) -> Protection:
        return cls(spec.owners)


@dataclass(frozen=True)
class Protected:
    """What the archive has: whether it is embargoed, and the owners, fetched when needed."""

    status: str = OPEN
    owners: Callable[[], tuple[str, ...]] = tuple


@dataclass(frozen=True)
class DesiredDandiset:
    """The name and the declared fields that a new draft starts with, and whom the spec protects."""

    name: str = ""
    metadata: JsonObject = field(default_factory=dict)
    protection: Protection = field(default_factory=Protection)
    embargo: JsonObject | None = None  # the terms, as `embargo.creation_terms` gives them; None: open


def observe(reader: Reader) -> Protected | None:
    """How the dandiset is protected, or None where the spec has no identifier yet."""
    if not reader.identifier:
        return None
    return Protected(reader.dandiset()["embargo_status"], reader.owners)


def desired(spec: Spec, local: Local) -> DesiredDandiset:
    fields = {name: value for name, value in own_part(spec.fields).items() if value not in (None, [])}
    name, terms = fields.pop("name", ""), embargo.creation_terms(spec)
    return DesiredDandiset(name, without_funder(fields, terms), Protection.of(spec), terms)


def diff(desired: DesiredDandiset, observed: Protected | None, options: Options) -> Difference:
    blocked = protection_blocks(desired.protection, observed)
    remarks = protection_notes(desired.protection, observed)
    if observed is not None:
        return Difference(blocked=blocked, notes=remarks)
    if not desired.name:
        fix = "add `name:`, or the `identifier:` of a dandiset that exists"
        nameless = Block("a new dandiset needs a name, and the spec has none", fix)
        return Difference(blocked=(nameless, *blocked), notes=remarks)
    made: JsonObject = {"name": desired.name, "metadata": desired.metadata}
    if desired.embargo is not None:
        made["embargo"] = desired.embargo
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
    from dandifile.archive.writer import Embargo

    name = step.params["name"]
    intent = intent_file(context.state, context.writer.reader.instance, name)
    terms = Embargo.of(step.params.get("embargo"))
    made = create_once(context.writer, name, step.params["metadata"], intent, terms)
    return {"identifier": made}


def _line(change: Change, target: Target) -> ChangeLine:
    remark = f"new on {target.instance}"
    if (terms := change.after.get("embargo")) is not None:
        remark += f", under embargo until {terms.get('until') or 'two years from now'}"
    return ChangeLine(f"«{change.key.name}»", remark)


def _recheck(spec: Spec, now: Protected | None) -> tuple[Block, ...]:
    """The dandiset may have got another owner since the saved plan was made."""
    return protection_blocks(Protection.of(spec), now)


TRAITS = Traits(
    reads=("name", "owners"),
    docs="docs/spec.md#embargo-and-owners",
    wording=Wording(planned="dandiset to create", line=_line),
    recheck=_recheck,
)


# --- What the spec protects ----------------------------------------------------------------------


def protection_blocks(declared: Protection, now: Protected | None) -> tuple[Block, ...]:
    """Why nothing may be written: others would see what the spec protects. `now` None: to be created."""
    return tuple(_owner_blocks(declared, now))


def protection_notes(declared: Protection, now: Protected | None) -> tuple[str, ...]:
    """What the spec asks for and this version does not do, where that exposes no data."""
    return tuple(_owner_notes(declared, now))


# --- Owners -------------------------------------------------------------------------------------


def _declared_owners(owners: Json) -> tuple[list[str], bool]:
    """(who must own the dandiset, whether no one else may)."""
    if isinstance(owners, dict):
        return owners["exactly"], True
    return owners or [], False


def _owner_blocks(declared: Protection, now: Protected | None) -> Iterator[Block]:
    """Owners see embargoed data, which an owner that `{exactly: …}` leaves out must not."""
    wanted, exactly = _declared_owners(declared.owners)
    if exactly and now is not None and now.status == EMBARGOED:
        others = _comma_list(set(now.owners()) - set(wanted))
        if others:
            yield Block(
                f"`owners` leaves out {others}, who own the dandiset and can see what is under embargo; "
                "this version of dandifile does not remove owners",
                "remove them on the dandiset's page, or add them to `owners`",
            )


def _owner_notes(declared: Protection, now: Protected | None) -> Iterator[str]:
    wanted, exactly = _declared_owners(declared.owners)
    if not wanted:
        return
    there = set(now.owners()) if now else set()
    if missing := _comma_list(set(wanted) - there):
        you = " (except for you)" if now is None else ""
        yield f"`owners`: this version does not add owners; add {missing}{you} on the dandiset's page"
    surplus = _comma_list(there - set(wanted)) if exactly else ""
    if surplus and now is not None and now.status != EMBARGOED:
        yield f"`owners`: this version does not remove owners; remove {surplus} on the dandiset's page"


def _comma_list(names: set[str]) -> str:
    return ", ".join(sorted(names))
