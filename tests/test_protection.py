"""What protects somebody is kept, or nothing is written: embargo, and `access` of the draft.

Owners who see what is under embargo are in `kinds/test_owners.py`.
"""

from __future__ import annotations

import json

import pytest
import requests

from dandifile.errors import Exit
from dandifile.model import Json, JsonObject
from tests.conftest import CONTACT, Lab, write_document

PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
SPEC = f"description: Rats on a track\nlicense: CC-BY-4.0\n{CONTACT}\n{PATHS}"
UNTIL = "2027-06-01"
HIDDEN = f"metadata: {{access: [{{status: 'dandi:EmbargoedAccess', embargoedUntil: '{UNTIL}'}}]}}\n"

DECLARED = [
    "embargo: true\n",
    "embargo: {}\n",
    f"embargo: {{until: {UNTIL}}}\n",
    f"embargo: {{funding_source: NIH, award: R21, until: {UNTIL}}}\n",
    "embargo: false\nenvironments: {e: {embargo: true}}\n",
    f"environments: {{e: {{embargo: {{until: {UNTIL}}}}}}}\n",
    HIDDEN,
    f"metadata: {{access: [{{embargoedUntil: '{UNTIL}'}}]}}\n",
    "metadata: {access: [{description: x}, {status: 'dandi:EmbargoedAccess'}]}\n",
]


def create(lab: Lab, *, embargo: bool) -> None:
    """Makes a dandiset the way that the website does."""
    answer = requests.post(
        f"{lab.archive.api_url}/dandisets/",
        params={"embargo": str(embargo).lower()} | ({"embargo_end_date": UNTIL} if embargo else {}),
        json={"name": "Place cells", "metadata": {}},
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    )
    answer.raise_for_status()


def in_environment(text: str) -> tuple[str, ...]:
    return ("-e", "e") if "environments" in text else ()


# --- embargo ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "there"),
    [(declared, there) for declared in DECLARED for there in (False, True) if there or "access" in declared],
)
def test_no_open_dandiset_is_made_or_written_to_where_an_embargo_is_declared(
    lab: Lab, declared: str, *, there: bool
) -> None:
    """A new one is embargoed where `embargo` says so (tests/kinds/test_embargo.py), not by `metadata`."""
    if there:
        create(lab, embargo=False)
    lab.spec(declared + SPEC + ("identifier: '000001'\n" if there else ""))
    lab.files({"secret.csv": "not for everyone yet"})
    writes, where = lab.archive.writes(), in_environment(declared)
    planned = lab.run("plan", *where)
    assert (planned.code, "asks for an embargo" in planned.out) == (Exit.BLOCKED, True), planned.err
    for flags in (("--create",), (), ("--allow", "delete")):
        ran = lab.run("apply", "--yes", *where, *flags)
        assert ran.code == Exit.BLOCKED, ran.out + ran.err
    assert lab.archive.writes() == writes
    assert lab.get("/dandisets/")["count"] == int(there)


def test_a_saved_plan_with_that_block_does_nothing_either(lab: Lab) -> None:
    lab.spec(HIDDEN + SPEC)
    lab.files({"secret.csv": "x"})
    saved = lab.folder / "plan.json"
    assert lab.run("plan", "--out", str(saved)).code == Exit.BLOCKED
    assert lab.run("apply", str(saved), "--yes", "--create").code == Exit.BLOCKED
    assert lab.archive.writes() == 0


def test_an_embargoed_dandiset_is_written_to_as_any_other(lab: Lab) -> None:
    create(lab, embargo=True)
    lab.spec(f"identifier: '000001'\nembargo: {{until: {UNTIL}}}\n" + SPEC)
    lab.files({"secret.csv": "x"})
    ran = lab.run("apply", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert "embargo.until" not in ran.out
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE
    assert lab.get("/dandisets/000001/")["embargo_status"] == "EMBARGOED"


def test_a_dandiset_released_since_the_plan_was_saved_gets_nothing(lab: Lab) -> None:
    create(lab, embargo=True)
    lab.spec("identifier: '000001'\nembargo: true\n" + SPEC)
    lab.files({"secret.csv": "x"})
    saved = lab.folder / "plan.json"
    assert lab.run("plan", "--out", str(saved)).code == Exit.DONE
    release(lab)
    ran = lab.run("apply", str(saved), "--yes")
    assert (ran.code, "asks for an embargo" in ran.err) == (Exit.BLOCKED, True), ran.err
    assert lab.assets() == {}


def release(lab: Lab) -> None:
    headers = {"Authorization": f"token {lab.archive.key}"}
    url = f"{lab.archive.api_url}/dandisets/000001/unembargo/"
    requests.post(url, headers=headers, timeout=30).raise_for_status()
    for _ in range(600):
        if lab.get("/dandisets/000001/")["embargo_status"] == "OPEN":
            return
    raise AssertionError("the embargo is not released")


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("metadata: {access: [{status: 'dandi:OpenAccess'}]}\n", "has no effect"),
    ],
)
def test_what_an_embargoed_dandiset_does_not_become_is_told(lab: Lab, declared: str, told: str) -> None:
    create(lab, embargo=True)
    lab.spec("identifier: '000001'\n" + declared + SPEC)
    ran = lab.run("apply", "--yes")
    assert (ran.code, told in " ".join(ran.out.split())) == (Exit.DONE, True), ran.out + ran.err
    assert lab.get("/dandisets/000001/")["embargo_status"] == "EMBARGOED"


def test_an_embargo_taken_back_for_an_environment_blocks_nothing_there(lab: Lab) -> None:
    create(lab, embargo=False)
    overrides = "environments: {e: {embargo: null}, f: {embargo: false}}\n"
    lab.spec(f"identifier: '000001'\nembargo: true\n{overrides}{SPEC}")
    assert lab.run("plan").code == Exit.BLOCKED
    assert lab.run("plan", "-e", "e").code == Exit.DONE
    assert lab.run("plan", "-e", "f").code == Exit.DONE


# --- access -----------------------------------------------------------------------------------

OPEN = {"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}
MAIL = {"schemaKey": "ContactPoint", "email": "data@example.org"}
ACCESS = [
    [{**OPEN, "embargoedUntil": "2023-05-01"}],
    [{**OPEN, "embargoedUntil": "2023-05-01", "contactPoint": MAIL}],
    [OPEN, {**OPEN, "description": "a second one", "embargoedUntil": "2020-01-01"}],
    [{**OPEN, "description": "ask us", "contactPoint": MAIL}],
    [OPEN],
]


@pytest.fixture
def described(lab: Lab) -> Lab:
    lab.spec(SPEC)
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    return lab


@pytest.mark.parametrize("access", ACCESS)
def test_access_that_the_spec_does_not_name_is_as_it_was(described: Lab, access: Json) -> None:
    write_document(described, {**described.document(), "access": access})
    before = described.document()["access"]
    assert before == access
    described.spec(SPEC + "keywords: [new]\n")
    assert described.run("apply", "--yes").code == Exit.DONE
    assert described.document()["access"] == before


@pytest.mark.parametrize("access", ACCESS)
def test_access_copied_from_the_archive_is_what_it_has(described: Lab, access: Json) -> None:
    write_document(described, {**described.document(), "access": access})
    described.spec(SPEC + f"metadata: {in_yaml({'access': access})}\n")
    ran = described.run("plan", "--detailed-exitcode")
    assert (ran.code, "has no effect" in ran.out) == (Exit.DONE, False), ran.out


@pytest.mark.parametrize("access", ACCESS)
def test_access_is_written_once(described: Lab, access: Json) -> None:
    described.spec(SPEC + f"metadata: {in_yaml({'access': access})}\n")
    assert described.run("apply", "--yes").code == Exit.DONE
    writes = described.archive.writes()
    assert described.run("apply", "--yes").code == Exit.DONE
    assert described.archive.writes() == writes
    assert described.run("plan", "--detailed-exitcode").code == Exit.DONE


@pytest.mark.parametrize("access", ACCESS)
def test_a_dandiset_is_made_with_it(lab: Lab, access: Json) -> None:
    lab.spec(SPEC + f"metadata: {in_yaml({'access': access})}\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE


@pytest.mark.parametrize("empty", ["[]", "null", "[{}]"])
def test_access_made_empty_keeps_what_the_archive_writes(described: Lab, empty: str) -> None:
    access = [{**OPEN, "embargoedUntil": "2023-05-01", "description": "ask us"}]
    write_document(described, {**described.document(), "access": access})
    described.spec(SPEC + f"metadata: {{access: {empty}}}\n")
    assert described.run("apply", "--yes").code == Exit.DONE
    assert described.document()["access"] == [{**OPEN, "embargoedUntil": "2023-05-01"}]
    assert described.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_another_end_date_in_access_has_no_effect_and_that_is_told(described: Lab) -> None:
    write_document(described, {**described.document(), "access": [{**OPEN, "embargoedUntil": "2023-05-01"}]})
    access: JsonObject = {"access": [{**OPEN, "embargoedUntil": "2024-05-01"}]}
    described.spec(SPEC + f"metadata: {in_yaml(access)}\n")
    ran = described.run("apply", "--yes")
    assert (ran.code, "2024-05-01 has no effect" in " ".join(ran.out.split())) == (Exit.DONE, True), ran.out
    assert described.document()["access"][0]["embargoedUntil"] == "2023-05-01"


def test_every_field_of_the_archives_own_documents_converges_or_is_refused(described: Lab) -> None:
    """The archive's JSON copied into the spec gives an empty plan, or names the field and why."""
    declared = ("name", "description", "license", "contributor")  # the spec sets them in its short form
    document = {key: value for key, value in described.document().items() if key not in declared}
    taken = copied(described, document, "metadata: {}\n")
    assert taken == {"access"}
    taken = copied(
        described, described.assets()["a.csv"]["metadata"], "assets: [{{match: '*', metadata: {}}}]\n"
    )
    assert taken == {"encodingFormat", "wasGeneratedBy", "blobDateModified"}


def copied(lab: Lab, document: JsonObject, form: str) -> set[str]:
    """The fields of the document that a spec may declare; each is there already, so nothing changes."""
    taken = set()
    for key, value in document.items():
        lab.spec(SPEC + form.format(in_yaml({key: value})))
        checked = lab.run("check")
        if checked.code == Exit.INPUT:
            said = f"`{key}` is written by the archive itself and cannot be declared"
            assert said.replace(" ", "") in "".join(checked.err.split())
        else:
            ran = lab.run("plan", "--detailed-exitcode")
            assert ran.code == Exit.DONE, ran.out + ran.err
            taken.add(key)
    return taken


def in_yaml(value: Json) -> str:
    """JSON is YAML."""
    return json.dumps(value)
