"""The background jobs that validate assets and drafts, and sum up a draft's assets."""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime, timedelta

from localdandi import asset_metadata, metadata, validator
from localdandi.archive import Archive
from localdandi.document import JsonObject
from localdandi.instance import ORIGIN, Instance
from localdandi.store import assets, dandisets
from localdandi.store.assets import Asset
from localdandi.store.dandisets import Version, dump

_LOG = logging.getLogger(__name__)
_BATCH = 50  # assets that are validated before their verdicts are written
_QUIET = timedelta(seconds=0.2)  # without a write, before a draft is summed up and validated


def run_assets(archive: Archive) -> bool:
    """Validates a batch of assets as if they were published; False when none waits."""
    batch = assets.pending(archive.database.read(), _BATCH)
    verdicts = [(asset, _findings(asset, archive.instance)) for asset in batch]
    with archive.database.write() as db:
        for asset, findings in verdicts:
            assets.set_verdict(db, asset, "Invalid" if findings else "Valid", dump(findings))
    return bool(batch)


def _findings(asset: Asset, instance: Instance) -> list[dict[str, str]]:
    published = asset_metadata.document(asset) | metadata.publication(instance)
    return validator.shared(instance).findings(published, "PublishedAsset")


def run_drafts(archive: Archive) -> bool:
    """Validates every draft that waits; a write in the meantime sends it back to wait."""
    for draft in dandisets.with_status(archive.database.read(), "Pending"):
        if datetime.now(UTC) - datetime.fromisoformat(draft.modified) >= _QUIET:
            _validate(archive, draft)
    return False


def _validate(archive: Archive, draft: Version) -> None:
    validator.shared(archive.instance).warm_up()  # until then the draft is still `Pending`
    with archive.database.write() as db:
        if not _claim(db, draft):
            return
    lag = archive.settings.summary_lags
    before = dandisets.last_written(archive.database.read(), draft) if lag else None
    summary = summarise(archive, draft, settled_before=before)
    findings = validator.shared(archive.instance).findings(
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
    valid = assets.valid(archive.database.read(), version.id, settled_before=settled_before)
    try:
        return validator.shared(archive.instance).summary(
            asset_metadata.full(asset, ORIGIN) for asset in valid
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
