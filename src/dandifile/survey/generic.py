"""Metadata of files that are not NWB: their name is all that the archive's client looks at."""

from __future__ import annotations

import mimetypes

from dandifile.model import JsonObject
from dandifile.survey.normalise import normalise

_ENCODINGS = {"gzip": "application/gzip"}
# The machine's own tables are left out: the same file has the same type everywhere.
_TYPES = mimetypes.MimeTypes()


def generic_metadata(name: str, encoding_format: str | None = None) -> JsonObject:
    """What the dandi client says of any file: its type, by its name where it is not given."""
    from importlib.metadata import version

    from dandischema.consts import DANDI_SCHEMA_VERSION

    return normalise(
        {"schemaVersion": DANDI_SCHEMA_VERSION},
        encoding_format=encoding_format or mime_type(name),
        tool={"name": "dandifile", "version": version("dandifile")},
    )


def mime_type(name: str) -> str:
    """The MIME type of a file name; of a compressed file that of the compression."""
    kind, encoding = _TYPES.guess_type(name, strict=False)
    if encoding is None:
        return kind or "application/octet-stream"
    return _ENCODINGS.get(encoding, f"application/x-{encoding}")
