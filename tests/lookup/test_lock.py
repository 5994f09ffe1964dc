from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dandifile.errors import SpecError
from dandifile.lookup import crossref, datacite, openalex
from dandifile.lookup.answer_fields import one_line, plain_text
from dandifile.lookup.facts import (
    Identifier,
    Institution,
    InstitutionStatus,
    Lock,
    Person,
    PersonStatus,
    PublishedAs,
    Term,
    Unsettled,
)
from dandifile.lookup.lock import (
    add_identifier,
    add_published,
    identifier_in_lock,
    load_lock,
    lock_changes,
    lock_file,
    save_lock,
)
from dandifile.lookup.paper_lookup import fill_gaps
from dandifile.reading.files import SPEC_LIMIT
from dandifile.schemafiles import schema
from tests.lookup.made_up import (
    DOI,
    JANE,
    NIH,
    OTHER,
    RICHARD,
    TOULOUSE,
    TOULOUSE_NOW,
    crossref_work,
    datacite_work,
    openalex_work,
)

URL = "https://api.example.org/api"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return lock_file(tmp_path / "dandiset.yaml")


def test_it_is_next_to_the_spec(tmp_path: Path) -> None:
    assert lock_file(tmp_path / "dandiset.yaml") == tmp_path / "dandiset.lock.yaml"


def test_identifiers_are_kept_by_environment_and_archive(lock: Path) -> None:
    add_identifier(lock, "", URL, "000012")
    add_identifier(lock, "rehearsal", URL, "000027")
    assert identifier_in_lock(lock, "", URL) == "000012"
    assert identifier_in_lock(lock, "rehearsal", URL) == "000027"
    assert identifier_in_lock(lock, "", "https://other.example.org/api") is None


def test_an_identifier_stays_text(lock: Path) -> None:
    add_identifier(lock, "", URL, "000027")
    assert "'000027'" in lock.read_text("utf-8")


def test_what_else_is_in_it_stays(lock: Path) -> None:
    lock.write_text("# ours\ndandifile_lock: 1\npaper: {doi: 10.1/x} # looked up\n", "utf-8")
    add_identifier(lock, "", URL, "000012")
    text = lock.read_text("utf-8")
    assert "# ours" in text
    assert "paper: {doi: 10.1/x} # looked up" in text


@pytest.mark.parametrize("text", ["- a list", "a: [", "dandifile_lock: 99", "\xff".encode("latin1")])
def test_one_that_cannot_be_used_is_reported(lock: Path, text: str | bytes) -> None:
    lock.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SpecError) as caught:
        identifier_in_lock(lock, "", URL)
    assert "git" in caught.value.fix


PLACE = Institution(NIH, InstitutionStatus.ACTIVE, "National Institutes of Health", checked="2026-11-20")
WHOLE = Lock(
    papers=(
        replace(
            fill_gaps(
                openalex.paper(openalex_work(), "2026-11-20"), crossref.paper(crossref_work(), "2026-11-20")
            ),
            abstract='One: a "quoted" thing.\n\nTwo.',
            warnings=("told",),
        ),
        datacite.paper(datacite_work(), "2026-11-20"),
    ),
    people=(
        Person(JANE, PersonStatus.VALID, "Doe, Jane", checked="2026-11-20"),
        Person(OTHER, PersonStatus.DEPRECATED, successor=JANE, checked="2026-11-20"),
    ),
    institutions=(
        PLACE,
        Institution(TOULOUSE, InstitutionStatus.INACTIVE, "UPS", (TOULOUSE_NOW,), "2026-11-20"),
    ),
    terms=(
        Term(
            "nucleus accumbens",
            "regions",
            "UBERON:0001882",
            "http://purl.obolibrary.org/obo/UBERON_0001882",
            "nucleus accumbens",
            "label",
            "UBERON 2026-04-01",
            "2026-11-20",
        ),
    ),
    unsettled=(Unsettled("SSp-ul", "mouse_locations", "it has no term of its own", "2026-11-20"),),
    identifiers=(Identifier("", URL, "000012"),),
    published=(
        PublishedAs(
            "",
            URL,
            "000012",
            "0.260101.1200",
            "https://example.org/dandiset/000012/0.260101.1200",
            "Doe, Jane (2026) Place cells (Version 0.260101.1200)",
            "2026-01-01",
            "10.48324/dandi.000012/0.1",
        ),
    ),
)


def test_what_is_saved_is_loaded(lock: Path) -> None:
    assert save_lock(lock, WHOLE)
    assert load_lock(lock) == WHOLE


def test_no_file_is_an_empty_lock(lock: Path) -> None:
    assert load_lock(lock) == Lock()


def test_a_lock_that_says_the_same_is_not_written(lock: Path) -> None:
    save_lock(lock, WHOLE)
    lock.write_text(lock.read_text("utf-8").replace("papers:", "# ours\npapers:   # theirs\n", 1), "utf-8")
    before = (lock.read_text("utf-8"), lock.stat().st_mtime_ns)
    assert not save_lock(lock, WHOLE)
    assert (lock.read_text("utf-8"), lock.stat().st_mtime_ns) == before


def test_only_what_changed_is_rewritten(lock: Path) -> None:
    save_lock(lock, WHOLE)
    text = lock.read_text("utf-8").replace(f"- orcid: {JANE}", f"- orcid: {JANE} # called, it is hers", 1)
    lock.write_text(text, "utf-8")
    known = replace(WHOLE.people[1], status=PersonStatus.LOCKED, successor="")
    save_lock(lock, replace(WHOLE, people=(WHOLE.people[0], known)))
    expected = text.replace(f"  status: deprecated\n  successor: {JANE}\n", "  status: locked\n")
    assert lock.read_text("utf-8") == expected


def test_what_is_no_longer_wanted_goes(lock: Path) -> None:
    save_lock(lock, WHOLE)
    save_lock(lock, replace(WHOLE, people=(), institutions=(PLACE,)))
    assert load_lock(lock) == replace(WHOLE, people=(), institutions=(PLACE,))
    assert "people" not in lock.read_text("utf-8")


def test_identifiers_and_lookups_live_in_one_file(lock: Path) -> None:
    save_lock(lock, replace(WHOLE, identifiers=()))
    add_identifier(lock, "", URL, "000012")
    assert load_lock(lock) == WHOLE


@pytest.mark.parametrize(
    ("found", "instead", "place"),
    [
        ("status: valid", "status: fine", ":3"),
        ("name: Doe, Jane", "nmae: Doe, Jane", ":2"),
        (f"orcid: {JANE}", "orcid: 0000", ":2"),
        ("people:", "peeple:", ":1"),
        ("checked: '2026-11-20'", "checked: 2026-13-45", ":5"),
    ],
)
def test_an_invalid_lock_says_where(lock: Path, found: str, instead: str, place: str) -> None:
    save_lock(lock, Lock(people=WHOLE.people[:1]))
    text = lock.read_text("utf-8").replace("dandifile_lock: 1\n", "")
    lock.write_text(text.replace(found, instead), "utf-8")
    with pytest.raises(SpecError) as caught:
        load_lock(lock)
    assert any(f"{lock.name}{place}" in problem.where for problem in caught.value.problems)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.text(), st.text(" ab.,:#'\"\n-é>|", min_size=90, max_size=400) | st.text(max_size=300))
def test_any_text_of_a_service_survives(lock: Path, title: str, abstract: str) -> None:
    paper = replace(WHOLE.papers[0], title=one_line(title), abstract=plain_text(abstract))
    lock.unlink(missing_ok=True)
    save_lock(lock, Lock(papers=(paper,)))
    assert load_lock(lock) == Lock(papers=(paper,))
    assert not save_lock(lock, Lock(papers=(paper,)))


def test_a_published_version_is_added_once_and_completed_later(lock: Path) -> None:
    save_lock(lock, replace(WHOLE, published=()))
    (version,) = WHOLE.published
    assert add_published(lock, replace(version, doi=""))
    assert [one.doi for one in load_lock(lock).published] == [""]
    assert add_published(lock, version)
    assert not add_published(lock, version)
    assert load_lock(lock) == WHOLE
    assert add_published(lock, replace(version, environment="rehearsal"))
    assert [one.environment for one in load_lock(lock).published] == ["", "rehearsal"]


def test_what_it_does_not_know_stays(lock: Path) -> None:
    lock.write_text("dandifile_lock: 1\nlater: {a: 1} # of a later version\n", "utf-8")
    save_lock(lock, Lock(people=WHOLE.people))
    assert "later: {a: 1} # of a later version" in lock.read_text("utf-8")


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema("lock.schema.json"))


def test_a_diff_has_a_line_a_fact() -> None:
    author = replace(WHOLE.papers[0].authors[1], orcid="", orcid_from="")
    paper = replace(WHOLE.papers[0], title="Another", authors=(WHOLE.papers[0].authors[0], author))
    new = Lock(
        papers=(paper,),
        people=(replace(WHOLE.people[0], status=PersonStatus.LOCKED),),
        institutions=WHOLE.institutions,
        terms=WHOLE.terms,
        unsettled=WHOLE.unsettled,
        identifiers=(*WHOLE.identifiers, Identifier("rehearsal", URL, "000013")),
    )
    lines = lock_changes(WHOLE, new)
    assert f"~ paper {DOI}  Another" in lines
    assert "    title: Place cells in CA1 → Another" in lines
    assert f"    authors / van der Roe, Richard / orcid: {RICHARD} → none" in lines
    assert "    authors / The Example Brain Laboratory / collective: True → none" in lines
    assert "    status: valid → locked" in lines
    assert f"- ORCID iD {OTHER}  deprecated" in lines
    assert f"+ dandiset rehearsal {URL}  000013" in lines
    assert not any("ROR" in line or "term" in line for line in lines)
    assert lock_changes(WHOLE, WHOLE) == []


BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}]\n" for n in range(12))


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("people: [{orcid: !!python/name:len 'x'}]", ":2:18", "tag"),
        ("people: !mine []", ":2:9", "tag"),
        (f"people: {'9' * 5000}", ":2:9", "number"),
        ("people: " + "[" * 600, ":2:", "nested too deeply"),
        (f"{BOMB}people: *a11", ":", "aliases"),
        ('people: [{orcid: "\\ud800"}]', ":2:18", "cannot be stored"),
        ("people: []\npeople: []", ":3:1", "twice"),
        ("people: [{checked: 2024-02-30}]", ":2:20", "date"),
        ('people: ["\\UFFFFFFFF"]', ":", "not YAML"),
    ],
)
def test_a_lock_that_would_break_other_readers_says_where(
    lock: Path, text: str, place: str, says: str
) -> None:
    lock.write_text(f"dandifile_lock: 1\n{text}\n", "utf-8")
    uses: list[Callable[[Path], object]] = [
        load_lock,
        lambda file: save_lock(file, WHOLE),
        lambda file: add_identifier(file, "", URL, "000012"),
    ]
    for use in uses:
        with pytest.raises(SpecError) as caught:
            use(lock)
        assert "git" in caught.value.fix
        assert any(
            problem.where.startswith(f"{lock.name}{place}") and says in problem.what
            for problem in caught.value.problems
        )


def test_a_date_without_quotes_is_the_same_date(lock: Path) -> None:
    save_lock(lock, Lock(people=WHOLE.people[:1]))
    lock.write_text(lock.read_text("utf-8").replace("'2026-11-20'", "2026-11-20 # by hand"), "utf-8")
    assert load_lock(lock) == Lock(people=WHOLE.people[:1])
    add_identifier(lock, "", URL, "000012")
    assert "2026-11-20' # by hand" in lock.read_text("utf-8")


def test_a_large_lock_is_read_and_that_it_takes_long_is_said(
    lock: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_lock(lock, WHOLE)
    assert not caplog.messages
    with lock.open("a", encoding="utf-8") as file:
        file.write(f"# {'x' * SPEC_LIMIT}\n")
    assert load_lock(lock) == WHOLE
    assert caplog.messages == ["reading dandiset.lock.yaml (1.1 MB), which takes up to a minute …"]
