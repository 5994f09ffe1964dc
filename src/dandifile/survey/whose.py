"""Whose an asset's data is, by its metadata: the ids in the file, not those in its name."""

from __future__ import annotations

from dandifile.model import Json, JsonObject


def subjects_of(metadata: JsonObject) -> list[str]:
    return _identifiers(metadata.get("wasAttributedTo"), "Participant")


def sessions_of(metadata: JsonObject) -> list[str]:
    return _identifiers(metadata.get("wasGeneratedBy"), "Session")


def _identifiers(items: Json, kind: str) -> list[str]:
    found = (item for item in items or [] if isinstance(item, dict) and item.get("schemaKey") == kind)
    return [str(item["identifier"]) for item in found if item.get("identifier")]
