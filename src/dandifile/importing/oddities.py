"""What is odd in an imported spec though its short forms can say it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dandifile.identifiers import awards_in
from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.faults import path_text
from dandifile.words import quantity

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Characters that cannot be seen, and that searches stumble over."""
_MOST = 6  # names that one comment lists


@dataclass(frozen=True)
class Oddity:
    """Something odd at a path of the spec, in words."""

    path: KeyPath
    what: str

    @property
    def place(self) -> str:
        return path_text(self.path)


def oddities(values: JsonObject) -> Iterator[Oddity]:
    """Remarks on the values of a spec, each at its path."""
    yield from _of_contributors(values.get("contributors", ()))
    for key in ("name", "contributors", "regions", "about", "ethics", "related"):
        yield from _unseen_characters(values.get(key), (key,))


def _of_contributors(contributors: Sequence[JsonObject]) -> Iterator[Oddity]:
    idle = [item for item in contributors if item.keys() != {"metadata"} and not _has_roles(item)]
    if idle:
        who = "; ".join(str(item.get("name") or item.get("organization")) for item in idle[:_MOST])
        more = f"; and {len(idle) - _MOST} more" if len(idle) > _MOST else ""
        count = quantity(len(idle), "entry", "entries")
        yield Oddity(("contributors",), f"{count} without a role: {who}{more}")
    for number, item in enumerate(contributors):
        if "organization" in item and "ContactPerson" in (item.get("roles") or ()):
            yield Oddity(("contributors", number), "an organization is the ContactPerson")
        awards = awards_in(item["award"]) if isinstance(item.get("award"), str) else []
        if len(awards) > 1:
            what = f"one `award` holds {len(awards)} awards, so searches for one of them do not find it"
            yield Oddity(("contributors", number), what)


def _has_roles(item: JsonObject) -> bool:
    return bool(item.get("roles") or item.get("metadata", {}).get("roleName"))


def _unseen_characters(value: Json, path: KeyPath) -> Iterator[Oddity]:
    if isinstance(value, str) and any(character in value for character in UNSEEN):
        yield Oddity(path, "it holds a character that cannot be seen")
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        if key != "metadata":
            yield from _unseen_characters(item, (*path, key))
