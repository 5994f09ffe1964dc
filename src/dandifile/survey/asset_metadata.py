"""Asset metadata as extraction makes it, in the one form that two runs and two machines agree on. Pure.

This module is the one owner of which keys extraction fills in (`EXTRACTED`).
"""

from __future__ import annotations

import functools
import json
import mimetypes
from datetime import UTC, datetime, timedelta

from dandifile.model import Json, JsonObject

VERSION = 5
"""Raise it whenever extraction or validation gives another result for the same file; it is in cache keys."""

OF_CONTENT = frozenset(
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

EXTRACTED = OF_CONTENT | {"blobDateModified", "dataType", "dateModified", "name", "sameAs"}
"""What the dandi package's extraction can fill in (docs/archive-api.md 5.7).

The rest of an asset's metadata was written by people, and stays when the content changes.
"""

_ORDERED_BY_CHANCE = ("approach", "measurementTechnique", "variableMeasured")  # the client lists sets
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_ENCODINGS = {"gzip": "application/gzip"}
# The machine's own tables are left out: the same file has the same type everywhere.
_TYPES = mimetypes.MimeTypes()


def normalise(metadata: JsonObject, *, encoding_format: str, tool: JsonObject) -> JsonObject:
    """The part of an extractor's metadata that depends on the content alone.

    Leaves out what the server computes (path, digest, access, …) and dates of now, sorts lists
    that were sets, and says which tool made the metadata without saying when.
    """
    kept = {key: value for key, value in metadata.items() if key in OF_CONTENT}
    for key in _ORDERED_BY_CHANCE:
        if key in kept:
            kept[key] = sorted(kept[key], key=_text)
    return kept | {
        "schemaKey": "Asset",
        "encodingFormat": encoding_format,
        "wasGeneratedBy": [*kept.get("wasGeneratedBy", []), _generation(tool)],
    }


def metadata_by_name(name: str, encoding_format: str | None = None) -> JsonObject:
    """What the dandi client says of any file: its type, by its name where it is not given."""
    from dandischema.consts import DANDI_SCHEMA_VERSION

    return normalise(
        {"schemaVersion": DANDI_SCHEMA_VERSION},
        encoding_format=encoding_format or mime_type(name),
        tool={"name": "dandifile", "version": _own_version()},
    )


def mime_type(name: str) -> str:
    """The MIME type of a file name; of a compressed file the type of the compression."""
    kind, encoding = _TYPES.guess_type(name, strict=False)
    if encoding is None:
        return kind or "application/octet-stream"
    return _ENCODINGS.get(encoding, f"application/x-{encoding}")


def date_of(mtime_ns: int) -> str:
    """A file's time as the client writes `blobDateModified`, in UTC whatever the machine's zone.

    Disks can hold times that no date can: they become the first or the last date that there is.
    """
    after = mtime_ns // 1000 * timedelta(microseconds=1)
    time = _EPOCH + min(max(after, _FIRST - _EPOCH), _LAST - _EPOCH)
    return time.isoformat().replace("+00:00", "Z")


def subjects_of(metadata: JsonObject) -> list[str]:
    """The ids of an asset's subjects as the file has them, not as its name has them."""
    return _identifiers(metadata.get("wasAttributedTo"), "Participant")


def sessions_of(metadata: JsonObject) -> list[str]:
    """The ids of an asset's sessions, as `subjects_of`."""
    return _identifiers(metadata.get("wasGeneratedBy"), "Session")


def _identifiers(items: Json, kind: str) -> list[str]:
    found = (item for item in items or [] if isinstance(item, dict) and item.get("schemaKey") == kind)
    return [str(item["identifier"]) for item in found if item.get("identifier")]


def _generation(tool: JsonObject) -> JsonObject:
    return {
        "schemaKey": "Activity",
        "name": "Metadata generation",
        "wasAssociatedWith": [{"schemaKey": "Software", **tool}],
    }


@functools.cache
def _own_version() -> str:
    from importlib.metadata import version

    return version("dandifile")


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
