"""Who can see the dandiset: an embargo from its creation on, and its release, which cannot be undone.

Only a new dandiset can be embargoed: the dandiset's kind creates it so, on the terms that `creation_terms`
gives. What the spec asks to hide and the archive shows to everyone blocks the whole plan. The release comes
last: it needs every other step of the plan, and waits while anything else is blocked or not permitted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dandifile.errors import BlockedError
from dandifile.kinds import uploads
from dandifile.kinds.assets.sides import NAME as ASSETS
from dandifile.model import (
    EMBARGOED,
    OPEN,
    RELEASING,
    Block,
    Change,
    ChangeLine,
    EmbargoState,
    Json,
    JsonObject,
    Key,
    Local,
    Plan,
    Reason,
    RemoteAsset,
    Spec,
    Step,
    Target,
    Why,
    Wording,
)
from dandifile.planning.kind import Difference, Standing, Traits
from dandifile.words import first_of, quantity

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.planning.kind import Options, StepContext

NAME = "embargo"
PERMIT = "unembargo"

_EMBARGOED_ACCESS = "dandi:EmbargoedAccess"


@dataclass(frozen=True)
class DesiredEmbargo:
    """What the spec declares. `embargo` as in `Spec`; `access` is the field, where `metadata` sets it."""

    embargo: Json = None
    access: Json = None

    @property
    def key(self) -> str:
        """The key that asks for an embargo, "" where none does."""
        if self.embargo is not None and self.embargo is not False:
            return "`embargo`"
        items = self.access if isinstance(self.access, list) else []
        asked = any(_is_embargoed(item) for item in items if isinstance(item, dict))
        return "`metadata.access`" if asked else ""


@dataclass(frozen=True)
class ObservedEmbargo:
    """What the archive has; `identifier` None: the dandiset is to be created.

    `assets` are those of the draft, `uploads` counts the unfinished ones. `sharing` gives the other
    embargoed dandisets of this user that hold content of this one.
    """

    identifier: str | None = None
    state: EmbargoState = field(default_factory=EmbargoState)
    assets: Mapping[str, RemoteAsset] = field(default_factory=dict)
    uploads: int = 0
    sharing: Callable[[], tuple[str, ...]] = tuple


def observe(reader: Reader) -> ObservedEmbargo:
    if reader.identifier is None:
        return ObservedEmbargo()
    state = reader.embargo()
    if state.status == OPEN:
        return ObservedEmbargo(reader.identifier, state)
    return ObservedEmbargo(
        reader.identifier, state, reader.assets(), reader.active_uploads(), reader.sharing_embargoes
    )


def desired(spec: Spec, local: Local) -> DesiredEmbargo:
    return DesiredEmbargo(spec.embargo, spec.fields.get("access"))


def creation_terms(spec: Spec) -> JsonObject | None:
    """How a new dandiset is embargoed: `until`, `funding_source`, `award`; None: it is open."""
    if spec.embargo is None or spec.embargo is False:
        return None
    return dict(spec.embargo) if isinstance(spec.embargo, dict) else {}


def diff(desired: DesiredEmbargo, observed: ObservedEmbargo, options: Options) -> Difference:
    status = observed.state.status
    if desired.key and desired.embargo is False:
        return Difference(blocked=(_contradiction(),))
    if desired.key:
        return Difference(blocked=(*_exposure(desired, observed), *_other_end(desired, observed)))
    if status == RELEASING:
        return Difference(notes=(_RELEASING,))
    if desired.embargo is not False or status == OPEN or observed.identifier is None:
        return Difference()
    if options.paths or options.exclude:
        return Difference(notes=("a plan for some paths does not release the embargo",))
    before = {"status": status, "until": observed.state.until}
    reason = Reason(Why.RELEASED)
    change = Change(Key(NAME, observed.identifier), before, {"status": OPEN}, permit=PERMIT, reason=reason)
    return Difference((change,), blocked=(_narrowed(change.key),) if options.only else ())


_RELEASING = (
    "the archive is releasing the embargo and takes no other change until that has ended; apply waits for it"
)


# --- What must not become public ----------------------------------------------------------------


def _exposure(desired: DesiredEmbargo, observed: ObservedEmbargo) -> Iterator[Block]:
    """Why nothing may be written: everyone would see what the spec asks to hide."""
    key, status = desired.key, observed.state.status
    asks = f"the spec asks for an embargo ({key}), but"
    if observed.identifier is None and desired.embargo is None:
        yield Block(
            f"{asks} `metadata` cannot create one",
            "write `embargo: true`, or `embargo: {until: …}` with its last day",
        )
    elif observed.identifier is None or status == EMBARGOED:
        return
    elif status == RELEASING:
        yield Block(
            f"{asks} the archive is releasing the dandiset: everyone will see what is in it",
            f"write `embargo: false` if that is meant; else put the data into a new dandiset ({_A_NEW_ONE})",
        )
    else:
        yield Block(
            f"{asks} {observed.identifier} is open: everyone can see what is uploaded, and an open dandiset "
            "cannot be embargoed",
            f"put the data into a new dandiset ({_A_NEW_ONE}); or, if everyone may see them now, take {key} "
            "out of the spec",
        )


_A_NEW_ONE = "take `identifier` out of the spec or the lock, give it another `name`, `apply --create`"


def _other_end(desired: DesiredEmbargo, observed: ObservedEmbargo) -> Iterator[Block]:
    """An end date that the archive does not have: it is set at the creation, and cannot be changed."""
    until = desired.embargo.get("until") if isinstance(desired.embargo, dict) else None
    there = observed.state.until
    if observed.state.status == EMBARGOED and until and there and until != there:
        yield Block(
            f"`embargo.until` is {until}, but on the archive the embargo ends on {there}, which cannot be "
            "changed there",
            f"write `until: {there}`; `embargo: false` releases it earlier",
            Key(NAME, "until"),
        )


def _contradiction() -> Block:
    return Block(
        "`embargo: false` asks for the release, and `metadata.access` for an embargo",
        "take `status` and `embargoedUntil` out of `metadata.access`: the archive writes them itself",
    )


def _narrowed(key: Key) -> Block:
    return Block(
        "the embargo is released last, when nothing else is left to do, and with --only nothing else is "
        "compared",
        "leave --only out",
        key,
    )


def _is_embargoed(item: dict[str, Json]) -> bool:
    """An end date alone asks for it too; next to `OpenAccess` it is what a released embargo leaves behind."""
    status = item.get("status")
    return status == _EMBARGOED_ACCESS or bool(status is None and item.get("embargoedUntil"))


# --- The release, by a look at the whole plan ----------------------------------------------------


def conclude(plan: Plan, observed: Mapping[str, Any]) -> Plan:
    """The plan with what everyone will see in its release, and with what the release waits for."""
    release = next((change for change in plan.changes if change.key.kind == NAME), None)
    if release is None:
        return plan
    mine: ObservedEmbargo = observed[NAME]
    contents = _contents_after(plan, mine.assets)
    size = sum(size for size, _ in contents.values())
    seen = {**_audience(contents), "size": size, "sharing": list(mine.sharing())}
    whole = replace(release, after={**release.after, **seen})
    changes = tuple(whole if change is release else change for change in plan.changes)
    return replace(plan, changes=changes, blocked=(*plan.blocked, *_obstacles(plan, mine, release.key)))


def _contents_after(plan: Plan, assets: Mapping[str, RemoteAsset]) -> dict[str, tuple[int, str]]:
    """Size and digest of each asset that is on the draft once the rest of the plan is done, by path."""
    changes = [change for change in plan.due if change.key.kind == ASSETS]
    leaving = {change.before["path"] for change in changes if change.before}
    kept = {path: asset for path, asset in assets.items() if path not in leaving}
    new = [change.after for change in changes if change.after]
    return _contents(kept) | {after["path"]: (int(after["size"]), after["digest"]) for after in new}


def _contents(assets: Mapping[str, RemoteAsset]) -> dict[str, tuple[int, str]]:
    return {path: (asset.size, asset.digest) for path, asset in assets.items()}


def _audience(contents: Mapping[str, tuple[int, str]]) -> JsonObject:
    """How many assets everyone will see, and a digest of which and of what is in them.

    What was reviewed is what is released.
    """
    lines = (f"{path}\t{digest}" for path, (_, digest) in sorted(contents.items()))
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return {"assets": len(contents), "contents": hashlib.sha256(text).hexdigest()}


def _obstacles(plan: Plan, mine: ObservedEmbargo, key: Key) -> Iterator[Block]:
    others = {block.key for block in plan.blocked if block.key is not None}
    others |= {change.key for change in plan.held if change.key != key}
    if others:
        names = first_of(sorted(other.name for other in others))
        yield Block(
            f"the embargo is released last, when nothing else is left to do: {names} cannot be done yet",
            "see to what else is blocked or needs a flag, then release it",
            key,
        )
    if mine.uploads and not any(change.key.kind == uploads.NAME for change in plan.due):
        count = quantity(mine.uploads, "upload was", "uploads were")
        yield Block(
            f"{count} begun and never finished: the archive releases no embargo while there are any",
            f"`--allow {uploads.PERMIT}` drops them, unless another owner is still sending",
            key,
        )


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    return tuple(
        Step(
            f"{NAME}:{change.key.name}",
            NAME,
            {"name": change.key.name, "do": "releasing the embargo of", **change.after},
            reason=change.reason,
        )
        for change in changes
    )


def standing(change: Change, observed: ObservedEmbargo) -> Standing:
    """A release that the archive has begun is still due: it is waited for."""
    return Standing.DONE if observed.state.status == OPEN else Standing.DUE


def rebase(change: Change, observed: object) -> Change:
    return change


def perform(step: Step, context: StepContext, inputs: Mapping[str, Json]) -> JsonObject:
    """Asks for the release, unless that was done before, waits until it has ended, and looks."""
    from dandifile.archive.release import check_open, wait_until_open

    reader = context.writer.reader.fresh()
    if reader.embargo().status == EMBARGOED:
        context.writer.unembargo(lambda: _refuse_others(step, context.writer.reader.fresh()))
    wait_until_open(reader)
    check_open(reader)
    return {"released": True}


def _refuse_others(step: Step, reader: Reader) -> None:
    """BlockedError where everyone would see other assets than the plan says, or more dandisets' content.

    Not where the release was asked for meanwhile: there is nothing left to prevent.
    """
    if reader.embargo().status != EMBARGOED:
        return
    now, planned = _audience(_contents(reader.assets())), step.params
    if now["contents"] != planned.get("contents"):
        count, before = now["assets"], planned["assets"]
        seen = f"{quantity(count, 'asset')}, and not the {before:,}"
        raise BlockedError(
            f"everyone would see {seen if count != before else 'other content than that'} of the plan: "
            "somebody else has changed the draft",
            fix="run plan again and look at it",
        )
    if more := sorted(set(reader.sharing_embargoes()) - set(planned["sharing"])):
        raise BlockedError(
            f"content of {', '.join(more)}, which is embargoed, would be released too", fix="run plan again"
        )


def _line(change: Change, target: Target) -> ChangeLine:
    before, after = (value if isinstance(value, dict) else {} for value in (change.before, change.after))
    until = f"until {before['until']} → " if before.get("until") else ""
    remark = f"cannot be undone: everyone will see {quantity(after.get('assets', 0), 'asset')}"
    if sharing := after.get("sharing"):
        remark += f", with content that is also in {', '.join(sharing)}, of yours and under embargo"
    return ChangeLine(f"{until}open", remark, after.get("size"))


def exposure(spec: Spec, now: ObservedEmbargo) -> tuple[Block, ...]:
    """Why everyone sees, or would see, what the spec asks to hide; none where it asks for no embargo."""
    wanted = desired(spec, Local())
    return tuple(_exposure(wanted, now)) if wanted.key else ()


def _recheck(spec: Spec, now: ObservedEmbargo, _plan: Plan) -> tuple[Block, ...]:
    """The dandiset may have been released since the saved plan was made."""
    return exposure(spec, now)


TRAITS = Traits(
    reads=("embargo",),
    docs="docs/spec.md#embargo",
    permits=(PERMIT,),
    wording=Wording(planned="embargo to release", done="embargo released", line=_line),
    recheck=_recheck,
    conclude=conclude,
)
