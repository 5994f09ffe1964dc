"""The nouns that every part of dandifile passes around, by what they are of.

Frozen dataclasses, standard library only, no behaviour beyond what can be derived
from the values themselves. Whatever crosses a process, a file or the network is
JSON (`Json`), so that a plan can be saved, reviewed and run elsewhere.
"""

from __future__ import annotations

from dandifile.model.comparison import (
    AssetDifference,
    Census,
    Comparison,
    FieldDifference,
    is_other_content,
)
from dandifile.model.explanation import Explanation, Saying, Verdict, Voice
from dandifile.model.local import (
    Anatomies,
    Finding,
    GoneAsset,
    Local,
    LocalAsset,
    Located,
    Location,
    PendingAsset,
    Record,
    Recorded,
    Refusal,
    Severity,
    Skipped,
    ZarrFile,
    is_zarr,
)
from dandifile.model.overview import Overview
from dandifile.model.plan import (
    GIVEN_UP,
    Action,
    Block,
    Change,
    ChangeLine,
    Effect,
    Forecast,
    Key,
    Plan,
    Result,
    Status,
    Step,
    Wording,
)
from dandifile.model.readiness import Blocker, Obstacle, Readiness
from dandifile.model.reason import Reason, Why, reason_text
from dandifile.model.remote import (
    Complaint,
    Health,
    ListedAsset,
    Publication,
    RemoteAsset,
    Target,
    Version,
)
from dandifile.model.spec import IgnoredCheck, Overlay, PathEntry, Regions, Spec, Validation, Vocabulary
from dandifile.model.values import Cache, Json, JsonObject

__all__ = [
    "GIVEN_UP",
    "Action",
    "Anatomies",
    "AssetDifference",
    "Block",
    "Blocker",
    "Cache",
    "Census",
    "Change",
    "ChangeLine",
    "Comparison",
    "Complaint",
    "Effect",
    "Explanation",
    "FieldDifference",
    "Finding",
    "Forecast",
    "GoneAsset",
    "Health",
    "IgnoredCheck",
    "Json",
    "JsonObject",
    "Key",
    "ListedAsset",
    "Local",
    "LocalAsset",
    "Located",
    "Location",
    "Obstacle",
    "Overlay",
    "Overview",
    "PathEntry",
    "PendingAsset",
    "Plan",
    "Publication",
    "Readiness",
    "Reason",
    "Record",
    "Recorded",
    "Refusal",
    "Regions",
    "RemoteAsset",
    "Result",
    "Saying",
    "Severity",
    "Skipped",
    "Spec",
    "Status",
    "Step",
    "Target",
    "Validation",
    "Verdict",
    "Version",
    "Vocabulary",
    "Voice",
    "Why",
    "Wording",
    "ZarrFile",
    "is_other_content",
    "is_zarr",
    "reason_text",
]
