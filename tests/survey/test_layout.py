from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dandifile.model import PathEntry, Record, Recorded, Refusal
from dandifile.survey.formats import format_of_file
from dandifile.survey.layout import Draft, assign, is_organized
from dandifile.survey.scanned_file import Content, ScannedFile
from tests.survey.lab import record_of

ENTRY = PathEntry("raw", layout="organize")


def content(
    below: str, *, digest: str = "", entry: PathEntry = ENTRY, modalities: str = "ecephys", **labels: str
) -> Content:
    """A file of an entry; `labels` are the entities of its name. Its digest is its name unless given."""
    file = ScannedFile(
        entry=entry,
        source=f"{entry.source}/{below}",
        below=below,
        path=f"/lab/{entry.source}/{below}",
        size=1,
        mtime_ns=0,
        ctime_ns=0,
        inode=0,
        format=format_of_file(below),
    )
    entities = {"sub": "m1"} | labels
    return Content(
        file,
        digest or below,
        {"entities": {k: v for k, v in entities.items() if v}, "modalities": modalities},
    )


def names(
    contents: Sequence[Content],
    known: Mapping[str, tuple[str, ...]] | None = None,
    record: Record | None = None,
    reserved: frozenset[str] = frozenset(),
    *,
    rename: bool = False,
) -> tuple[dict[str, str], tuple[Refusal, ...]]:
    paths, refused = assign(contents, Draft(known or {}, record or Record(), reserved), rename=rename)
    return {source.removeprefix("raw/"): path for source, path in paths.items()}, refused


# --- As the dandi package names ------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What a file says of itself, in the dandi package's own words."""

    subject_id: str
    session_id: str | None
    slice_id: str | None
    description: str | None
    probe_ids: tuple[int, ...] | None
    nd_types: tuple[str, ...]


rows = st.builds(
    Row,
    subject_id=st.sampled_from(["m1", "m_2", "m.3"]),
    session_id=st.sampled_from([None, "s1", "day 2"]),
    slice_id=st.sampled_from([None, "l1", "l2"]),
    description=st.sampled_from([None, "left", "right"]),
    probe_ids=st.sampled_from([None, (1,), (1, 2)]),
    nd_types=st.sampled_from(
        [(), ("Units",), ("ElectricalSeries (2)",), ("TwoPhotonSeries", "ElectricalSeries")]
    ),
)


@pytest.fixture(scope="module")
def files_with_object_ids(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of which only the object id is read."""
    import h5py

    folder = tmp_path_factory.mktemp("files")
    for number in range(5):
        with h5py.File(folder / f"{number}.nwb", "w") as file:
            file.attrs["object_id"] = f"object {number}"
    return sorted(folder.iterdir())


@given(
    made=st.lists(rows, min_size=1, max_size=5),
    required=st.sampled_from([(), ("session_id",), ("slice_id",)]),
)
@settings(max_examples=150, deadline=None)
def test_a_first_upload_is_named_as_dandi_organize_names_it(
    files_with_object_ids: list[Path], made: list[Row], required: tuple[str, ...]
) -> None:
    from dandi.organize import create_unique_filenames_from_metadata, get_obj_id

    from dandifile.survey.nwb.extract import labels_of

    contents, theirs = [], []
    for number, row in enumerate(made):
        path = files_with_object_ids[number]
        flat: dict[str, Any] = vars(row) | {"probe_ids": list(row.probe_ids) if row.probe_ids else None}
        file = content(path.name, entry=replace(ENTRY, required_fields=required))
        contents.append(replace(file, labels=labels_of(flat, get_obj_id(f"object {number}"))))
        theirs.append(flat | {"path": str(path)})
    named = create_unique_filenames_from_metadata(theirs, required_fields=required)
    assert names(contents) == ({Path(row["path"]).name: row["dandi_path"] for row in named}, ())


# --- Stability -----------------------------------------------------------------------------------


def lab(made: list[dict[str, Any]]) -> list[Content]:
    return [content(f"{n}.nwb", obj=f"o{n}", **labels) for n, labels in enumerate(made)]


labs = st.lists(
    st.fixed_dictionaries(
        {
            "sub": st.sampled_from(["m1", "m2"]),
            "ses": st.sampled_from(["", "1", "2"]),
            "slice": st.sampled_from(["", "a", "b"]),
            "desc": st.sampled_from(["", "x", "y"]),
        }
    ),
    max_size=7,
).map(lab)


def labels_of(made: Content) -> dict[str, Any]:
    return dict(made.labels["entities"]) if made.labels else {}


@given(labs, labs, st.randoms())
def test_names_that_are_on_the_draft_stay_when_files_come_go_or_are_shuffled(
    first: list[Content], more: list[Content], random: Any
) -> None:
    paths, refused = names(first)
    assert refused == ()
    known = {f"{source}": (path,) for source, path in paths.items()}
    later = [
        content(f"late {c.file.below}", **labels_of(c) | {"obj": f"late{n}"}) for n, c in enumerate(more)
    ]
    checkout = [c for c in first if random.random() < 0.5] + later
    random.shuffle(checkout)
    again, refused = names(checkout, known)
    assert refused == ()
    assert {source: path for source, path in again.items() if source in paths}.items() <= paths.items()
    assert len(set(again.values())) == len(checkout)


@given(labs, st.randoms())
def test_the_order_of_the_files_does_not_matter(contents: list[Content], random: Any) -> None:
    shuffled = list(contents)
    random.shuffle(shuffled)
    assert names(shuffled)[0] == names(contents)[0]


@given(labs)
def test_applying_twice_changes_no_name(contents: list[Content]) -> None:
    paths, _ = names(contents)
    known = {source: (path,) for source, path in paths.items()}
    assert names([replace(c, labels=None) for c in contents], known)[0] == paths


def test_a_newcomer_gets_the_tie_breaker_and_the_old_one_its_old_name() -> None:
    old, new = content("old.nwb", ses="1", obj="aa"), content("new.nwb", ses="1", obj="bb")
    paths, _ = names([old, new], {"old.nwb": ("sub-m1/sub-m1_ses-1_ecephys.nwb",)})
    assert paths == {
        "old.nwb": "sub-m1/sub-m1_ses-1_ecephys.nwb",
        "new.nwb": "sub-m1/sub-m1_ses-1_obj-bb_ecephys.nwb",
    }


def test_a_newcomer_is_named_in_the_manner_of_its_siblings() -> None:
    old, new = content("1.nwb", ses="1", slice="a"), content("2.nwb", ses="1", slice="b")
    paths, _ = names([old, new], {"1.nwb": ("sub-m1/sub-m1_ses-1_slice-a_icephys.nwb",)})
    assert paths["2.nwb"] == "sub-m1/sub-m1_ses-1_slice-b_ecephys.nwb"


def test_a_newcomer_does_not_take_the_name_of_a_file_that_is_not_here() -> None:
    reserved = frozenset({"sub-m1/sub-m1_ses-1_ecephys.nwb"})
    paths, _ = names([content("1.nwb", ses="1", obj="aa")], reserved=reserved)
    assert paths == {"1.nwb": "sub-m1/sub-m1_ses-1_obj-aa_ecephys.nwb"}


# --- Changed files and copies --------------------------------------------------------------------

RECORDED = "sub-m1/sub-m1_ses-1_obj-aa_ecephys.nwb"


@pytest.mark.parametrize(
    ("now", "path"),
    [
        ({"sub": "m1", "ses": "1"}, RECORDED),
        ({"sub": "m1", "ses": "2"}, "sub-m1/sub-m1_ses-2_ecephys.nwb"),
        ({"sub": "m9", "ses": "1"}, "sub-m9/sub-m9_ses-1_ecephys.nwb"),
    ],
)
def test_a_changed_file_keeps_its_path_while_subject_and_session_agree(
    now: dict[str, Any], path: str
) -> None:
    record = record_of(**{"raw__a.nwb": (RECORDED, "before")})
    assert names([content("a.nwb", digest="after", **now)], {"before": (RECORDED,)}, record)[0] == {
        "a.nwb": path
    }


def test_each_copy_keeps_the_path_recorded_for_it() -> None:
    record = record_of(**{"raw__b.nwb": ("p/1.nwb", "same"), "raw__a.nwb": ("p/2.nwb", "same")})
    copies = [content("a.nwb", digest="same"), content("b.nwb", digest="same")]
    known = {"same": ("p/1.nwb", "p/2.nwb")}
    assert names(copies, known, record)[0] == {"a.nwb": "p/2.nwb", "b.nwb": "p/1.nwb"}
    assert names(copies, known)[0] == {"a.nwb": "p/1.nwb", "b.nwb": "p/2.nwb"}
    in_place = {"same": ("p/1.nwb", "p/2.nwb", "b.nwb")}
    assert names(copies, in_place)[0] == {"a.nwb": "p/1.nwb", "b.nwb": "b.nwb"}


@pytest.mark.parametrize("known", [{}, {"same": ("sub-m1/sub-m1_ecephys.nwb",)}])
def test_a_copy_too_many_is_refused_and_names_the_other(known: dict[str, tuple[str, ...]]) -> None:
    _, refused = names([content(n, digest="same", obj="aa") for n in ("a.nwb", "b.nwb")], known)
    assert refused
    assert "raw/a.nwb" in refused[-1].reason
    assert "same content" in refused[-1].reason


def test_rename_names_everything_anew() -> None:
    known = {"a.nwb": ("sub-m1/sub-m1_obj-aa_ecephys.nwb",)}
    paths, _ = names([content("a.nwb", ses="1", obj="aa")], known, rename=True)
    assert paths == {"a.nwb": "sub-m1/sub-m1_ses-1_ecephys.nwb"}


# --- What cannot be named ------------------------------------------------------------------------


def test_no_subject_is_refused_only_where_a_name_is_needed() -> None:
    [refusal] = names([content("a.nwb", sub="")])[1]
    assert "subject_id" in refusal.reason
    assert "layout: as-is" in refusal.fix
    assert names([content("a.nwb", sub="")], {"a.nwb": ("sub-x/sub-x.nwb",)})[1] == ()


def test_files_that_nothing_tells_apart_are_refused_and_named() -> None:
    paths, refused = names([content(n, ses="1") for n in ("a.nwb", "b.nwb")])
    assert paths == {}
    assert [refusal.source for refusal in refused] == ["raw/a.nwb", "raw/b.nwb"]
    assert "raw/b.nwb" in refused[0].reason
    assert refused[0].reason == refused[1].reason  # one cause
    assert (
        "raw/a.nwb"
        in names([content("b.nwb"), content("a.nwb")], {"a.nwb": ("sub-m1/sub-m1_ecephys.nwb",)})[1][0].reason
    )
    assert "session_id" in refused[0].fix


def test_a_name_that_the_archive_does_not_take_is_refused() -> None:
    [refusal] = names([content("a.nwb", sub="Mäuschen")])[1]
    assert "'ä'" in refusal.reason


# --- As they are ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "below", "organized"),
    [
        ("organize", "sub-1/sub-1.nwb", True),
        ("as-is", "raw.nwb", False),
        (None, "raw.nwb", True),
        (None, "sub-1/sub-2.nwb", True),
        (None, "sub-1/sub-1_ses-2_ecephys.nwb", False),
        ("organize", "movie.mp4", False),
    ],
)
def test_which_files_are_organized(layout: str | None, below: str, organized: bool) -> None:
    assert is_organized(content(below, entry=replace(ENTRY, layout=layout)).file) == organized


def test_other_files_keep_their_place_below_into() -> None:
    entry = PathEntry("raw", standard="any", into="stimuli/v1")
    paths, _ = names([content("day 1/a.txt", entry=entry)])
    assert paths == {"day 1/a.txt": "stimuli/v1/day 1/a.txt"}


def test_clashing_files_are_refused_but_not_the_one_that_is_on_the_draft() -> None:
    entry = PathEntry("raw", standard="any")
    other = PathEntry("more", standard="any")
    files = [content("a.txt", entry=entry, digest="1"), content("a.txt", entry=other, digest="2")]
    assert len(assign(files, Draft({}, Record()))[1]) == 2
    paths, [refusal] = assign(files, Draft({"1": ("a.txt",)}, Record()))
    assert paths == {"raw/a.txt": "a.txt"}
    assert refusal.source == "more/a.txt"


def test_paths_that_differ_in_case_only_are_two() -> None:
    entry = PathEntry("raw", standard="any")
    paths, refused = names([content("a.txt", entry=entry), content("A.txt", entry=entry)])
    assert (set(paths.values()), refused) == ({"a.txt", "A.txt"}, ())


def test_a_newcomer_does_not_take_the_path_of_a_file_as_it_is() -> None:
    as_is = PathEntry("out", layout="as-is")
    lying = content("sub-m1/sub-m1_ecephys.nwb", entry=as_is)
    paths, _ = names([lying, content("a.nwb", obj="aa")])
    assert paths["a.nwb"] == "sub-m1/sub-m1_obj-aa_ecephys.nwb"


def test_recorded_paths_of_another_kind_are_not_kept_for_changed_files() -> None:
    record = Record({"raw/a.nwb": Recorded("somewhere/raw.nwb", "before")})
    assert names([content("a.nwb", ses="1")], record=record)[0] == {
        "a.nwb": "sub-m1/sub-m1_ses-1_ecephys.nwb"
    }
