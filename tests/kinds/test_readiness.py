"""Whether a draft can be published: every reason why not, at once, with its place and what to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.kinds.outgoing import SchemaVersions
from dandifile.kinds.readiness import DraftFacts, readiness
from dandifile.model import (
    Block,
    Change,
    Complaint,
    Health,
    JsonObject,
    Key,
    Local,
    Obstacle,
    Plan,
    Readiness,
    Spec,
    Target,
)

SPEC = Spec(Path("lab/dandiset.yaml"), "dandi", "000001", fields={"keywords": ["rat"]})
PLAN = Plan(Target("dandi", "https://api.dandiarchive.org/api", "https://dandiarchive.org", "000001", "T"))
CHANGED = replace(PLAN, changes=(Change(Key("metadata", "keywords"), ["a"], ["b"]),))
JANE = {
    "schemaKey": "Person",
    "name": "Doe, Jane",
    "email": "jane@example.org",
    "roleName": ["dcite:ContactPerson"],
    "includeInCitation": True,
}
DOCUMENT: JsonObject = {
    "schemaKey": "Dandiset",
    "schemaVersion": "0.7.0",
    "name": "Place cells",
    "description": "Rats on a track",
    "license": ["spdx:CC-BY-4.0"],
    "contributor": [JANE],
}
SCHEMA: JsonObject = {
    "properties": {"license": {"type": "array"}, "contributor": {"type": "array"}},
    "required": ["license", "contributor"],
}
VERSIONS = SchemaVersions("0.7.0", frozenset({"0.6.10", "0.7.0"}))


def facts(status: str = "Valid", **changed: Any) -> DraftFacts:
    """A draft that can be published, but for what is changed; `document` changes its metadata."""
    document = {**DOCUMENT, **changed.pop("document", {})}
    document = {name: value for name, value in document.items() if value is not None}
    last = {"version": "0.260101.1200"}
    dandiset = {"embargo_status": changed.pop("embargo", "OPEN"), "most_recent_published_version": last}
    health = changed.pop("health", Health(status))
    made = DraftFacts(
        dandiset,
        {"metadata": document},
        health,
        page="https://dandiarchive.org/dandiset/000001/draft",
        asset_count=3,
        schema=SCHEMA,
        versions=VERSIONS,
    )
    return replace(made, **changed)


def look(about: DraftFacts, plan: Plan = PLAN, spec: Spec = SPEC) -> Readiness:
    return readiness(about, plan, spec, Local())


NO_CONTACT = {"contributor": [{**JANE, "roleName": ["dcite:Author"]}]}
NO_EMAIL = {"contributor": [{key: value for key, value in JANE.items() if key != "email"}]}
ASSET = Complaint("keywords", "5 is not of type 'array'", "correct it", "a.nwb", "raw/a.nwb")


@pytest.mark.parametrize(
    ("about", "codes"),
    [
        (facts(), []),
        (facts(rights=(Block("roe is not an owner", "ask one"),)), ["rights"]),
        (facts(embargo="EMBARGOED"), ["embargo"]),
        (facts(embargo="UNEMBARGOING"), ["releasing"]),
        (facts(zarrs=("a.zarr", "b.zarr")), ["zarr"]),
        (facts(lacking=("sub-9/a.nwb",)), ["plan"]),
        (facts("Invalid", document={"license": None}), ["metadata"]),
        (facts("Invalid", document=NO_CONTACT), ["metadata"]),
        (facts("Invalid", document=NO_EMAIL), ["metadata"]),
        (facts("Pending", document=NO_EMAIL), ["metadata", "pending"]),
        (facts("Invalid", document={**NO_EMAIL, "license": None}), ["metadata", "metadata"]),
        (facts("Invalid"), ["metadata"]),
        (facts("Invalid", document={"schemaVersion": "0.8.0"}), ["schema"]),
        (facts("Pending", document={"schemaVersion": "0.8.0"}), ["schema", "pending"]),
        (facts("Invalid", asset_count=0), ["no_files"]),
        (facts(health=Health("Valid", (ASSET,))), ["assets"]),
        (facts(summary=("too many subjects", "a.nwb", "rename it")), ["summary"]),
        (facts("Pending"), ["pending"]),
        (facts("Validating"), ["pending"]),
        (facts(health=Health("Valid", waiting=2)), ["pending"]),
        (facts("Publishing"), ["publishing"]),
        (facts("Published"), ["unchanged"]),
        (facts("Reviewing"), ["pending"]),  # a word that is not known is not taken for Valid
    ],
)
def test_each_thing_in_the_way_is_named(about: DraftFacts, codes: list[str]) -> None:
    found = look(about)
    assert [blocker.code for blocker in found.blockers] == codes
    assert all(blocker.what and blocker.where and blocker.fix for blocker in found.blockers)
    assert found.is_ready == (not codes)


def test_everything_is_named_at_once() -> None:
    about = facts(
        embargo="EMBARGOED",
        health=Health("Invalid", (ASSET,), waiting=1),
        document={**NO_EMAIL, "license": None, "schemaVersion": "0.8.0"},
        rights=(Block("roe is not an owner", "ask one"),),
        zarrs=("a.zarr",),
        lacking=("b.nwb",),
        uploads=2,
    )
    plan = replace(CHANGED, blocked=(Block("no age", "fix it", Key("assets", "c.nwb")),), unpinned=("doi 1",))
    found = look(about, plan, replace(SPEC, require=("keywords", "license")))
    assert [blocker.code.value for blocker in found.blockers] == [
        "rights", "embargo", "zarr", "plan", "plan", "plan", "plan", "policy", "policy",
        "schema", "metadata", "metadata", "assets", "pending",
    ]  # fmt: skip
    assert "2 uploads are unfinished" in found.blockers[1].fix


def test_only_what_the_archive_works_on_is_worth_waiting_for() -> None:
    waiting = look(facts(embargo="UNEMBARGOING", health=Health("Pending", waiting=1)))
    assert (waiting.is_ready, waiting.is_waiting) == (False, True)
    assert not look(facts("Pending", zarrs=("a.zarr",))).is_waiting
    assert not look(facts()).is_waiting


def test_the_draft_as_it_is_leaves_out_what_the_spec_declares_and_nothing_else() -> None:
    found = look(facts("Pending", zarrs=("a.zarr",), lacking=("b.nwb",)), CHANGED)
    assert [one.code.value for one in found.blockers] == ["zarr", "plan", "plan", "pending"]
    assert [one.code.value for one in found.as_is().blockers] == ["zarr", "pending"]
    assert "1 change (1 in metadata)" in found.blockers[1].what


def test_what_blocks_only_the_user_is_said_once() -> None:
    """The plan has the same reason, as it cannot be applied either."""
    denied = Block("roe is not an owner", "ask one", about="account")
    found = look(facts(rights=(denied,)), replace(CHANGED, blocked=(denied,)))
    assert [one.code.value for one in found.blockers] == ["rights", "plan"]


@pytest.mark.parametrize(
    ("own", "document", "said"),
    [
        ((Complaint("license", "it is missing", "x"),), {"license": None}, ["license: it is missing"]),
        ((Complaint("sameAs", "odd", "x"),), {}, ["sameAs: odd"]),
        ((Complaint("", "odd all over", "x"),), {}, ["odd all over"]),
        (
            (Complaint("", "Metadata version 0.8.0 is not allowed. Allowed are: 0.7.0", "x"),),
            {"schemaVersion": "0.8.0"},
            ["its metadata is in schema version 0.8.0, which the archive does not accept"],
        ),
    ],
)
def test_what_the_archive_and_the_rules_here_both_find_is_said_once(
    own: tuple[Complaint, ...], document: JsonObject, said: list[str]
) -> None:
    found = look(facts(health=Health("Invalid", own), document=document))
    assert [blocker.what for blocker in found.blockers] == said


@pytest.mark.parametrize("field", ["assetsSummary", ""])
def test_a_draft_without_files_has_one_blocker_for_that(field: str) -> None:
    message = "A Dandiset containing no files or zero bytes is not publishable"
    found = look(facts(health=Health("Invalid", (Complaint(field, message, "x"),)), asset_count=0))
    assert [blocker.code for blocker in found.blockers] == [Obstacle.NO_FILES]


def test_complaints_of_an_older_draft_are_not_repeated_while_the_archive_validates() -> None:
    old = Complaint("license", "it is missing", "add it")
    assert [one.code for one in look(facts(health=Health("Pending", (old,)))).blockers] == [Obstacle.PENDING]


def test_assets_with_the_same_fault_are_one_blocker_with_all_their_paths() -> None:
    same = tuple(replace(ASSET, asset=f"{n}.nwb", source=f"raw/{n}.nwb" * (n % 2)) for n in range(60))
    (found,) = look(facts(health=Health("Valid", same))).blockers
    assert (len(found.assets), len(found.sources), found.where) == (60, 30, "0.nwb and 59 more")
    assert found.what == "60 assets are not valid: keywords: 5 is not of type 'array'"


def test_notes_do_not_prevent_publishing() -> None:
    found = look(facts(uploads=1, health=Health("Valid", unlisted=True)))
    assert (found.is_ready, len(found.notes)) == (True, 2)
    uncited = {"contributor": [{**JANE, "includeInCitation": False}]}
    (note,) = look(facts(document=uncited)).notes
    assert "the citation of the version will have no authors" in note
    (note,) = look(facts("Pending", document={"schemaVersion": "0.6.10"})).notes
    assert ("0.6.10" in note, "0.7.0" in note) == (True, True)


@given(st.sets(st.sampled_from(["embargo", "zarrs", "lacking", "rights", "summary", "asset_count"])))
def test_blockers_never_hide_each_other(kinds: set[str]) -> None:
    changes: dict[str, Any] = {
        "embargo": "EMBARGOED",
        "zarrs": ("a.zarr",),
        "lacking": ("b.nwb",),
        "rights": (Block("no", "ask"),),
        "summary": ("odd", "c.nwb", "mend it"),
        "asset_count": 0,
    }
    found = look(facts(**{kind: changes[kind] for kind in kinds}))
    assert len(found.blockers) == len(kinds)
