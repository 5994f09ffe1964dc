"""doi, contributors, names of regions: looked up, pinned, applied. Against a replay server and an archive."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dandifile.errors import Exit
from tests.conftest import CONTACT, Lab
from tests.lookup.made_up import (
    DOI,
    JANE,
    NIH,
    OTHER,
    RICHARD,
    SIMONS,
    TOULOUSE,
    all_well,
    openalex_work,
    ror_record,
)
from tests.lookup.replay import Replay, redirect, text

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
PAPER = f"""
doi: https://doi.org/{DOI}
license: CC-BY-4.0
contributors:
  - {{name: "Doe, Jane", email: jane@example.org}}
  - {{name: "Curator, Carla", roles: [DataCurator]}}
regions: [nucleus accumbens]
{PATHS}"""
REGIONS = f"""
description: Rats
license: CC-BY-4.0
regions:
  dandiset: [nucleus accumbens, "UBERON:0002436"]
  paths: {{"sub-1/**": [nucleus accumbens]}}
{CONTACT}
{PATHS}"""


@pytest.fixture
def replay(replay: Replay, lab: Lab) -> Replay:
    """They know a paper, two people and four institutions, and nothing else."""
    lab.files({"sub-1/a.csv": "a", "sub-2/b.csv": "b"})
    all_well(replay)
    return replay


def untitled(lab: Lab, text: str) -> None:
    """A spec that leaves the title to the paper."""
    lab.spec(text)
    file = lab.folder / "dandiset.yaml"
    file.write_text(file.read_text("utf-8").replace("name: Place cells\n", "", 1), "utf-8")


# --- From a DOI to the archive ----------------------------------------------------------------


def test_resolve_pins_then_plan_asks_nobody_and_apply_converges(lab: Lab, replay: Replay) -> None:
    untitled(lab, PAPER)
    ran = lab.run("resolve")
    assert ran.code == Exit.DONE, ran.err + ran.out
    assert "nucleus accumbens (UBERON:0001882)" in ran.out
    assert f"+ paper {DOI}" in ran.out
    replay.asked.clear()
    assert "not pinned" not in lab.run("plan", "--locked").out
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.err + ran.out
    assert "No changes" in lab.run("plan").out
    assert replay.count() == 0
    metadata = lab.document()
    assert metadata["name"] == "Place cells in CA1"
    assert metadata["description"] == "Cells fire."
    assert metadata["relatedResource"][0]["identifier"] == f"doi:{DOI}"
    assert metadata["about"][0]["identifier"] == "UBERON:0001882"


def test_contributors_stand_in_the_papers_order_with_what_the_spec_says_of_them(
    lab: Lab, replay: Replay
) -> None:
    lab.spec(PAPER.replace("regions:", '  - {name: "van der Roe, Richard", omit: true}\nregions:'))
    assert lab.run("resolve").code == Exit.DONE
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    people = lab.document()["contributor"]
    assert [one["name"] for one in people] == [
        "Doe, Jane",
        "The Example Brain Laboratory",
        "Curator, Carla",
        "NIH",
        "Simons",
    ]
    assert people[0]["email"] == "jane@example.org"
    assert people[0]["identifier"] == JANE
    assert people[0]["roleName"] == ["dcite:Author", "dcite:ContactPerson"]
    assert [one["includeInCitation"] for one in people] == [True, True, False, False, False]
    assert people[3]["awardNumber"] == "R01MH000000"


def test_what_the_spec_says_wins_and_templates_see_the_paper(lab: Lab, replay: Replay) -> None:
    lab.spec(
        PAPER
        + 'related: []\ndescription: "{{ paper.title }}, by {{ paper.authors[0] }}: {{ paper.abstract }}"\n'
    )
    assert lab.run("resolve").code == Exit.DONE
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    metadata = lab.document()
    assert metadata["name"] == "Place cells"
    assert metadata["description"] == "Place cells in CA1, by Doe, Jane: Cells fire."
    assert not metadata.get("relatedResource")


def test_a_template_that_asks_more_than_the_paper_says_is_told_with_its_place(
    lab: Lab, replay: Replay
) -> None:
    lab.spec(PAPER + 'description: "{{ paper.license }} {{ paper.mood }}"\n')
    ran = lab.run("resolve")
    assert ran.code == Exit.INPUT
    assert "dandiset.yaml:12:14" in ran.err
    assert "paper.abstract" in ran.err
    assert lab.lock.exists()  # what was found is pinned all the same


def test_a_corresponding_author_without_an_address_is_told_at_the_doi(lab: Lab, replay: Replay) -> None:
    lab.spec(f"doi: {DOI}\nlicense: CC-BY-4.0\n")
    ran = lab.run("resolve")  # which does not need the address, and says that the plan will
    assert ran.code == Exit.DONE
    assert "Doe, Jane is the corresponding author" in " ".join(ran.out.split())
    ran = lab.run("plan")
    assert ran.code == Exit.INPUT
    assert "dandiset.yaml:4:1" in ran.err
    assert "Doe, Jane" in ran.err
    assert "e-mail address" in " ".join(ran.err.split())


def test_resolve_needs_nothing_that_it_does_not_look_up(lab: Lab, replay: Replay) -> None:
    gaps = 'license: "GAP: which"\nregions: ["GAP: where", nucleus accumbens]\n'
    lab.spec(
        f'doi: {DOI}\n{gaps}contributors: [{{name: "Doe, Jane", email: "GAP: it"}}, {{name: "GAP: x"}}]\n'
    )
    ran = lab.run("resolve")
    assert ran.code == Exit.DONE, ran.err
    assert "nucleus accumbens" in lab.lock.read_text("utf-8")
    assert lab.run("plan").code == Exit.INPUT
    lab.spec("contributors: [{name: 'Doe, Jane', orcid: 0000-0000-0000-0000}]\n")
    assert lab.run("resolve").code == Exit.INPUT  # what it looks up must be right


def test_what_asks_services_is_not_even_imported_where_all_is_pinned(lab: Lab, replay: Replay) -> None:
    lab.spec(PAPER)
    assert lab.run("resolve").code == Exit.DONE
    probe = (
        "import sys; from pathlib import Path; from dandifile.desired.spec_and_lock import *;"
        "spec = complete_spec(read_spec_and_lock(Path(sys.argv[1])), MemoryLookups(None));"
        "asks = [name in sys.modules for name in ('requests', 'dandifile.lookup.ror')];"
        "print(len(spec.fields['contributor']), *asks)"
    )
    command = [sys.executable, "-c", probe, str(lab.folder / "dandiset.yaml")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "6 False False\n"


# --- What is not pinned -----------------------------------------------------------------------


def test_plan_resolves_in_memory_and_apply_wants_it_pinned(lab: Lab, replay: Replay) -> None:
    lab.spec(PAPER)
    ran = lab.run("plan", "--detailed-exitcode")
    assert ran.code == Exit.CHANGES, ran.err + ran.out
    assert f"not pinned: doi {DOI}" in ran.out
    assert "not pinned: brain region nucleus accumbens" in ran.out
    assert not lab.lock.exists()
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.BLOCKED
    assert "dandifile resolve" in ran.err
    assert lab.archive.writes() == 0


def test_a_plan_that_was_saved_unpinned_is_refused_though_its_facts_are_pinned_now(
    lab: Lab, replay: Replay
) -> None:
    lab.spec(REGIONS)
    saved = str(lab.folder / "plan.json")
    lab.run("plan", "--out", saved)
    assert lab.run("resolve").code == Exit.DONE
    assert lab.run("apply", saved, "--create", "--yes").code == Exit.BLOCKED
    lab.run("plan", "--out", saved)
    assert lab.run("apply", saved, "--create", "--yes").code == Exit.DONE


def test_a_saved_plan_is_stale_once_its_lookups_have_changed(lab: Lab, replay: Replay) -> None:
    lab.spec(PAPER)
    assert lab.run("resolve").code == Exit.DONE
    saved = str(lab.folder / "plan.json")
    lab.run("plan", "--out", saved)
    replay.says(f"openalex/works/doi:{DOI}", openalex_work(title="Corrected"))
    assert lab.run("resolve", "--refresh", "doi").code == Exit.DONE
    ran = lab.run("apply", saved, "--create", "--yes")
    assert (ran.code, "its lock has changed" in ran.err) == (Exit.BLOCKED, True), ran.err


def test_locked_asks_nobody_and_tells_what_is_missing(lab: Lab, replay: Replay) -> None:
    lab.spec(PAPER)
    ran = lab.run("plan", "--locked")
    assert ran.code == Exit.BLOCKED
    assert f"doi {DOI}, brain region nucleus accumbens" in ran.err
    assert replay.count() == 0


def test_services_that_are_down_block_their_fields_and_the_rest_is_planned(lab: Lab, replay: Replay) -> None:
    for path in list(replay.answers):
        replay.says(path, text(500, "down"))
    lab.spec(PAPER + "keywords: [rat]\nabout: {phenotypes: [seizure]}\n")
    ran = lab.run("plan", "--format", "json")
    found = json.loads(ran.out)
    blocked = {block["key"]["name"]: block["reason"] for block in found["plan"]["blocked"]}
    assert set(blocked) == {"contributor", "description", "relatedResource", "about"}
    assert "OpenAlex: has an internal error" in blocked["contributor"]
    assert blocked["relatedResource"] == "this field comes from the paper"
    fixes = {block["key"]["name"]: block["fix"] for block in found["plan"]["blocked"]}
    assert fixes["contributor"] == "run again when the service can be reached, or leave `doi` out"
    changed = {change["name"] for change in found["changes"] if change["kind"] == "metadata"}
    assert {"name", "license", "keywords"} <= changed
    assert not {"contributor", "about"} & changed
    assert not found["stopped"]


def test_what_nobody_could_be_asked_for_is_told_with_what_to_do(lab: Lab, replay: Replay) -> None:
    for path in list(replay.answers):
        replay.says(path, text(500, "down"))
    lab.spec(PAPER)
    ran = lab.run("resolve")
    again = "Run `dandifile resolve` again when the services can be reached, or leave `doi` out of the spec."
    assert (ran.code, ran.out.splitlines()[-1]) == (Exit.BLOCKED, again)
    assert lab.run("resolve", "--offline").out.splitlines()[-1] == again.replace(
        "when the services can be reached", "without --offline"
    )


def test_a_misspelt_name_is_told_with_the_nearest_ones_though_ols_is_down(lab: Lab, replay: Replay) -> None:
    lab.spec(REGIONS.replace("[nucleus accumbens, ", "[hipocampus, "))
    replay.says("ols/search", text(500, "down"))
    found = json.loads(lab.run("plan", "--format", "json").out)
    (block,) = [each for each in found["plan"]["blocked"] if "hipocampus" in each["reason"]]
    assert block["reason"].startswith(
        "regions.dandiset: dandifile's tables have no brain region 'hipocampus', and OLS could not be"
        " reached; write the id of the one that you mean: UBERON:"
    )
    assert block["reason"].endswith("OLS: has an internal error (500); run again later")
    assert block["fix"] == "correct the spec if it is wrong, or run again when the service can be reached"


def test_a_service_that_is_down_changes_nothing_that_is_pinned(lab: Lab, replay: Replay) -> None:
    lab.spec(PAPER)
    assert lab.run("resolve").code == Exit.DONE
    before = lab.lock.read_bytes()
    for path in list(replay.answers):
        replay.says(path, text(500, "down"))
    ran = lab.run("resolve", "--refresh", "all")
    assert ran.code == Exit.DONE, ran.err
    assert "the lock keeps the record of" in ran.out
    assert lab.lock.read_bytes() == before


# --- Names of terms ---------------------------------------------------------------------------


def test_regions_by_name_are_curies_on_the_dandiset_and_iris_on_assets(lab: Lab, replay: Replay) -> None:
    lab.spec(REGIONS)
    assert lab.run("resolve").code == Exit.DONE
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    accumbens = {"schemaKey": "Anatomy", "name": "nucleus accumbens"}
    of_dandiset = lab.document()["about"]
    assert of_dandiset[0] == accumbens | {"identifier": "UBERON:0001882"}
    assert of_dandiset[1] == {
        "schemaKey": "Anatomy",
        "identifier": "UBERON:0002436",
        "name": "primary visual cortex",
    }
    assets = {path: asset["metadata"].get("about") for path, asset in lab.assets().items()}
    iri = "http://purl.obolibrary.org/obo/UBERON_0001882"
    assert assets == {"sub-1/a.csv": [accumbens | {"identifier": iri}], "sub-2/b.csv": None}
    assert "No changes" in lab.run("plan").out


def test_a_region_of_a_subject_reaches_the_files_of_that_subject(lab: Lab, replay: Replay) -> None:
    from tests.survey.lab import write_nwb

    for subject in ("m1", "m2"):
        write_nwb(
            lab.folder / f"nwb/{subject}.nwb",
            subject={"subject_id": subject, "species": "Mus musculus", "sex": "M", "age": "P90D"},
        )
    spec = REGIONS.replace('  paths: {"sub-1/**"', "  subjects: {m1").replace(
        "standard: any", "standard: nwb"
    )
    lab.spec(spec.replace("source: data", "source: nwb") + "validation: {fail_on: never}\n")
    assert lab.run("resolve").code == Exit.DONE
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.err + ran.out
    abouts = {path: "about" in asset["metadata"] for path, asset in lab.assets().items()}
    assert abouts == {"m1.nwb": True, "m2.nwb": False}


def test_a_name_that_may_be_several_things_is_told_with_its_candidates(lab: Lab, replay: Replay) -> None:
    lab.spec(
        REGIONS.replace("paths: {", "subjects: {").replace('"sub-1/**": [nucleus accumbens]', "m1: [EC]")
    )
    ran = lab.run("resolve")
    assert ran.code == Exit.BLOCKED, ran.err + ran.out
    assert "UBERON:" in ran.out
    assert "1 to look at" in ran.out
    ran = lab.run("plan", "--format", "json")
    assert ran.code == Exit.BLOCKED
    (block,) = json.loads(ran.out)["plan"]["blocked"]
    assert block["key"] == {"kind": "assets", "name": "regions.subjects.m1"}
    assert "'EC'" in block["reason"]
    assert "UBERON:" in block["reason"]


def test_a_name_beside_an_id_that_is_another_terms_is_noticed(lab: Lab, replay: Replay) -> None:
    lab.spec(REGIONS.replace("[nucleus accumbens, ", '[{name: hippocampus, id: "UBERON:0001882"}, '))
    ran = lab.run("resolve")
    assert ran.code == Exit.DONE
    assert "UBERON:0001882 is 'nucleus accumbens', but the spec calls it 'hippocampus'" in ran.out


# --- The command ------------------------------------------------------------------------------


def test_check_says_that_the_lock_would_change_and_writes_nothing(lab: Lab, replay: Replay) -> None:
    lab.spec(REGIONS)
    assert lab.run("resolve", "--check").code == Exit.CHANGES
    assert not lab.lock.exists()
    assert lab.run("resolve").code == Exit.DONE
    before = lab.lock.stat().st_mtime_ns
    ran = lab.run("resolve", "--check")
    assert (ran.code, "is up to date" in ran.out) == (Exit.DONE, True)
    assert lab.run("resolve").code == Exit.DONE
    assert lab.lock.stat().st_mtime_ns == before


def test_offline_takes_the_shipped_tables_and_asks_nobody(lab: Lab, replay: Replay) -> None:
    lab.spec(REGIONS)
    assert lab.run("resolve", "--offline").code == Exit.DONE
    lab.spec(PAPER)
    ran = lab.run("resolve", "--offline")
    assert ran.code == Exit.BLOCKED
    assert "offline" in ran.out
    assert replay.count() == 0


def test_an_orcid_that_nobody_has_blocks_resolve_and_a_closed_one_is_told(lab: Lab, replay: Replay) -> None:
    lab.spec(REGIONS.replace("jane@example.org,", f"jane@example.org, orcid: {OTHER},"))
    ran = lab.run("resolve")
    assert (ran.code, "ORCID has no such record" in ran.out) == (Exit.BLOCKED, True)
    replay.says(f"orcid/{OTHER}/person", redirect(f"https://orcid.org/{JANE}", {"error-code": 9007}))
    lab.run("resolve", "--refresh", "orcid")
    assert "deprecated" in lab.lock.read_text("utf-8")


def test_refresh_without_a_word_is_all_of_it(lab: Lab, replay: Replay) -> None:
    lab.spec(PAPER)
    assert lab.run("resolve").code == Exit.DONE
    replay.asked.clear()
    assert lab.run("resolve", "--refresh", "ror").code == Exit.DONE
    assert {asked.path.partition("/")[0] for asked in replay.asked} == {"ror"}
    for last in (("--refresh",), ("--refresh", "--check"), ("--refresh", "doi", "--refresh")):
        replay.asked.clear()
        assert lab.run("resolve", *last).code == Exit.DONE
        assert {asked.path.partition("/")[0] for asked in replay.asked} >= {"openalex", "orcid", "ror"}


def test_plan_tells_from_the_lock_which_ids_of_the_spec_are_no_good(lab: Lab, replay: Replay) -> None:
    people = f"""
contributors:
  - name: Doe, Jane
    orcid: {OTHER}
    email: jane@example.org
    roles: [Author, ContactPerson]
    affiliations: [{{name: UPS, ror: {TOULOUSE}}}]
  - {{name: "Curator, Carla", orcid: {RICHARD}, roles: [DataCurator]}}
  - {{organization: Gone Trust, ror: {SIMONS}, roles: [Funder]}}
"""
    lab.spec(f"description: Rats\nlicense: CC-BY-4.0\n{people}{PATHS}")
    replay.says(f"orcid/{OTHER}/person", redirect(f"https://orcid.org/{JANE}", {"error-code": 9007}))
    replay.says(f"ror/organizations/{TOULOUSE[-9:]}", ror_record(TOULOUSE, "UPS", status="inactive"))
    withdrawn = ror_record(SIMONS, "Gone Trust", status="withdrawn", successors=(NIH,))
    replay.says(f"ror/organizations/{SIMONS[-9:]}", withdrawn)
    out = " ".join(lab.run("resolve").out.split())
    somebodys = f"Curator, Carla: {RICHARD} belongs to van der Roe, R., says ORCID"
    assert somebodys in out
    replay.asked.clear()
    ran = lab.run("plan")
    assert ran.code == Exit.DONE, ran.err + ran.out
    said = " ".join(ran.out.split())
    assert f"Doe, Jane: {OTHER}: replaced by {JANE}: use that one" in said
    assert f"UPS: {TOULOUSE}: the institution no longer exists" in said
    assert f"Gone Trust: {SIMONS}: ROR has withdrawn it: use {NIH}" in said
    assert somebodys in said
    assert replay.count() == 0
    without = people.replace("roles: [DataC", "omit: true, roles: [DataC")
    lab.spec(f"description: Rats\nlicense: CC-BY-4.0\n{without}{PATHS}")
    assert somebodys not in " ".join(lab.run("plan").out.split())


def test_a_pinned_verdict_holds_also_while_something_else_is_looked_up(lab: Lab, replay: Replay) -> None:
    person = CONTACT.replace("jane@example.org,", f"jane@example.org, orcid: {OTHER},")
    text_ = f"description: Rats\nlicense: CC-BY-4.0\npolicy: {{require: [orcid]}}\n{person}{PATHS}"
    lab.spec(text_)
    lab.run("resolve")
    for more in ("", "regions: [nucleus accumbens]\n"):
        lab.spec(text_ + more)
        ran = lab.run("plan")
        assert (ran.code, f"{OTHER} (unknown)" in ran.out) == (Exit.BLOCKED, True)


def test_json_says_all_of_it(lab: Lab, replay: Replay) -> None:
    lab.spec(PAPER)
    found = json.loads(lab.run("resolve", "--format", "json").out)
    assert {row["state"] for row in found["rows"]} == {"found"}
    assert found["changed"]
    assert found["lock"] == "dandiset.lock.yaml"
    assert found["review"] == [
        f"Doe, Jane: affiliation Université Toulouse III - Paul Sabatier ({TOULOUSE}): only OpenAlex says so",
        f"van der Roe, Richard Jr.: ORCID iD {RICHARD}: only OpenAlex says so",
    ]
    assert any("has a preprint" in warning for warning in found["warnings"])


def test_check_of_a_spec_names_what_is_not_pinned(lab: Lab, replay: Replay) -> None:
    lab.spec(PAPER)
    ran = lab.run("check")
    assert (ran.code, "`dandifile resolve` looks it up" in ran.out) == (Exit.DONE, True)
    assert replay.count() == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--refresh", "dois"), "doi, orcid, ror, terms, all"),
        (("--refresh", "all", "--offline"), "leave one of them out"),
        (("--refresh", "--offline"), "leave one of them out"),
    ],
)
def test_flags_that_make_no_sense_are_refused(
    lab: Lab, replay: Replay, arguments: tuple[str, ...], says: str
) -> None:
    lab.spec(REGIONS)
    ran = lab.run("resolve", *arguments)
    assert (ran.code, says in ran.err) == (Exit.INPUT, True), ran.err


def test_identifiers_in_the_lock_stay(lab: Lab, replay: Replay) -> None:
    lab.spec(REGIONS)
    assert lab.run("resolve").code == Exit.DONE
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.spec(PAPER)
    assert lab.run("resolve").code == Exit.DONE
    assert "identifier: '000001'" in lab.lock.read_text("utf-8")
    assert "No changes" not in lab.run("plan").out
