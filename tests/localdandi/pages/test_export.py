"""The pages as files: they open from the disk, and lead only to each other and to the web."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from localdandi import cli
from localdandi.document import StartError
from localdandi.pages.export import Choice, Exports, export
from localdandi.pages.export_folder import MARK, ExportFolder
from localdandi.testing import archive
from tests.localdandi.conftest import client_of
from tests.localdandi.pages.conftest import Site
from tests.localdandi.pages.html import Page


@pytest.fixture(scope="module")
def exported(site: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Exports]:
    """The whole archive, exported while it is served."""
    site.client.create("Held back", "?embargo=true")
    store = site.client.archive.serving.archive.store
    picture = f"{site.client.archive.web_url}/picture/{site.assets['sub-R1/sub-R1_ses-1.nwb']}"
    for theme in ("light", "dark"):
        assert site.reader("GET", f"{picture}?theme={theme}").status_code == 200
    target = tmp_path_factory.mktemp("export") / "pages"
    return target, export(store, target, Choice())


@pytest.fixture(scope="module")
def pages(exported: tuple[Path, Exports]) -> dict[str, Page]:
    folder, _ = exported
    return {
        file.relative_to(folder).as_posix(): Page(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.html"))
    }


def test_the_draft_and_the_newest_version_are_exported(site: Site, pages: dict[str, Page]) -> None:
    numbers = {name.split("/")[1] for name in pages if name.startswith(f"{site.dandiset}/")}
    assert numbers == {"draft", site.versions[1]}
    for name in ("index.html", "subjects.html", "folder/0.html", f"asset/{site.assets['README.md']}.html"):
        assert f"{site.dandiset}/draft/{name}" in pages


def test_every_exported_page_is_well_formed(pages: dict[str, Page], exported: tuple[Path, Exports]) -> None:
    assert {name: page.faults for name, page in pages.items() if page.faults} == {}
    assert all(page.tags["script"] == 1 and page.tags["h1"] == 1 for page in pages.values())
    assert len(pages) == exported[1].pages


def test_links_lead_to_exported_files_and_every_page_is_reached(
    pages: dict[str, Page], exported: tuple[Path, Exports]
) -> None:
    folder, _ = exported
    reached = {folder / "index.html"}
    for name, page in pages.items():
        for link in (*page.links, *page.loads):
            if re.match(r"https?://|mailto:|data:|#", link):
                continue
            file = (folder / name).parent / unquote(link)
            assert file.is_file(), f"{name} links to {link}"
            assert file.resolve().is_relative_to(folder.resolve())
            reached.add(file.resolve())
    assert {folder / name for name in pages} - reached == set()


def test_nothing_is_loaded_from_elsewhere(pages: dict[str, Page]) -> None:
    loads = {one for page in pages.values() for one in page.loads}
    assert {one for one in loads if not re.match(r"(\.\./)*(style\.css|pictures/)|data:,$", one)} == set()


def test_nothing_asks_for_a_server(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert page.tags["form"] == 0
        assert not any(link.startswith("/") or "127.0.0.1" in link for link in page.links)


def test_pictures_that_were_drawn_come_along(site: Site, exported: tuple[Path, Exports]) -> None:
    folder, _ = exported
    asset = site.assets["sub-R1/sub-R1_ses-1.nwb"]
    for theme in ("light", "dark"):
        assert (folder / "pictures" / f"{asset}.{theme}.png").read_bytes().startswith(b"\x89PNG")


def test_an_export_names_what_is_under_embargo(
    exported: tuple[Path, Exports], pages: dict[str, Page]
) -> None:
    (embargoed,) = exported[1].embargoed
    assert "Held back" in pages[f"{embargoed}/draft/index.html"].text


def test_only_some_files_get_a_page(site: Site, tmp_path: Path) -> None:
    store = site.client.archive.serving.archive.store
    found = export(store, tmp_path / "e", Choice(f"DANDI:{site.dandiset}", "draft", files=2))
    assert len(list((tmp_path / "e").rglob("asset/*.html"))) == 2
    assert found.left_out == len(site.assets) - 2
    text = (tmp_path / "e" / site.dandiset / "draft" / "folder" / "0.html").read_text(encoding="utf-8")
    assert "stimuli/" in text


def test_an_export_again_takes_the_place_of_the_earlier_one(site: Site, tmp_path: Path) -> None:
    store = site.client.archive.serving.archive.store
    export(store, tmp_path, Choice(site.dandiset, "draft"))
    export(store, tmp_path, Choice(site.dandiset, site.versions[0], files=0))
    assert {one.name for one in (tmp_path / site.dandiset).iterdir()} == {site.versions[0]}
    listed = json.loads((tmp_path / MARK).read_text(encoding="utf-8"))["files"]
    files = {one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*") if one.is_file()}
    assert files == {*listed, MARK}


@pytest.mark.parametrize("place", ["notes.txt", "000001/draft/notes.txt"])
def test_a_folder_with_other_files_is_refused(site: Site, tmp_path: Path, place: str) -> None:
    store = site.client.archive.serving.archive.store
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(StartError, match=r"holds other files: .*notes\.txt"):
        export(store, tmp_path, Choice())
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [file]


@pytest.mark.parametrize("moment", ["writing", "placing"])
def test_an_export_that_ends_early_leaves_the_earlier_one_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    with ExportFolder(tmp_path) as folder:
        folder.write("index.html", "old")
    place, name = (Path, "rename") if moment == "placing" else (ExportFolder, "_place")
    with monkeypatch.context() as patched:
        patched.setattr(place, name, _killed)
        with pytest.raises(OSError, match="killed"):
            _write_again(tmp_path)
    if moment == "writing":
        assert (tmp_path / "index.html").read_text(encoding="utf-8") == "old"
    with ExportFolder(tmp_path) as folder:
        folder.write("index.html", "newest")
    assert {one.name for one in tmp_path.iterdir()} == {"index.html", MARK}


def _write_again(target: Path) -> None:
    with ExportFolder(target) as folder:
        folder.write("a/b.html", "new")


def _killed(*_: object) -> None:
    raise OSError("killed")


@pytest.mark.parametrize(
    ("choice", "problem"),
    [
        (Choice("999999"), "no dandiset 999999"),
        (Choice(version="0.990101.0000"), r"no dandiset has a version 0\.990101\.0000"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_written(
    site: Site, tmp_path: Path, choice: Choice, problem: str
) -> None:
    with pytest.raises(StartError, match=problem):
        export(site.client.archive.serving.archive.store, tmp_path / "new", choice)
    assert not (tmp_path / "new").exists()


def test_a_folder_without_an_archive_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="there is no embedded archive"):
        export(tmp_path / "none", tmp_path / "new", Choice())
    assert not (tmp_path / "none").exists()


def test_an_empty_archive_is_one_page(store: Path, tmp_path: Path) -> None:
    with archive(store):
        pass
    assert export(store, tmp_path / "e", Choice()) == Exports(1, 0, ())
    text = (tmp_path / "e" / "index.html").read_text(encoding="utf-8")
    assert "There is no dandiset yet." in Page(text).text


def test_localdandi_exports(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with archive(store) as running:
        client_of(running, running.key).create("Alone")
    assert cli.main(["export", str(tmp_path / "e"), "--store", str(store)]) == 0
    assert f"open {tmp_path / 'e' / 'index.html'}" in capsys.readouterr().out
    assert cli.main(["export", str(tmp_path), "--store", str(store)]) == cli.INPUT
