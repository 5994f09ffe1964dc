"""The background jobs: hash blobs, ingest Zarrs, release dandisets, validate assets and drafts, publish."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from localdandi import asset_metadata, metadata, validator
from localdandi.archive import Archive
from localdandi.document import JsonObject
from localdandi.instance import ORIGIN, Instance
from localdandi.store import assets, blobs, dandisets, zarrs
from localdandi.store.assets import Asset
from localdandi.store.dandisets import Dandiset, Version, dump
from localdandi.store.zarrs import ZarrFile

_LOG = logging.getLogger(__name__)
_BATCH = 50  # assets that are validated before their verdicts are written
_QUIET = timedelta(seconds=0.2)  # without a write, before a draft is summed up and validated


def run_assets(archive: Archive) -> bool:
    """Validates a batch of assets as if they were published; False when none waits."""
    batch = assets.assets_to_validate(archive.database.read(), _BATCH)
    verdicts = [(asset, _findings(asset, archive.instance)) for asset in batch]
    with archive.database.write() as db:
        for asset, findings in verdicts:
            assets.set_verdict(db, asset, "Invalid" if findings else "Valid", dump(findings))
    return bool(batch)


def _findings(asset: Asset, instance: Instance) -> list[dict[str, str]]:
    published = asset_metadata.document(asset) | metadata.publication(instance)
    return validator.shared_validator(instance).findings(published, "PublishedAsset")


def run_drafts(archive: Archive) -> bool:
    """Validates every draft that waits; a write in the meantime sends it back to wait."""
    for draft in dandisets.with_status(archive.database.read(), "Pending"):
        if datetime.now(UTC) - datetime.fromisoformat(draft.modified) >= _QUIET:
            _validate(archive, draft)
    return False


def _validate(archive: Archive, draft: Version) -> None:
    validator.shared_validator(archive.instance).warm_up()  # until then the draft is still `Pending`
    with archive.database.write() as db:
        if not _claim(db, draft):
            return
    lag = archive.settings.summary_lags
    before = dandisets.last_written(archive.database.read(), draft) if lag else None
    summary = summarise(archive, draft, settled_before=before)
    findings = validator.shared_validator(archive.instance).findings(
        _as_if_published(draft, archive.instance), "PublishedDandiset"
    )
    with archive.database.write() as db:
        current = dandisets.version_of(db, draft.dandiset, draft.version)
        if current is None or current.status != "Validating":
            return
        document = current.document() | {"assetsSummary": summary}
        dandisets.save(db, current, current.name, dump(document), current.status)
        dandisets.set_status(db, current.id, "Invalid" if findings else "Valid", dump(findings))


def _claim(db: sqlite3.Connection, draft: Version) -> bool:
    """Marks a draft as being validated, if it is still as it was read."""
    current = dandisets.version_of(db, draft.dandiset, draft.version)
    if current is None or (current.status, current.modified) != ("Pending", draft.modified):
        return False
    dandisets.set_status(db, draft.id, "Validating")
    return True


def summarise(archive: Archive, version: Version, *, settled_before: str | None = None) -> JsonObject:
    """The `assetsSummary` of a version, over its valid assets; the old one if they cannot be summed up."""
    valid = assets.valid_assets(archive.database.read(), version.id, settled_before=settled_before)
    try:
        return validator.shared_validator(archive.instance).summary(
            asset_metadata.full_metadata(asset, ORIGIN) for asset in valid
        )
    except validator.ValidatorError as error:
        _LOG.warning("no summary of dandiset %06d: %s", version.dandiset, error)
        return dict(version.document().get("assetsSummary", metadata.EMPTY_SUMMARY))


def _as_if_published(draft: Version, instance: Instance) -> JsonObject:
    """The draft with a stand-in for everything that only publishing adds."""
    identifier, number = f"{draft.dandiset:06}", "0.000000.0000"
    return (
        draft.document()
        | metadata.publication(instance)
        | {
            "id": f"{instance.name}:{identifier}/{number}",
            "url": f"{instance.web}/dandiset/{identifier}/{number}",
            "version": number,
            "doi": metadata.doi(instance, identifier, number),
            "assetsSummary": {
                "schemaKey": "AssetsSummary",
                "numberOfBytes": int(draft.size > 0),
                "numberOfFiles": int(draft.asset_count > 0),
            },
        }
    )


_NOT_PUBLISHABLE = {
    "Pending": (409, "Metadata validation is pending for this dandiset, please try again later."),
    "Validating": (409, "Dandiset is currently being validated"),
    "Invalid": (400, "Dandiset metadata or asset metadata is not valid"),
    "Valid": (400, "Dandiset metadata or asset metadata is not valid"),
    "Published": (400, "There have been no changes to the draft version since the last publish."),
    "Publishing": (423, "Dandiset is currently being published"),
}


def objection(db: sqlite3.Connection, dandiset: Dandiset, draft: Version) -> tuple[int, str] | None:
    """Why a draft cannot be published now, as a status and a message; None if it can."""
    if not dandiset.open:
        return 400, "Operation only allowed on OPEN dandisets"
    if zarrs.of_dandiset(db, dandiset.id):
        return 400, "Cannot publish dandisets which contain zarrs"
    return None if assets.is_publishable(db, draft) else _NOT_PUBLISHABLE[draft.status]


def publish_next(archive: Archive) -> bool:
    """Publishes every draft that is to be; one that changes meanwhile is left alone."""
    for draft in dandisets.with_status(archive.database.read(), "Publishing"):
        _publish(archive, draft)
    return False


def _publish(archive: Archive, draft: Version) -> None:
    dandiset = dandisets.by_id(archive.database.read(), draft.dandiset)
    assert dandiset is not None
    instance = archive.instance
    publication, summary = metadata.publication(instance), summarise(archive, draft)
    document = draft.document() | publication | {"assetsSummary": summary}
    if draft.release_notes:
        document["releaseNotes"] = draft.release_notes
    with archive.database.write() as db:
        current = dandisets.draft_of(db, dandiset)
        if current.status != "Publishing":
            return
        number = _next_version(db, dandiset)
        doi = metadata.doi(instance, dandiset.identifier, number)
        document = metadata.complete_document(
            document, dandiset, instance, version=number, name=draft.name, doi=doi
        )
        _require_valid(document, instance)
        new = dandisets.add_version(
            db,
            dandiset,
            number,
            draft.name,
            dump(document),
            status="Valid",
            release_notes=draft.release_notes,
            doi=doi,
        )
        assets.publish(db, draft.id, new.id, dump(publication))
        kept = current.document() | {"assetsSummary": summary}
        dandisets.save(db, current, current.name, dump(kept), "Published")


def _next_version(db: sqlite3.Connection, dandiset: Dandiset) -> str:
    """The time as a version; a minute that is taken gives way to the next."""
    taken = {version.version for version in dandisets.versions_of(db, dandiset)}
    moment = datetime.now(UTC)
    while moment.strftime("0.%y%m%d.%H%M") in taken:
        moment += timedelta(minutes=1)
    return moment.strftime("0.%y%m%d.%H%M")


def _require_valid(document: JsonObject, instance: Instance) -> None:
    """A failure here leaves the draft in `Publishing`, as it does in production."""
    findings = validator.shared_validator(instance).findings(document, "PublishedDandiset")
    if findings:
        raise RuntimeError(f"{document['id']} of {instance.name} is not valid: {findings}")


def ingest_zarrs(archive: Archive) -> bool:
    """Ingests one zarr; False when none waits."""
    zarr = zarrs.with_status(archive.database.read(), "Uploaded")
    if zarr is None:
        return False
    with archive.database.write() as db:
        zarrs.set_status(db, zarr, "Ingesting")
    checksum, count, size = zarr_digest(zarrs.files(archive.database.read(), zarr.id))
    with archive.database.write() as db:
        zarrs.complete_ingest(db, zarr, checksum, count, size)
        for version in assets.versions_with_zarr(db, zarr.id):
            assets.recount(db, version)
        dandiset = dandisets.by_id(db, zarr.dandiset)
        if dandiset:
            dandisets.set_status(db, dandisets.draft_of(db, dandiset).id, "Pending")
    return True


def zarr_digest(files: Iterable[ZarrFile]) -> tuple[str, int, int]:
    """The dandi-zarr-checksum, the number of files and their size."""
    from pathlib import Path

    from zarr_checksum import compute_zarr_checksum
    from zarr_checksum.generators import ZarrArchiveFile

    whole = compute_zarr_checksum(
        ZarrArchiveFile(path=Path(file.path), size=file.size, digest=file.etag) for file in files
    )
    return str(whole.digest), int(whole.count), int(whole.size)


def finish_unembargo(archive: Archive) -> bool:
    """Releases every dandiset whose release was asked for; never leaves work for another pass."""
    with archive.database.write() as db:
        for dandiset in dandisets.in_embargo_status(db, "UNEMBARGOING"):
            _release(db, dandiset, archive.instance)
    return False


def _release(db: sqlite3.Connection, dandiset: Dandiset, instance: Instance) -> None:
    """The day of the release stays in the metadata as `embargoedUntil`."""
    assets.release_all(db, dandiset.id)
    today = datetime.now(UTC).date().isoformat()
    dandiset = dandisets.set_embargo(db, dandiset, "OPEN", today)
    draft = dandisets.draft_of(db, dandiset)
    first, *others = draft.document()["access"]
    kept = draft.document() | {"access": [first | {"embargoedUntil": today}, *others]}
    document = metadata.complete_document(kept, dandiset, instance, version=draft.version, name=draft.name)
    dandisets.save(db, draft, draft.name, dump(document), "Pending")


def hash_blobs(archive: Archive) -> bool:
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
        archive.work.set()  # its assets can be validated now
        return True
    return False
