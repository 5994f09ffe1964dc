"""Who owns and who sees a dandiset, as a spec says it after somebody changed that on the archive. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dandifile.model import EMBARGOED, Json, JsonObject

OWNERS, EMBARGO = "owners", "embargo"


def place_of(raw: JsonObject, environment: str, key: str) -> tuple[str, ...]:
    """Where the spec declares a key that an environment can override."""
    override = (raw.get("environments") or {}).get(environment) or {}
    return ("environments", environment, key) if key in override else (key,)


def with_value(raw: JsonObject, path: tuple[str, ...], value: Json) -> JsonObject:
    head, *rest = path
    return {**raw, head: with_value(raw.get(head) or {}, tuple(rest), value) if rest else value}


def owners_after(declared: Json, now: Collection[str], *, is_asked: bool, is_overwritten: bool) -> Json:
    """The spec's `owners` with those of the archive, in the order of the file.

    Whom a plain list does not name is not its business, so they are added only where that `is_asked`. Whom
    the archive lacks, apply adds; they go only where the spec `is_overwritten`.
    """
    exactly = isinstance(declared, dict)
    listed: Sequence[str] = declared["exactly"] if isinstance(declared, dict) else declared or []
    kept = [login for login in listed if login in now or not is_overwritten]
    more = sorted({*now} - {*listed}) if exactly or is_asked or is_overwritten else []
    return {"exactly": [*kept, *more]} if exactly else [*kept, *more]


def embargo_after(declared: Json, status: str, until: str) -> Json:
    """The spec's `embargo` where somebody released the dandiset, or its last day is another one."""
    if declared is None or declared is False:
        return declared
    if status != EMBARGOED:
        return False
    if isinstance(declared, dict) and declared.get("until") and until and declared["until"] != until:
        return {**declared, "until": until}
    return declared
