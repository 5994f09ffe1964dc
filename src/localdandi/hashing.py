"""The background job that gives blobs their sha256."""

from __future__ import annotations

from localdandi.archive import Archive
from localdandi.store import blobs


def run(archive: Archive) -> bool:
    """Hashes one blob; False when none waits."""
    blob = blobs.without_sha256(archive.database.read())
    if blob is None:
        return False
    sha256 = archive.objects.sha256(blob.blob_id)
    with archive.database.write() as db:
        blobs.set_sha256(db, blob, sha256)
    archive.work.set()  # its assets can be validated now
    return True
