"""The digests by which an archive names content: what they are called, and how an etag is made of parts."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

DANDI_ETAG = "dandi:dandi-etag"
"""Of a file."""

SHA256 = "dandi:sha2-256"
"""Of a file; the archive computes it some time after the file has arrived."""

ZARR_CHECKSUM = "dandi:dandi-zarr-checksum"
"""Of a Zarr: a folder of files."""


def etag_of(md5s: Collection[str]) -> str:
    """The dandi-etag of a file whose parts have these MD5s (hex): the MD5 of them all, `-`, their number.

    An S3 store makes the same of an object that was sent in parts. How a size is cut into parts, dandischema
    says: `dandischema.digests.dandietag.PartGenerator`.
    """
    joined = b"".join(map(bytes.fromhex, md5s))
    return f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(md5s)}"
