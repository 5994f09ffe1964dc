"""The nouns that every part of dandifile passes around.

Frozen dataclasses, standard library only, no behaviour beyond what can be derived
from the values themselves. Whatever crosses a process, a file or the network is
JSON (`Json`), so that a plan can be saved, reviewed and run elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

from dandifile.regions import Located, Location, Regions

Json: TypeAlias = Any
"""What `json.loads` can give: None, bool, int, float, str, list of Json, dict of str to Json."""
JsonObject: TypeAlias = dict[str, Any]


# --- What the lab wants: the spec -----------------------------------------------------------


@dataclass(frozen=True)
class PathEntry:
    """One entry of `paths`: a folder (or file) of data and how it becomes assets.

    `source` is relative to the spec's folder, with forward slashes. `layout` is None
    where the spec leaves it open: NWB files are then organised unless their path
    already has the archive's form, everything else stays as it is.
    """

    source: str
    standard: str = "auto"  # auto | nwb | bids | zarr | any
    layout: str | None = None  # organize | as-is
    required_fields: tuple[str, ...] = ("session_id",)
    into: str = ""  # folder in the dandiset, without slashes at its ends
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    prune: bool = False


@dataclass(frozen=True)
class Overlay:
    """One entry of `assets`: metadata laid over every asset whose path matches."""

    match: str
    metadata: JsonObject


@dataclass(frozen=True)
class IgnoredCheck:
    """A validation finding that the lab has looked at and accepts, and why."""

    check: str
    reason: str
    paths: str = "**"


@dataclass(frozen=True)
class Validation:
    fail_on: str = "error"  # the least severity that blocks a file: a name of `Severity`, or never
    ignore: tuple[IgnoredCheck, ...] = ()


@dataclass(frozen=True)
class Spec:
    """A dandiset.yaml, read, rendered, checked, with one environment chosen.

    `fields` holds the DANDI metadata fields of the dandiset that the spec declares and nothing else: one that
    is not a key here is not owned and never changes; one whose value is None is to be emptied.
    """

    file: Path
    instance: str
    identifier: str | None
    environment: str = ""
    fields: Mapping[str, Json] = field(default_factory=dict)
    regions: Regions = field(default_factory=Regions)
    overlays: tuple[Overlay, ...] = ()
    paths: tuple[PathEntry, ...] = ()
    validation: Validation = field(default_factory=Validation)
    ignore: tuple[str, ...] = ()  # JSON pointers to DANDI field names, without list indices
    max_deletions: str = "10%"  # a count or a share of the assets on the draft
    require: tuple[str, ...] = ()  # rules of the checklist that must hold before anything is written
    verdicts: Mapping[str, str] = field(default_factory=dict)  # the lock's, by bare ORCID iD and ROR URL
    not_acted_on: tuple[str, ...] = ()  # declared keys that this version does not reconcile
    unpinned: tuple[str, ...] = ()  # what the lock lacks of what the spec names, in words
    unsaid: tuple[Block, ...] = ()  # what is declared and not here, since it names what was not found
    notes: tuple[str, ...] = ()
    looked_up: str = ""  # sha256 of the facts that were looked up; "" for none
    digest: str = ""  # sha256 of what was declared, for the environment chosen

    @property
    def root(self) -> Path:
        """The folder that `paths` are relative to."""
        return self.file.parent


# --- What is on this machine: the survey ------------------------------------------------------


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
    locations: tuple[Location, ...] | None = None  # sorted; None: not known, or nobody wants them


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
class Recorded:
    """What the last apply made of one local file: the asset's path and its content."""

    path: str
    digest: str


@dataclass(frozen=True)
class Record:
    """What this folder's last apply did; advisory, kept in `.dandifile/`, never the state.

    `assets` is by source, as in `LocalAsset.source`; `fields` holds a digest of each
    dandiset metadata field as it was left.
    """

    assets: Mapping[str, Recorded] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Local:
    """Everything the survey found. `absent` are the entries of `paths` that are not on this machine."""

    assets: tuple[LocalAsset, ...] = ()
    gone: tuple[GoneAsset, ...] = ()
    refused: tuple[Refusal, ...] = ()
    absent: tuple[str, ...] = ()
    record: Record = field(default_factory=Record)
    pending: tuple[PendingAsset, ...] = ()
    skipped: int = 0  # files that were not excluded, but are not of their entry's standard
    located: Located = field(default_factory=Located)  # looked up after the survey


class Cache(Protocol):
    """Remembers JSON by table and key; may forget anything at any time. `run.cache` keeps it on disk."""

    def get_many(self, table: str, keys: Iterable[str]) -> dict[str, Json]: ...

    def put_many(self, table: str, items: Mapping[str, Json]) -> None: ...


# --- What the archive has ---------------------------------------------------------------------


@dataclass(frozen=True)
class RemoteAsset:
    """An asset of the draft. Its id is good until the next write to it (every PUT makes a new one)."""

    asset_id: str
    path: str
    size: int
    digest: str  # dandi-etag, or dandi-zarr-checksum; "" while the archive has none
    blob: str | None = None
    zarr: str | None = None


@dataclass(frozen=True)
class Target:
    """Which dandiset, on which archive, as whom: what every plan opens with."""

    instance: str
    api_url: str
    web_url: str
    identifier: str | None = None  # None: to be created
    title: str = ""
    user: str | None = None
    published: str | None = None  # the last published version
    embargo_status: str = "OPEN"
    status: str = ""  # the server's own validation of the draft

    @property
    def page(self) -> str:
        """The draft's web page; the instance's while there is no draft."""
        return f"{self.web_url}/dandiset/{self.identifier}/draft" if self.identifier else self.web_url


# --- What is to be done -----------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Key:
    """Names a resource for good. An asset's name is its path: its id changes on every PUT."""

    kind: str
    name: str


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"  # the same content, other metadata
    REPLACE = "replace"  # other content
    MOVE = "move"
    DELETE = "delete"


@dataclass(frozen=True)
class Change:
    """One resource that is not as it should be: what it is now and what it shall be.

    None means "not there". Assets are `{path, digest, size, metadata}`, where `metadata`
    holds only the keys that differ. `permit` names the `--allow` word (or "create") without
    which nothing is done about this change; "" where none is needed.
    """

    key: Key
    before: Json
    after: Json
    permit: str = ""

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.CREATE
        if self.after is None:
            return Action.DELETE
        if isinstance(self.before, dict) and isinstance(self.after, dict) and "digest" in self.before:
            if self.before["path"] != self.after["path"]:
                return Action.MOVE
            if self.before["digest"] != self.after["digest"]:
                return Action.REPLACE
        return Action.UPDATE


class Effect(StrEnum):
    NONE = "none"
    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True)
class Step:
    """One thing that a worker does. `params` are JSON and hold no secret.

    A step runs once all of `needs` are done, and is skipped when one of them failed.
    `after` only orders: these have ended, one way or another, before the step starts.
    """

    id: str
    kind: str
    params: JsonObject
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    effect: Effect = Effect.REMOTE


@dataclass(frozen=True)
class Block:
    """Why something will not be done. Without a key it stops everything."""

    reason: str
    fix: str
    key: Key | None = None


@dataclass(frozen=True)
class Plan:
    """What apply would do, said once: printed, saved, explained and executed from this value."""

    target: Target
    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    blocked: tuple[Block, ...] = ()
    elsewhere: tuple[str, ...] = ()  # what is not on this machine and therefore unknown
    notes: tuple[str, ...] = ()
    unchanged: int = 0  # assets that are as they should be
    bytes_to_send: int = 0
    allow: tuple[str, ...] = ()  # the permits given when the plan was made
    base: Mapping[str, str] = field(default_factory=dict)  # digests of spec and lock
    unpinned: tuple[str, ...] = ()  # looked up for this plan, and not in the lock: apply wants it there

    @property
    def held(self) -> tuple[Change, ...]:
        """The changes that wait for an `--allow` that was not given; apply leaves them undone.

        A creation is not among them: apply asks for its flag before it does anything.
        """
        free = ("", "create", *self.allow)
        return tuple(change for change in self.changes if change.permit not in free)

    @property
    def stopped(self) -> bool:
        """True when something blocks the whole plan, not just one resource."""
        return any(block.key is None for block in self.blocked)


class Status(StrEnum):
    DONE = "done"
    FRESH = "fresh"  # was as it should be already
    FAILED = "failed"
    SKIPPED = "skipped"  # something that it needs failed


@dataclass(frozen=True)
class Result:
    """How a step ended. `reason` says why it ran, or why not; `error` what went wrong and what to do."""

    step: str
    status: Status
    output: Json = None
    reason: str = ""
    error: str = ""
