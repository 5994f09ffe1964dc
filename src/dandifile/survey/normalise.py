"""Asset metadata in the one form that two runs, two processes and two machines agree on. Pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from dandifile.model import Json, JsonObject

VERSION = 4
"""Raise it whenever extraction or validation gives another result for the same file; it is in cache keys."""

_OF_CONTENT = frozenset(
    {
        "approach",
        "encodingFormat",
        "keywords",
        "measurementTechnique",
        "relatedResource",
        "schemaKey",
        "schemaVersion",
        "variableMeasured",
        "wasAttributedTo",
        "wasDerivedFrom",
        "wasGeneratedBy",
    }
)
"""The keys that depend on a file's content; others are the server's (path, digest, …) or say "now"."""

_ORDERED_BY_CHANCE = ("approach", "measurementTechnique", "variableMeasured")  # the client lists sets
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def normalise(metadata: JsonObject, *, encoding_format: str, tool: JsonObject) -> JsonObject:
    """Of what an extractor made, the part that depends on the content alone.

    Leaves out what the server computes (path, digest, access, …) and dates of now, sorts lists
    that were sets, and says which tool made the metadata without saying when.
    """
    kept = {key: value for key, value in metadata.items() if key in _OF_CONTENT}
    for key in _ORDERED_BY_CHANCE:
        if key in kept:
            kept[key] = sorted(kept[key], key=_text)
    return kept | {
        "schemaKey": "Asset",
        "encodingFormat": encoding_format,
        "wasGeneratedBy": [*kept.get("wasGeneratedBy", []), _generation(tool)],
    }


def date_of(mtime_ns: int) -> str:
    """A file's time as the client writes `blobDateModified`, in UTC whatever the machine's zone.

    Disks can hold times that no date can: they become the first or the last that there is.
    """
    after = mtime_ns // 1000 * timedelta(microseconds=1)
    time = _EPOCH + min(max(after, _FIRST - _EPOCH), _LAST - _EPOCH)
    return time.isoformat().replace("+00:00", "Z")


def _generation(tool: JsonObject) -> JsonObject:
    return {
        "schemaKey": "Activity",
        "name": "Metadata generation",
        "wasAssociatedWith": [{"schemaKey": "Software", **tool}],
    }


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
