"""A command asks of the spec what it needs itself: a spec that `init` left unfinished is of use already."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dandifile.errors import Exit, SpecError
from dandifile.spec import licenses
from dandifile.spec.load import read
from dandifile.spec.need import CHECKLIST, EVERYTHING, FILES, LOOKUPS, Need
from tests.conftest import Lab

GAPS = {
    "license": 'license: "GAP: which"\n',
    "description": 'description: "GAP: what"\n',
    "e-mail": 'contributors: [{name: "Doe, Jane", roles: [Author, ContactPerson], email: "GAP: address"}]\n',
    "no e-mail": 'contributors: [{name: "Doe, Jane", roles: [ContactPerson]}]\n',
    "contact": 'contributors: [{name: "Doe, Jane", roles: [Author]}]\n',
    "contact's name": 'contributors: [{name: "GAP: who", roles: [ContactPerson], email: a@example.org}]\n',
    "region": 'regions: ["GAP: where"]\n',
    "protocol": 'ethics: [{protocol: "GAP: number"}]\n',
}
PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"
WHOLE = "dandifile: 1\ninstance: local\n"


@pytest.mark.parametrize("gap", GAPS)
def test_commands_on_data_do_not_ask_for_metadata(gap: str, lab: Lab) -> None:
    lab.spec(GAPS[gap] + PATHS)
    lab.files({"a.csv": "a"})
    for verb in ("validate", "organize", "scan"):
        ran = lab.run(verb)
        assert ran.code == Exit.DONE, (verb, ran.err)
    for verb in ("check", "plan", "apply"):
        assert lab.run(verb).code == Exit.INPUT, verb


@pytest.mark.parametrize("gap", GAPS)
def test_the_checklist_judges_a_gap_as_what_is_missing(gap: str, lab: Lab) -> None:
    lab.spec(GAPS[gap])
    ran = lab.run("checklist", "--format", "json")
    assert ran.code == Exit.DONE, ran.err
    assert "GAP" not in ran.out
    verdicts = {row["rule"]: row["verdict"] for row in json.loads(ran.out)["rules"]}
    for rule in ("license", "regions", "ethics"):
        assert verdicts[rule] == "fail"


@pytest.mark.parametrize(
    ("text", "need", "stops"),
    [
        ('instance: "GAP: which"\n', FILES, False),
        ('instance: "GAP: which"\n', LOOKUPS, False),
        ('instance: "GAP: which"\n', CHECKLIST, True),
        ('instance: local\npaths: ["GAP: where"]\n', FILES, True),
        ('instance: local\npaths: ["GAP: where"]\n', LOOKUPS, False),
        ("instance: local\nlicense: MIT\n", FILES, False),
        ("instance: local\nlicense: MIT\n", LOOKUPS, False),
        ("instance: local\nlicense: MIT\n", EVERYTHING, True),
        ("instance: local\nlicence: CC-BY-4.0\n", FILES, True),  # an unknown key may be meant as any
        ('instance: local\ncontributors: [{name: "Doe, Jane", orcid: 1-2}]\n', FILES, False),
        ('instance: local\ncontributors: [{name: "Doe, Jane", orcid: 1-2}]\n', LOOKUPS, True),
        ("instance: local\npaths: [{source: /x, standard: nbw}]\n", FILES, True),
        ('instance: local\nlicense: "GAP: which"\n', EVERYTHING, True),
    ],
)
def test_what_a_command_does_not_look_at_does_not_stop_it(
    text: str, need: Need, *, stops: bool, tmp_path: Path
) -> None:
    file = tmp_path / "dandiset.yaml"
    file.write_text(f"dandifile: 1\n{text}", "utf-8")
    if stops:
        with pytest.raises(SpecError):
            read(file, need=need)
    else:
        declared = read(file, need=need)
        assert not {"license", "instance"} & {
            key for key in declared.value if str(declared.value[key]).startswith("GAP")
        }


def test_items_of_a_list_go_with_what_names_them_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "dandiset.yaml"
    people = (
        '[{name: "GAP: a"}, {name: "D, J", email: "GAP: b"}, {name: "GAP: c"}, {name: "R, R", url: "GAP: d"}]'
    )
    file.write_text(f'{WHOLE}keywords: ["GAP: a", b, "GAP: c"]\ncontributors: {people}\n', "utf-8")
    value = read(file, need=CHECKLIST).value
    assert value["keywords"] == ["b"]
    assert value["contributors"] == [{"name": "D, J"}, {"name": "R, R"}]


def test_the_archive_says_which_licenses_it_takes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """This one takes two; another one may take others, which `check` cannot know."""
    contact = 'contributors: [{name: "Doe, Jane", roles: [ContactPerson], email: a@example.org}]\n'
    lab.spec(f"license: [CC0-1.0, MIT]\n{contact}")
    for verb in ("plan", "apply --yes --create", "check"):
        ran = lab.run(*verb.split())
        assert ran.code == Exit.INPUT, verb
        said = " ".join(ran.err.split())
        assert "`MIT` is not a license that the archive accepts" in said
        assert "dandiset.yaml:4:20" in said
    monkeypatch.setattr(licenses, "allowed_licenses", lambda _: ("CC0-1.0", "MIT"))
    assert "is not a license" not in " ".join(lab.run("plan").err.split())
    assert lab.run("check").code == Exit.INPUT
