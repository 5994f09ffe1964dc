from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.model import AssetDifference, Census, Comparison, FieldDifference, ListedAsset, Version
from dandifile.report.comparison_markdown import LONGEST_NOTES, comparison_markdown, release_notes
from dandifile.report.markdown import code_span, literal

GB = 10**9
BEFORE = Version("0.260218.2052", "Place cells", "Valid", "2026-02-18", 4, 4 * GB)
DRAFT = Version("draft", "Place cells", "Pending", "2026-01-01", 4, 4 * GB)
REGION = {"schemaKey": "Anatomy", "identifier": "UBERON:0001882", "name": "nucleus accumbens"}


def asset(path: str, content: str = "", size: int = GB) -> ListedAsset:
    return ListedAsset(path, path, size, content or path, None)


def comparison(*assets: AssetDifference, fields: tuple[FieldDifference, ...] = ()) -> Comparison:
    return Comparison("000123", "dandi", BEFORE, DRAFT, fields, assets, 240)


EVERYTHING = replace(
    comparison(
        AssetDifference(asset("sub-1/a.nwb"), None),
        AssetDifference(asset("sub-2/old.nwb", "m"), asset("sub-2/new.nwb", "m")),
        AssetDifference(asset("sub-2/r.nwb", "1"), asset("sub-2/r.nwb", "2", 2 * GB)),
        *(
            AssetDifference(
                asset(f"sub-3/{name}.nwb", "x"),
                asset(f"sub-3/{name}.nwb", "x"),
                {"about": None},
                {"about": [REGION]},
            )
            for name in "abc"
        ),
        *(AssetDifference(None, asset(f"sub-4/sub-4_ses-{name}.nwb")) for name in "ab"),
        fields=(
            FieldDifference("keywords", ["plce cells"], ["place cells"]),
            FieldDifference("name", "Old name", "New name"),
        ),
    ),
    census_before=Census(4, 4 * GB, {"1": frozenset(), "3": frozenset("a")}),
    census_after=Census(4, 4 * GB, {"3": frozenset("a"), "4": frozenset("ab")}),
)

NOTES = """\
Changes since version 0.260218.2052: 2 files added (2.0 GB), 1 replaced (2.0 GB), 1 moved, \
1 removed (1.0 GB), 3 with changed metadata; 2 fields of the dandiset's metadata changed.

### New

- 1 subject: 4
- 2 sessions: 4 (a, b)
- `sub-4/sub-4_ses-a.nwb` (1.0 GB)
- `sub-4/sub-4_ses-b.nwb` (1.0 GB)

### Replaced

- `sub-2/r.nwb` (2.0 GB): new content, was 1.0 GB

### Moved

- `sub-2/old.nwb` → `sub-2/new.nwb`

### Removed

- 1 subject: 1
- `sub-1/a.nwb` (1.0 GB)

### Metadata of files

- `sub-3/*` (3 files): about: added nucleus accumbens (UBERON:0001882)

### Metadata of the dandiset

- keywords: removed plce cells, added place cells
- name: Old name → New name
"""


def test_notes_say_what_is_new_what_is_gone_and_which_metadata_changed() -> None:
    assert release_notes(EVERYTHING) == NOTES


def test_a_page_has_a_heading_and_the_archives_word_for_files() -> None:
    text = comparison_markdown(EVERYTHING)
    assert text.startswith("## Place cells: 0.260218.2052 → draft\n\ndandi, dandiset 000123: 2 assets added")
    assert "### Metadata of assets" in text


def test_notes_of_a_first_version_sum_up_what_it_holds() -> None:
    first = replace(
        comparison(*(AssetDifference(None, asset(f"sub-4/sub-4_ses-{name}.nwb")) for name in "ab")),
        before=None,
        census_after=Census(2, 2 * GB, {"4": frozenset("ab")}),
        summary={
            "species": [{"name": "House mouse"}, "odd", {}],
            "approach": [{"name": "electrophysiological approach"}],
            "variableMeasured": None,
        },
    )
    assert release_notes(first) == (
        "First version: 2 files (2.0 GB) of 1 subject in 2 sessions.\n\n"
        "### Contents\n\n"
        "- Species: House mouse, odd\n"
        "- Approaches: electrophysiological approach\n"
        "- 1 subject: 4\n"
        "- 2 sessions: 4 (a, b)\n"
    )


def test_notes_without_a_difference_say_so() -> None:
    assert release_notes(comparison()) == (
        "Changes since version 0.260218.2052: none, neither in files nor in metadata.\n"
    )


def test_what_does_not_fit_is_counted() -> None:
    added = [
        AssetDifference(None, asset(f"sub-{number:03}/sub-{number:03}_x{number}.nwb"))
        for number in range(900)
    ]
    fields = tuple(FieldDifference(f"field{number}", None, "y" * 200) for number in range(100))
    found = comparison(*added, AssetDifference(asset("sub-1/a.nwb"), None), fields=fields)
    text = release_notes(found)
    assert len(text) <= LONGEST_NOTES
    shown = sum(map(int, re.findall(r"\((\d+) files,", text))) + text.count(".nwb` (")
    left = re.search(r"… and (\d+) more files", text)
    assert shown + (int(left[1]) if left else 0) == 901
    some = text.count("\n- field")
    assert f"… and {100 - some} more fields" in text
    assert len(release_notes(found, 300)) <= 300
    assert "- 100 fields" in release_notes(found, 300)


def test_a_long_list_of_subjects_is_cut_with_a_count() -> None:
    subjects = {f"{number:03}": frozenset[str]() for number in range(100)}
    found = replace(comparison(AssetDifference(None, asset("a"))), census_after=Census(1, 1, subjects))
    assert re.search(r"100 subjects: 000, .*, 038 and 61 more\n", release_notes(found))


# --- Text of others -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nucleus accumbens (UBERON:0001882)", "nucleus accumbens (UBERON:0001882)"),
        ("Doe, Jane", "Doe, Jane"),
        ("@jane", "`@jane`"),
        ("#12", "`#12`"),
        ("sub_1", "`sub_1`"),
        ("**bold**", "`**bold**`"),
        ("[x](http://x)", "`[x](http://x)`"),
        ("<script>", "`<script>`"),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a\nb", "a b"),
        ("", "` `"),
        ("- item", "`- item`"),
        ("https://example.org", "`https://example.org`"),
    ],
)
def test_text_means_nothing_in_markdown(text: str, shown: str) -> None:
    assert literal(text) == shown


@given(st.text(max_size=50))
def test_code_ends_where_it_should(text: str) -> None:
    shown = code_span(text)
    fence = re.match("`+", shown)
    assert fence is not None
    inner = shown[len(fence[0]) : -len(fence[0])]
    assert shown.endswith(fence[0])
    assert fence[0] not in re.findall("`+", inner)
    assert "\n" not in shown


@given(
    st.lists(st.text(min_size=1, max_size=80), max_size=60, unique=True),
    st.dictionaries(st.text(min_size=1, max_size=20), st.text(max_size=300), max_size=40),
    st.integers(600, 6000),
)
def test_notes_never_exceed_their_limit(paths: list[str], fields: dict[str, str], limit: int) -> None:
    assets = [AssetDifference(None, asset(path)) for path in sorted(paths)]
    found = comparison(
        *assets, fields=tuple(FieldDifference(name, None, value) for name, value in fields.items())
    )
    text = release_notes(found, limit)
    assert len(text) <= limit
    assert not text.endswith("…"), "cut between lines, and not within one"
