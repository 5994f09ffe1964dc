"""What somebody changed on the archive gets into the spec, in the spec's own forms, and nothing else does."""

from __future__ import annotations

import json
import shutil

import pytest

from dandifile.errors import Exit
from dandifile.model import Json, JsonObject
from dandifile.reading.document import read_document
from tests.conftest import Lab, Ran, write_document
from tests.lookup.made_up import DOI, JANE, all_well
from tests.lookup.replay import Replay

SPEC = f"""\
# Recorded in the old building.

description: |  # as in the paper
  Units from CA1
  and CA3.
license: CC-BY-4.0
keywords: [ 'place cells',  sleep ]   # at most ten

contributors:
  # the boss
  - name: Doe, Jane
    orcid: https://orcid.org/{JANE}   # spelt out
    email: jane@example.org
    roles: [Author, ContactPerson]
  - {{name: "Roe, Richard",   roles: [Author], cite: false}}
regions:
  dandiset:
    - {{name: CA1 field of hippocampus, id: "UBERON:0003881"}}  # Cornu Ammonis
about: {{disorders: [], cell_types: []}}
metadata:
  acknowledgement: We thank the animal facility.
"""


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC)
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    return lab


def text_of(lab: Lab) -> str:
    return (lab.folder / "dandiset.yaml").read_text("utf-8")


def edit_on_archive(lab: Lab, **fields: Json) -> None:
    write_document(lab, {**lab.document(), **fields})


def update(lab: Lab, *flags: str) -> Ran:
    return lab.run("import", "--update", "--yes", *flags)


def assert_only_line_changes(before: str, after: str, *pairs: tuple[str, str]) -> None:
    for old, new in pairs:
        assert old in before
        before = before.replace(old, new)
    assert after == before


def assert_nothing_to_do(lab: Lab) -> None:
    ran = lab.run("plan", "--detailed-exitcode")
    assert ran.code == Exit.DONE, ran.out
    assert "Nothing to take over. The spec has what the archive has." in update(lab).out


def person(lab: Lab, number: int, **changed: Json) -> list[JsonObject]:
    people: list[JsonObject] = lab.document()["contributor"]
    people[number] = {key: value for key, value in {**people[number], **changed}.items() if value is not None}
    return people


def test_a_changed_text_keeps_its_form_and_its_comments(applied: Lab) -> None:
    before = text_of(applied)
    edit_on_archive(
        applied, description="Units from CA1\nand the dentate gyrus.", keywords=["place cells", "mice"]
    )
    ran = update(applied)
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert_only_line_changes(
        before,
        text_of(applied),
        ("  and CA3.\n", "  and the dentate gyrus.\n"),
        ("[ 'place cells',  sleep ]   # at", "[ 'place cells', mice ]   # at"),
    )
    assert "-  and CA3." in ran.out
    assert "+  and the dentate gyrus." in ran.out
    assert_nothing_to_do(applied)


def test_a_changed_key_of_a_person_is_a_change_of_its_line(applied: Lab) -> None:
    before = text_of(applied)
    edit_on_archive(applied, contributor=person(applied, 0, email="doe@example.org"))
    assert update(applied).code == Exit.DONE
    assert_only_line_changes(before, text_of(applied), ("email: jane@example.org", "email: doe@example.org"))
    assert_nothing_to_do(applied)


def test_people_are_added_removed_and_put_in_another_order(applied: Lab) -> None:
    new = {
        "schemaKey": "Person",
        "name": "Poe, Edgar",
        "roleName": ["dcite:Author"],
        "includeInCitation": True,
    }
    jane, richard = applied.document()["contributor"]
    edit_on_archive(applied, contributor=[richard, jane, new])
    assert update(applied).code == Exit.DONE
    text = text_of(applied)
    assert text.index('{name: "Roe, Richard",   roles: [Author], cite: false}') < text.index("# the boss")
    assert f"    orcid: https://orcid.org/{JANE}   # spelt out\n" in text
    assert "Poe, Edgar" in text
    assert_nothing_to_do(applied)
    edit_on_archive(applied, contributor=[jane, new])
    assert update(applied).code == Exit.DONE
    assert "Roe" not in text_of(applied)
    assert_nothing_to_do(applied)


def test_a_person_who_is_there_twice_is_said_as_an_import_says_it(applied: Lab) -> None:
    jane, richard = applied.document()["contributor"]
    edit_on_archive(applied, contributor=[{**jane, "roleName": ["dcite:Author"]}, richard, jane])
    ran = update(applied)
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert "schemaKey: Person" in text_of(applied)
    assert_nothing_to_do(applied)


def test_a_comment_that_goes_with_what_is_removed_is_reported(applied: Lab) -> None:
    before = text_of(applied)
    edit_on_archive(applied, about=[{"schemaKey": "Anatomy", "name": "pons", "identifier": "UBERON:0000988"}])
    ran = update(applied)
    assert ran.code == Exit.DONE
    line = 1 + before.splitlines().index(next(line for line in before.splitlines() if "Cornu" in line))
    assert f"dandiset.yaml:{line}: this comment is removed with its line: # Cornu Ammonis" in ran.out
    assert read_document(text_of(applied), "").value["regions"] == {
        "dandiset": [{"name": "pons", "id": "UBERON:0000988"}]
    }
    assert_nothing_to_do(applied)


def test_a_field_that_was_emptied_stays_declared(applied: Lab) -> None:
    edit_on_archive(applied, keywords=[], acknowledgement=None)
    assert update(applied).code == Exit.DONE
    assert "keywords: []   # at most ten\n" in text_of(applied)
    assert "acknowledgement: null\n" in text_of(applied)
    assert_nothing_to_do(applied)


def test_a_change_in_the_spec_alone_is_left_for_apply(applied: Lab) -> None:
    applied.spec(SPEC.replace("sleep ]", "rest ]"))
    before = text_of(applied)
    edit_on_archive(applied, acknowledgement="We thank everybody.")
    ran = update(applied)
    assert ran.code == Exit.DONE
    assert "changed in the spec: apply sets it on the archive" in ran.out
    assert_only_line_changes(
        before, text_of(applied), ("We thank the animal facility.", "We thank everybody.")
    )
    assert applied.run("apply", "--yes").code == Exit.DONE
    assert applied.document()["keywords"] == ["place cells", "rest"]


def test_what_was_changed_on_both_sides_is_a_conflict_until_it_is_named(applied: Lab) -> None:
    applied.spec(SPEC.replace("sleep ]", "rest ]"))
    before = text_of(applied)
    edit_on_archive(applied, keywords=["place cells", "mice"])
    ran = update(applied)
    assert ran.code == Exit.BLOCKED
    assert "--overwrite-spec keywords" in ran.out
    assert "--overwrite-remote keywords" in ran.out
    assert text_of(applied) == before
    assert update(applied, "--overwrite-spec", "keywords").code == Exit.DONE
    assert_only_line_changes(before, text_of(applied), ("cells',  rest ]", "cells', mice ]"))
    assert_nothing_to_do(applied)


@pytest.fixture
def imported(applied: Lab) -> Lab:
    """The same draft in a new folder, which no apply has seen."""
    (applied.folder / "dandiset.yaml").unlink()
    shutil.rmtree(applied.folder / ".dandifile")
    ran = applied.run("import", f"{applied.archive.web_url}/dandiset/000001/draft", "-f", str(applied.folder))
    assert ran.code == Exit.DONE, ran.err
    return applied


def test_after_an_import_it_is_known_which_side_changes(imported: Lab) -> None:
    assert_nothing_to_do(imported)
    text = text_of(imported)
    assert "sleep" in text
    (imported.folder / "dandiset.yaml").write_text(text.replace("sleep", "rest"), "utf-8")
    edit_on_archive(imported, description="Units from CA2.")
    planned = imported.run("plan")
    assert planned.code == Exit.BLOCKED
    assert "description was changed on the archive since the last apply or import here" in " ".join(
        planned.out.split()
    )
    ran = update(imported)
    assert ran.code == Exit.DONE, ran.out
    assert "not on record" not in ran.out
    assert "rest" in text_of(imported)
    assert "CA2" in text_of(imported)
    assert imported.run("apply", "--yes").code == Exit.DONE
    assert "rest" in imported.document()["keywords"]


def test_an_import_notes_nothing_of_files(imported: Lab) -> None:
    """Whether a file was here, and is gone, only an apply or a pull has seen."""
    [record] = (imported.folder / ".dandifile" / "records").iterdir()
    assert json.loads(record.read_text("utf-8"))["assets"] == {}
    assert (imported.folder / ".dandifile" / ".gitignore").exists()


def test_without_a_record_the_archive_is_taken_and_that_is_said(applied: Lab) -> None:
    edit_on_archive(applied, keywords=["mice"])
    shutil.rmtree(applied.folder / ".dandifile")
    ran = update(applied)
    assert ran.code == Exit.DONE
    assert "which side has changed is not known" in ran.out
    assert_nothing_to_do(applied)


def test_a_field_that_is_not_declared_is_taken_only_when_asked_for(applied: Lab) -> None:
    before = text_of(applied)
    protocol = ["https://www.protocols.io/view/x"]
    edit_on_archive(applied, protocol=protocol)
    assert update(applied).code == Exit.DONE
    assert text_of(applied) == before
    assert update(applied, "--all-fields").code == Exit.DONE
    assert read_document(text_of(applied), "").value["metadata"]["protocol"] == protocol
    assert_nothing_to_do(applied)


def test_only_the_named_fields_are_taken(applied: Lab) -> None:
    before = text_of(applied)
    edit_on_archive(applied, keywords=["mice"], contributor=person(applied, 0, email="doe@example.org"))
    assert update(applied, "--field", "contributors").code == Exit.DONE
    assert_only_line_changes(before, text_of(applied), ("jane@example.org", "doe@example.org"))


def test_what_ignore_leaves_to_others_is_not_taken(lab: Lab) -> None:
    lab.spec(SPEC + "ignore: [/contributor/url, /acknowledgement]\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    before = text_of(lab)
    edit_on_archive(
        lab, contributor=person(lab, 0, url="https://doe.org/", email="doe@example.org"), acknowledgement="x"
    )
    assert update(lab, "--all-fields").code == Exit.DONE
    assert_only_line_changes(before, text_of(lab), ("jane@example.org", "doe@example.org"))
    assert_nothing_to_do(lab)


# --- Papers and templates -----------------------------------------------------------------------

OF_PAPER = f"""\
doi: {DOI}
description: "{{{{ paper.title }}}}: the data"
license: CC-BY-4.0
contributors:
  - {{orcid: {JANE}, name: "Doe, Jane", email: jane@example.org, roles: [Author, ContactPerson]}}
"""


@pytest.fixture
def of_paper(lab: Lab, replay: Replay) -> Lab:
    all_well(replay)
    lab.spec(OF_PAPER)
    assert lab.run("resolve").code == Exit.DONE
    ran = lab.run("apply", "--create", "--yes")
    assert ran.code == Exit.DONE, ran.out + ran.err
    return lab


def test_what_the_paper_says_stays_the_papers(of_paper: Lab) -> None:
    before = text_of(of_paper)
    edit_on_archive(of_paper, contributor=person(of_paper, 0, email="doe@example.org"))
    ran = update(of_paper)
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert_only_line_changes(before, text_of(of_paper), ("jane@example.org", "doe@example.org"))
    assert_nothing_to_do(of_paper)


def test_an_author_of_the_paper_gets_an_entry_only_for_what_differs(of_paper: Lab) -> None:
    people = of_paper.document()["contributor"]
    number = next(at for at, one in enumerate(people) if "Roe" in one["name"])
    edit_on_archive(of_paper, contributor=person(of_paper, number, email="roe@example.org"))
    ran = update(of_paper)
    assert ran.code == Exit.DONE, ran.out + ran.err
    entries = read_document(text_of(of_paper), "").value["contributors"]
    assert entries[1] == {"name": people[number]["name"], "email": "roe@example.org"}
    assert_nothing_to_do(of_paper)


def test_an_author_of_the_paper_whom_somebody_removed_is_omitted(of_paper: Lab) -> None:
    people = of_paper.document()["contributor"]
    edit_on_archive(of_paper, contributor=[one for one in people if "Roe" not in one["name"]])
    ran = update(of_paper)
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert read_document(text_of(of_paper), "").value["contributors"][1]["omit"] is True
    assert_nothing_to_do(of_paper)


def test_an_order_that_the_paper_says_otherwise_cannot_be_taken_over(of_paper: Lab) -> None:
    before = text_of(of_paper)
    edit_on_archive(of_paper, contributor=of_paper.document()["contributor"][::-1], keywords=["x"])
    ran = update(of_paper)
    assert ran.code == Exit.BLOCKED
    assert "the paper (`doi`) says the rest of it" in " ".join(ran.out.split())
    assert text_of(of_paper) == before


def test_a_template_that_says_the_same_stays_and_another_text_replaces_it(of_paper: Lab) -> None:
    before = text_of(of_paper)
    edit_on_archive(of_paper, name="Place cells!", license=["spdx:CC0-1.0"])
    assert update(of_paper).code == Exit.DONE
    assert_only_line_changes(
        before, text_of(of_paper), ("name: Place cells\n", "name: Place cells!\n"), ("CC-BY-4.0", "CC0-1.0")
    )
    edit_on_archive(of_paper, description="By hand, with {{ braces }}")
    assert update(of_paper).code == Exit.DONE
    assert "paper.title" not in text_of(of_paper)
    assert_nothing_to_do(of_paper)


# --- Owners and embargo -------------------------------------------------------------------------


def test_an_owner_whom_somebody_added_is_taken_over_where_the_list_is_meant_to_be_whole(lab: Lab) -> None:
    me = lab.get("/users/me/")["username"]
    lab.spec(SPEC + f"owners: {{exactly: [{me}]}}  # all of us\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    before = text_of(lab)
    set_owners(lab, me, "jdoe")
    assert lab.run("plan", "--detailed-exitcode").code != Exit.DONE
    ran = update(lab)
    assert ran.code == Exit.DONE
    assert_only_line_changes(before, text_of(lab), (f"exactly: [{me}]", f"exactly: [{me}, jdoe]"))
    assert_nothing_to_do(lab)


def test_a_plain_list_of_owners_gets_others_only_when_asked(lab: Lab) -> None:
    me = lab.get("/users/me/")["username"]
    lab.spec(SPEC + f"environments: {{here: {{owners: [{me}]}}}}\nowners: [nobody]\n")
    assert lab.run("apply", "-e", "here", "--create", "--yes").code == Exit.DONE
    before = text_of(lab)
    set_owners(lab, me, "jdoe")
    assert update(lab, "-e", "here").code == Exit.DONE
    assert text_of(lab) == before
    assert update(lab, "-e", "here", "--field", "owners").code == Exit.DONE
    assert_only_line_changes(before, text_of(lab), (f"owners: [{me}]", f"owners: [{me}, jdoe]"))


def set_owners(lab: Lab, *logins: str) -> None:
    import requests

    lab.archive.add_user("jdoe", "Doe, Jane")
    answer = requests.put(
        f"{lab.archive.api_url}/dandisets/000001/users/",
        json=[{"username": login} for login in logins],
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    )
    answer.raise_for_status()


# --- Asking, and writing nothing ----------------------------------------------------------------


def test_check_writes_nothing_and_says_whether_something_would_change(applied: Lab) -> None:
    before = text_of(applied)
    assert applied.run("import", "--update", "--check").code == Exit.DONE
    edit_on_archive(applied, keywords=["mice"])
    writes = applied.archive.writes()
    ran = applied.run("import", "--update", "--check")
    assert ran.code == Exit.CHANGES
    assert "+keywords: [ mice ]   # at most ten" in ran.out
    assert text_of(applied) == before
    assert applied.archive.writes() == writes


def test_without_a_terminal_it_needs_yes(applied: Lab) -> None:
    edit_on_archive(applied, keywords=["mice"])
    before = text_of(applied)
    ran = applied.run("import", "--update")
    assert ran.code == Exit.INPUT
    assert "--yes" in ran.err
    assert text_of(applied) == before


def test_json_says_what_became_of_each_field(applied: Lab) -> None:
    edit_on_archive(applied, keywords=["mice"])
    document = json.loads(update(applied, "--format", "json").out)
    assert document["taken"] == ["keywords"]
    assert document["written"] is True
    assert "+keywords: [ mice ]   # at most ten" in document["diff"]


def test_an_edit_on_the_archive_names_this_as_the_way_out(applied: Lab) -> None:
    edit_on_archive(applied, keywords=["mice"])
    ran = applied.run("apply", "--yes")
    assert ran.code == Exit.BLOCKED
    assert "dandifile import --update" in ran.out


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--update", "--yes", "--field", "keyword"), "did you mean `keywords`?"),
        (("--update", "--yes", "DANDI:000001"), "cannot be named next to it"),
        (("--field", "keywords", "DANDI:000001"), "--field is only for --update"),
        ((), "no dandiset is named"),
    ],
)
def test_flags_that_make_no_sense_are_refused(applied: Lab, flags: tuple[str, ...], said: str) -> None:
    before = text_of(applied)
    ran = applied.run("import", *flags)
    assert ran.code == Exit.INPUT
    assert said in " ".join(ran.err.split())
    assert text_of(applied) == before


def test_without_a_dandiset_there_is_nothing_to_take_over(lab: Lab) -> None:
    lab.spec(SPEC)
    ran = update(lab)
    assert ran.code == Exit.INPUT
    assert "apply --create" in ran.err
