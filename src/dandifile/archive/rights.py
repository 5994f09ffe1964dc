"""Whether this user may write what a plan says: asked before the first write.

Only approved accounts can write to an archive, and only owners to a dandiset; and the archive takes any
number of dandisets with one name, which is hardly ever meant. The answers are true now and for this
user: before a saved plan is applied, the archive is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dandifile.archive.create import refuse_same_name
from dandifile.archive.instance import Instance
from dandifile.archive.reader import Reader
from dandifile.archive.writer import Embargo
from dandifile.errors import BlockedError
from dandifile.model import Block, JsonObject

ACCOUNT = "account"
"""`Block.about`: the user does not have the right to write. That is exit code 3, not 4."""

NAME = "name"
"""`Block.about`: a dandiset with this name exists already."""

PUBLISHING = "publishing"
"""`Block.about`: the archive is publishing the dandiset, and would give up at any write."""

UNCHECKED = "not checked, as there is no API key: "
"""How a note begins on what could not be asked."""

_MOST_OWNERS = 3

_NOT_APPROVED = {
    "INCOMPLETE": "log in at {web} and answer the questions there; then the archive's team approves it",
    "PENDING": "wait for the e-mail of the archive's team that it is approved; {web} says how to ask them",
    "REJECTED": "ask the archive's team why; {web} says how to reach them",
}


def write_blocks(
    reader: Reader, name: str, intent: Path, embargo: Embargo | None = None
) -> tuple[Block, ...]:
    """Why this user cannot apply a plan. All but `reader` are those of a dandiset to be created."""
    if reader.key is None:
        return ()
    account = reader.account()
    return tuple(_write_blocks(reader, account, name, intent, embargo))


def publishing_blocks(reader: Reader) -> tuple[Block, ...]:
    """A write while the archive publishes makes it give up without an error: there is then no version."""
    if reader.identifier is None or reader.draft()["status"] != "Publishing":
        return ()
    fix = "run again when it has ended, in a minute; if it stays so for hours, any edit on its page ends it"
    what = "the archive is publishing the dandiset, and a change now would make it give up"
    return (Block(what, fix, about=PUBLISHING),)


def unchecked_notes(reader: Reader, name: str) -> tuple[str, ...]:
    """What is not checked because there is no key."""
    if reader.key is not None:
        return ()
    variable = f"(set {reader.instance.shell_variable} to have it checked)"
    if reader.identifier:
        return (f"{UNCHECKED}whether you may write to {reader.identifier} {variable}",)
    about = f"whether your account is approved, and whether you already have a dandiset named '{name}'"
    return (f"{UNCHECKED}{about} {variable}",)


def _write_blocks(
    reader: Reader, account: JsonObject, name: str, intent: Path, embargo: Embargo | None
) -> Iterator[Block]:
    instance, user = reader.instance, account["username"]
    may_do_all = account.get("admin") is True
    status = str(account.get("status") or "APPROVED")
    if status != "APPROVED" and not may_do_all:
        yield _approval_block(instance, user, status)
    if reader.identifier is None:
        try:
            refuse_same_name(reader, name, intent, embargo)
        except BlockedError as error:
            yield Block(error.what, error.fix, about=NAME)
    elif not may_do_all and not _is_owner(reader, account):
        owners = reader.owners()
        more = f" and {len(owners) - _MOST_OWNERS:,} more" if len(owners) > _MOST_OWNERS else ""
        named = f"{', '.join(owners[:_MOST_OWNERS])}{more}" or "there are none"
        yield Block(
            f"{user} is not an owner of {reader.identifier} on {instance.name}: only owners can write to it",
            f"ask an owner ({named}) to add {user} on the page of the dandiset, or use an owner's API key",
            about=ACCOUNT,
        )


def _approval_block(instance: Instance, user: str, status: str) -> Block:
    fix = _NOT_APPROVED.get(status, "log in at {web} and see what it says about your account")
    return Block(
        f"the account {user} on {instance.name} is not approved (it is {status}): it cannot write",
        fix.format(web=instance.web_url or instance.name),
        about=ACCOUNT,
    )


def _is_owner(reader: Reader, account: JsonObject) -> bool:
    return any(is_same_user(user, account) for user in reader.users())


def is_same_user(user: JsonObject, account: JsonObject) -> bool:
    """By login, or by full name if both have one: some archives give the login on one side only."""
    name = account.get("name")
    same_login = str(user["username"]).casefold() == str(account["username"]).casefold()
    return same_login or bool(name and user.get("name") == name)
