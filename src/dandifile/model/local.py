"""What is on this machine: the survey, and the note of the last apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from dandifile.model.values import JsonObject


class Severity(StrEnum):
    """How bad a finding is, by the names of the dandi client, mildest first."""

    INFO = "info"
    HINT = "hint"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True)
class Finding:
    """What a check says of one file. `severity` None: the tool failed, not the file."""

    source: str
    check: str
    message: str
    severity: Severity | None
    within: str = ""  # where in the file, e.g. /general/subject

    @property
    def what(self) -> str:
        """The check, how bad it is, and what it says: the same for every file with that fault."""
        return f"{self.check} ({self.severity}): {self.message}"


@dataclass(frozen=True)
class LocalAsset:
    """A file on this machine and the asset that it is to be.

    `metadata` is what the extractor makes of the file (normalised, so that two runs agree)
    and None where it was not needed because the same content is on the draft already.
    """

    path: str  # in the dandiset
    source: str  # relative to the spec's folder, or absolute if outside it
    size: int
    digest: str  # dandi-etag, or dandi-zarr-checksum of a folder
    metadata: JsonObject | None = None
    findings: tuple[Finding, ...] = ()
    locations: tuple[Location, ...] | None = None  # sorted; None: not known, or not needed


class ZarrFile(NamedTuple):
    """A file inside a Zarr, by its path there; `md5` in hex."""

    path: str
    size: int
    md5: str


def is_zarr(digest: str) -> bool:
    """Whether a digest is a dandi-zarr-checksum: MD5, `-`, files, `--`, bytes; an etag has one dash."""
    return "--" in digest


@dataclass(frozen=True)
class GoneAsset:
    """An asset that the last apply recorded from a file here, and the file is here no more.

    Only these can be moved: data that was never here is unknown, not gone.
    """

    path: str
    digest: str
    source: str = ""


@dataclass(frozen=True)
class PendingAsset:
    """An asset that the data manifest has, whose file is on another machine."""

    path: str
    source: str
    digest: str


@dataclass(frozen=True)
class Refusal:
    """A file that cannot be an asset as it is: why, and what to do."""

    source: str
    reason: str
    fix: str


@dataclass(frozen=True)
class Skipped:
    """Files that `paths` does not take, for one reason, and what to do if they are data.

    `minor`: nothing suggests that they are.
    """

    reason: str
    fix: str
    sources: tuple[str, ...]
    minor: bool = True


@dataclass(frozen=True)
class Recorded:
    """What the last apply made of one local file: the asset's path and its content."""

    path: str
    digest: str


Anatomies: TypeAlias = tuple[JsonObject, ...]
"""DANDI's `Anatomy` objects with full OBO IRIs, as assets have them."""


class Location(NamedTuple):
    """Where something was, in an NWB file's own word; `mouse`: an acronym is then the Allen mouse atlas's."""

    word: str
    mouse: bool


@dataclass(frozen=True)
class Located:
    """What the locations in the files here are. A word without a single region is not a key.

    `whole`: no file that may hold more is elsewhere. `unpinned` is what the lock lacks, in words.
    """

    regions: Mapping[Location, Anatomies] = field(default_factory=dict)
    whole: bool = False
    unpinned: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What this folder's last apply did; advisory, kept in `.dandifile/`, never the state.

    `assets` is by source, as in `LocalAsset.source`; `fields` holds a digest of each
    dandiset metadata field as it was left, and `declared` one of what the spec said of it; an import
    notes these two as well.
    """

    assets: Mapping[str, Recorded] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Local:
    """Everything the survey found. `absent` are the entries of `paths` that are not on this machine."""

    assets: tuple[LocalAsset, ...] = ()
    gone: tuple[GoneAsset, ...] = ()
    refused: tuple[Refusal, ...] = ()
    absent: tuple[str, ...] = ()
    record: Record = field(default_factory=Record)
    pending: tuple[PendingAsset, ...] = ()
    skipped: tuple[Skipped, ...] = ()  # files that were not excluded, and are not taken all the same
    notes: tuple[str, ...] = ()  # on patterns of `paths` that fit nothing
    located: Located = field(default_factory=Located)  # looked up after the survey
    incomplete: tuple[str, ...] = ()  # entries of `paths` of which only a part was pulled
