"""What the spec declares for one asset, beyond what is in its file: `regions` and `assets`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from dandifile.globs import matches
from dandifile.model import Anatomies, JsonObject, Local, LocalAsset, Located, Overlay, Regions, Spec
from dandifile.survey.asset_metadata import sessions_of, subjects_of

_Name = TypeVar("_Name")

_FORMAT, _ZARR = "encodingFormat", "application/x-zarr"


@dataclass(frozen=True)
class Rules:
    """The declarations that are laid over assets; empty ones own nothing."""

    regions: Regions = field(default_factory=Regions)
    overlays: tuple[Overlay, ...] = ()
    in_files: Mapping[str, Anatomies] = field(default_factory=dict)  # by path, what the file itself says

    @classmethod
    def of(cls, spec: Spec, local: Local) -> Rules:
        in_files = {asset.path: found for asset in local.assets if (found := _said(asset, local.located))}
        return cls(spec.regions, spec.overlays, in_files)

    @property
    def by_subject(self) -> bool:
        """Whether an asset's metadata must be known to say what is declared for it."""
        return bool(self.regions.subjects or self.regions.sessions)

    def concern(self, path: str) -> bool:
        """Whether anything may be declared for the asset at `path`."""
        globs = [*self.regions.paths, *(overlay.match for overlay in self.overlays)]
        return self.by_subject or path in self.in_files or any(matches(glob, path) for glob in globs)

    def declared(self, path: str, metadata: JsonObject) -> JsonObject:
        """The keys declared for an asset; of overlays the last match wins, key by key."""
        regions = self._regions(path, metadata)
        keys: JsonObject = {} if regions is None else {"about": [dict(region) for region in regions]}
        for overlay in self.overlays:
            if matches(overlay.match, path):
                keys.update(overlay.metadata)
        if metadata.get(_FORMAT) == _ZARR:
            keys.pop(_FORMAT, None)  # of a Zarr the archive writes it itself
        return keys

    def _regions(self, path: str, metadata: JsonObject) -> Anatomies | None:
        """The most specific: paths, sessions, subjects, then the file itself; None where none are declared.

        Several paths that match lay claim to the asset together; so do several subjects.
        """
        by_path = [glob for glob in self.regions.paths if matches(glob, path)]
        if by_path:
            return _together(self.regions.paths, by_path)
        subjects = subjects_of(metadata)
        by_session = [
            name
            for subject in subjects
            for session in sessions_of(metadata)
            if (name := f"{subject}/{session}") in self.regions.sessions
        ]
        if by_session:
            return _together(self.regions.sessions, by_session)
        by_subject = [subject for subject in subjects if subject in self.regions.subjects]
        return _together(self.regions.subjects, by_subject) if by_subject else self.in_files.get(path)


def _said(asset: LocalAsset, located: Located) -> Anatomies:
    known = [location for location in asset.locations or () if location in located.regions]
    return _together(located.regions, known)


def _together(rules: Mapping[_Name, Anatomies], names: Iterable[_Name]) -> Anatomies:
    regions: list[JsonObject] = []
    for name in names:
        regions += [region for region in rules[name] if region not in regions]
    return tuple(regions)
