from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.comparison import compare as compare_module
from dandifile.comparison.compare import compare
from dandifile.model import Action, Comparison, FieldDifference, Json, JsonObject
from tests.comparison.sides import MadeAsset, MadeVersion


def compared(before: MadeVersion | None, after: MadeVersion, *paths: str) -> Comparison:
    return compare("000001", "local", before, after, paths)


def actions(found: Comparison) -> list[tuple[str, str]]:
    return [(one.action.value, one.path) for one in found.assets]


# --- Assets ---------------------------------------------------------------------------------------


def test_what_was_added_removed_replaced_and_moved() -> None:
    before = MadeVersion(
        {
            "a/gone.nwb": MadeAsset("1"),
            "a/kept.nwb": MadeAsset("2", asset_id="same"),
            "a/new content.nwb": MadeAsset("3"),
            "a/old name.nwb": MadeAsset("4"),
        },
        name="0.1",
    )
    after = MadeVersion(
        {
            "a/kept.nwb": MadeAsset("2", asset_id="same"),
            "a/new content.nwb": MadeAsset("5", size=7),
            "a/new.nwb": MadeAsset("6"),
            "b/new name.nwb": MadeAsset("4"),
        }
    )
    found = compared(before, after)
    assert actions(found) == [
        ("delete", "a/gone.nwb"),
        ("replace", "a/new content.nwb"),
        ("create", "a/new.nwb"),
        ("move", "b/new name.nwb"),
    ]
    replaced, moved = found.assets[1], found.assets[3]
    assert replaced.before is not None
    assert (replaced.before.size, replaced.size) == (10, 7)
    assert moved.before is not None
    assert moved.before.path == "a/old name.nwb"
    assert found.unchanged == 1
    assert "same" not in before.asked + after.asked, "what did not change is not looked into"


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        ({"about": ["x"]}, {"about": ["y"]}, {"about": (["x"], ["y"])}),
        ({"about": ["x"]}, {}, {"about": (["x"], None)}),
        ({}, {"about": ["y"]}, {"about": (None, ["y"])}),
        ({"keywords": ["a", "b"]}, {"keywords": ["b", "a"]}, {}),
        ({"dateModified": "1"}, {"dateModified": "2"}, {}),
        ({"blobDateModified": "1"}, {"blobDateModified": "2"}, {}),
        ({"schemaVersion": "0.6.0"}, {"schemaVersion": "0.7.0"}, {}),
        (
            {"wasGeneratedBy": [{"name": "Metadata generation", "id": "urn:uuid:1"}]},
            {"wasGeneratedBy": [{"name": "Metadata generation", "id": "urn:uuid:2"}]},
            {},
        ),
        (
            {
                "wasGeneratedBy": [
                    {"name": "Metadata generation"},
                    {"schemaKey": "Session", "identifier": "1"},
                ]
            },
            {"wasGeneratedBy": [{"schemaKey": "Session", "identifier": "2"}]},
            {
                "wasGeneratedBy": (
                    [{"schemaKey": "Session", "identifier": "1"}],
                    [{"schemaKey": "Session", "identifier": "2"}],
                )
            },
        ),
        ({"wasGeneratedBy": "odd"}, {"wasGeneratedBy": "odd"}, {}),
    ],
)
def test_metadata_of_the_same_content_differ_by_field(
    before: JsonObject, after: JsonObject, differs: dict[str, tuple[Json, Json]]
) -> None:
    found = compared(
        MadeVersion({"a": MadeAsset("1", before)}, name="0.1"), MadeVersion({"a": MadeAsset("1", after)})
    )
    assert {key: (one.old[key], one.new[key]) for one in found.assets for key in one.new} == differs
    assert actions(found) == ([("update", "a")] if differs else [])
    assert found.unchanged == (0 if differs else 1)


def test_metadata_of_moved_and_replaced_assets_are_compared_as_well() -> None:
    before = MadeVersion({"a": MadeAsset("1", {"about": ["x"]}), "c": MadeAsset("2")}, name="0.1")
    after = MadeVersion({"b": MadeAsset("1", {"about": ["y"]}), "c": MadeAsset("3", {"about": ["z"]})})
    assert [(one.action, one.new) for one in compared(before, after).assets] == [
        (Action.MOVE, {"about": ["y"]}),
        (Action.REPLACE, {"about": ["z"]}),
    ]


def test_a_zarr_whose_files_changed_is_replaced() -> None:
    before = MadeVersion({"a.zarr": MadeAsset("z", zarr=True)}, name="0.1")
    after = MadeVersion({"a.zarr": MadeAsset("z", size=11, zarr=True)})
    assert actions(compared(before, after)) == [("replace", "a.zarr")]


def test_many_assets_with_the_same_difference_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_module, "_AT_ONCE", 3)
    paths = [f"sub-{number:02}/a.nwb" for number in range(10)]
    before = MadeVersion({path: MadeAsset(path, {"about": ["x"]}) for path in paths}, name="0.1")
    after = MadeVersion({path: MadeAsset(path, {"about": ["y"]}) for path in paths})
    found = compared(before, after)
    assert len(found.assets) == 10
    assert len({id(one.new) for one in found.assets}) == 1


def test_without_an_older_version_everything_is_new() -> None:
    after = MadeVersion({"sub-1/sub-1_ses-a.nwb": MadeAsset("1")}, {"license": ["spdx:CC0-1.0"]})
    found = compared(None, after)
    assert found.before is None
    assert actions(found) == [("create", "sub-1/sub-1_ses-a.nwb")]
    assert [one.field for one in found.fields] == ["license", "name"]


def test_subjects_and_sessions_are_counted_on_both_sides() -> None:
    before = MadeVersion({"sub-1/sub-1_ses-a.nwb": MadeAsset("1"), "sub-2/x.nwb": MadeAsset("2")}, name="0.1")
    after = MadeVersion({"sub-1/sub-1_ses-b.nwb": MadeAsset("3", size=5), "dataset.json": MadeAsset("4")})
    found = compared(before, after)
    assert found.census_before.sessions == {"1": frozenset({"a"}), "2": frozenset()}
    assert found.census_after.sessions == {"1": frozenset({"b"})}
    assert (found.census_after.files, found.census_after.size) == (2, 15)


def test_globs_bound_the_comparison_to_assets() -> None:
    before = MadeVersion({"a/1": MadeAsset("1"), "b/1": MadeAsset("2"), "a/2": MadeAsset("4")}, name="0.1")
    after = MadeVersion({"a/1": MadeAsset("3"), "a/2": MadeAsset("4", asset_id="x")}, {"keywords": ["k"]})
    found = compared(before, after, "a/**", "c/*")
    assert actions(found) == [("replace", "a/1")]
    assert (found.unchanged, found.fields, found.idle, found.bounded) == (1, (), ("c/*",), True)


# --- The dandiset's metadata ----------------------------------------------------------------------

PUBLISHED: JsonObject = {
    "@context": "x", "id": "DANDI:000001/0.1", "identifier": "DANDI:000001", "version": "0.1", "url": "u",
    "repository": "r", "assetsSummary": {"numberOfFiles": 3}, "citation": "c", "doi": "10.1/x",
    "dateCreated": "d", "datePublished": "d", "publishedBy": {"id": "y"}, "manifestLocation": ["m"],
    "releaseNotes": "n", "schemaKey": "Dandiset", "schemaVersion": "0.7.0",
    "access": [{"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}],
    "keywords": ["a"],
}  # fmt: skip
"""What a published version has that its draft has not, or has otherwise."""


def test_publishing_alone_is_no_difference() -> None:
    draft = {"keywords": ["a"], "access": [{"status": "dandi:EmbargoedAccess"}], "schemaVersion": "0.6.0"}
    assert compared(MadeVersion({}, PUBLISHED, "0.1"), MadeVersion({}, draft)).is_empty


def test_fields_that_differ_are_named_with_both_values() -> None:
    before = MadeVersion({}, {**PUBLISHED, "description": " text ", "license": ["x"]}, "0.1", title="Old")
    after = MadeVersion(
        {}, {"keywords": [], "description": "text", "license": ["y"], "about": ["z"]}, title="New"
    )
    assert compared(before, after).fields == (
        FieldDifference("about", None, ["z"]),
        FieldDifference("keywords", ["a"], None),
        FieldDifference("license", ["x"], ["y"]),
        FieldDifference("name", "Old", "New"),
    )


# --- What holds for any two versions --------------------------------------------------------------

PATHS = st.sampled_from(["a", "a.b", "a/b", "b", "sub-1/c", "sub-2/d"])
ASSETS = st.builds(
    MadeAsset, st.sampled_from("xyz"), st.sampled_from([{}, {"about": ["1"]}, {"about": ["2"]}])
)
WORLDS = st.dictionaries(PATHS, ASSETS)


@given(WORLDS, WORLDS)
def test_the_differences_make_the_one_version_into_the_other(
    old: dict[str, MadeAsset], new: dict[str, MadeAsset]
) -> None:
    found = compared(MadeVersion(old, name="0.1"), MadeVersion(new))
    made = dict(old)
    for one in found.assets:
        if one.before is not None:
            del made[one.before.path]
    for one in found.assets:
        if one.after is not None:
            origin = old[one.before.path].metadata if one.before else new[one.after.path].metadata
            metadata = {key: value for key, value in {**origin, **one.new}.items() if value is not None}
            made[one.after.path] = MadeAsset(one.after.content, metadata)
    assert made == new
    assert found.unchanged + sum(one.after is not None for one in found.assets) == len(new)
    assert [one.path for one in found.assets] == sorted(one.path for one in found.assets)


@given(WORLDS, WORLDS)
def test_no_content_is_both_removed_and_added(old: dict[str, MadeAsset], new: dict[str, MadeAsset]) -> None:
    found = compared(MadeVersion(old, name="0.1"), MadeVersion(new)).assets
    removed = {one.before.content for one in found if one.before and not one.after}
    added = {one.after.content for one in found if one.after and not one.before}
    assert not removed & added


@given(WORLDS)
def test_a_version_does_not_differ_from_itself(world: dict[str, MadeAsset]) -> None:
    assert compared(MadeVersion(world, name="0.1"), MadeVersion(world)).is_empty


@pytest.mark.parametrize("summary", [["species"], "text", None])
def test_a_summary_of_another_form_is_none(summary: Json) -> None:
    assert compared(None, MadeVersion(fields={"assetsSummary": summary})).summary == {}
