"""The nouns of brain regions on assets: what the spec says, what NWB files say, what that was found to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from dandifile.model.document import JsonObject

Anatomies: TypeAlias = tuple[JsonObject, ...]
"""DANDI's `Anatomy` objects with full OBO IRIs, as assets have them."""


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
