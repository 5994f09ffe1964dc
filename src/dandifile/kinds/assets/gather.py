"""What the lab has and wants of assets, and what the draft has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from dandifile.kinds.assets.overlay import Rules
from dandifile.kinds.schema import Versions
from dandifile.model import JsonObject, Local, PathEntry, Record, Recorded, RemoteAsset, Spec, Validation

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader

NAME = "assets"
PERMIT = "delete"


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
    """The draft's assets by path, and what the archive is asked only when somebody wants to know.

    `metadata` gives stripped metadata by asset id, `blobs` the blob ids of dandi-etags that the archive
    has for any dandiset, `embargoed` the ids of blobs in this user's embargoed dandisets, `schema` the
    server's JSON Schema of an asset ({}: not known). `versions` are those of DANDI's schema that it accepts.
    """

    assets: Mapping[str, RemoteAsset] = field(default_factory=dict)
    metadata: Callable[[Iterable[str]], Mapping[str, JsonObject]] = lambda ids: {}  # noqa: ARG005
    blobs: Callable[[Collection[str]], Mapping[str, str]] = lambda digests: {}  # noqa: ARG005
    embargoed: Callable[[], Collection[str]] = frozenset
    open: bool = True
    versions: Versions = field(default_factory=Versions)
    schema: Callable[[], JsonObject] = dict


def desired(spec: Spec, local: Local) -> Desired:
    return Desired(local, Rules.of(spec, local), spec.paths, spec.validation, spec.max_deletions)


def observe(reader: Reader) -> Observed:
    embargoed = reader.embargoed_blobs if reader.key else frozenset
    versions, schema = Versions.of(reader), partial(reader.schema, "Asset")
    if reader.identifier is None:
        return Observed(blobs=reader.blobs, embargoed=embargoed, versions=versions, schema=schema)
    is_open = reader.dandiset()["embargo_status"] == "OPEN"
    return Observed(
        reader.assets(), reader.asset_metadata, reader.blobs, embargoed, is_open, versions, schema
    )


def note(spec: Spec, local: Local, observed: Observed, record: Record) -> Record:
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
