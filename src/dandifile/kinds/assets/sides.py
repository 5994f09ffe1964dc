"""The two sides that are compared: the files here with what the spec declares, and the draft's assets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from dandifile.globs import is_match
from dandifile.kinds.outgoing import SchemaVersions
from dandifile.model import (
    OPEN,
    Anatomies,
    Json,
    JsonObject,
    Local,
    LocalAsset,
    Located,
    Overlay,
    PathEntry,
    Record,
    Recorded,
    Regions,
    RemoteAsset,
    Spec,
    Validation,
)
from dandifile.survey.asset_metadata import sessions_of, subjects_of
from dandifile.survey.formats import keys_of_archive

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader

NAME = "assets"
PERMIT = "delete"
FROM_NWB = "from_nwb"

_Name = TypeVar("_Name")


@dataclass(frozen=True)
class AssetRules:
    """What the spec declares for assets beyond what their files say: `regions` and `assets`."""

    regions: Regions = field(default_factory=Regions)
    overlays: tuple[Overlay, ...] = ()
    in_files: Mapping[str, Anatomies] = field(default_factory=dict)  # by path, what the file itself says

    @classmethod
    def of(cls, spec: Spec, local: Local) -> AssetRules:
        in_files = {
            asset.path: found for asset in local.assets if (found := _regions_in_file(asset, local.located))
        }
        return cls(spec.regions, spec.overlays, in_files)

    @property
    def by_subject(self) -> bool:
        """Whether an asset's metadata must be known to say what is declared for it."""
        return bool(self.regions.subjects or self.regions.sessions)

    def can_concern(self, path: str) -> bool:
        """Whether anything may be declared for the asset at `path`."""
        globs = [*self.regions.paths, *(overlay.match for overlay in self.overlays)]
        return self.by_subject or path in self.in_files or any(is_match(glob, path) for glob in globs)

    def declared(self, path: str, metadata: JsonObject) -> JsonObject:
        """The keys declared for an asset; of overlays the last match wins, key by key."""
        rule, names = self.region_rule(path, metadata)
        keys: JsonObject = {}
        if rule:
            keys["about"] = [dict(region) for region in self.regions_by(rule, names)]
        for overlay in self.overlays:
            if is_match(overlay.match, path):
                keys.update(overlay.metadata)
        return {key: value for key, value in keys.items() if key not in keys_of_archive(metadata)}

    def region_rule(self, path: str, metadata: JsonObject) -> tuple[str, list[str]]:
        """The most specific kind of rule that has a match, and its names that match; ("", []) for none.

        Paths, then sessions, then subjects, then what the file itself says (`from_nwb`, by its path). Several
        paths that match all give their regions; so do several subjects.
        """
        by_path = [glob for glob in self.regions.paths if is_match(glob, path)]
        if by_path:
            return "paths", by_path
        subjects = subjects_of(metadata)
        by_session = [
            name
            for subject in subjects
            for session in sessions_of(metadata)
            if (name := f"{subject}/{session}") in self.regions.sessions
        ]
        if by_session:
            return "sessions", by_session
        by_subject = [subject for subject in subjects if subject in self.regions.subjects]
        if by_subject:
            return "subjects", by_subject
        return (FROM_NWB, [path]) if path in self.in_files else ("", [])

    def regions_by(self, rule: str, names: Iterable[str]) -> Anatomies:
        """The regions that these names of a kind of rule give."""
        rules = {
            "paths": self.regions.paths,
            "sessions": self.regions.sessions,
            "subjects": self.regions.subjects,
            FROM_NWB: self.in_files,
        }
        return _merge_regions(rules[rule], names)


@dataclass(frozen=True)
class DesiredAssets:
    """The files here, and the rules for them and for every asset of the draft."""

    local: Local = field(default_factory=Local)
    rules: AssetRules = field(default_factory=AssetRules)
    entries: tuple[PathEntry, ...] = ()
    validation: Validation = field(default_factory=Validation)
    max_deletions: str = "10%"
    embargo: Json = None  # as in `Spec`


@dataclass(frozen=True)
class ObservedAssets:
    """The draft's assets by path, and what the archive is asked only when it is needed.

    `metadata` gives stripped metadata by asset id, `blobs` the blob ids of dandi-etags that the archive
    has for any dandiset, `embargoed` the ids of blobs in this user's embargoed dandisets, `schema` the
    server's JSON Schema of an asset ({}: not known). `versions` are those of DANDI's schema that it accepts.
    """

    assets: Mapping[str, RemoteAsset] = field(default_factory=dict)
    metadata: Callable[[Iterable[str]], Mapping[str, JsonObject]] = lambda ids: {}  # noqa: ARG005
    blobs: Callable[[Collection[str]], Mapping[str, str]] = lambda digests: {}  # noqa: ARG005
    embargoed: Callable[[], Collection[str]] = frozenset
    open: bool = True
    versions: SchemaVersions = field(default_factory=SchemaVersions)
    schema: Callable[[], JsonObject] = dict


def desired(spec: Spec, local: Local) -> DesiredAssets:
    rules = AssetRules.of(spec, local)
    return DesiredAssets(local, rules, spec.paths, spec.validation, spec.max_deletions, spec.embargo)


def observe(reader: Reader) -> ObservedAssets:
    embargoed = reader.embargoed_blobs if reader.key else frozenset
    versions, schema = SchemaVersions.of(reader), partial(reader.schema, "Asset")
    if reader.identifier is None:
        return ObservedAssets(blobs=reader.blobs, embargoed=embargoed, versions=versions, schema=schema)
    is_open = reader.dandiset()["embargo_status"] == OPEN
    return ObservedAssets(
        reader.assets(), reader.asset_metadata, reader.blobs, embargoed, is_open, versions, schema
    )


def note(spec: Spec, local: Local, observed: ObservedAssets, record: Record) -> Record:
    """The files here that are on the draft, with their assets, so that a later rename is known as one.

    What is not there, because it was blocked or failed, keeps its older entry; assets that are nowhere go.
    """
    there = observed.assets
    kept = {source: made for source, made in record.assets.items() if made.path in there}
    here = {
        asset.source: Recorded(asset.path, asset.digest)
        for asset in local.assets
        if asset.path in there and there[asset.path].digest == asset.digest
    }
    return replace(record, assets={**kept, **here})


def _regions_in_file(asset: LocalAsset, located: Located) -> Anatomies:
    known = [location for location in asset.locations or () if location in located.regions]
    return _merge_regions(located.regions, known)


def _merge_regions(rules: Mapping[_Name, Anatomies], names: Iterable[_Name]) -> Anatomies:
    regions: list[JsonObject] = []
    for name in names:
        regions += [region for region in rules[name] if region not in regions]
    return tuple(regions)
