"""The background jobs that validate assets and drafts, and sum up a draft's assets."""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime, timedelta

from localdandi import asset_metadata, instance, metadata, validator
from localdandi.archive import Archive
from localdandi.document import JsonObject
from localdandi.store import assets, dandisets
from localdandi.store.assets import Asset
from localdandi.store.dandisets import Version, dump

_LOG = logging.getLogger(__name__)
_BATCH = 50  # assets that are validated before their verdicts are written
_QUIET = timedelta(seconds=0.2)  # without a write, before a draft is summed up and validated


def run_assets(archive: Archive) -> bool:
    """Validates a batch of assets as if they were published; False when none waits."""
    batch = assets.pending(archive.database.read(), _BATCH)
    own = instance.schema_version(archive.settings)
    verdicts = [(asset, _findings(asset, own)) for asset in batch]
    with archive.database.write() as db:
        for asset, findings in verdicts:
            assets.set_verdict(db, asset, "Invalid" if findings else "Valid", dump(findings))
    return bool(batch)


def _findings(asset: Asset, own: str) -> list[dict[str, str]]:
    published = asset_metadata.document(asset) | metadata.publication()
    return validator.shared().findings(published, "PublishedAsset", own)


def run_drafts(archive: Archive) -> bool:
    """Validates every draft that waits; a write in the meantime sends it back to wait."""
    for draft in dandisets.with_status(archive.database.read(), "Pending"):
        if datetime.now(UTC) - datetime.fromisoformat(draft.modified) >= _QUIET:
            _validate(archive, draft)
    return False


def _validate(archive: Archive, draft: Version) -> None:
    with archive.database.write() as db:
        if not _claim(db, draft):
            return
    summary = summarise(archive, draft)
    own = instance.schema_version(archive.settings)
    findings = validator.shared().findings(_as_if_published(draft), "PublishedDandiset", own)
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


def summarise(archive: Archive, version: Version) -> JsonObject:
    """The `assetsSummary` of a version, over its valid assets; the old one if that cannot be told."""
    valid = assets.valid(archive.database.read(), version.id)
    try:
        return validator.shared().summary(asset_metadata.full(asset, instance.ORIGIN) for asset in valid)
    except validator.ValidatorError as error:
        _LOG.warning("no summary of dandiset %06d: %s", version.dandiset, error)
        return dict(version.document().get("assetsSummary", metadata.EMPTY_SUMMARY))


def _as_if_published(draft: Version) -> JsonObject:
    """The draft with a stand-in for everything that only publishing adds."""
    identifier, number = f"{draft.dandiset:06}", "0.000000.0000"
    return (
        draft.document()
        | metadata.publication()
        | {
            "id": f"{instance.NAME}:{identifier}/{number}",
            "url": f"{instance.ORIGIN}/dandiset/{identifier}/{number}",
            "version": number,
            "doi": metadata.doi(identifier, number),
            "assetsSummary": {
                "schemaKey": "AssetsSummary",
                "numberOfBytes": int(draft.size > 0),
                "numberOfFiles": int(draft.asset_count > 0),
            },
        }
    )
