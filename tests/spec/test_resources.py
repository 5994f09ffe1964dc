"""Related resources: what the archive gets of them, and what its DOI record then names."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ["DANDI_NO_ET"] = "1"

import pytest
from dandischema.datacite import to_datacite
from dandischema.models import PublishedDandiset, Resource
from ruamel.yaml import YAML

from dandifile.desired.lock_facts import LockFacts
from dandifile.errors import SpecError
from dandifile.lookup.facts import Author, Lock, Paper
from dandifile.lookup.wanted import Wanted
from dandifile.model import Json, Spec
from dandifile.planning.merge import is_same, merge
from dandifile.spec.load import build, load, read
from tests.spec.cases import CASES, HEAD

LISTED = YAML(typ="safe", pure=True).load((CASES.parent / "resources.yaml").read_text(encoding="utf-8"))
ONE = Paper("10.1234/paper", "A paper", "article", authors=(Author("Doe", "Jane"),))
CONTACT = 'contributors: [{name: "Doe, Jane", email: a@example.org, roles: [Author, ContactPerson]}]\n'
FORMS = {
    "related": "related: [{{identifier: {said}, relation: Cites}}]\n",
    "metadata of an item": "related: [{{relation: Cites, metadata: {{identifier: {said}}}}}]\n",
    "metadata": ("metadata: {{relatedResource: [{{identifier: {said}, relation: 'dcite:Cites'}}]}}\n"),
    "assets": "assets: [{{match: '**', metadata: {{relatedResource: [{{identifier: {said}}}]}}}}]\n",
}


def spec_of(folder: Path, text: str) -> Spec:
    file = folder / "dandiset.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return load(file)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", LISTED["identifiers"], ids=lambda case: case["said"])
def test_a_resource_is_named_as_publishing_reads_it_or_refused(
    case: dict[str, Any], form: str, tmp_path: Path
) -> None:
    text = FORMS[form].format(said=f'"{case["said"]}"')
    if "refused" in case:
        with pytest.raises(SpecError) as caught:
            spec_of(tmp_path, text)
        (problem,) = caught.value.problems
        assert case["refused"] in problem.what
        assert case.get("fix", "") in problem.fix
        column = text.index('"') + 1
        assert problem.where.endswith(f"dandiset.yaml:3:{column}")
        return
    spec = spec_of(tmp_path, text)
    metadata = spec.overlays[0].metadata if form == "assets" else spec.fields
    assert metadata["relatedResource"][0]["identifier"] == case["written"]
    if form != "assets":
        lost = [note for note in spec.notes if "DOI record" in note]
        assert bool(lost) is case.get("lost", False)
        assert _linked(spec.fields["relatedResource"]) == _expected(case)


def _expected(case: dict[str, Any]) -> list[tuple[str, str]]:
    if case.get("lost"):
        return []
    if case.get("doi") == "none":
        return [("URL", case["written"].lower())]
    return [("DOI", case["written"].removeprefix("doi:"))]


def _linked(resources: Json) -> list[tuple[str, str]]:
    """What dandischema makes of them for DataCite."""
    published = PublishedDandiset.model_construct(
        id="DANDI:000123/0.1.2", url="https://example.org", doi="10.5072/x", version="0.1.2", name="x",
        description="x", license=[], contributor=[], keywords=None,
        datePublished=datetime(2026, 1, 1, tzinfo=UTC),
        relatedResource=[Resource(**each) for each in resources],
    )  # fmt: skip
    found = to_datacite(published)["data"]["attributes"]["relatedIdentifiers"]
    return [(each["relatedIdentifierType"], each["relatedIdentifier"]) for each in found]


def test_an_empty_identifier_does_not_hide_the_address(tmp_path: Path) -> None:
    text = "metadata: {relatedResource: [{identifier: '', url: 'https://x.org/', relation: 'dcite:Cites'}]}\n"
    (resource,) = spec_of(tmp_path, text).fields["relatedResource"]
    assert _linked([resource]) == [("URL", "https://x.org/")]


@pytest.mark.parametrize("case", LISTED["joined"], ids=lambda case: case["name"])
def test_a_papers_link_is_joined_with_the_specs(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "dandiset.yaml"
    related = f"related: {case['related']}\n" if "related" in case else ""
    file.write_text(f"{HEAD}doi: {ONE.doi}\n{CONTACT}{related}", encoding="utf-8")
    spec = build(read(file), LockFacts(Lock(papers=(ONE,)), Wanted(dois=(ONE.doi,))))
    found = spec.fields["relatedResource"]
    short = found and [
        [each.get("identifier") or each["url"], each["relation"].removeprefix("dcite:")] for each in found
    ]
    assert short == case["becomes"]
    if "notes" in case:
        assert case["notes"] in spec.notes
    if found and found[0].get("identifier") == "doi:10.1234/paper":
        assert {"url", "name", "resourceType"} <= found[0].keys()  # what the paper says remains


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("url: 'https://x.org/1'", "url: 'https://x.org/2'", 2),
        ("name: One", "name: Two", 2),
        ("name: One, url: 'https://x.org/1'", "name: Two, url: 'https://x.org/1'", 2),
        ("url: 'https://x.org/1'", "name: One, url: 'http://www.x.org/1/'", 1),
        ("name: One", "url: 'https://x.org/1'", 1),
    ],
)
def test_no_link_is_lost_to_another_one_with_the_same_word_as_identifier(
    first: str, second: str, count: int, tmp_path: Path
) -> None:
    entries = ", ".join(f"{{identifier: Paper, relation: Cites, {keys}}}" for keys in (first, second))
    assert len(spec_of(tmp_path, f"related: [{entries}]\n").fields["relatedResource"]) == count


def test_the_links_wait_for_a_paper_that_is_not_known(tmp_path: Path) -> None:
    text = f"doi: {ONE.doi}\n{CONTACT}related: [{{url: 'https://x.org/', relation: Cites}}]\n"
    spec = spec_of(tmp_path, text)
    assert "relatedResource" not in spec.fields
    assert "relatedResource" in {block.key.name for block in spec.unresolved if block.key}


@pytest.mark.parametrize(
    ("there", "stays"),
    [
        ("doi:10.1038/nn.2134", True),
        ("DOI:10.1038/NN.2134", True),
        ("https://doi.org/10.1038/nn.2134", True),
        ("10.1038/nn.2134", False),
        ("https://doi.org/10.1038/nn.2134?x=1", False),
        ("doi: 10.1038/nn.2134", False),
        ("doi:10.1038/nn.2135", False),
    ],
)
def test_a_spelling_that_publishing_reads_stays_on_the_archive(there: str, *, stays: bool) -> None:
    declared, observed = [{"identifier": "doi:10.1038/nn.2134"}], [{"identifier": there}]
    assert is_same(declared, observed) is stays
    assert merge(declared, observed) == (observed if stays else declared)
