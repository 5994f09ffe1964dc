"""The JSON of dandisets, versions and users in answers, and the manifests of open dandisets.

Manifests are made when they are asked for. The YAML ones hold JSON, which YAML reads as well.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from localdandi import asset_metadata
from localdandi.document import Json, JsonObject
from localdandi.metadata import contact_person, insert_origin
from localdandi.store import assets, blobs, dandisets, users
from localdandi.store.assets import Asset, Selection
from localdandi.store.dandisets import Dandiset, Version, dump
from localdandi.store.users import User


def user(one: User) -> JsonObject:
    return {"admin": one.admin, "username": one.login, "name": one.name, "status": one.status}


def owner(one: User, *, reader: User | None) -> JsonObject:
    """Only those who are logged in see e-mail addresses."""
    return {"username": one.login, "name": one.name, "email": one.email if reader else None}


def version_brief(version: Version) -> JsonObject:
    """A version inside the items of the list of dandisets."""
    return {
        "version": version.version,
        "name": version.name,
        "asset_count": version.asset_count,
        "size": version.size,
        "status": version.status,
        "created": version.created,
        "modified": version.modified,
    }


def version_in_detail(db: sqlite3.Connection, version: Version) -> JsonObject:
    """A version inside a dandiset's own answer."""
    return version_brief(version) | {
        "active_uploads": len(blobs.uploads_of(db, version.dandiset)) if version.draft else 0,
        "release_notes": version.document().get("releaseNotes", ""),
    }


def version(db: sqlite3.Connection, one: Version, dandiset: Dandiset) -> JsonObject:
    """An item of the list of versions."""
    newest = dandisets.versions_of(db, dandiset)[-1]
    return version_in_detail(db, one) | {"dandiset": _bare_dandiset(db, dandiset, newest, reader=None)}


def version_info(
    db: sqlite3.Connection, one: Version, dandiset: Dandiset, origin: str, *, metadata: str | None = None
) -> JsonObject:
    """`info` of a version, and the answer to a metadata PUT."""
    document = json.loads(insert_origin(one.metadata if metadata is None else metadata, origin))
    return version(db, one, dandiset) | {
        "asset_validation_errors": assets.asset_errors(db, one),
        "version_validation_errors": json.loads(one.errors),
        "metadata": document,
        "contact_person": contact_person(document),
    }


def _bare_dandiset(
    db: sqlite3.Connection, dandiset: Dandiset, described_by: Version, *, reader: User | None
) -> JsonObject:
    return {
        "identifier": dandiset.identifier,
        "created": dandiset.created,
        "modified": dandiset.modified,
        "contact_person": contact_person(described_by.document()),
        "embargo_status": dandiset.embargo_status,
        "star_count": users.star_count(db, dandiset.id),
        "is_starred": reader is not None and users.has_star(db, dandiset.id, reader.id),
    }


def dandiset_item(db: sqlite3.Connection, dandiset: Dandiset, reader: User | None) -> JsonObject:
    """An item of the list of dandisets."""
    draft, published = dandisets.draft_of(db, dandiset), dandisets.last_published(db, dandiset)
    return _bare_dandiset(db, dandiset, published or draft, reader=reader) | {
        "most_recent_published_version": version_brief(published) if published else None,
        "draft_version": version_brief(draft),
    }


def dandiset_detail(db: sqlite3.Connection, dandiset: Dandiset, reader: User | None) -> JsonObject:
    draft, published = dandisets.draft_of(db, dandiset), dandisets.last_published(db, dandiset)
    newest: Json = version_in_detail(db, published) if published else None
    return _bare_dandiset(db, dandiset, published or draft, reader=reader) | {
        "most_recent_published_version": newest,
        "draft_version": version_in_detail(db, draft),
    }


NAMES = ("dandiset.yaml", "dandiset.jsonld", "assets.yaml", "assets.jsonld", "collection.jsonld")
_PAGE = 1000


def manifest_text(db: sqlite3.Connection, version: Version, name: str, origin: str) -> Iterator[str]:
    """The named manifest, piece by piece."""
    if name.startswith("dandiset."):
        yield insert_origin(version.metadata, origin)
    elif name.startswith("assets."):
        separator = "["
        for asset in _assets(db, version):
            yield separator + asset_metadata.full_metadata(asset, origin)
            separator = ",\n"
        yield "[]" if separator == "[" else "]"
    else:
        yield _collection(db, version)


def _assets(db: sqlite3.Connection, version: Version) -> Iterator[Asset]:
    selection, offset = Selection(version.id), 0
    while page := assets.page(db, selection, _PAGE, offset):
        yield from page
        offset += _PAGE


def _collection(db: sqlite3.Connection, version: Version) -> str:
    document = json.loads(version.metadata)
    members = [f"dandiasset:{asset.asset_id}" for asset in _assets(db, version)]
    head = {"@context": document["@context"], "id": document["id"], "@type": "prov:Collection"}
    return dump(head | {"hasMember": members})
