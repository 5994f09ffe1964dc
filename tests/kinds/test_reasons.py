"""Why a step of apply runs, by its change."""

from __future__ import annotations

import pytest

from dandifile.kinds import assets, dandiset, metadata, uploads
from dandifile.kinds.assets.steps import reason_of
from dandifile.kinds.metadata import DesiredMetadata, ObservedMetadata, digests_as_declared
from dandifile.model import Change, JsonObject, Key
from dandifile.planning.kind import Options


def side(path: str = "a.nwb", digest: str = "a-1", **metadata: object) -> JsonObject:
    return {"path": path, "digest": digest, "size": 1, "metadata": metadata, "asset_id": "1", "blob": "b"}


def change(before: JsonObject | None, after: JsonObject | None) -> Change:
    return Change(Key("assets", "a.nwb"), before, after)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (None, side(), "not on the draft"),
        (side(), None, "pruned: no file here has it any more"),
        (side("old.nwb"), side(), "path differs: old.nwb on the draft"),
        (side(digest="b-1"), side(), "content differs from the draft's"),
        (side(), side(about=[], keywords=["a"]), "different on the draft: about, keywords"),
        (side(schemaVersion="0.6.0"), side(schemaVersion="0.6.9", about=[]), "different on the draft: about"),
        (
            side(schemaVersion="0.6.0"),
            side(schemaVersion="0.6.9"),
            "the archive does not accept schema version 0.6.0",
        ),
    ],
)
def test_an_asset_is_written_for_what_differs(
    before: JsonObject | None, after: JsonObject | None, reason: str
) -> None:
    assert str(reason_of(change(before, after))) == reason


def test_a_content_is_sent_once_for_all_assets_that_need_it() -> None:
    changes = tuple(
        Change(Key("assets", path), None, {**side(path), "source": f"raw/{path}"})
        for path in ("a.nwb", "b.nwb")
    )
    upload = assets.steps(changes)[0]
    assert str(upload.reason) == "its content is needed by a.nwb and 1 more"


def test_an_asset_that_is_in_the_way_is_parked_for_that() -> None:
    swap = (
        Change(Key("assets", "a.nwb"), side("b.nwb"), side("a.nwb")),
        Change(Key("assets", "b.nwb"), side("a.nwb"), side("b.nwb")),
    )
    reasons = {str(step.reason) for step in assets.steps(swap) if step.id.startswith("park:")}
    assert reasons == {"it is in the way of another asset that moves"}


@pytest.mark.parametrize(
    ("noted", "reason"),
    [
        ({}, "different on the draft: keywords, license"),
        (
            {"keywords": ["old"], "license": ["spdx:CC0-1.0"]},
            "changed in the spec since the last apply or import: keywords, license",
        ),
        (
            {"keywords": ["mine"], "license": ["mine"]},
            "edited on the draft since the last apply or import: keywords, license",
        ),
        ({"keywords": ["old"], "license": ["mine"]}, "different on the draft: keywords, license"),
    ],
)
def test_fields_are_written_because_one_side_has_changed(noted: JsonObject, reason: str) -> None:
    left = digests_as_declared(DesiredMetadata(noted), ObservedMetadata(noted, {}))
    draft = ObservedMetadata({"keywords": ["old"], "license": ["spdx:CC0-1.0"]}, {})
    wanted = DesiredMetadata({"keywords": ["new"], "license": ["spdx:CC-BY-4.0"]}, left=left)
    [step] = metadata.steps(metadata.diff(wanted, draft, Options()).changes)
    assert str(step.reason) == reason


def test_the_other_kinds_have_one_reason_each() -> None:
    made = Change(Key("dandiset", "T"), None, {"name": "T", "metadata": {}})
    dropped = Change(Key("uploads", "unfinished"), {"uploads": [], "finished": True, "size": 0}, None)
    assert [str(step.reason) for step in dandiset.steps((made,))] == ["there is no dandiset yet"]
    assert [str(step.reason) for step in uploads.steps((dropped,))] == ["begun and never finished"]
