"""What a kind says of itself is true: the schema has its keys, its docs are there, its words are its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dandifile.kinds import KINDS, permits
from dandifile.model import JsonObject
from dandifile.planning.kind import Kind
from dandifile.schemafiles import schema
from tests.frame import ROOT

OF_NO_KIND = {"dandifile", "instance", "identifier", "environments", "manifest"}
"""Keys that say which dandiset is meant and how the spec is read; `manifest`, which nothing acts on yet."""

each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def properties() -> JsonObject:
    found: JsonObject = schema("dandiset.schema.json")["properties"]
    return found


def test_every_key_of_the_spec_is_read_by_a_kind() -> None:
    read = {key.partition(".")[0] for kind in KINDS.values() for key in kind.TRAITS.reads}
    assert read == properties().keys() - OF_NO_KIND


def test_every_key_of_policy_is_read_by_a_kind() -> None:
    read = {key for kind in KINDS.values() for key in kind.TRAITS.reads if key.startswith("policy.")}
    assert read == {f"policy.{key}" for key in properties()["policy"]["properties"]}


@each_kind
def test_its_docs_are_there_and_name_the_keys_that_it_reads(kind: Kind) -> None:
    page, _, section = kind.TRAITS.docs.partition("#")
    text = (ROOT / page).read_text("utf-8")
    assert not section or section in set(anchors(text))
    missing = {key for key in kind.TRAITS.reads if not re.search(rf"\b{key.rpartition('.')[2]}\b", text)}
    assert missing == set()


@each_kind
def test_programs_find_its_name_in_the_page_on_json(kind: Kind) -> None:
    assert f"`{kind.NAME}`" in (ROOT / "docs/json.md").read_text("utf-8")


def test_a_word_of_allow_belongs_to_one_kind() -> None:
    assert len(set(permits())) == len(permits())


def anchors(text: str) -> Iterator[str]:
    """The sections of a page as links name them."""
    for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
