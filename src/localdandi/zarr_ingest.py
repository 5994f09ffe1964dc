"""The background job that sums up a zarr once its upload was finalized."""

from __future__ import annotations

from collections.abc import Iterable

from localdandi.archive import Archive
from localdandi.store import assets, dandisets, zarrs
from localdandi.store.zarrs import ZarrFile


def run(archive: Archive) -> bool:
    """Ingests one zarr; False when none waits."""
    zarr = zarrs.with_status(archive.database.read(), "Uploaded")
    if zarr is None:
        return False
    with archive.database.write() as db:
        zarrs.set_status(db, zarr, "Ingesting")
    checksum, count, size = digest(zarrs.files(archive.database.read(), zarr.id))
    with archive.database.write() as db:
        zarrs.complete(db, zarr, checksum, count, size)
        for version in assets.versions_with_zarr(db, zarr.id):
            assets.recount(db, version)
        dandiset = dandisets.by_id(db, zarr.dandiset)
        if dandiset:
            dandisets.set_status(db, dandisets.draft_of(db, dandiset).id, "Pending")
    return True


def digest(files: Iterable[ZarrFile]) -> tuple[str, int, int]:
    """The dandi-zarr-checksum, the number of files and their size."""
    from pathlib import Path

    from zarr_checksum import compute_zarr_checksum
    from zarr_checksum.generators import ZarrArchiveFile

    whole = compute_zarr_checksum(
        ZarrArchiveFile(path=Path(file.path), size=file.size, digest=file.etag) for file in files
    )
    return str(whole.digest), int(whole.count), int(whole.size)
