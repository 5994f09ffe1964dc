"""`environments`: the same dandiset somewhere else, such as a rehearsal."""

from __future__ import annotations

from dandifile.model import JsonObject
from dandifile.spec.fault import Fault
from dandifile.spec.near import nearest


def unknown_environment(document: JsonObject, name: str) -> list[Fault]:
    """A fault if `name` is asked for and not there."""
    there = document.get("environments")
    names = list(there) if isinstance(there, dict) else []
    if not name or name in names:
        return []
    near = nearest(name, names)
    listed = f"there are: {', '.join(names)}" if names else "the spec has no `environments`"
    fix = f"did you mean `{near}`? {listed}" if near else listed
    return [Fault(("environments",), f"there is no environment `{name}`", fix, at_key=True)]


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
