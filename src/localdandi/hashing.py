"""The background job that gives blobs their sha256."""

from __future__ import annotations

import logging

from localdandi.archive import Archive
from localdandi.store import blobs

_LOG = logging.getLogger(__name__)


def run(archive: Archive) -> bool:
    """Hashes one blob; False when none that can be read waits."""
    blob = blobs.without_sha256(archive.database.read())
    while blob:
        try:
            sha256 = archive.objects.sha256(blob.blob_id)
        except OSError:  # one damaged object holds up no other; it is tried again in the next pass
            _LOG.exception("blob %s cannot be read", blob.blob_id)
            blob = blobs.without_sha256(archive.database.read(), after=blob.id)
            continue
        with archive.database.write() as db:
            blobs.set_sha256(db, blob, sha256)
        return True
    return False
