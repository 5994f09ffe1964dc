"""The nouns of the spec, with the brain regions that it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dandifile.model.local import Anatomies
from dandifile.model.plan import Block
from dandifile.model.values import Json, JsonObject


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
    """One entry of `assets`: metadata for every asset whose path matches, on top of its own."""

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
    step_timeout: float | None = None  # minutes, to which a file's size adds; None: the default


@dataclass(frozen=True)
class Vocabulary:
    """What a lab's own words in its files mean: ids of NCBI Taxonomy, letters of a sex, ids of subjects."""

    species: Mapping[str, str] = field(default_factory=dict)
    sex: Mapping[str, str] = field(default_factory=dict)
    subjects: Mapping[str, str] = field(default_factory=dict)

    def as_params(self) -> JsonObject:
        """As parameters of steps, by which their results are also remembered; without empty kinds."""
        kinds = {"species": self.species, "sex": self.sex, "subjects": self.subjects}
        return {kind: dict(sorted(words.items())) for kind, words in kinds.items() if words}


@dataclass(frozen=True)
class Regions:
    """Brain regions for assets, as the spec declares them.

    The dandiset's own regions are in `Spec.fields["about"]`. Of several rules that match an asset the
    most specific kind wins: paths, then sessions, then subjects, then what its file says (`from_nwb`).
    `names` says what the lab means by a word in its files.
    """

    subjects: Mapping[str, Anatomies] = field(default_factory=dict)
    sessions: Mapping[str, Anatomies] = field(default_factory=dict)  # subject/session
    paths: Mapping[str, Anatomies] = field(default_factory=dict)  # glob
    names: Mapping[str, Anatomies] = field(default_factory=dict)  # by a file's word
    from_nwb: bool = False
    from_nwb_to_dandiset: bool = False  # their union goes into the dandiset's `about`, too


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
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    ignore: tuple[str, ...] = ()  # JSON pointers to DANDI field names, without list indices
    max_deletions: str = "10%"  # a count or a share of the assets on the draft
    require: tuple[str, ...] = ()  # rules of the checklist that must hold before anything is written
    verdicts: Mapping[str, str] = field(default_factory=dict)  # the lock's, by bare ORCID iD and ROR URL
    embargo: Json = None  # None: not declared; False: to be released; else true or a mapping
    owners: Json = None  # None: not declared; else a list, or {"exactly": list}
    not_acted_on: tuple[str, ...] = ()  # declared keys that this version does not reconcile
    unpinned: tuple[str, ...] = ()  # what the lock lacks of what the spec names, in words
    unresolved: tuple[
        Block, ...
    ] = ()  # what is declared but not in `fields`, as it refers to something not found
    notes: tuple[str, ...] = ()
    looked_up: str = ""  # sha256 of the facts that were looked up; "" for none
    digest: str = ""  # sha256 of what was declared, for the environment chosen

    @property
    def root(self) -> Path:
        """The folder that `paths` are relative to."""
        return self.file.parent
