"""Words that an error suggests: only what was surely meant, and never something of another meaning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dandifile.errors import SpecError
from dandifile.spec.licenses import SCHEMA_LICENSES, allowed_licenses, matching_license
from dandifile.spec.load import load
from tests.spec.cases import HEAD


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("cc-by-4.0", "CC-BY-4.0"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("CC-BY", "CC-BY-4.0"),
        ("spdx:CC-BY-4.0", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
        ("CC0", "CC0-1.0"),
        ("cc0 1.0", "CC0-1.0"),
        ("CC-BY-NC-4.0", None),
        ("CC-BY-SA-4.0", None),
        ("CC-BY-ND-4.0", None),
        ("CC-BY-NC", None),
        ("CC-BY-3.0", None),
        ("https://creativecommons.org/licenses/by-nc/4.0/", None),
        ("CC", None),
        ("MIT", None),
        ("", None),
    ],
)
def test_a_license_is_suggested_only_where_it_is_the_same(
    said: str, meant: str | None, tmp_path: Path
) -> None:
    assert matching_license(said, SCHEMA_LICENSES) == meant
    if not said:
        return
    file = tmp_path / "dandiset.yaml"
    file.write_text(f'{HEAD}license: "{said}"\n', "utf-8")
    with pytest.raises(SpecError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert problem.where.endswith("dandiset.yaml:3:10")
    assert (re.findall("write `(.*?)`", problem.fix) or [None])[0] == meant
    assert problem.fix.endswith("Allowed: CC0-1.0, CC-BY-4.0")


def test_of_two_licenses_that_may_be_meant_none_is_suggested() -> None:
    assert matching_license("CC-BY", ("CC-BY-4.0", "CC-BY-3.0")) is None


@pytest.mark.parametrize(
    ("info", "allowed"),
    [
        ({"instance_config": {"licenses": ["spdx:MIT"]}}, ("MIT",)),
        ({"instance_config": {"licenses": []}}, SCHEMA_LICENSES),
        ({"instance_config": {"licenses": None}}, SCHEMA_LICENSES),
        ({"instance_config": None}, SCHEMA_LICENSES),
        ({}, SCHEMA_LICENSES),
        (None, SCHEMA_LICENSES),
    ],
)
def test_an_archive_says_which_licenses_it_takes(info: object, allowed: tuple[str, ...]) -> None:
    assert allowed_licenses(info) == allowed


@pytest.mark.parametrize("text", ["000409", "123456", "010101", "'000409'", '"000409"', "100_000"])
def test_the_digits_of_an_identifier_are_those_on_the_page(text: str, tmp_path: Path) -> None:
    file = tmp_path / "dandiset.yaml"
    file.write_text(f"dandifile: 1\ninstance: dandi\nidentifier: {text}\n", "utf-8")
    if "_" in text:
        with pytest.raises(SpecError):
            load(file)
        return
    assert load(file).identifier == text.strip("'\"")
    file.write_text(
        f"dandifile: 1\ninstance: dandi\nenvironments: {{a: {{instance: local, identifier: {text}}}}}\n",
        "utf-8",
    )
    assert load(file, "a").identifier == text.strip("'\"")
