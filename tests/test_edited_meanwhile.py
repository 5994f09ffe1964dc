"""A write that must be sent again: what somebody else wrote in between is not lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dandifile.errors import Exit
from dandifile.net import retry
from tests.conftest import CONTACT, Lab, write_document
from tests.test_saved_plans import put_asset

SPEC = f"keywords: [KEYWORD]\n{CONTACT}\npaths: [{{source: data, standard: any, layout: as-is}}]\n"
TROUBLE: list[dict[str, Any]] = [{"status": 503}, {"drop": "before"}, {"drop": "after"}, {"status": 429}]


@pytest.fixture
def applied(lab: Lab) -> Lab:
    lab.spec(SPEC.replace("KEYWORD", "rat"))
    lab.files({"a.csv": "a"})
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    lab.spec(SPEC.replace("KEYWORD", "mouse"))
    return lab


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Has something done once, while a request waits to be sent again."""
    left: list[Callable[[], None]] = []

    def sleep(_: float) -> None:
        if left:
            left.pop()()

    monkeypatch.setattr(retry, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    return left.append


def edit(lab: Lab, **fields: object) -> Callable[[], None]:
    return lambda: write_document(lab, {**lab.document(), **fields})


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_another_field_that_was_edited_stays(
    applied: Lab, meanwhile: Callable[[Callable[[], None]], None], trouble: dict[str, Any]
) -> None:
    meanwhile(edit(applied, acknowledgement="We thank the cleaners."))
    applied.archive.misbehave(method="PUT", route="/versions/draft/$", **trouble)
    assert applied.run("apply", "--yes").code == Exit.DONE
    document = applied.document()
    assert (document["keywords"], document["acknowledgement"]) == (["mouse"], "We thank the cleaners.")


def test_a_name_that_was_edited_stays(applied: Lab, meanwhile: Callable[[Callable[[], None]], None]) -> None:
    meanwhile(edit(applied, name="Time cells"))
    applied.archive.misbehave(method="PUT", route="/versions/draft/$", status=503)
    applied.run("apply", "--yes")
    assert applied.document()["name"] == "Time cells"


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_the_field_itself_is_not_written_over(
    applied: Lab, meanwhile: Callable[[Callable[[], None]], None], trouble: dict[str, Any]
) -> None:
    meanwhile(edit(applied, keywords=["shrew"]))
    applied.archive.misbehave(method="PUT", route="/versions/draft/$", **trouble)
    ran = applied.run("apply", "--yes")
    assert (ran.code, "changed on the archive since the plan was made" in ran.out) == (Exit.FAILED, True)
    assert applied.document()["keywords"] == ["shrew"]


@pytest.mark.parametrize("trouble", TROUBLE, ids=str)
def test_an_asset_that_was_edited_is_not_written_over(
    applied: Lab, meanwhile: Callable[[Callable[[], None]], None], trouble: dict[str, Any]
) -> None:
    region = {"schemaKey": "Anatomy", "name": "CA1", "identifier": "UBERON:0003881"}
    overlay = "assets: [{match: a.csv, metadata: {keywords: [pilot]}}]\n"
    applied.spec(SPEC.replace("KEYWORD", "rat") + overlay)
    meanwhile(lambda: put_asset(applied, "a.csv", about=[region]))
    applied.archive.misbehave(method="PUT", route="/assets/", **trouble)
    applied.run("apply", "--yes")
    assert applied.assets()["a.csv"]["metadata"]["about"] == [region]
