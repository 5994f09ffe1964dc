"""What the lab has and wants of assets, and what the draft has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from dandifile.kinds.assets.overlay import Rules
from dandifile.kinds.schema import Versions
from dandifile.model import JsonObject, Local, PathEntry, RemoteAsset, Spec, Validation

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader

NAME = "assets"


@dataclass(frozen=True)
class Desired:
    """The files here, and the rules for them and for every asset of the draft."""

    local: Local = field(default_factory=Local)
    rules: Rules = field(default_factory=Rules)
    entries: tuple[PathEntry, ...] = ()
    validation: Validation = field(default_factory=Validation)
    max_deletions: str = "10%"


@dataclass(frozen=True)
class Observed:
    """The draft's assets by path; `metadata` fetches stripped metadata by asset id, only when asked.

    `versions` are those of DANDI's schema that the archive accepts.
    """

    assets: Mapping[str, RemoteAsset] = field(default_factory=dict)
    metadata: Callable[[Iterable[str]], Mapping[str, JsonObject]] = lambda ids: {}  # noqa: ARG005
    versions: Versions = field(default_factory=Versions)
    schema: Callable[[], JsonObject] = dict  # the archive's JSON Schema of an asset; {}: not known


def desired(spec: Spec, local: Local) -> Desired:
    return Desired(local, Rules.of(spec, local), spec.paths, spec.validation, spec.max_deletions)


def observe(reader: Reader) -> Observed:
    versions, schema = Versions.of(reader), partial(reader.schema, "Asset")
    if reader.identifier is None:
        return Observed(versions=versions, schema=schema)
    return Observed(reader.assets(), reader.asset_metadata, versions, schema)
