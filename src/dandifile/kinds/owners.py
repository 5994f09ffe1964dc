"""Who owns the dandiset: users of the archive, by their login.

A list adds missing users; `{exactly: […]}` also removes all others. The archive takes the list of owners as a
whole and keeps no version of it. So it is read right before it is written, and only the users in the plan
are added or removed. The archive e-mails each of them.

Owners see embargoed data. Where `exactly` leaves out an owner of an embargoed dandiset, nothing is written
before that owner is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dandifile.archive.instance import LOCAL
from dandifile.archive.rights import UNCHECKED, is_same_user
from dandifile.errors import ArchiveError, BlockedError, CredentialsError
from dandifile.kinds.logins import Directory, full_name, look_up_login
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

NAME = "owners"
PERMIT = "owners"


@dataclass(frozen=True)
class DesiredOwners:
    """The logins that the spec names; `exactly`: and no others. None: owners are not declared."""

    logins: tuple[str, ...] | None = None
    exactly: bool = False

    @classmethod
    def of(cls, spec: Spec) -> DesiredOwners:
        if isinstance(spec.owners, dict):
            return cls(tuple(spec.owners["exactly"]), exactly=True)
        return cls(tuple(spec.owners) if spec.owners else None)


@dataclass(frozen=True)
class ObservedOwners:
    """Who owns the dandiset and who is asking. The archive is only asked where the spec declares owners.

    `users` are the owners; of a dandiset that is still to be created, who will create it. `account` is the
    key's user, None without a key.
    """

    status: str = OPEN
    is_new: bool = False
    users: Callable[[], Sequence[JsonObject]] = tuple
    account: Callable[[], JsonObject | None] = lambda: None
    directory: Directory = field(default_factory=Directory)

    def logins(self) -> frozenset[str]:
        return frozenset(str(user["username"]) for user in self.users())


def observe(reader: Reader) -> ObservedOwners:
    def account() -> JsonObject | None:
        return None if reader.key is None else reader.account()

    def creator() -> Sequence[JsonObject]:
        found = account()
        return () if found is None else (found,)

    def search(text: str) -> Sequence[JsonObject] | None:
        try:
            return None if reader.key is None else reader.find_users(text)
        except CredentialsError:  # the account is not approved, which stops the plan in words of its own
            return None

    instance, is_new = reader.instance, reader.identifier is None
    return ObservedOwners(
        status=OPEN if is_new else reader.dandiset()["embargo_status"],
        is_new=is_new,
        users=creator if is_new else reader.users,
        account=account,
        directory=Directory(search, instance.name, instance.web_url, is_embedded=instance.is_embedded),
    )


def desired(spec: Spec, local: Local) -> DesiredOwners:
    return DesiredOwners.of(spec)


def diff(desired: DesiredOwners, observed: ObservedOwners, options: Options) -> Difference:
    if desired.logins is None:
        return Difference()
    now = observed.logins()
    missing = [login for login in desired.logins if login not in now]
    surplus = _surplus(desired, now)
    lookups = {login: look_up_login(login, now, observed.directory) for login in missing}
    removed = surplus if PERMIT in options.allow else frozenset()
    return Difference(
        changes=(
            *(_addition(login, lookups[login].name) for login in missing),
            *_removals(surplus, observed),
        ),
        blocked=(
            *(found.block for found in lookups.values() if found.block),
            *_self_blocks(surplus, observed),
            *_embargo_blocks(surplus - removed, observed),
        ),
        notes=(
            *_unchecked_notes(missing, observed),
            *(found.note for found in lookups.values() if found.note),
        ),
    )


def _surplus(desired: DesiredOwners, now: frozenset[str]) -> frozenset[str]:
    return now - {*(desired.logins or ())} if desired.exactly else frozenset()


def _addition(login: str, name: str) -> Change:
    return Change(Key(NAME, login), None, {"name": name})


def _removals(logins: Collection[str], observed: ObservedOwners) -> Iterator[Change]:
    names = {str(user["username"]): full_name(user) for user in observed.users()}
    hidden = {"embargoed": True} if observed.status == EMBARGOED else {}
    for login in sorted(logins):
        yield Change(Key(NAME, login), {"name": names[login], **hidden}, None, permit=PERMIT)


# --- Why nothing may be written --------------------------------------------------------------------


def _self_blocks(removed: frozenset[str], observed: ObservedOwners) -> Iterator[Block]:
    """Nobody removes themselves: with their key it could neither be checked afterwards nor undone."""
    for login in sorted(removed & _own_logins(observed)):
        yield Block(
            f"`owners` leaves you ({login}) out, and without you as an owner you could not undo it",
            f"add {login} to `owners`, or have another owner apply the spec",
        )


def _own_logins(observed: ObservedOwners) -> frozenset[str]:
    """Which of the owners the key's user is."""
    account = observed.account()
    if account is None:
        return frozenset()
    if account["username"] in observed.logins():
        return frozenset([account["username"]])
    return frozenset(user["username"] for user in observed.users() if is_same_user(user, account))


def _embargo_blocks(others: Collection[str], observed: ObservedOwners) -> Iterator[Block]:
    """Owners see embargoed data, which an owner that `exactly` leaves out must not."""
    if others and observed.status == EMBARGOED:
        yield Block(
            f"`owners` leaves out {', '.join(sorted(others))}, and owners can see what is under embargo",
            f"pass --allow {PERMIT} to remove them before anything else is written, or add them to `owners`",
        )


def _unchecked_notes(missing: Sequence[str], observed: ObservedOwners) -> Iterator[str]:
    if missing and observed.account() is None:
        yield f"{UNCHECKED}whether {observed.directory.archive} has a user {' and a user '.join(missing)}"


# --- Doing it --------------------------------------------------------------------------------------


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    """One step for all, as the archive takes the list as a whole."""
    if not changes:
        return ()
    params = {
        "add": [change.key.name for change in changes if change.before is None],
        "remove": [change.key.name for change in changes if change.after is None],
    }
    return (Step(NAME, NAME, params, reason=Reason(Why.OTHER_OWNERS)),)


def standing(change: Change, observed: ObservedOwners) -> Standing:
    is_there = change.key.name in observed.logins()
    return Standing.DONE if is_there == (change.after is not None) else Standing.DUE


def rebase(change: Change, observed: object) -> Change:
    return change


def perform(step: Step, context: StepContext, inputs: Mapping[str, Json]) -> JsonObject:
    """Keeps owners who were added since the plan was made, unless the plan removes them."""

    def read() -> tuple[list[str], list[str]]:
        now = [str(user["username"]) for user in context.writer.reader.fresh().users()]
        kept = [login for login in now if login not in step.params["remove"]]
        return now, kept + [login for login in step.params["add"] if login not in now]

    def wanted() -> list[str]:
        _, then = read()
        if not then:
            raise BlockedError(
                "no owner would be left: others were removed since the plan was made",
                fix="run plan again and look at it",
            )
        return then

    now, then = read()
    if now != then:
        try:
            context.writer.put_owners(wanted)
        except ArchiveError:  # the answer may be lost, and not the request
            now, then = read()
            if now != then:
                raise
    return {"owners": then}


def _line(change: Change, target: Target) -> ChangeLine:
    name = (change.before or change.after)["name"]
    mailed = f"{target.instance} sends an e-mail" if target.instance != LOCAL else ""
    return ChangeLine(change.key.name, "; ".join(part for part in (name, mailed) if part))


def _recheck(spec: Spec, now: ObservedOwners, plan: Plan) -> tuple[Block, ...]:
    """Somebody else may apply the plan, a user may be gone, or another one see what is under embargo."""
    due = [change for change in plan.due if change.key.kind == NAME]
    added = [change.key.name for change in due if change.before is None]
    removed = {change.key.name for change in due if change.after is None}
    declared = DesiredOwners.of(spec)
    if declared.logins is None:
        return ()
    logins = now.logins()
    lookups = (look_up_login(login, logins, now.directory) for login in added if login not in logins)
    return (
        *(found.block for found in lookups if found.block),
        *_self_blocks(logins & removed, now),
        *_embargo_blocks(_surplus(declared, logins) - removed, now),
    )


def _is_leading(changes: tuple[Change, ...]) -> bool:
    """Whoever must not see what is under embargo is removed before anything is uploaded."""
    return any(change.after is None and change.before.get("embargoed") for change in changes)


TRAITS = Traits(
    reads=("owners",),
    docs="docs/spec.md#owners",
    permits=(PERMIT,),
    wording=Wording(held="owner", line=_line),
    recheck=_recheck,
    leads=_is_leading,
)
