"""`regions.from_nwb`: what NWB files say of places, looked up, pinned, on assets and on the dandiset."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dandifile.errors import Exit
from dandifile.model import JsonObject
from tests.conftest import CONTACT, Lab, write_document
from tests.lookup.replay import Replay, text
from tests.survey.located import RAT, write_located

NOTHING: JsonObject = {"response": {"docs": []}}
TAIL = f"""
description: Mice and rats
license: CC-BY-4.0
validation: {{fail_on: never}}
{CONTACT}
paths: [{{source: data, standard: nwb, layout: as-is}}]
"""
VISP, CA1, ACCUMBENS = "UBERON:0002436", "UBERON:0003881", "UBERON:0001882"


@pytest.fixture
def replay(replay: Replay) -> Replay:
    """OLS knows no term beyond the shipped tables."""
    replay.says("ols/search", NOTHING)
    return replay


def write(lab: Lab, name: str, **places: object) -> Path:
    return write_located(lab.folder / f"data/{name}.nwb", **places)  # type: ignore[arg-type]  # passed on


def declare(lab: Lab, regions: str) -> None:
    lab.spec(f"regions: {regions}\n{TAIL}")


def animals(lab: Lab) -> None:
    """A mouse with electrodes and a plane, a rat with a cell and a site, and one that says nothing."""
    write(lab, "mouse", electrodes=["VISp", "VISp", "CA1"], planes=["nucleus accumbens"])
    write(lab, "rat", species=RAT, cells=["nucleus accumbens"], sites=["CA1"])
    write(lab, "silent", electrodes=["unknown"])


def ids(about: list[JsonObject] | None) -> list[str] | None:
    return (
        None if about is None else [item["identifier"].rpartition("/")[2].replace("_", ":") for item in about]
    )


def abouts(lab: Lab) -> dict[str, list[str] | None]:
    return {path: ids(asset["metadata"].get("about")) for path, asset in lab.assets().items()}


def done(lab: Lab, *arguments: str) -> str:
    ran = lab.run(*arguments)
    assert ran.code == Exit.DONE, ran.err + ran.out
    return " ".join(ran.out.split())


def applied(lab: Lab, regions: str) -> None:
    declare(lab, regions)
    done(lab, "resolve")
    done(lab, "apply", "--create", "--yes")
    assert "No changes" in done(lab, "plan", "--locked")


# --- From the files to the archive ------------------------------------------------------------


def test_files_say_which_regions_their_assets_are_about(lab: Lab, replay: Replay) -> None:
    animals(lab)
    applied(lab, "{from_nwb: true}")
    assert abouts(lab) == {
        "mouse.nwb": [CA1, VISP, ACCUMBENS],
        "rat.nwb": [CA1, ACCUMBENS],
        "silent.nwb": None,
    }
    about = lab.assets()["rat.nwb"]["metadata"]["about"]
    assert about[1] == {
        "schemaKey": "Anatomy",
        "name": "nucleus accumbens",
        "identifier": "http://purl.obolibrary.org/obo/UBERON_0001882",
    }
    assert "about" not in lab.document()
    assert replay.count() == 0  # every one of these is in the shipped tables


def test_the_lock_tells_a_mouses_acronym_from_anothers_word(lab: Lab, replay: Replay) -> None:
    animals(lab)
    declare(lab, "{from_nwb: true}")
    out = done(lab, "resolve")
    assert "location VISp primary visual cortex (UBERON:0002436)" in out
    lock = lab.lock.read_text("utf-8")
    assert lock.count("about: mouse_locations") == 3
    assert lock.count("about: locations") == 2
    before = lab.lock.read_bytes()
    done(lab, "resolve", "--refresh", "terms")
    assert lab.lock.read_bytes() == before


def test_their_union_comes_to_the_dandisets_own_about(lab: Lab, replay: Replay) -> None:
    animals(lab)
    applied(lab, "{dandiset: [globus pallidus], from_nwb: {dandiset: true}}")
    about = lab.document()["about"]
    assert ids(about)[1:] == [CA1, ACCUMBENS, VISP]  # type: ignore[index]  # there is one
    assert about[1]["identifier"] == CA1
    assert about[0]["name"] == "globus pallidus"


def test_an_asset_that_is_there_already_gets_them_without_being_sent_again(lab: Lab, replay: Replay) -> None:
    animals(lab)
    lab.spec(TAIL)
    done(lab, "apply", "--create", "--yes")
    declare(lab, "{from_nwb: true}")
    done(lab, "resolve")
    plan = json.loads(done(lab, "plan", "--format", "json"))
    assert {change["action"] for change in plan["changes"]} == {"update"}
    assert plan["plan"]["bytes_to_send"] == 0
    done(lab, "apply", "--yes")
    assert abouts(lab)["rat.nwb"] == [CA1, ACCUMBENS]
    assert "No changes" in done(lab, "plan")


def test_what_is_said_in_the_spec_of_an_asset_replaces_what_its_file_says(lab: Lab, replay: Replay) -> None:
    animals(lab)
    applied(lab, f'{{from_nwb: true, subjects: {{mouse: ["{ACCUMBENS}"]}}, paths: {{"silent*": ["{CA1}"]}}}}')
    assert abouts(lab) == {
        "mouse.nwb": [ACCUMBENS],
        "rat.nwb": [CA1, ACCUMBENS],
        "silent.nwb": [CA1],
    }


def test_a_changed_file_changes_the_regions(lab: Lab, replay: Replay) -> None:
    animals(lab)
    applied(lab, "{from_nwb: {dandiset: true}}")
    write(lab, "mouse", electrodes=["CA1"])
    done(lab, "resolve")
    done(lab, "apply", "--yes")
    assert abouts(lab)["mouse.nwb"] == [CA1]
    assert ids(lab.document()["about"]) == [CA1, ACCUMBENS]
    assert "No changes" in done(lab, "plan")


# --- Words that are no single region ----------------------------------------------------------


def test_an_open_word_is_told_once_and_the_others_are_used(lab: Lab, replay: Replay) -> None:
    write(lab, "a", electrodes=["SSp-ul", "CA1"])
    write(lab, "b", electrodes=["SSp-ul"])
    declare(lab, "{from_nwb: true}")
    out = done(lab, "resolve")
    assert "UBERON:0008933" in out
    out = done(lab, "plan")
    assert out.count("no brain region matches 'SSp-ul', a location in 2 NWB files") == 1
    assert "UBERON:0008933" in out
    assert "`regions.names`" in out
    done(lab, "apply", "--create", "--yes")
    assert abouts(lab) == {"a.nwb": [CA1], "b.nwb": None}
    assert "No changes" in done(lab, "plan", "--locked")


def test_names_settle_a_word_for_all_files(lab: Lab, replay: Replay) -> None:
    write(lab, "a", electrodes=["SSp-ul", "CA1"])
    write(lab, "b", species=RAT, electrodes=["SSp-ul", "rig 2"])
    applied(lab, '{from_nwb: true, names: {SSp-ul: ["UBERON:0008933", nucleus accumbens], rig 2: []}}')
    assert abouts(lab) == {
        "a.nwb": [CA1, "UBERON:0008933", ACCUMBENS],
        "b.nwb": ["UBERON:0008933", ACCUMBENS],
    }
    assert "SSp-ul" not in done(lab, "plan")
    assert "asked: SSp-ul" not in lab.lock.read_text("utf-8")
    assert replay.count("ols/search") == 0


def test_a_name_whose_region_is_not_found_is_blocked_and_the_rest_is_planned(
    lab: Lab, replay: Replay
) -> None:
    write(lab, "a", electrodes=["SSp-ul", "CA1"])
    declare(lab, "{from_nwb: true, names: {SSp-ul: [nowhere land]}}")
    assert lab.run("resolve").code == Exit.BLOCKED
    ran = lab.run("plan", "--format", "json")
    assert ran.code == Exit.BLOCKED
    plan = json.loads(ran.out)["plan"]
    assert [block["key"]["name"] for block in plan["blocked"]] == ["regions.names.SSp-ul"]
    [made] = [change for change in plan["changes"] if change["key"]["kind"] == "assets"]
    assert ids(made["after"]["metadata"]["about"]) == [CA1]


# --- The lock ---------------------------------------------------------------------------------


def test_apply_wants_the_locations_pinned(lab: Lab, replay: Replay) -> None:
    animals(lab)
    declare(lab, "{from_nwb: true}")
    assert "not pinned: location VISp" in done(lab, "plan")
    ran = lab.run("plan", "--locked")
    assert (ran.code, "location VISp" in ran.err) == (Exit.BLOCKED, True)
    ran = lab.run("apply", "--create", "--yes")
    assert (ran.code, "dandifile resolve" in ran.err) == (Exit.BLOCKED, True)
    assert lab.archive.writes() == 0


def test_a_word_that_nobody_can_be_asked_about_stays_unpinned(lab: Lab, replay: Replay) -> None:
    replay.says("ols/search", text(500, "down"))
    write(lab, "a", electrodes=["the claustrum shell", "CA1"])
    declare(lab, "{from_nwb: true}")
    ran = lab.run("resolve")
    assert (ran.code, "1 not checked" in ran.out) == (Exit.BLOCKED, True)
    assert "not pinned: location the claustrum shell" in done(lab, "plan")
    replay.says("ols/search", NOTHING)
    done(lab, "resolve")
    lock = lab.lock.read_text("utf-8")
    assert "unsettled:" in lock
    replay.says("ols/search", text(500, "down"))
    done(lab, "resolve", "--refresh", "terms")
    assert lab.lock.read_text("utf-8") == lock


def test_words_that_no_file_says_any_more_leave_the_lock(lab: Lab, replay: Replay) -> None:
    animals(lab)
    declare(lab, "{from_nwb: true}")
    done(lab, "resolve")
    (lab.folder / "data/mouse.nwb").unlink()
    done(lab, "resolve")
    assert "VISp" not in lab.lock.read_text("utf-8")
    lab.spec(TAIL)
    done(lab, "resolve")
    assert "locations" not in lab.lock.read_text("utf-8")


def test_words_of_files_that_are_elsewhere_stay_in_the_lock(lab: Lab, replay: Replay) -> None:
    animals(lab)
    declare(lab, "{from_nwb: true}")
    done(lab, "resolve")
    before = lab.lock.read_bytes()
    (lab.folder / "data").rename(lab.folder / "away")
    done(lab, "resolve")
    assert lab.lock.read_bytes() == before


def test_a_saved_plan_brings_the_regions_that_were_reviewed(lab: Lab, replay: Replay) -> None:
    animals(lab)
    declare(lab, "{from_nwb: {dandiset: true}}")
    done(lab, "resolve")
    saved = str(lab.folder / "plan.json")
    done(lab, "plan", "--out", saved)
    done(lab, "apply", saved, "--create", "--yes")
    assert abouts(lab)["rat.nwb"] == [CA1, ACCUMBENS]
    assert "No changes" in done(lab, "plan")
    declare(lab, f'{{from_nwb: true, names: {{CA1: ["{ACCUMBENS}"]}}}}')
    done(lab, "resolve")
    ran = lab.run("apply", saved, "--yes")
    assert (ran.code, "stale" in ran.err) == (Exit.BLOCKED, True)


# --- Data that is not here --------------------------------------------------------------------


@pytest.mark.parametrize("scanned", [False, True], ids=["without a manifest", "with the data manifest"])
def test_where_the_data_are_absent_regions_stay_as_they_are(lab: Lab, replay: Replay, scanned: bool) -> None:
    animals(lab)
    applied(lab, "{from_nwb: {dandiset: true}}")
    if scanned:
        done(lab, "scan")
    (lab.folder / "data").rename(lab.folder / "away")
    assert "No changes" in done(lab, "plan")


def test_while_a_file_is_elsewhere_the_dandisets_regions_are_only_added_to(lab: Lab, replay: Replay) -> None:
    animals(lab)
    applied(lab, "{from_nwb: {dandiset: true}}")
    (lab.folder / "data/mouse.nwb").rename(lab.folder / "mouse.nwb")
    write(lab, "new", electrodes=["MD"])
    done(lab, "resolve")
    out = done(lab, "plan")
    assert "only added to the dandiset" in out
    assert "cannot be read: mouse.nwb" in out
    done(lab, "apply", "--yes")
    assert set(ids(lab.document()["about"]) or []) == {CA1, ACCUMBENS, VISP, "UBERON:0002739"}
    assert "No changes" in done(lab, "plan")


def test_a_region_that_no_file_has_leaves_the_dandiset_when_all_are_here(lab: Lab, replay: Replay) -> None:
    animals(lab)
    applied(lab, "{from_nwb: {dandiset: true}}")
    document = lab.document()
    document["about"].append({"schemaKey": "Anatomy", "name": "liver", "identifier": "UBERON:0002107"})
    write_document(lab, document)
    done(lab, "apply", "--yes", "--overwrite-remote", "about")
    assert set(ids(lab.document()["about"]) or []) == {CA1, ACCUMBENS, VISP}


def test_files_that_say_nothing_declare_nothing(lab: Lab, replay: Replay) -> None:
    write(lab, "silent", electrodes=["unknown"])
    overlaid = 'assets: [{match: "*", metadata: {about: [{schemaKey: Anatomy, name: x}]}}]'
    lab.spec(f'regions: ["{CA1}"]\n{overlaid}{TAIL}')
    done(lab, "resolve")
    done(lab, "apply", "--create", "--yes")
    declare(lab, "{from_nwb: {dandiset: true}}")
    done(lab, "resolve")
    assert "No changes" in done(lab, "plan")


# --- policy.require ---------------------------------------------------------------------------


def test_regions_in_files_satisfy_the_policy_once_they_are_known(lab: Lab, replay: Replay) -> None:
    write(lab, "silent", electrodes=["unknown"])
    declare(lab, "{from_nwb: true}\npolicy: {require: [regions]}")
    done(lab, "resolve")
    ran = lab.run("plan")
    assert (ran.code, "policy.require regions" in ran.out) == (Exit.BLOCKED, True)
    animals(lab)
    done(lab, "resolve")
    done(lab, "plan")
    (lab.folder / "data").rename(lab.folder / "away")
    done(lab, "plan")  # what is not here may have some
