"""Locations in NWB files: what is taken, what is left open and pinned so, and what keeps a fact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dandifile.lookup.facts import Lock, Term
from dandifile.lookup.resolution import Resolution, resolve
from dandifile.lookup.rows import LookupState
from dandifile.lookup.wanted import Wanted, missing_from, pinned_location, pinned_locations
from dandifile.model import Location
from dandifile.run.state import MemoryCache
from tests.lookup.conftest import NOW
from tests.lookup.replay import HURRIED, Replay, text

TODAY = NOW.date().isoformat()


@pytest.fixture(autouse=True)
def nothing_more(replay: Replay) -> None:
    replay.says("ols/search", {"response": {"docs": []}})


def settle(replay: Replay, *locations: Location, lock: Lock | None = None, **how: Any) -> Resolution:
    wanted = Wanted(locations=locations)
    given = {"now": NOW, "patience": HURRIED, **how}
    return resolve(wanted, lock or Lock(), replay.services, MemoryCache(), **given)


@pytest.mark.parametrize(("word", "mouse", "id_", "match"), [
    ("VISp", True, "UBERON:0002436", "Allen acronym"),
    ("MD", True, "UBERON:0002739", "Allen acronym"),
    ("Primary visual area", True, "UBERON:0002436", "Allen acronym"),
    ("nucleus accumbens", True, "UBERON:0001882", "Allen acronym, label"),
    ("nucleus accumbens", False, "UBERON:0001882", "label"),
    ("Hippocampal Formation", False, "UBERON:0002421", "label"),
    ("CA1", False, "UBERON:0003881", ""),
    ("UBERON:0003881", False, "UBERON:0003881", "id"),
])  # fmt: skip
def test_what_is_exact_matches(replay: Replay, word: str, mouse: bool, id_: str, match: str) -> None:
    found = settle(replay, Location(word, mouse))
    [term] = found.lock.terms
    assert (term.asked, term.id) == (word, id_)
    assert term.about == ("mouse_locations" if mouse else "locations")
    assert term.match.startswith(match)
    assert term.checked == TODAY
    assert [(row.what, row.state) for row in found.rows] == [("location", LookupState.FOUND)]


@pytest.mark.parametrize(("word", "mouse", "offers"), [
    ("SSp-ul", True, "UBERON:0008933"),
    ("ACAd5", True, "UBERON:0009835"),
    ("MD", False, "UBERON:0002739"),  # an abbreviation, where nothing says that it is the atlas's
    ("motor cortex", False, "UBERON:0001384"),
    ("nucleus acumbens", False, "UBERON:0001882"),
    ("rig 2, left", False, ""),
    ("https://example.org/region", False, ""),
])  # fmt: skip
def test_what_may_be_several_things_is_pinned_as_open(
    replay: Replay, word: str, mouse: bool, offers: str
) -> None:
    found = settle(replay, Location(word, mouse))
    [open_] = found.lock.unsettled
    assert found.lock.terms == ()
    assert (open_.asked, open_.checked) == (word, TODAY)
    assert offers in open_.why
    [row] = found.rows
    assert row.what == "location"
    again = settle(replay, Location(word, mouse), lock=found.lock)
    assert again.lock == found.lock
    assert not missing_from(Wanted(locations=(Location(word, mouse),)), found.lock)


def test_one_word_of_two_species_is_two_facts(replay: Replay) -> None:
    mouse, rat = Location("MD", mouse=True), Location("MD", mouse=False)
    lock = settle(replay, mouse, rat).lock
    assert isinstance(pinned_location(mouse, lock), Term)
    assert not isinstance(pinned_location(rat, lock), Term)
    assert set(pinned_locations(lock)) == {mouse, rat}


def test_what_is_pinned_is_not_asked_again(replay: Replay) -> None:
    lock = settle(replay, Location("somewhere", mouse=False)).lock
    replay.asked.clear()
    settle(replay, Location("somewhere", mouse=False), lock=lock)
    assert replay.count() == 0
    settle(replay, Location("somewhere", mouse=False), lock=lock, refresh=frozenset({"terms"}))
    assert replay.count() > 0


def test_a_service_that_is_down_changes_no_fact_and_makes_none(replay: Replay) -> None:
    place = Location("somewhere", mouse=False)
    lock = settle(replay, place).lock
    replay.says("ols/search", text(500, "down"))
    assert settle(replay, place, lock=lock, refresh=frozenset({"terms"})).lock == lock
    found = settle(replay, place)
    assert found.lock == Lock()
    assert [row.state for row in found.rows] == [LookupState.UNKNOWN]
    assert missing_from(Wanted(locations=(place,)), found.lock) == ("location somewhere",)


def test_a_word_that_has_become_a_region_changes_its_fact(replay: Replay) -> None:
    place = Location("nucleus accumbens", mouse=False)
    lock = settle(replay, place).lock
    [term] = lock.terms
    older = replace(lock, terms=(replace(term, label="older", checked="2020-01-01"),))
    assert settle(replay, place, lock=older).lock == older
    assert settle(replay, place, lock=older, refresh=frozenset({"terms"})).lock == lock


def test_what_no_file_says_any_more_leaves_the_lock(replay: Replay) -> None:
    lock = settle(replay, Location("CA1", mouse=True), Location("rig 2", mouse=True)).lock
    assert settle(replay, lock=lock).lock == Lock()
