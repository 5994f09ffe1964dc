"""Specs that would keep a reader busy, or break one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dandifile.errors import SpecError, UserError
from dandifile.reading.document import MOST_VALUES, read_document
from dandifile.reading.files import SPEC_LIMIT, read_text
from dandifile.spec.template import render


def test_many_values_without_an_alias_are_not_blamed_on_aliases() -> None:
    text = "- 1\n" * (MOST_VALUES + 1)
    with pytest.raises(SpecError) as caught:
        read_document(text, "x.yaml")
    [problem] = caught.value.problems
    assert problem.where == f"x.yaml:{MOST_VALUES}:3"
    assert problem.what == "more than 100,000 values"


def test_aliases_that_nest_are_too_deep_as_well() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 400))
    with pytest.raises(SpecError) as caught:
        read_document(text, "x.yaml")
    assert "nested too deeply" in caught.value.problems[0].what


def test_brackets_are_counted_before_they_are_all_read() -> None:
    with pytest.raises(SpecError) as caught:
        read_document("a: " + "[" * 50_000, "x.yaml")
    assert caught.value.problems[0].where.startswith("x.yaml:1:")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ paper.title|upper }}: {{ paper.keywords|join(', ') }}", "CA1: mouse, sleep"),
        ("{{ paper.abstract|truncate(9) }}", "word..."),
        ("{{ paper.keywords[1] }}{# not shown #}", "sleep"),
        ("{{ paper.journal|default(paper.title) }}", "CA1"),
    ],
)
def test_values_and_plain_filters_are_filled_in(template: str, text: str) -> None:
    paper = {"title": "CA1", "keywords": ["mouse", "sleep"], "abstract": "word " * 10}
    rendered = render({"doi": "10.1/x", "name": template}, {"name": "", "instance": ""}, paper)
    assert rendered.value["name"] == text
    assert not rendered.faults


@pytest.mark.parametrize(
    "template",
    [
        "{{ paper.title" + "|replace('a', '" + "a" * 150 + "')" * 5 + " }}",
        "{{ paper.title" + "|join('" + "a" * 150 + "')" * 4 + " }}",
        "{{ " + "(" * 5000,
        "{{ paper" + ".a" * 3000 + " }}",
        "x" * 30_000 + "{{ paper.title }}",
    ],
)
def test_a_template_without_measure_is_refused(template: str) -> None:
    rendered = render({"doi": "10.1/x", "name": template}, {"name": "", "instance": ""}, {"title": "a" * 100})
    assert [fault.path for fault in rendered.faults] == [("name",)]


def test_a_spec_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    from dandifile.errors import UserError
    from dandifile.spec.load import load

    with pytest.raises(UserError, match="it is a folder"):
        load(tmp_path)


def test_a_spec_is_as_large_as_a_person_can_have_meant(tmp_path: Path) -> None:
    file = tmp_path / "dandiset.yaml"
    file.write_text("# padding\n" * (SPEC_LIMIT // 10 + 1), "utf-8")
    with pytest.raises(UserError, match="the spec is larger than 1 MiB"):
        read_text(file, "the spec", SPEC_LIMIT, file.name)
