"""The folder of a store: its owner's alone, and never one that holds files of others."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from localdandi.archive import is_store, open_store, reset
from localdandi.document import StartError
from localdandi.testing import archive


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("made", [None, 0o755, 0o777])
def test_only_the_owner_may_enter(store: Path, made: int | None) -> None:
    if made:
        store.mkdir()
        store.chmod(made)
    open_store(store).close()
    assert stat.S_IMODE(store.stat().st_mode) == 0o700


def _database_of_another_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE meta (sample TEXT)")
        connection.execute("CREATE TABLE spikes (time REAL)")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("notes.txt", Path.touch),
        ("data", Path.mkdir),
        ("pictures", Path.mkdir),  # names of ours prove nothing where there is no archive
        ("objects", Path.mkdir),
        ("lock", Path.mkdir),
        ("admin.key", Path.touch),
        ("archive.sqlite", Path.mkdir),
        ("archive.sqlite", lambda file: file.write_text("something else", "utf-8")),
        ("archive.sqlite", _database_of_another_program),
    ],
)
def test_a_folder_of_others_is_not_made_a_store(
    store: Path, name: str, make: Callable[[Path], object]
) -> None:
    store.mkdir()
    make(store / name)
    with pytest.raises(StartError, match=f"other files: {name}") as caught:
        open_store(store)
    assert "empty folder" in caught.value.fix
    with pytest.raises(StartError, match="not the folder"):
        reset(store)
    assert [entry.name for entry in store.iterdir()] == [name]


def test_a_file_is_no_store(store: Path) -> None:
    store.write_text("mine", "utf-8")
    with pytest.raises(StartError, match="not a folder"):
        open_store(store)
    assert store.read_text("utf-8") == "mine"


def test_a_reset_deletes_what_the_archive_keeps_and_nothing_else(store: Path) -> None:
    with archive(store):
        pass
    (store / "notes.txt").write_text("mine", "utf-8")
    elsewhere = store.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "thesis.txt").write_text("mine", "utf-8")
    (store / "pictures").symlink_to(elsewhere, target_is_directory=True)
    assert reset(store) == ("notes.txt",)
    assert [entry.name for entry in store.iterdir()] == ["notes.txt"]
    assert (elsewhere / "thesis.txt").read_text("utf-8") == "mine"
    assert not is_store(store)


def test_a_reset_leaves_files_that_others_put_into_its_folders(store: Path) -> None:
    with archive(store):
        pass
    mine = [store / "pictures" / "thesis.png", store / "objects" / "raw.h5"]
    for file in mine:
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine", "utf-8")
    (store / "pictures" / "0.light.png").touch()
    (store / "outlines").mkdir()
    (store / "outlines" / "0.tree.json").touch()
    assert reset(store) == ("objects", "pictures")
    assert sorted(entry for entry in store.rglob("*") if entry.is_file()) == sorted(mine)


def test_a_reset_through_a_link_deletes_the_archive(store: Path) -> None:
    with archive(store):
        pass
    link = store.parent / "link"
    link.symlink_to(store, target_is_directory=True)
    assert reset(link) == ()
    assert not store.exists()


def test_a_start_that_was_cut_short_is_started_again(store: Path) -> None:
    """The lock is there before the database is; and dandifile may have noted the store's id."""
    store.mkdir()
    for name in ("lock", "archive.sqlite", "identifiers.json"):
        (store / name).touch()
    open_store(store).close()
    assert is_store(store)


def test_a_reset_of_a_store_alone_removes_its_folder(store: Path) -> None:
    with archive(store):
        pass
    assert reset(store) == ()
    assert not store.exists()


def test_a_running_archive_is_not_reset(store: Path) -> None:
    with archive(store), pytest.raises(StartError, match="another process"):
        reset(store)
    assert is_store(store)
