"""`dandifile init`, against the replayed services and a made-up lab."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dandifile.boundary import run
from dandifile.demo_lab import make_lab
from dandifile.desired.spec_and_lock import all_lookups, read_spec_and_lock
from dandifile.errors import Exit, SpecError
from dandifile.lookup.lock import load_lock
from dandifile.lookup.wanted import missing_from
from dandifile.model import JsonObject, Spec
from dandifile.reading.document import read_document
from dandifile.spec.faults import FILL
from dandifile.spec.forms import contributor_form, dandi_object
from tests.lookup.made_up import (
    COLUMBIA,
    DOI,
    JANE,
    NIH,
    RICHARD,
    SIMONS,
    all_well,
)
from tests.lookup.recorded import PAPERS, crossref_answer, needs_recordings
from tests.lookup.replay import Replay

ANSWERS = {
    "instance": "dandi-sandbox",
    "name": "Place cells",
    "description": "What was done.",
    "license": "CC-BY-4.0",
    "contributors[0].name": "Doe, Jane",
    "contributors[0].email": "jane@example.org",
    "ethics[0].protocol": "IACUC 12345",
}
FROM_PAPER = {"instance", "license", "contributors[0].email", "ethics[0].protocol"}


@pytest.fixture
def replay(replay: Replay) -> Replay:
    """They know a paper with two people, a consortium and two funders, and everyone's ids."""
    all_well(replay)
    return replay


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects with two sessions each, and stimuli; no spec."""
    folder = tmp_path_factory.mktemp("lab")
    make_lab(folder, subjects=2, sessions=2)
    (folder / "dandiset.yaml").unlink()
    return folder


@pytest.fixture
def here(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The lab's folder as the current one, and nobody at a terminal."""
    monkeypatch.chdir(data)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    yield data
    for name in ("dandiset.yaml", "dandiset.lock.yaml"):
        (data / name).unlink(missing_ok=True)


def gaps(file: Path) -> dict[str, str]:
    """What `check` has against the spec: place in the spec → file:line:column. All of it must be gaps."""
    with pytest.raises(SpecError) as caught:
        read_spec_and_lock(file)
    found = {}
    for problem in caught.value.problems:
        place = re.match(r"(\S+): ", problem.what)
        assert place, problem
        assert problem.fix == FILL
        found[place[1]] = problem.where
    return found


def filled(file: Path) -> Spec:
    """The spec with an answer in place of each gap."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    for place, where in gaps(file).items():
        number = int(where.split(":")[-2]) - 1
        lines[number] = re.sub(r'"GAP: [^"]*"', f'"{ANSWERS[place.replace("[1]", "[0]")]}"', lines[number])
    file.write_text("".join(lines), "utf-8")
    return read_spec_and_lock(file).pinned_spec()


def declared(file: Path) -> Any:
    return read_document(file.read_text("utf-8"), "").value


def test_from_a_paper_and_data_check_names_the_gaps_and_nothing_else(here: Path, replay: Replay) -> None:
    assert run(["init", "--doi", f"https://doi.org/{DOI}", "--data", "."]) == Exit.DONE
    assert gaps(here / "dandiset.yaml").keys() == FROM_PAPER
    assert run(["check"]) == Exit.INPUT
    assert run(["fmt", "--check"]) == Exit.DONE
    assert filled(here / "dandiset.yaml").instance == "dandi-sandbox"
    assert run(["check"]) == Exit.DONE
    assert run(["fmt", "--check"]) == Exit.DONE


def test_the_paper_gives_title_people_awards_and_the_link(here: Path, replay: Replay) -> None:
    assert run(["init", "--doi", DOI]) == Exit.DONE
    found = declared(here / "dandiset.yaml")
    assert (found["doi"], found["name"]) == (DOI, "Place cells in CA1")
    assert found["description"]
    jane, roe, *others = found["contributors"]
    assert (jane["name"], jane["orcid"], jane["roles"]) == ("Doe, Jane", JANE, ["Author", "ContactPerson"])
    assert (roe["name"], roe["orcid"], roe["cite"]) == (
        "van der Roe, Richard Jr.",
        RICHARD,
        True,
    )
    assert others[0]["organization"] == "The Example Brain Laboratory"
    assert {other.get("award") for other in others[1:]} >= {"R01MH000000"}
    assert found["related"][0]["identifier"] == f"doi:{DOI}"
    assert found["related"][0]["relation"] == "IsDescribedBy"


def test_the_lock_holds_what_the_spec_names(here: Path, replay: Replay) -> None:
    run(["init", "--doi", DOI, "--data", "recordings"])
    lock = load_lock(here / "dandiset.lock.yaml")
    assert [paper.doi for paper in lock.papers] == [DOI]
    assert {person.orcid for person in lock.people} == {JANE, RICHARD}
    assert {place.ror for place in lock.institutions} >= {COLUMBIA, NIH, SIMONS}
    assert [term.asked for term in lock.terms] == ["UBERON:0003881"]


def test_once_it_is_filled_in_nothing_is_left_to_resolve(here: Path, replay: Replay) -> None:
    assert run(["init", "--doi", DOI, "--data", "."]) == Exit.DONE
    filled(here / "dandiset.yaml")
    bound = read_spec_and_lock(here / "dandiset.yaml")
    assert missing_from(all_lookups(bound.declared), bound.lock) == ()
    assert run(["resolve", "--check"]) == Exit.DONE


def test_data_alone_tells_subjects_sessions_regions_and_who_recorded(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--data", ".", "--instance", "local"]) == Exit.DONE
    text = (here / "dandiset.yaml").read_text("utf-8")
    assert "2 subjects (C005, C006), Rattus norvegicus, 4 sessions from 2024-03-01" in text
    assert "Left out: stimuli, 3 other files (.csv, .md)." in text.replace(".md, .csv", ".csv, .md")
    found = declared(here / "dandiset.yaml")
    assert found["paths"] == ["recordings"]
    assert found["regions"] == [{"name": "CA1 field of hippocampus", "id": "UBERON:0003881"}]
    assert [person["name"] for person in found["contributors"]] == ["Doe, Jane"]
    assert gaps(here / "dandiset.yaml").keys() == (FROM_PAPER - {"instance"}) | {"name", "description"}
    _, *listed, then = capsys.readouterr().out.splitlines()
    assert listed.pop(0) == "left to fill in, each in place of a text that begins with GAP:"
    assert [line.split()[1] for line in listed] == [
        "name:",
        "description:",
        "license:",
        "contributors[0].email:",
        "ethics[0].protocol:",
    ]
    assert then == "then: dandifile check, dandifile plan, dandifile apply --create"
    assert filled(here / "dandiset.yaml").fields["name"] == "Place cells"


def test_what_it_writes_can_be_planned_and_applied_once_it_is_filled_in(
    here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DANDIFILE_STORE", str(tmp_path / "store"))
    assert run(["init", "--data", ".", "--instance", "local"]) == Exit.DONE
    filled(here / "dandiset.yaml")
    assert run(["apply", "--create", "--yes"]) == Exit.DONE
    assert run(["plan", "--detailed-exitcode"]) == Exit.DONE


def test_an_existing_spec_is_never_written_over(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "dandiset.yaml").write_text("mine", "utf-8")
    assert run(["init", "--data", "."]) == Exit.INPUT
    assert (here / "dandiset.yaml").read_text("utf-8") == "mine"
    assert "there is a spec already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--doi, --data"),
        (["--doi", "nonsense"], "is not a DOI"),
        (["--data", "nowhere"], "there is no folder nowhere"),
        (["--data", ".", "--instance", "dandi-sanbox"], "no archive is called 'dandi-sanbox'"),
        (["--doi", "10.5555/nothing"], "there is no paper 10.5555/nothing"),
        (["--data", ".", "-f", "no/such/folder/dandiset.yaml"], "cannot be written"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    here: Path, replay: Replay, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", *arguments]) == Exit.INPUT
    assert says in capsys.readouterr().err
    assert not (here / "dandiset.yaml").exists()


def test_offline_a_paper_is_unknown_and_its_facts_are_gaps(
    here: Path, replay: Replay, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--doi", DOI, "--offline"]) == Exit.DONE
    assert replay.count() == 0
    said = capsys.readouterr()
    assert "offline" in said.err
    then = "then: dandifile check, dandifile resolve, dandifile plan, dandifile apply --create"
    assert said.out.splitlines()[-1] == then
    assert gaps(here / "dandiset.yaml").keys() > FROM_PAPER


def test_it_says_first_what_it_looks_up_since_a_service_that_is_down_takes_a_while(
    here: Path, replay: Replay, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--doi", DOI]) == Exit.DONE
    assert (
        capsys.readouterr().err.splitlines()[0]
        == f"looking up {DOI}, and the people and institutions that it names …"
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_asks_and_says_why(
    here: Path, replay: Replay, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("dandi-sandbox\nCC0-1.0\n  jane@example.org \n\n"))
    assert run(["init", "--doi", DOI, "--data", "."]) == Exit.DONE
    found = declared(here / "dandiset.yaml")
    assert (found["instance"], found["license"]) == ("dandi-sandbox", "CC0-1.0")
    assert found["contributors"][0]["email"] == "jane@example.org"
    assert gaps(here / "dandiset.yaml").keys() == {"ethics[0].protocol"}
    err = capsys.readouterr().err
    assert "The e-mail address of Doe, Jane? (readers send their questions there" in err


def test_a_name_that_is_answered_is_put_last_name_first(
    here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(sys, "stdin", Terminal("\n\n\nVincent van Gogh\n"))
    assert run(["init", "--data", str(tmp_path / "data"), "-f", str(tmp_path / "dandiset.yaml")]) == Exit.DONE
    assert declared(tmp_path / "dandiset.yaml")["contributors"][0]["name"] == "van Gogh, Vincent"


def cited(item: JsonObject) -> JsonObject:
    """A contributor without the word that it is not cited, which is the same as saying nothing."""
    return {key: value for key, value in item.items() if value is not False}


@needs_recordings
@pytest.mark.parametrize("name", PAPERS)
def test_real_papers_leave_the_same_gaps_and_lose_nobody(here: Path, replay: Replay, name: str) -> None:
    work = crossref_answer(name)
    replay.says(f"crossref/works/{work['DOI'].lower()}", {"message": work})
    assert run(["init", "--doi", work["DOI"], "--data", "."]) == Exit.DONE
    no_abstract = set() if "abstract" in work else {"description"}
    first = next(number for number, author in enumerate(work["author"]) if "family" in author)
    wanted = {each.replace("contributors[0]", f"contributors[{first}]") for each in FROM_PAPER}
    assert gaps(here / "dandiset.yaml").keys() == wanted | no_abstract
    assert run(["fmt", "--check"]) == Exit.DONE
    people = [item for item in declared(here / "dandiset.yaml")["contributors"] if "name" in item]
    assert len(people) == sum("family" in author for author in work["author"])
    fields = filled(here / "dandiset.yaml").fields
    assert [cited(item) for item in fields["contributor"]] == [
        dandi_object(contributor_form(item), item)
        for item in declared(here / "dandiset.yaml")["contributors"]
    ]


@pytest.mark.parametrize("given", ["../data", "../deep/er/data", "absolute"])
def test_data_outside_of_the_specs_folder_are_named_from_there(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spec"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    data = (folder / ("../data" if given == "absolute" else given)).resolve()
    data.mkdir(parents=True)
    (data / "a.csv").write_text("a", "utf-8")
    said = str(data) if given == "absolute" else given
    assert run(["init", "--data", said, "--instance", "local"]) == Exit.DONE
    spec = read_document(Path("dandiset.yaml").read_text("utf-8"), "").value
    source = spec["paths"][0] if isinstance(spec["paths"][0], str) else spec["paths"][0]["source"]
    assert source == ("../data" if given == "absolute" else given)
