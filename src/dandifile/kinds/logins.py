"""Whether a login is that of a user of the archive, and who else may be meant.

The archive compares logins exactly, case included, and refuses a whole list of owners for one that it does
not know. It also takes e-mail addresses, but then shows the login. Its search finds approved users by a part
of their name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from dandifile.model import Block, JsonObject
from dandifile.spelling import near_words, similar_names

_MOST_FOUND = 10  # users in an answer of the archive's search
_MOST_MEANT = 3
_PREFIX = 2  # letters of a login that a misspelt one probably has, too


@dataclass(frozen=True)
class Directory:
    """The users of an archive. `search` finds them by a part of a name, or is None if the account may not."""

    search: Callable[[str], Sequence[JsonObject] | None] = lambda text: None  # noqa: ARG005
    archive: str = "the archive"
    web_url: str = ""
    is_embedded: bool = False


def full_name(user: JsonObject) -> str:
    return str(user.get("name") or "").strip()


@dataclass(frozen=True)
class Lookup:
    """What the archive's search says of a login that is to become an owner."""

    name: str = ""
    block: Block | None = None
    note: str = ""


def look_up_login(login: str, owners: Collection[str], directory: Directory) -> Lookup:
    """Only logins are compared, as the archive does it: exactly, case included."""
    alike = [one for one in owners if one.casefold() == login.casefold()]
    if alike:
        what = f"'{login}' in `owners` is not the login of a user of {directory.archive}"
        return Lookup(block=Block(what, f"write '{alike[0]}': upper and lower case count"))
    found = directory.search(login)
    exact = [user for user in found or () if user["username"] == login]
    if exact:
        return Lookup(full_name(exact[0]))
    if found is not None and len(found) >= _MOST_FOUND:
        return Lookup(
            note=f"`owners`: many users there have '{login}' in their name, so it will only be "
            "seen at the end of apply whether one of them has this login"
        )
    if "@" in login:
        return Lookup(block=_address_block(login, directory))
    return Lookup() if found is None else Lookup(block=_unknown_block(login, directory))


def _address_block(login: str, directory: Directory) -> Block:
    what = f"'{login}' in `owners` is an e-mail address; owners are named by their login"
    meant = _meant_text(_users_meant(login, directory))
    return Block(what, meant or f"write the login with which this person is known at {directory.archive}")


def _unknown_block(login: str, directory: Directory) -> Block:
    site = directory.web_url or directory.archive
    asked = f"ask {login} to log in at {site} and to wait until the account is approved"
    if directory.is_embedded:
        asked = f"add the user to this archive: dandifile archive add-user {login}"
    meant = _meant_text(_users_meant(login, directory))
    return Block(
        f"{directory.archive} has no approved user with the login '{login}' (in `owners`)",
        f"{meant}; otherwise {asked}" if meant else f"check the spelling, or {asked}",
    )


def _meant_text(users: Sequence[JsonObject]) -> str:
    names = [
        f"'{user['username']}' ({name})" if (name := full_name(user)) else f"'{user['username']}'"
        for user in users
    ]
    return f"write {' or '.join(names)}" if names else ""


def _users_meant(text: str, directory: Directory) -> list[JsonObject]:
    """Users who may be meant by a wrong login: an address, a full name, another case, or a misspelling."""
    local_part = text.partition("@")[0]
    words = [word for word in re.findall(r"[^\W_]+", local_part) if len(word) > 1]
    parts = dict.fromkeys([text, local_part, *words[:_MOST_MEANT], local_part[:_PREFIX]])
    answers = {part: directory.search(part) or () for part in parts}
    if "@" in text and len(answers[text]) == 1:
        return [*answers[text]]
    users = {str(user["username"]): user for answer in answers.values() for user in answer}
    names = {full_name(user).casefold(): login for login, user in users.items() if full_name(user)}
    meant = [names[name] for name in similar_names(local_part.casefold(), list(names))]
    meant += near_words(local_part, users)
    return [users[login] for login in [*dict.fromkeys(meant)][:_MOST_MEANT]]
