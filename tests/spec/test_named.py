"""What a spec names, and what is blocked until it is looked up."""

from __future__ import annotations

from pathlib import Path

from dandifile.model import Key
from dandifile.spec.facts import TermReference
from dandifile.spec.load import load, read
from tests.spec.cases import HEAD

SPEC = f"""{HEAD}
doi: [10.1234/x, "https://doi.org/10.1234/y"]
contributors:
  - {{name: "Doe, Jane", orcid: "https://orcid.org/0000-0002-1825-0097",
     affiliations: [{{name: C, ror: 00hj8s172}}]}}
regions:
  dandiset: [" nucleus accumbens ", {{name: CA1, id: "UBERON:0003881"}}]
  subjects: {{C005: ["UBERON:0001882"], C006: [{{name: CA3}}]}}
about: {{disorders: [epilepsy]}}
keywords: [rat]
metadata: {{acknowledgement: "{{{{ paper.title }}}}"}}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "dandiset.yaml"
    file.write_text(text, "utf-8")
    return file


def test_names_papers_people_institutions_and_terms(tmp_path: Path) -> None:
    named = read(written(tmp_path, SPEC)).references
    assert named.dois == ("10.1234/x", "https://doi.org/10.1234/y")
    assert named.orcids == ("0000-0002-1825-0097",)
    assert named.rors == ("https://ror.org/00hj8s172",)
    assert named.terms == (
        TermReference("nucleus accumbens", "regions"),
        TermReference("UBERON:0003881", "regions", "CA1"),
        TermReference("UBERON:0001882", "regions"),
        TermReference("CA3", "regions"),
        TermReference("epilepsy", "disorders"),
    )


def test_what_cannot_be_said_is_no_field_and_is_blocked_by_itself(tmp_path: Path) -> None:
    spec = load(written(tmp_path, SPEC))
    assert set(spec.fields) == {"keywords"}
    assert set(spec.regions.subjects) == {"C005"}
    blocked = {block.key for block in spec.unresolved}
    fields = ("about", "acknowledgement", "contributor", "description", "name", "relatedResource")
    assert blocked == {Key("assets", "regions.subjects.C006"), *(Key("metadata", name) for name in fields)}
    assert all("dandifile resolve" in block.fix for block in spec.unresolved)


def test_a_spec_that_names_nothing_has_nothing_to_look_up(tmp_path: Path) -> None:
    assert not read(written(tmp_path, f"{HEAD}name: a\nkeywords: [b]\n")).references


def test_fields_given_whole_are_not_the_papers_to_say(tmp_path: Path) -> None:
    whole = "metadata: {contributor: [], relatedResource: []}\nname: a\ndescription: b\n"
    spec = load(written(tmp_path, f"{HEAD}doi: 10.1234/x\n{whole}"))
    assert spec.unresolved == ()
    assert set(spec.fields) == {"contributor", "relatedResource", "name", "description"}
