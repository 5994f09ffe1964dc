"""The archive's own version of DANDI's schema, which may be older than the one that files are read with here.

A record in a version that the archive does not know is Invalid there, whatever else it says. So what is sent
is in the archive's version, and holds only what that version has a place for. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dandifile.model import Json, JsonObject

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader

KEY = "schemaVersion"


@dataclass(frozen=True)
class Versions:
    """The archive's own version, and those that it accepts; no own version: nothing is known of it."""

    own: str = ""
    accepted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, reader: Reader) -> Versions:
        info = reader.info()
        accepted = info.get("allowed_schema_versions")
        known = frozenset(map(str, accepted)) if isinstance(accepted, list) else frozenset[str]()
        return cls(info["schema_version"], known)

    def refuses(self, version: str) -> bool:
        """Whether the archive calls a record of that version Invalid.

        One that doesn't say which versions it accepts knows its own and those before it.
        """
        if not (self.own and version) or version == self.own:
            return False
        return version not in self.accepted if self.accepted else _number(version) > _number(self.own)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


def without_version(metadata: JsonObject) -> JsonObject:
    """Metadata as they are compared: a version alone is no difference."""
    return {key: value for key, value in metadata.items() if key != KEY}


@dataclass
class Fitted:
    """Metadata that fit a JSON Schema, and the names of what it has no place for."""

    schema: JsonObject
    lacking: set[str] = field(default_factory=set)

    def fit(self, metadata: JsonObject) -> JsonObject:
        """The metadata without the keys and the kinds of objects that the schema lacks."""
        return self._keys(metadata, self.schema.get("properties") or metadata, "")

    def _keys(self, value: JsonObject, known: JsonObject, place: str) -> JsonObject:
        self.lacking |= {f"{place}{key}" for key in value if key not in known}
        kept = {key: self._value(item, f"{place}{key}") for key, item in value.items() if key in known}
        return {key: item for key, item in kept.items() if item is not _NOTHING}

    def _value(self, value: Json, place: str) -> Json:
        if isinstance(value, list):
            return [item for item in self._items(value, place) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        kinds = self.schema.get("$defs") or {}
        name = value.get("schemaKey")
        if not isinstance(name, str) or not kinds:
            return value  # such as `digest`: its keys are data
        if name not in kinds:
            self.lacking.add(f"{place} ({name})")
            return _NOTHING
        return self._keys(value, kinds[name].get("properties") or value, f"{place}.")

    def _items(self, value: list[Json], place: str) -> Iterator[Json]:
        return (self._value(item, place) for item in value)


_NOTHING = object()
