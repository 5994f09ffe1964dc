"""What is declared and empty is made empty, also where a paper or the archive has something."""

from __future__ import annotations

import pytest

from dandifile.desired.lock_facts import LockFacts
from dandifile.errors import Exit
from dandifile.lookup.facts import Affiliation, Author, Lock, Paper
from dandifile.lookup.wanted import Wanted
from dandifile.spec.load import build, read
from tests.conftest import CONTACT, Lab
from tests.lookup.made_up import JANE

CA1 = '{name: CA1, id: "UBERON:0003881"}'
PATHS = "paths: [{source: data, standard: any, layout: as-is}]\n"


@pytest.mark.parametrize("empty", ["[]", "null"])
def test_regions_of_assets_can_be_emptied_and_that_converges(empty: str, lab: Lab) -> None:
    base = f"license: CC-BY-4.0\ndescription: d\n{CONTACT}\n{PATHS}"
    lab.files({"a.csv": "a"})
    lab.spec(f"{base}regions: {{paths: {{'a.*': [{CA1}]}}}}\n")
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.spec(f"{base}regions: {{paths: {{'a.*': {empty}}}}}\n")
    assert lab.run("plan", "--detailed-exitcode").code == Exit.CHANGES
    assert lab.run("apply", "--yes").code == Exit.DONE
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE


AUTHOR = Author("Doe", "Jane", orcid=JANE, orcid_from="deposited", affiliations=(Affiliation("NYU"),))
PAPER = Paper("10.1234/paper", "A paper", "article", authors=(AUTHOR,))
KNOWN = LockFacts(Lock(papers=(PAPER,)), Wanted(dois=(PAPER.doi,)))


@pytest.mark.parametrize(
    ("entry", "gone"),
    [
        ("orcid: ''", "identifier"),
        ("orcid: null", "identifier"),
        ("orcid: ", "identifier"),
        ("affiliations: []", "affiliation"),
        ("affiliations: null", "affiliation"),
        ("metadata: {identifier: null}", "identifier"),
        ("metadata: {affiliation: []}", "affiliation"),
        ("roles: []", "roleName"),
        ("roles: null", "roleName"),
        ("metadata: {includeInCitation: null}", "includeInCitation"),
    ],
)
def test_an_empty_value_takes_the_papers_away(entry: str, gone: str, lab: Lab) -> None:
    def author(entry: str) -> set[str]:
        contact = "{name: 'B, B', roles: [ContactPerson], email: b@example.org}"
        lab.spec(f"doi: 10.1234/paper\ncontributors: [{{name: 'Doe, Jane'{entry}}}, {contact}]\n")
        return set(build(read(lab.folder / "dandiset.yaml"), KNOWN).fields["contributor"][0])

    assert author("") - author(f", {entry}") == {gone}


@pytest.mark.parametrize(
    ("entry", "gone"),
    [("name: ''", "name"), ("url: null", "url"), ("metadata: {resourceType: null}", "resourceType")],
)
def test_an_empty_value_takes_a_part_of_the_papers_link_away(entry: str, gone: str, lab: Lab) -> None:
    link = f"{{identifier: 10.1234/paper, relation: IsDescribedBy, {entry}}}"
    lab.spec(f"doi: 10.1234/paper\n{CONTACT}\nrelated: [{link}]\n")
    (resource,) = build(read(lab.folder / "dandiset.yaml"), KNOWN).fields["relatedResource"]
    assert {"name", "url", "resourceType"} - resource.keys() == {gone}
