"""Published versions for tests, made at once by the archive's own jobs, without waiting for their turn."""

from __future__ import annotations

from localdandi import jobs
from localdandi.store import dandisets
from localdandi.testing import TestArchive

DESCRIBED = """
description: Recordings of place cells in CA1, for the tests of published versions.
license: CC-BY-4.0
contributors:
  - {name: "Doe, Jane", email: jane@example.org, roles: [Author, ContactPerson], cite: true}
"""
"""What a spec must say for its draft to be published."""


def validate_now(archive: TestArchive) -> None:
    """Does the archive's background work."""
    inner = archive.serving.archive
    with archive.at_rest():
        while jobs.hash_blobs(inner) or jobs.run_assets(inner):
            pass
        for draft in dandisets.with_status(inner.database.read(), "Pending"):
            jobs._validate(inner, draft)


def publish_now(archive: TestArchive, identifier: str = "000001", notes: str = "") -> str:
    """Publishes the draft as it is, and gives the name of the version.

    Versions are named after the minute: the next one in the same minute gets the minute after it.
    """
    inner = archive.serving.archive
    with archive.at_rest():
        while jobs.hash_blobs(inner) or jobs.run_assets(inner):
            pass
        with inner.database.write() as db:
            dandiset = dandisets.by_id(db, int(identifier))
            assert dandiset is not None
            draft = dandisets.draft_of(db, dandiset)
            dandisets.set_release_notes(db, draft, notes)
            dandisets.set_status(db, draft.id, "Publishing")
        jobs.publish_next(inner)
        published = dandisets.last_published(inner.database.read(), dandiset)
        status = dandisets.draft_of(inner.database.read(), dandiset).status
    assert published is not None
    assert status == "Published"
    return published.version
