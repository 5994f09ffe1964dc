"""A plan says what the archive will find fault with, and status where, why and what to do."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import Exit
from dandifile.kinds.outgoing import MISSING
from dandifile.model import JsonObject
from tests.conftest import CONTACT, Lab, write_document

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
TEXTS = "license: CC-BY-4.0\ndescription: Cells.\n"


def forecast(lab: Lab, *arguments: str) -> dict[str, JsonObject]:
    ran = lab.run("plan", "--format", "json", *arguments)
    return {one["field"]: one for one in json.loads(ran.out)["plan"]["forecast"]}


def settled(lab: Lab) -> JsonObject:
    """The draft, once the archive has validated it."""
    for _ in range(600):
        draft = lab.get("/dandisets/000001/versions/draft/info/")
        if draft["status"] not in ("Pending", "Validating"):
            return draft
        time.sleep(0.1)
    raise AssertionError(draft["status"])


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        (CONTACT + PATHS, {"description", "license"}),
        (CONTACT + TEXTS + PATHS, set()),
        (TEXTS + PATHS, set()),  # the archive makes the user the contact person of a new dandiset
        (CONTACT + TEXTS, {"assetsSummary"}),
        ("keywords: [rat]\n" + PATHS, {"description", "license"}),
    ],
    ids=["no license, no description", "all there", "no contributors", "no files", "hardly anything"],
)
def test_a_plan_says_what_the_archive_will_say(lab: Lab, spec: str, fields: set[str]) -> None:
    lab.spec(spec)
    lab.files({"a.csv": "a"})
    found = forecast(lab)
    assert found.keys() == fields
    assert not any(one["before"] for one in found.values()), "nothing is there before"
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    draft = settled(lab)
    assert draft["status"] == ("Invalid" if fields else "Valid"), draft["version_validation_errors"]
    assert forecast(lab).keys() == fields
    text = lab.run("plan").out
    assert ("as it does now" in text) == bool(fields)


def test_where_all_files_are_blocked_they_are_what_to_fix(lab: Lab) -> None:
    lab.spec(f"{CONTACT}{TEXTS}paths: [data]\n")
    lab.files({"a.nwb": "no NWB"})
    assert forecast(lab)["assetsSummary"]["fix"] == "fix the files that are blocked"


def test_where_the_data_is_on_another_machine_apply_runs_there(lab: Lab) -> None:
    lab.spec("paths: [not-here]\n")
    out = " ".join(lab.run("plan").out.split())
    assert "run apply on a machine that has the data" in out
    assert "name the folders of data" not in out


def test_what_was_wrong_before_and_what_the_plan_makes_wrong_are_told_apart(lab: Lab) -> None:
    lab.spec(CONTACT + TEXTS + PATHS)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    document = lab.document()
    del document["license"]
    document["protocol"] = ["not a URL"]
    write_document(lab, document)
    blocked = (
        "metadata: {wasGeneratedBy: [{schemaKey: Project, name: " + "x" * 200 + "}]}\n"
    )  # so it stays away
    lab.spec(f"{CONTACT}description: Cells.\n{blocked}{PATHS}")
    found = forecast(lab)
    assert {name: one["before"] for name, one in found.items()} == {"license": True, "protocol": True}
    assert found["license"]["message"] == MISSING
    assert "page of the dandiset" in found["protocol"]["fix"]


def test_a_contact_person_without_email_is_found_though_no_schema_says_it(lab: Lab) -> None:
    lab.spec(CONTACT + TEXTS + PATHS)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    document = lab.document()
    document["contributor"][0].pop("email")
    write_document(lab, document)
    lab.spec(f"{TEXTS}keywords: [rat]\n{PATHS}")
    found = forecast(lab)["contributor"]
    assert found["before"]
    assert found["message"] == "contributor.0 (Doe, Jane): Contact person must have an email address."
    settled(lab)
    status = " ".join(lab.run("status").out.split())
    assert status.count("Contact person must have an email address") == 1, status
    assert "contributors: add `email` to Doe, Jane" in status


def test_check_says_it_offline(lab: Lab) -> None:
    lab.spec(CONTACT + PATHS)
    ran = lab.run("check")
    assert ran.code == Exit.DONE
    assert "license: it is missing" in ran.out
    assert "unless" not in ran.out
    assert lab.archive.counts() == {}
    lab.spec(f'identifier: "000001"\n{CONTACT}{PATHS}')
    assert "license: it is missing, unless it is on the draft already" in lab.run("check").out
    lab.spec(CONTACT + TEXTS + PATHS)
    assert json.loads(lab.run("check", "--format", "json").out)["forecast"] == []


def test_what_is_laid_over_assets_is_held_to_the_archives_rules(lab: Lab) -> None:
    lab.files({"sub-1/a.csv": "a", "sub-1/b.csv": "b"})
    overlaid(lab, {"wasAttributedTo": [{"schemaKey": "Participant"}], "keywords": ["fine"]})
    [one] = json.loads(lab.run("plan", "--format", "json").out)["plan"]["forecast"]
    assert (one["field"], one["assets"]) == ("wasAttributedTo", ["sub-1/a.csv", "sub-1/b.csv"])
    assert "identifier" in one["message"]
    assert "wasAttributedTo of sub-1/a.csv and 1 more" in lab.run("plan").out
    assert "assets of ** as Invalid: wasAttributedTo: " in lab.run("check").out
    overlaid(lab, {"wasAttributedTo": [{"schemaKey": "Participant", "identifier": "1"}]})
    assert json.loads(lab.run("plan", "--format", "json").out)["plan"]["forecast"] == []


def overlaid(lab: Lab, metadata: Mapping[str, Any]) -> None:
    rules = f"assets: [{{match: '**', metadata: {json.dumps(metadata)}}}]\n"
    lab.spec(CONTACT + TEXTS + PATHS + rules)


def test_status_names_field_asset_file_and_fix(lab: Lab) -> None:
    lab.files({"sub-1/a.csv": "a"})
    overlaid(lab, {"wasAttributedTo": [{"schemaKey": "Participant"}]})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    settled(lab)
    out = lab.run("status").out
    for part in (
        "not ready to publish",
        "sub-1/a.csv",
        "wasAttributedTo: ",
        "file: data/sub-1/a.csv",
        "assets: [{match",
    ):
        assert part in out, out
    complaints = json.loads(lab.run("status", "--format", "json").out)["validation"]["complaints"]
    assert [one["source"] for one in complaints] == ["data/sub-1/a.csv"]
    (lab.folder / "data" / "sub-1" / "a.csv").rename(lab.folder / "elsewhere.csv")
    assert "not on this machine" in lab.run("status").out


@pytest.mark.parametrize(
    ("metadata", "cause"),
    [
        ({"wasAttributedTo": [{"schemaKey": "Participant", "identifier": "A_1"}]}, "the metadata 'A_1'"),
        (
            {
                "wasDerivedFrom": [
                    {
                        "schemaKey": "BioSample",
                        "identifier": "s",
                        "sampleType": {"schemaKey": "SampleType", "name": "blood"},
                    }
                ]
            },
            "sub-A1/a_sub-A1.csv",
        ),
    ],
    ids=["a subject counted twice", "a sample of another type"],
)
def test_a_draft_whose_files_cannot_be_summed_up_is_not_ready(
    lab: Lab, metadata: Mapping[str, Any], cause: str
) -> None:
    lab.files({"sub-A1/a_sub-A1.csv": "a"})
    overlaid(lab, metadata)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    draft = settled(lab)
    assert draft["status"] == "Valid", draft
    out = " ".join(lab.run("status").out.split())
    assert ("Valid, not ready to publish" in out, cause.replace("the metadata", "its metadata") in out) == (
        True,
        True,
    ), out


def test_a_draft_that_is_as_it_should_be_is_ready(lab: Lab) -> None:
    lab.files({"sub-A1/sub-A1.csv": "a"})
    lab.spec(CONTACT + TEXTS + PATHS)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    settled(lab)
    assert "Valid, ready to publish" in lab.run("status").out


def test_a_draft_with_a_zarr_is_not_ready(lab: Lab) -> None:
    import zarr

    zarr.create_array(str(lab.folder / "data" / "a.zarr"), shape=(3,), dtype="i4")[:] = 1
    lab.spec(CONTACT + TEXTS + PATHS)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    settled(lab)
    out = " ".join(lab.run("status").out.split())
    assert "not ready to publish" in out
    assert "zarr a.zarr the archive does not publish dandisets that have, or once had, a Zarr" in out


def test_nothing_is_said_where_all_is_well(lab: Lab, tmp_path: Path) -> None:
    lab.files({"a.csv": "a"})
    lab.spec(CONTACT + TEXTS + PATHS)
    assert "Invalid" not in lab.run("plan").out
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    settled(lab)
    assert "Invalid" not in lab.run("plan").out


def test_a_rule_of_the_installed_schema_alone_forecasts_nothing() -> None:
    from dandischema.models import Dandiset
    from dandischema.utils import TransitionalGenerateJsonSchema

    from dandifile.kinds.outgoing import faults

    schema = Dandiset.model_json_schema(schema_generator=TransitionalGenerateJsonSchema)
    document = {"schemaKey": "Dandiset", "description": "x" * 10_001}
    assert "description" in {field for field, _ in faults(document, schema)}
    schema["properties"]["description"].pop("maxLength")  # as a server of another version has it
    assert "description" not in {field for field, _ in faults(document, schema)}


def test_no_hint_says_to_declare_what_the_archive_writes_itself() -> None:
    from dandifile.kinds.forecast import fix_of
    from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS

    for field in COMPUTED_DANDISET_FIELDS:
        assert "metadata:" not in fix_of(field, "wrong", ())
