"""A gap is reported as a gap wherever it is, and as nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.errors import SpecError
from dandifile.spec.faults import FILL, gap, is_gap
from dandifile.spec.load import load
from tests.spec.cases import HEAD

GAP = f'"{gap("so that all is well")}"'


@pytest.mark.parametrize(
    ("spec", "place", "at"),
    [
        (f"name: {GAP}\n", "name", "3:7"),
        (f"license: {GAP}\n", "license", "3:10"),
        (f"license: [CC0-1.0, {GAP}]\n", "license[1]", "3:20"),
        (f"description: {GAP}\n", "description", "3:14"),
        (f"keywords: [a, {GAP}]\n", "keywords[1]", "3:15"),
        (f"paths: [{GAP}]\n", "paths[0]", "3:9"),
        (f"regions: [{GAP}]\n", "regions[0]", "3:11"),
        (f"ethics: [{{protocol: {GAP}}}]\n", "ethics[0].protocol", "3:21"),
        (
            f'contributors: [{{name: "Doe, Jane", email: {GAP}, roles: [ContactPerson]}}]\n',
            "contributors[0].email",
            "3:43",
        ),
        (
            f"contributors: [{{name: {GAP}, email: j@example.org, roles: [ContactPerson]}}]\n",
            "contributors[0].name",
            "3:23",
        ),
        (f"policy: {{require: [{GAP}]}}\n", "policy.require[0]", "3:20"),
    ],
)
def test_a_gap_is_named_with_its_place_and_its_reason(
    spec: str, place: str, at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dandiset.yaml").write_text(HEAD + spec, "utf-8")
    with pytest.raises(SpecError) as caught:
        load(Path("dandiset.yaml"))
    assert {problem.fix for problem in caught.value.problems} == {FILL}
    assert [(problem.where, problem.what) for problem in caught.value.problems] == [
        (f"dandiset.yaml:{at}", f"{place}: so that all is well")
    ]


@pytest.mark.parametrize("value", ["GAP-43 in axons", "GAP", "a GAP: b", "gap: x", 1, None, ["GAP: x"]])
def test_what_only_looks_like_one_is_none(value: object) -> None:
    assert not is_gap(value)
