"""Any version of a dandiset, for reading: the draft, and what was published of it.

A published version never changes, and shares its assets with the draft until these are changed there: the
same asset id is the same asset (docs/archive-api.md 3.9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dandifile.archive import documents
from dandifile.archive.listing import DRAFT, Listing
from dandifile.archive.reader import Once, Reader
from dandifile.errors import UserError
from dandifile.model import JsonObject, ListedAsset, RemoteAsset, Version
from dandifile.spelling import near_words

_MOST = 10
"""Versions that an error names; a dandiset that is published by a CI job can have hundreds."""


def list_versions(reader: Reader) -> list[Version]:
    """Every version, the oldest first, the draft at the end. One request, and one for the dandiset itself.

    ArchiveError or CredentialsError where there is no such dandiset, or this user may not see it.
    """
    identifier = reader.dandiset()["identifier"]
    path = f"dandisets/{identifier}/versions/"
    found = list(map(_version, reader.api.get_all(path, item=documents.VERSION_LISTED)))
    return sorted(found, key=lambda one: (one.version == DRAFT, one.created))


def last_published(versions: list[Version]) -> Version | None:
    """The newest published one of `list_versions`."""
    return next((one for one in reversed(versions) if one.version != DRAFT), None)


def find_version(reader: Reader, versions: list[Version], name: str) -> VersionReader:
    """A reader of the version of this name. UserError, with the names that there are, if there is none."""
    for one in versions:
        if one.version == name:
            return VersionReader(reader, one)
    names = [one.version for one in reversed(versions)]
    near = near_words(name, names)
    asked = f"did you mean {' or '.join(near)}? " if near else ""
    more = f", and {len(names) - _MOST} older ones" if len(names) > _MOST else ""
    raise UserError(
        f"dandiset {reader.identifier} has no version '{name}'",
        where=f"{reader.instance.api_url}/dandisets/{reader.identifier}/versions/",
        fix=f"{asked}It has: {', '.join(names[:_MOST])}{more}",
    )


@dataclass(frozen=True)
class VersionReader:
    """One version of the dandiset of `reader`. What it is asked for is not kept, but for its document."""

    reader: Reader
    about: Version
    _once: Once = field(default_factory=Once, repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.about.version

    def document(self) -> JsonObject:
        """The dandiset's metadata in this version, as the archive has them: nothing is stripped."""
        return self._once.get("document", self._document)

    @property
    def doi(self) -> str:
        """The DOI of a published version; "" for the draft, and where the archive registers none."""
        doi = self.document().get("doi")
        return doi if isinstance(doi, str) and self.name != DRAFT else ""

    def listed_assets(self) -> Iterator[ListedAsset]:
        """Every asset in the byte order of the paths, as `Listing.stream`: in bounded memory, no digests."""
        return self._listing().stream()

    def assets(self) -> dict[str, RemoteAsset]:
        """Every asset with its digest, by path; all of them are held, and documents that are new are read."""
        return self._listing().assets()

    def asset_metadata(self, places: Mapping[str, int]) -> dict[str, JsonObject]:
        """Stripped metadata by asset id. `places`: where each asset is in the stream, from 0."""
        return self._listing().metadata(places, lambda: places)

    def _document(self) -> JsonObject:
        path = f"dandisets/{self.reader.identifier}/versions/{self.name}/"
        document: JsonObject = self.reader.api.get(path, shape=documents.VERSION_DOCUMENT)
        return document

    def _listing(self) -> Listing:
        assert self.reader.identifier is not None, "a version was found"
        return Listing(self.reader.api, self.reader.identifier, self.reader.cache, self.name)


def _version(item: JsonObject) -> Version:
    return Version(
        item["version"],
        item["name"],
        item["status"],
        item["created"],
        item["asset_count"],
        item["size"],
        item.get("release_notes") or "",
    )
