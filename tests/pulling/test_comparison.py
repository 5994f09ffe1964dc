"""What pull does about each asset: pure, with a disk that is a dict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dandifile.model import PathEntry, RemoteAsset
from dandifile.pulling.comparison import Here, LocalFile, PullComparison, Selection, compare
from dandifile.survey.placing import Placing
from tests.survey.lab import spec_of

ANY = PathEntry("data", standard="any", layout="as-is")
ZARR = "0" * 32 + "-2--20"


@dataclass
class MadeUpDisk:
    there: Mapping[str, str] = field(default_factory=dict)  # what is where, below /lab
    folds: bool = False
    bad: str = ""

    def what(self, path: str) -> str:
        return self.there.get(path.removeprefix("/lab/"), "")

    def name_fault(self, path: str) -> str:
        return "it has a colon" if self.bad and self.bad in path else ""

    def folded(self, path: str) -> str:
        return path.casefold() if self.folds else path


def draft(**digests: str) -> dict[str, RemoteAsset]:
    """Assets by path, with `__` for a slash and `_dot_` for a dot."""
    found = {}
    for name, digest in digests.items():
        path = name.replace("__", "/").replace("_dot_", ".")
        zarr = "z" if "--" in digest else None
        found[path] = RemoteAsset(path, path, 10, digest, None if zarr else "b", zarr)
    return dict(sorted(found.items()))


def here(**files: tuple[str, str]) -> Here:
    """Files by path in the dandiset: their source below /lab, and their digest."""
    return Here(
        {
            path.replace("__", "/"): LocalFile(source, f"/lab/{source}", "/lab/data", digest)
            for path, (source, digest) in files.items()
        }
    )


def compared(
    assets: Mapping[str, RemoteAsset],
    local: Here | None = None,
    disk: MadeUpDisk | None = None,
    selection: Selection | None = None,
    entry: PathEntry = ANY,
) -> PullComparison:
    placing = Placing(spec_of(Path("/lab"), entry), assets.keys())
    return compare(assets, local or Here({}), placing, disk or MadeUpDisk(), selection or Selection())


def fetched(found: PullComparison) -> dict[str, str]:
    return {one.asset.path: one.source for one in found.fetch}


def test_what_is_not_here_is_fetched() -> None:
    found = compared(draft(a="1", b="2"), here(a=("data/a", "1")))
    assert (fetched(found), found.here) == ({"b": "data/b"}, 1)


def test_a_file_under_another_name_is_not_fetched_again() -> None:
    found = compared(draft(a="1"), here(mine=("data/mine", "1")))
    assert (found.renamed, found.fetch) == ((("a", "data/mine"),), ())


def test_one_file_stands_for_one_asset_only() -> None:
    found = compared(draft(a="1", b="1"), here(mine=("data/mine", "1")))
    assert (found.renamed, fetched(found)) == ((("a", "data/mine"),), {"b": "data/b"})


def test_a_file_that_is_another_asset_is_no_spare() -> None:
    found = compared(draft(a="1", b="2"), here(b=("data/b", "1")), selection=Selection(overwrite=True))
    assert fetched(found) == {"a": "data/a", "b": "data/b"}


def test_an_organised_file_is_replaced_under_its_own_name() -> None:
    found = compared(draft(a="1"), here(a=("data/raw one", "2")), selection=Selection(overwrite=True))
    assert [(one.file, one.over) for one in found.fetch] == [("/lab/data/raw one", True)]


def test_a_link_to_content_that_was_not_fetched_is_left_to_its_tool() -> None:
    disk = MadeUpDisk({"data/a": "link"})
    (refused,) = compared(draft(a="1"), disk=disk).refused
    assert "git-annex" in refused.fix
    assert fetched(compared(draft(a="1"), disk=disk, selection=Selection(overwrite=True))) == {"a": "data/a"}


def test_a_file_that_the_survey_cannot_use_differs() -> None:
    found = compared(draft(a="1"), disk=MadeUpDisk({"data/a": "file"}))
    assert (found.differ, found.fetch) == ((("a", "data/a"),), ())


def test_a_folder_is_never_replaced_by_a_file_nor_a_file_by_a_folder() -> None:
    over = Selection(overwrite=True)
    (one,) = compared(draft(a="1"), disk=MadeUpDisk({"data/a": "folder"}), selection=over).refused
    assert "data/a is a folder here" in one.reason
    disk = MadeUpDisk({"data/x.zarr": "file"})
    (two,) = compared(draft(x_dot_zarr=ZARR), disk=disk, selection=over).refused
    assert "data/x.zarr is a file here" in two.reason
    (three,) = compared(draft(a__b="1"), disk=MadeUpDisk({"data/a": "file"}), selection=over).refused
    assert three.reason.startswith("data/a is a file here")


def test_the_place_of_another_assets_file_is_taken() -> None:
    local = here(q=("data/a", "2"))
    (refused,) = compared(draft(a="1", q="2"), local, MadeUpDisk({"data/a": "file"})).refused
    assert "the file of another asset: q" in refused.reason


def test_names_that_are_one_file_on_this_disk_are_all_named() -> None:
    found = compared(draft(A="1", a="2", b="3"), disk=MadeUpDisk(folds=True))
    assert fetched(found) == {"b": "data/b"}
    assert [(one.source, "differs in case only" in one.reason) for one in found.refused] == [
        ("A", True),
        ("a", True),
    ]
    assert found.lacking == ("/lab/data",)


def test_a_name_that_is_here_in_another_case_is_taken() -> None:
    found = compared(draft(A="1", a="2"), here(a=("data/a", "2")), MadeUpDisk(folds=True))
    assert [one.source for one in found.refused] == ["A"]


def test_a_name_that_this_machine_cannot_write() -> None:
    (refused,) = compared(draft(a="1", b="2"), disk=MadeUpDisk(bad="/b")).refused
    assert (refused.source, "it has a colon" in refused.reason) == ("b", True)


def test_an_asset_without_a_checksum_is_not_fetched() -> None:
    (refused,) = compared(draft(a="")).refused
    assert "no checksum" in refused.reason


def test_the_folder_lacks_what_was_not_asked_for() -> None:
    found = compared(draft(a="1", b="2"), selection=Selection(paths=("a",)))
    assert (fetched(found), found.unselected, found.lacking) == ({"a": "data/a"}, 1, ("/lab/data",))
    assert compared(draft(a="1")).lacking == ()


DIGESTS = st.sampled_from(["1", "2", "3"])
NAMES = st.sampled_from(["a", "b", "c", "d/e", "d/f"])


@given(st.dictionaries(NAMES, DIGESTS), st.dictionaries(NAMES, DIGESTS), st.booleans())
def test_after_a_pull_every_asset_is_here_or_has_a_reason(
    there: dict[str, str], local: dict[str, str], over: bool
) -> None:
    """Nothing is dropped without a word, and nothing that is right is fetched again."""
    assets = {path: RemoteAsset(path, path, 1, digest, "b") for path, digest in sorted(there.items())}
    files = {path: LocalFile(f"data/{path}", f"/lab/data/{path}", "/lab/data", local[path]) for path in local}
    disk = MadeUpDisk({f"data/{path}": "file" for path in local})
    found = compared(assets, Here(files), disk, Selection(overwrite=over))
    fetch = set(fetched(found))
    same = {path for path in there if local.get(path) == there[path]}
    renamed = {path for path, _ in found.renamed}
    differ = {path for path, _ in found.differ}
    assert found.here == len(same)
    assert not fetch & same
    assert differ == {path for path in there if path in local and path not in same}
    assert fetch | same | renamed | differ == set(there)
    assert bool(fetch & differ) == (over and bool(differ))
