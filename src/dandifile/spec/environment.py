"""`environments`: the same dandiset somewhere else, such as a rehearsal."""

from __future__ import annotations

from dandifile.errors import UserError
from dandifile.model import JsonObject
from dandifile.spelling import nearest


class UnknownEnvironmentError(UserError):
    """The spec has no environment of the name that was asked for."""


def refuse_unknown(document: JsonObject, name: str, shown: str) -> None:
    """UnknownEnvironmentError if there is no `name`, which was asked for; `shown` names the spec."""
    there = document.get("environments")
    names = list(there) if isinstance(there, dict) else []
    if not name or name in names:
        return
    near = nearest(name, names)
    listed = (
        f"there are: {', '.join(names)}" if names else "the spec has no `environments`: leave the flag out"
    )
    fix = f"did you mean `{near}`? {listed}" if near else listed
    raise UnknownEnvironmentError(
        f"--environment {name}: the spec has no environment of this name", where=shown, fix=fix
    )


def overridden(document: JsonObject, name: str) -> JsonObject:
    """What is declared in the environment of that name; "" for what is declared outside of any.

    Another instance drops the identifier, which does not hold there. None: not declared.
    """
    declared = {key: value for key, value in document.items() if key != "environments"}
    there = document.get("environments")
    override = (there.get(name) if isinstance(there, dict) else None) or {}
    if not isinstance(override, dict):  # told by the schema
        return declared
    if "instance" in override:
        declared.pop("identifier", None)
    declared |= override
    nullable = ("identifier", "embargo", "owners")
    return {key: value for key, value in declared.items() if value is not None or key not in nullable}
