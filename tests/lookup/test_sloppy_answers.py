"""Services leave things out, or give null or an empty thing in their place: that breaks no lock."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dandifile.lookup import crossref, datacite, openalex, orcid, ror
from dandifile.lookup.client import Found
from dandifile.lookup.facts import Lock, Paper, lock_from_json, lock_to_json
from dandifile.model import Json, JsonObject
from dandifile.schemafiles import schema
from tests.lookup.made_up import (
    COLUMBIA,
    JANE,
    NIH,
    crossref_work,
    datacite_work,
    openalex_work,
    orcid_person,
    ror_record,
)

TODAY = "2026-11-20"
LOCK = Draft202012Validator(schema("lock.schema.json"))
GONE = "gone"

Path = tuple[str | int, ...]


def paths(value: Json, here: Path = ()) -> Iterator[Path]:
    """Every place in an answer."""
    if here:
        yield here
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(each, (*here, key))


def spoiled(answer: JsonObject, path: Path, instead: Json) -> JsonObject:
    """The answer with something else in one place, or with nothing there."""
    answer = copy.deepcopy(answer)
    holder: Json = answer
    for step in path[:-1]:
        if not has(holder, step):
            return answer
        holder = holder[step]
    if has(holder, path[-1]):
        if instead == GONE:
            del holder[path[-1]]
        else:
            holder[path[-1]] = instead
    return answer


def has(holder: Json, step: str | int) -> bool:
    if isinstance(holder, list):
        return isinstance(step, int) and step < len(holder)
    return isinstance(holder, dict) and step in holder


def assert_lockable(lock: Lock) -> None:
    document = {"dandifile_lock": 1, **lock_to_json(lock)}
    assert [error.message for error in LOCK.iter_errors(document)] == []
    assert lock_from_json(document) == lock


WORKS: dict[str, tuple[JsonObject, Callable[[JsonObject, str], Paper]]] = {
    "openalex": (openalex_work(), openalex.paper),
    "crossref": (crossref_work(), crossref.paper),
    "datacite": (datacite_work(), datacite.paper),
}


@pytest.mark.parametrize("service", WORKS)
@settings(max_examples=150)
@given(data=st.data())
def test_a_sloppy_work_is_a_paper_with_gaps(service: str, data: st.DataObject) -> None:
    work, translate = WORKS[service]
    for path in data.draw(st.lists(st.sampled_from(list(paths(work))), min_size=1, max_size=4)):
        work = spoiled(work, path, data.draw(st.sampled_from([None, "", [], {}, GONE])))
    paper = translate(work, TODAY)
    if paper.doi:
        assert_lockable(Lock(papers=(paper,)))


@settings(max_examples=60)
@given(data=st.data())
def test_sloppy_records_are_verdicts(data: st.DataObject) -> None:
    person = orcid_person()
    place = ror_record(COLUMBIA, "Columbia University", successors=(NIH,), fundref="1")
    for record in (person, place):
        path = data.draw(st.sampled_from(list(paths(record))))
        record.update(spoiled(record, path, data.draw(st.sampled_from([None, "", [], {}]))))
    people = (orcid.verdict(JANE, Found(person, TODAY), TODAY),)
    places = (ror.verdict(COLUMBIA, Found(place, TODAY), TODAY),)
    assert_lockable(Lock(people=people, institutions=places))
    for answer in (
        Found({"items": [place]}, TODAY),
        Found({"items": [{"organization": place, "chosen": True}]}, TODAY),
    ):
        ror.funder("10.13039/1", answer)
        ror.affiliation(answer)


@pytest.mark.parametrize("body", [None, [], {}, "x", 3])
def test_answers_of_another_shape_are_unreachable_or_nothing(body: Json) -> None:
    assert ror.verdict(COLUMBIA, Found(body, TODAY), TODAY).status == "unreachable"
    assert ror.funder("10.13039/1", Found(body, TODAY)) is None
    assert ror.affiliation(Found(body, TODAY)) is None
    assert orcid.verdict(JANE, Found(body, TODAY, 409), TODAY).status == "unreachable"
