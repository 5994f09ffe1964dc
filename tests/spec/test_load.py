from __future__ import annotations

import copy
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dandifile.errors import Exit, Problem, SpecError, UserError
from dandifile.model import IgnoredCheck, Overlay, PathEntry, Spec, Validation, Vocabulary
from dandifile.reading.document import read_document
from dandifile.schemafiles import spec_schema
from dandifile.spec.load import load
from tests.spec.cases import HEAD, cases, text_of

EXAMPLE = Path(__file__).parents[2] / "dandi.yaml.example"


def loaded(folder: Path, text: str, environment: str = "") -> Spec:
    file = folder / "dandiset.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, environment)


def refused(folder: Path, text: str, environment: str = "") -> SpecError:
    with pytest.raises(SpecError) as caught:
        loaded(folder, text, environment)
    return caught.value


@pytest.mark.parametrize(
    "case", cases("problems/reading", "problems/keys", "problems/rules", "problems/templates")
)
def test_tells_every_problem_with_its_place_and_what_to_do(
    case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = refused(tmp_path, text_of(case))
    told = [(problem.where, problem.what, problem.fix) for problem in error.problems]
    assert [place for place, _, _ in told] == [f"dandiset.yaml:{wanted['at']}" for wanted in case["problems"]]
    for (_, what, fix), wanted in zip(told, case["problems"], strict=True):
        assert wanted["says"] in what
        assert wanted.get("fix", "") in fix
        assert fix
    assert error.exit_code == Exit.INPUT


@pytest.mark.parametrize("case", cases("fields/dandiset"))
def test_short_forms_become_the_fields_of_dandi(case: dict[str, Any], tmp_path: Path) -> None:
    assert loaded(tmp_path, text_of(case)).fields == case["fields"]


@pytest.mark.parametrize("case", cases("fields/not_acted_on"))
def test_names_what_is_checked_and_not_reconciled(case: dict[str, Any], tmp_path: Path) -> None:
    spec = loaded(tmp_path, text_of(case), case.get("environment", ""))
    assert list(spec.not_acted_on) == case["keys"]


def test_the_example_loads(tmp_path: Path) -> None:
    spec = loaded(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    assert spec.identifier == "000123"
    assert spec.not_acted_on == ()
    assert {"name", "description", "license", "contributor", "about"} <= spec.fields.keys()


def test_the_example_shows_every_key_that_is_acted_on() -> None:
    shown = read_document(EXAMPLE.read_text(encoding="utf-8"), "example").value.keys()
    assert spec_schema()["properties"].keys() - shown == {"doi", "embargo", "manifest"}


def test_an_empty_declaration_owns_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, HEAD) == Spec(
        file=tmp_path / "dandiset.yaml",
        instance="dandi-sandbox",
        identifier=None,
        digest=loaded(tmp_path, HEAD).digest,
    )


def test_paths_short_and_long(tmp_path: Path) -> None:
    spec = loaded(
        tmp_path,
        HEAD
        + "paths:\n"
        + "  - ./a/../nwb\n"
        + "  - {source: ../b, standard: any, layout: as-is, into: raw/b/, include: ['*.csv'], prune: true}\n"
        + "  - {source: ., required_fields: [session_id, cell_id]}\n",
    )
    assert spec.paths == (
        PathEntry("nwb"),
        PathEntry("../b", "any", "as-is", into="raw/b", include=("*.csv",), prune=True),
        PathEntry(".", required_fields=("session_id", "cell_id")),
    )
    assert spec.root == tmp_path


def test_regions_of_assets_have_full_iris(tmp_path: Path) -> None:
    rules = '{C005: [{name: nucleus accumbens, id: UBERON_0001882}, "MBA:56"]}'
    regions = loaded(tmp_path, HEAD + f"regions: {{subjects: {rules}}}\n").regions
    iri = "http://purl.obolibrary.org/obo/UBERON_0001882"
    assert regions.subjects == {
        "C005": (
            {"schemaKey": "Anatomy", "name": "nucleus accumbens", "identifier": iri},
            {"schemaKey": "Anatomy", "identifier": "MBA:56"},
        )
    }
    assert regions.sessions == regions.paths == {}


@pytest.mark.parametrize("rule", ["subjects: {C005: %s}", "sessions: {C005/1: %s}", "paths: {a/**: %s}"])
@pytest.mark.parametrize("empty", ["[]", "null", ""])
def test_regions_declared_empty_are_declared(rule: str, empty: str, tmp_path: Path) -> None:
    regions = loaded(tmp_path, HEAD + f"regions: {{{rule % empty}}}\n").regions
    (found,) = ({**regions.subjects, **regions.sessions, **regions.paths}).values()
    assert found == ()


@pytest.mark.parametrize("empty", ["[]", "null", ""])
def test_regions_of_the_dandiset_declared_empty_are_declared(empty: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, HEAD + f"regions: {{dandiset: {empty}}}\n").fields == {"about": []}
    assert loaded(tmp_path, HEAD + f"regions: {empty}\n").fields == {"about": []}


@pytest.mark.parametrize(("said", "files", "dandiset"), [
    ("from_nwb: true", True, False),
    ("from_nwb: {}", True, False),
    ("from_nwb: {dandiset: false}", True, False),
    ("from_nwb: {dandiset: true}", True, True),
    ("from_nwb: false", False, False),
    ("subjects: {}", False, False),
])  # fmt: skip
def test_whether_files_say_regions(tmp_path: Path, said: str, files: bool, dandiset: bool) -> None:
    spec = loaded(tmp_path, HEAD + f"regions: {{{said}}}\n")
    assert (spec.regions.from_nwb, spec.regions.from_nwb_to_dandiset) == (files, dandiset)
    assert "about" not in spec.fields


def test_the_vocabulary_says_what_words_in_files_mean(tmp_path: Path) -> None:
    words = 'species: {macaque: "NCBITaxon:9541"}, sex: {XX: O}, subjects: {Müller1: M1}'
    spec = loaded(tmp_path, HEAD + f"vocabulary: {{{words}}}\n")
    assert spec.vocabulary == Vocabulary(
        species={"macaque": "NCBITaxon:9541"},
        sex={"XX": "O"},
        subjects={"Müller1": "M1"},
    )
    assert loaded(tmp_path, HEAD).vocabulary == Vocabulary()


def test_regions_go_by_either_id_of_a_subject(tmp_path: Path) -> None:
    text = (
        "vocabulary: {subjects: {Müller1: M1}}\nregions:\n"
        '  subjects: {Müller1: ["UBERON:0001882"], M2: ["UBERON:0001882"]}\n'
        '  sessions: {Müller1/s1: ["UBERON:0001882"], M1/s2: ["UBERON:0001882"]}\n'
    )
    regions = loaded(tmp_path, HEAD + text).regions
    assert regions.subjects.keys() == {"M1", "M2"}
    assert regions.sessions.keys() == {"M1/s1", "M1/s2"}


def test_words_of_files_have_regions_or_none(tmp_path: Path) -> None:
    names = '{PFC: [{name: x, id: "UBERON:0001882"}], rig 2: []}'
    spec = loaded(tmp_path, HEAD + f"regions: {{from_nwb: true, names: {names}}}\n")
    iri = "http://purl.obolibrary.org/obo/UBERON_0001882"
    region = {"schemaKey": "Anatomy", "name": "x", "identifier": iri}
    assert spec.regions.names == {"PFC": (region,), "rig 2": ()}
    assert spec.notes == ()
    idle = loaded(tmp_path, HEAD + f"regions: {{names: {names}}}\n")
    assert idle.notes == ("regions.names has no effect without `from_nwb: true`",)


def test_overlays_validation_ignore_and_policy(tmp_path: Path) -> None:
    spec = loaded(
        tmp_path,
        HEAD
        + "assets: [{match: 'a/**', metadata: {keywords: null}}, {match: b, metadata: {}}]\n"
        + "validation: {fail_on: critical, step_timeout: 90, ignore: [{check: c, reason: r}]}\n"
        + "ignore: [/keywords, /contributor/email]\n"
        + "policy: {max_deletions: 5}\n",
    )
    assert spec.overlays == (Overlay("a/**", {"keywords": None}), Overlay("b", {}))
    assert spec.validation == Validation("critical", (IgnoredCheck("c", "r", "**"),), 90)
    assert spec.ignore == ("/keywords", "/contributor/email")
    assert spec.max_deletions == "5"


ENVIRONMENTS = (
    'dandifile: 1\ninstance: dandi\nidentifier: "000123"\nname: "At {{ environment.name }}"\n'
    'environments:\n  rehearsal: {instance: local}\n  copy: {instance: local, identifier: "000007"}\n'
    "  none: {identifier: null}\n  same: {}\n"
)


@pytest.mark.parametrize(
    ("environment", "instance", "identifier"),
    [
        ("", "dandi", "000123"),
        ("rehearsal", "local", None),
        ("copy", "local", "000007"),
        ("none", "dandi", None),
        ("same", "dandi", "000123"),
    ],
)
def test_an_environment_overrides(
    environment: str, instance: str, identifier: str | None, tmp_path: Path
) -> None:
    spec = loaded(tmp_path, ENVIRONMENTS, environment)
    assert (spec.environment, spec.instance, spec.identifier) == (environment, instance, identifier)
    assert spec.fields["name"] == f"At {environment}".strip()


@pytest.mark.parametrize(
    ("spec", "fix"),
    [
        (ENVIRONMENTS + "nam: x\n", "did you mean `rehearsal`? the spec has: rehearsal, copy, none, same"),
        (HEAD, "the spec has no `environments`: leave the flag out"),
    ],
)
def test_an_unknown_environment_is_the_flags_fault(spec: str, fix: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        loaded(tmp_path, spec, "rehersal")
    assert not isinstance(caught.value, SpecError)
    assert caught.value.what == "--environment rehersal: the spec has no environment of this name"
    assert caught.value.fix == fix


def test_digests_of_two_environments_differ(tmp_path: Path) -> None:
    names = ("", "rehearsal", "copy", "none", "same")
    assert len({loaded(tmp_path, ENVIRONMENTS, name).digest for name in names}) == len(names)


def test_the_digest_is_that_of_the_content_not_of_its_form(tmp_path: Path) -> None:
    one = loaded(tmp_path, HEAD + "name: A title\nkeywords: [a, b]\n").digest
    other = loaded(tmp_path, "# hello\nkeywords:\n- 'a'\n- b  # b\nname: \"A title\"\n" + HEAD).digest
    changed = loaded(tmp_path, HEAD + "name: A title\nkeywords: [b, a]\n").digest
    assert one == other != changed


# ruamel writes a text that starts with "?" plain into a list in brackets, and reads a key there.
_TEXTS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1).filter(
    lambda text: text.strip() and "{" not in text and not text.startswith("?")
)
_SPECS = st.fixed_dictionaries(
    {"dandifile": st.just(1), "instance": st.just("dandi")},
    optional={
        "name": st.text("abc é", min_size=1, max_size=20).filter(str.strip),
        "keywords": st.lists(_TEXTS, max_size=3),
        "metadata": st.dictionaries(st.sampled_from(["acknowledgement", "studyTarget"]), _TEXTS),
        "paths": st.lists(
            st.fixed_dictionaries({"source": st.just("a"), "prune": st.booleans()}), max_size=2
        ),
    },
)


@given(_SPECS, st.randoms())
def test_the_digest_does_not_depend_on_key_order_or_layout(
    tmp_path_factory: pytest.TempPathFactory, spec: dict[str, Any], random: Any
) -> None:
    folder = tmp_path_factory.mktemp("spec")
    shuffled = list(spec.items())
    random.shuffle(shuffled)
    one = loaded(folder, json.dumps(spec, ensure_ascii=False))
    other = loaded(folder, _dumped(dict(shuffled)))
    assert one == other


def _dumped(value: Any) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load(tmp_path / "dandiset.yaml")


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "dandiset.yaml").mkdir()
    with pytest.raises(UserError, match="cannot be read"):
        load(tmp_path / "dandiset.yaml")


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "dandiset.yaml"
    file.write_bytes(HEAD.encode() + "name: Köln\n".encode("latin-1"))
    with pytest.raises(SpecError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert problem.where.endswith("dandiset.yaml:3:8")
    assert "0xf6" in problem.what


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "dandiset.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert load(file).instance == "dandi-sandbox"


def test_windows_line_ends_are_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "dandiset.yaml"
    file.write_bytes((HEAD + "description: |\n  One.\n  Two.\nnam: x\n").replace("\n", "\r\n").encode())
    with pytest.raises(SpecError) as caught:
        load(file)
    assert [problem.where[-4:] for problem in caught.value.problems] == [":6:1"]


def test_aliases_that_multiply_are_stopped(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (problem,) = refused(tmp_path, HEAD + "\n".join(lines)).problems
    assert "aliases" in problem.what


@given(st.text(max_size=60))
def test_any_text_is_read_or_told(text: str) -> None:
    try:
        told = read_document(text, "dandiset.yaml").problems
    except SpecError as error:
        told = list(error.problems) or pytest.fail("an error without a problem")
    assert all(problem.what and problem.fix for problem in told)


def test_nothing_heavy_is_imported_to_load_a_spec() -> None:
    code = (
        "import sys; from pathlib import Path; from dandifile.spec.load import load; load(Path(sys.argv[1]));"
        "print(sorted({'dandi', 'dandischema', 'pydantic', 'pynwb', 'numpy', 'jinja2', 'requests', 'rich'}"
        " & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(EXAMPLE)], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


_WHOLE = read_document(EXAMPLE.read_text(encoding="utf-8"), "").value | {
    "embargo": {"until": "2027-01-01"},
    "owners": {"exactly": ["a"]},
    "manifest": {"lessons": ["a"]},
    "doi": ["10.1038/x"],
}
_WHOLE["contributors"][1]["metadata"] = {"roleName": ["dcite:Author"], "email": "x"}
_WHOLE["contributors"][1].pop("roles")
_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        -1.5,
        "",
        " ",
        "x",
        "{{",
        "{{ x }}",
        "é/..",
        [],
        [None],
        [[]],
        ["x"],
        [1],
        {},
        {"x": None},
        [{}],
    ]
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children: Any = value.items() if isinstance(value, dict) else ()
    children = enumerate(value) if isinstance(value, list) else children
    return [path, *(place for key, child in children for place in _places(child, (*path, key)))]


@given(st.lists(st.tuples(st.sampled_from(_places(_WHOLE)[1:]), _ODD), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_odd_values_anywhere_are_told_never_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[tuple[Any, ...], Any]]
) -> None:
    spec = copy.deepcopy(_WHOLE)
    for path, odd in changes:
        holder: Any = spec
        for part in path[:-1]:
            known = (
                part in holder
                if isinstance(holder, dict)
                else isinstance(holder, list) and part in range(len(holder))
            )
            holder = holder[part] if known else None
        if isinstance(holder, dict) or (isinstance(holder, list) and path[-1] in range(len(holder))):
            holder[path[-1]] = odd
    text = _dumped(spec)
    problems = problems_of(tmp_path_factory.mktemp("spec"), text)
    assert all(problem.what and problem.fix for problem in problems)


def problems_of(folder: Path, text: str) -> tuple[Problem, ...]:
    try:
        loaded(folder, text)
    except SpecError as error:
        return error.problems
    return ()
