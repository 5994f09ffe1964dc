"""The nouns that every part of dandifile passes around, by what they are of.

Frozen dataclasses, standard library only, no behaviour beyond what can be derived
from the values themselves. Whatever crosses a process, a file or the network is
JSON (`Json`), so that a plan can be saved, reviewed and run elsewhere.
"""

from __future__ import annotations

from dandifile.model.document import Cache, Json, JsonObject
from dandifile.model.local import (
    Finding,
    GoneAsset,
    Local,
    LocalAsset,
    PendingAsset,
    Record,
    Recorded,
    Refusal,
    Severity,
    Skipped,
    ZarrFile,
    is_zarr,
)
from dandifile.model.plan import (
    GIVEN_UP,
    Action,
    Block,
    Change,
    Effect,
    Forecast,
    Key,
    Plan,
    Result,
    Status,
    Step,
)
from dandifile.model.regions import Anatomies, Located, Location, Regions
from dandifile.model.remote import Complaint, Health, RemoteAsset, Target
from dandifile.model.spec import IgnoredCheck, Overlay, PathEntry, Spec, Validation, Vocabulary
from dandifile.model.wording import Line, Wording

__all__ = [
    "GIVEN_UP",
    "Action",
    "Anatomies",
    "Block",
    "Cache",
    "Change",
    "Complaint",
    "Effect",
    "Finding",
    "Forecast",
    "GoneAsset",
    "Health",
    "IgnoredCheck",
    "Json",
    "JsonObject",
    "Key",
    "Line",
    "Local",
    "LocalAsset",
    "Located",
    "Location",
    "Overlay",
    "PathEntry",
    "PendingAsset",
    "Plan",
    "Record",
    "Recorded",
    "Refusal",
    "Regions",
    "RemoteAsset",
    "Result",
    "Severity",
    "Skipped",
    "Spec",
    "Status",
    "Step",
    "Target",
    "Validation",
    "Vocabulary",
    "Wording",
    "ZarrFile",
    "is_zarr",
]
