from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dandifile.errors import Exit
from tests.conftest import Lab, write_document
from tests.frame import ROOT
from tests.releases import DESCRIBED, publish_now

PATHS = "paths: [{source: data, standard: any, layout: as-is, prune: true}]\n"
MORE = """
keywords: [place cells]
assets: [{match: "sub-2/sub-2_ses-b.csv", metadata: {keywords: [pilot]}}]
policy: {max_deletions: 100%}
"""
FILES = {
    "sub-1/sub-1_ses-a.csv": "a",
    "sub-1/sub-1_ses-b.csv": "b",
    "sub-2/sub-2_ses-a.csv": "c",
    "sub-2/sub-2_ses-b.csv": "d",
}


@pytest.fixture
def published(lab: Lab) -> Lab:
    """A dandiset with one published version, which the draft equals."""
    lab.spec(DESCRIBED + PATHS)
    lab.files(FILES)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    publish_now(lab.archive)
    return lab


def words(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def change_everything(lab: Lab) -> None:
    """One difference of each sort: of four assets, none stays as it is."""
    data = lab.folder / "data"
    (data / "sub-1/sub-1_ses-a.csv").unlink()
    (data / "sub-1/sub-1_ses-b.csv").write_text("other content", "utf-8")
    (data / "sub-2/sub-2_ses-a.csv").rename(data / "sub-2/sub-2_ses-c.csv")
    lab.files({"sub-3/sub-3_ses-a.csv": "e"})
    lab.spec(DESCRIBED + PATHS + MORE)
    ran = lab.run("apply", "--yes", "--allow", "delete")
    assert ran.code == Exit.DONE, ran.err


def test_publishing_alone_makes_no_difference(published: Lab) -> None:
    ran = published.run("diff")
    assert ran.code == Exit.DONE, ran.err
    assert "No differences. 4 assets are the same." in ran.out


def test_every_sort_of_difference_is_shown(published: Lab) -> None:
    change_everything(published)
    ran = published.run("diff")
    assert ran.code == Exit.DONE, ran.err
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert lines[0] == "Place cells"
    assert (
        "1 asset added (1 B), 1 replaced (13 B), 1 moved, 1 removed (1 B), 1 with changed metadata "
        "1 field of the dandiset's metadata changed · 0 unchanged"
    ) in " ".join(lines)
    for row in (
        "new 1 subject: 3",
        "new 2 sessions: 2 (c), 3 (a)",
        "+ metadata keywords + place cells",
        "- asset sub-1/sub-1_ses-a.csv 1 B deleted",
        "→ asset sub-2/sub-2_ses-a.csv → sub-2/sub-2_ses-c.csv no bytes",
        "~ asset sub-1/sub-1_ses-b.csv 13 B new content, was 1 B",
        "~ asset sub-2/sub-2_ses-b.csv keywords + pilot",
        "+ asset sub-3/sub-3_ses-a.csv 1 B",
    ):
        assert row in lines, ran.out


def test_the_page_on_versions_shows_what_is_printed(published: Lab) -> None:
    change_everything(published)
    page = (ROOT / "docs/how-to/versions.md").read_text("utf-8")
    shown = re.sub(r"0\.\d{6}\.\d{4}", "0.260218.2052", published.run("diff").out)
    head, name, *rest = shown.splitlines()
    assert "\n".join([head, re.sub("^.*? ·", "dandi-sandbox ·", name), *rest]).strip() in page


def test_json_has_every_difference_with_both_sides(published: Lab) -> None:
    change_everything(published)
    found = json.loads(published.run("diff", "--format", "json").out)
    assert [(one["action"], one["path"]) for one in found["assets"]] == [
        ("delete", "sub-1/sub-1_ses-a.csv"),
        ("replace", "sub-1/sub-1_ses-b.csv"),
        ("update", "sub-2/sub-2_ses-b.csv"),
        ("move", "sub-2/sub-2_ses-c.csv"),
        ("create", "sub-3/sub-3_ses-a.csv"),
    ]
    moved = found["assets"][3]
    assert moved["before"]["path"] == "sub-2/sub-2_ses-a.csv"
    assert moved["before"]["content"] == moved["after"]["content"]
    assert found["assets"][2]["metadata"] == {"keywords": {"before": None, "after": ["pilot"]}}
    assert found["metadata"] == [{"field": "keywords", "before": None, "after": ["place cells"]}]
    assert found["sessions"] == {"added": {"2": ["c"], "3": ["a"]}, "removed": {"1": ["a"], "2": ["a"]}}
    assert found["counts"] == dict.fromkeys(("create", "replace", "move", "delete", "update"), 1)
    assert (found["after"]["version"], found["unchanged"]) == ("draft", 0)


def test_markdown_is_for_a_pull_request(published: Lab) -> None:
    change_everything(published)
    out = published.run("diff", "--format", "markdown").out
    assert out.startswith("## Place cells: 0.")
    assert "### Moved\n\n- `sub-2/sub-2_ses-a.csv` → `sub-2/sub-2_ses-c.csv`\n" in out


def test_a_version_is_compared_with_the_draft_and_two_with_each_other(published: Lab) -> None:
    first = published.run("diff", "--format", "json")
    name = json.loads(first.out)["before"]["version"]
    published.files({"sub-3/sub-3_ses-a.csv": "e"})
    assert published.run("apply", "--yes").code == Exit.DONE
    second = publish_now(published.archive)
    published.files({"sub-4/sub-4_ses-a.csv": "f"})
    assert published.run("apply", "--yes").code == Exit.DONE

    def added(*versions: str) -> list[str]:
        found = json.loads(published.run("diff", *versions, "--format", "json").out)
        return [one["path"] for one in found["assets"] if one["action"] == "create"]

    assert added(name) == ["sub-3/sub-3_ses-a.csv", "sub-4/sub-4_ses-a.csv"]
    assert added(name, second) == ["sub-3/sub-3_ses-a.csv"]
    assert added(second, "draft") == added() == ["sub-4/sub-4_ses-a.csv"]
    assert json.loads(published.run("diff", second, name, "--format", "json").out)["counts"] == {"delete": 1}


def test_paths_bound_the_comparison(published: Lab) -> None:
    change_everything(published)
    ran = published.run("diff", "--path", "sub-3/**", "--path", "nowhere/*")
    assert "1 asset added (1 B) · 0 unchanged" in ran.out
    assert "keywords" not in ran.out
    assert "--path nowhere/* matches no asset of either version" in ran.out


def test_a_diff_reads_only_and_needs_neither_the_data_nor_a_complete_spec(
    published: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in sorted((published.folder / "data").rglob("*.csv")):
        file.unlink()
    spec = published.folder / "dandiset.yaml"
    spec.write_text(spec.read_text("utf-8") + 'keywords: ["GAP: which"]\n', "utf-8")
    monkeypatch.delenv(next(iter(published.environ)))
    published.archive.reset_counts()
    ran = published.run("diff")
    assert ran.code == Exit.DONE, ran.err
    assert "No differences" in ran.out
    assert published.archive.writes() == 0


# --- What cannot be compared ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("0.260218.2052",), "has no version '0.260218.2052'"),
        (("darft",), "did you mean draft?"),
        (("draft", "draft", "draft"), "3 versions were given"),
        (("--format", "yaml"), "use one of text, json, markdown"),
        (("--path", "{1..99999}"), "stands for more than 1,000 patterns"),
    ],
)
def test_bad_input_is_an_error_that_says_what_is_allowed(
    published: Lab, arguments: tuple[str, ...], said: str
) -> None:
    ran = published.run("diff", *arguments)
    assert (ran.code, ran.out) == (Exit.INPUT, "")
    assert said in words(ran.err)


def test_a_dandiset_that_was_never_published_is_named(lab: Lab) -> None:
    lab.spec(DESCRIBED + PATHS)
    lab.files(FILES)
    ran = lab.run("diff")
    assert (ran.code, "there is no dandiset yet" in words(ran.err)) == (Exit.INPUT, True)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    ran = lab.run("diff")
    assert (ran.code, ran.out) == (Exit.INPUT, "")
    assert "dandiset 000001 has no published version" in words(ran.err)


def test_a_dandiset_that_is_gone_or_hidden_is_an_error(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.spec('identifier: "000777"\n')
    ran = lab.run("diff")
    assert (ran.code, "has no dandiset 000777" in words(ran.err)) == (Exit.INPUT, True), ran.err
    import requests

    made = requests.post(
        f"{lab.archive.api_url}/dandisets/?embargo=true",
        json={"name": "Hidden", "metadata": {}},
        headers={"Authorization": f"token {lab.archive.key}"},
        timeout=30,
    ).json()
    lab.spec(f'identifier: "{made["identifier"]}"\n')
    variable = next(iter(lab.environ))
    monkeypatch.setenv(variable, lab.archive.add_user("stranger"))
    ran = lab.run("diff")
    assert (ran.code, "under embargo: only its owners can see it" in words(ran.err)) == (Exit.INPUT, True), (
        ran.err
    )
    monkeypatch.delenv(variable)
    ran = lab.run("diff")
    assert (ran.code, "as an owner, set" in words(ran.err)) == (Exit.INPUT, True), ran.err


def test_a_name_that_the_draft_was_given_is_a_difference(published: Lab) -> None:
    write_document(published, {**published.document(), "name": "Another name"})
    assert json.loads(published.run("diff", "--format", "json").out)["metadata"] == [
        {"field": "name", "before": "Place cells", "after": "Another name"}
    ]
