"""Writes the pages of a store into a folder, as plain files that open from the disk without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from localdandi.archive import Archive, open_for_reading
from localdandi.document import JsonObject, StartError
from localdandi.pages import (
    asset_pages,
    catalogue,
    folders,
    landing,
    outline,
    picture,
    rendering,
    subject_pages,
    subjects,
)
from localdandi.pages.addresses import Addresses
from localdandi.pages.export_folder import ExportFolder
from localdandi.pages.exported import Contents, Exported
from localdandi.pages.folders import Wish
from localdandi.pages.shown import Shown
from localdandi.store import assets, dandisets, listing

if TYPE_CHECKING:
    from localdandi.instance import Instance
    from localdandi.pages.subjects import Subject
    from localdandi.store.assets import Asset
    from localdandi.store.dandisets import Dandiset, Version

FILES = 1000  # that get a page of their own, where nothing else is asked for
_MOST = 2000  # folders, and subjects, of a version
_OFTEN, _OFTEN_DRAWN = 200, 10  # pages or files between two lines to a reader who waits
_ADDRESS = "http://localhost:8000"  # where `serve` is, if nothing else is said
_READERS = 4  # that look into files at once

Say = Callable[[str], object]
Put = Callable[[str, str, Callable[["Shown"], JsonObject]], JsonObject]


@dataclass(frozen=True)
class Choice:
    """What is exported. Without names: all dandisets, of each the draft and the newest published version."""

    dandiset: str = ""
    version: str = ""
    files: int = FILES  # of each version, that get a page
    pictures: bool = False  # whether those that were never looked at are drawn now


@dataclass(frozen=True)
class Exports:
    """What was written: how many pages, which files got none, and which dandisets are under embargo."""

    pages: int
    left_out: int
    embargoed: tuple[str, ...]


def export(
    store: Path, target: Path, choice: Choice, instance: Instance | None = None, say: Say = lambda _: None
) -> Exports:
    """Writes the pages; `say` gets a line now and then while it takes long.

    Also while the store is served: what is exported is what was there at the start. Raises StartError where
    there is no store, where it has no such dandiset or version, and where `target` holds something else.
    """
    archive = open_for_reading(store, instance)
    try:
        archive.database.read().execute("BEGIN")  # from here on we see one state
        chosen = list(_chosen(archive, choice))
        if choice.version and not chosen:
            fix = "leave the version out, or choose another"
            raise StartError(f"no dandiset has a version {choice.version}", where=str(store), fix=fix)
        with ExportFolder(target) as folder:
            return _Export(archive, choice, folder, say).run(chosen)
    finally:
        archive.close()


def _chosen(archive: Archive, choice: Choice) -> Iterator[tuple[Dandiset, list[Version]]]:
    db = archive.database.read()
    everything = dandisets.all_dandisets(db)
    wanted = choice.dandiset.rpartition(":")[2]
    found = [one for one in everything if wanted in ("", one.identifier)]
    if wanted and not found:
        known = ", ".join(one.identifier for one in everything[:10])
        raise StartError(
            f"the archive has no dandiset {choice.dandiset}",
            where=str(archive.store),
            fix=f"choose one of {known}" if known else "upload one first",
        )
    for dandiset in found:
        versions = dandisets.versions_of(db, dandiset)
        if choice.version:
            chosen = [one for one in versions if one.version == choice.version]
        else:
            last = dandisets.last_published(db, dandiset)
            chosen = [one for one in versions if one.draft or (last and one.id == last.id)]
        if chosen:
            yield dandiset, chosen
        elif wanted:
            raise StartError(
                f"dandiset {dandiset.identifier} has no version {choice.version}",
                where=str(archive.store),
                fix=f"choose one of {', '.join(one.version for one in versions)}",
            )


class _Export:
    """One export while it is written."""

    def __init__(self, archive: Archive, choice: Choice, folder: ExportFolder, say: Say) -> None:
        self._archive = archive
        self._choice = choice
        self._folder = folder
        self._say = say
        self._pages = 0
        self._left_out = 0

    def run(self, chosen: list[tuple[Dandiset, list[Version]]]) -> Exports:
        self._folder.write("style.css", rendering.style_sheet())
        cards = []
        for dandiset, versions in chosen:
            for version in versions:
                contents = self._contents(dandiset, version, frozenset(one.version for one in versions))
                self._version(dandiset, version, contents)
            first = max(versions, key=lambda one: (not one.draft, one.id))
            url = f"{dandiset.identifier}/{first.version}/index.html"
            cards.append(catalogue.card(self._archive, dandiset, url))
        values = {"items": cards, "search": "", "problem": "", "previous": None, "following": None}
        self._write("index.html", "dandisets", Exported("index.html"), values)
        return Exports(
            self._pages, self._left_out, tuple(one.identifier for one, _ in chosen if not one.open)
        )

    def _write(self, file: str, template: str, to: Addresses, values: JsonObject) -> None:
        self._folder.write(file, rendering.render(template, to, **values))
        self._pages += 1
        if self._pages % _OFTEN == 0:
            self._say(f"{self._pages:,} pages so far")

    def _contents(self, dandiset: Dandiset, version: Version, versions: frozenset[str]) -> Contents:
        """Which pages a version gets. What its files hold is read here, by several readers at once."""
        db = self._archive.database.read()
        rows = listing.origins(db, version.id, self._choice.files)
        with_page = [one for one in (assets.by_asset_id(db, row.asset_id) for row in rows) if one]
        self._left_out += version.asset_count - len(with_page)
        with ThreadPoolExecutor(_READERS) as readers:
            for number, _ in enumerate(readers.map(self._look_into, with_page), 1):
                if number % (_OFTEN_DRAWN if self._choice.pictures else _OFTEN) == 0:
                    self._say(f"looked into {number:,} of {len(with_page):,} files")
        paths = ["", *listing.folders(db, version.id, _MOST)]
        overview = subjects.overview(self._archive.database, version)
        others = [overview.others] if overview.subjects and overview.others.files else []
        named = [*overview.subjects, *others]
        return Contents(
            dandiset.identifier,
            version.version,
            versions,
            assets={one.asset_id for one in with_page},
            pictured={one.asset_id for one in with_page if self._add_pictures(one)},
            folders={path: number for number, path in enumerate(paths)},
            subjects={one.name: number for number, one in enumerate(named[:_MOST], 1)},
        )

    def _look_into(self, asset: Asset) -> None:
        """Has the content read in, and drawn; the pages then find both."""
        tree = outline.outline_of(self._archive, asset)
        drawable = asset_pages.has_picture(asset) and not (tree and tree.problem)
        if self._choice.pictures and asset.blob_id and drawable:
            for theme in picture.THEMES:
                picture.picture(self._archive, asset.blob_id, theme)

    def _add_pictures(self, asset: Asset) -> bool:
        """Copies the pictures of a file, if it has been drawn."""
        if asset.blob_id is None or not asset_pages.has_picture(asset):
            return False
        drawn = {theme: picture.file_of(self._archive, asset.blob_id, theme) for theme in picture.THEMES}
        if not all(file.exists() for file in drawn.values()):
            return False
        for theme, file in drawn.items():
            self._folder.copy(file, f"pictures/{asset.asset_id}.{theme}.png")
        return True

    def _version(self, dandiset: Dandiset, version: Version, contents: Contents) -> None:
        """All pages of a version."""

        def put(file: str, template: str, view: Callable[[Shown], JsonObject]) -> JsonObject:
            origin = self._archive.instance.web_url or _ADDRESS
            shown = Shown(self._archive, dandiset, version, Exported(file, contents), origin)
            values = view(shown)
            self._write(file, template, shown.to, values)
            return values

        put(contents.file("index.html"), "dandiset", landing.view)
        if contents.subjects:
            _put_pages(put, contents.subjects_file, "subjects", _grid_view)
        overview = subjects.overview(self._archive.database, version)
        for name in contents.subjects:
            subject = overview.subject(name)
            assert subject is not None
            put(contents.subject_file(name), "subject", partial(_subject_view, subject))
        for path in contents.folders:
            _put_pages(put, partial(contents.folder_file, path), "files", partial(_folder_view, path))
        for asset_id in sorted(contents.assets):
            asset = assets.by_asset_id(self._archive.database.read(), asset_id)
            assert asset is not None
            put(contents.asset_file(asset_id), "asset", partial(_asset_view, asset))


def _put_pages(
    put: Put, file: Callable[[int], str], template: str, view: Callable[[int, Shown], JsonObject]
) -> None:
    """One page after the other, until there is none that follows."""
    page, more = 1, True
    while more:
        more = put(file(page), template, partial(view, page))["following"] is not None
        page += 1


def _grid_view(page: int, shown: Shown) -> JsonObject:
    return subject_pages.grid_view(shown, page)


def _subject_view(subject: Subject, shown: Shown) -> JsonObject:
    return subject_pages.subject_view(shown, subject)


def _folder_view(path: str, page: int, shown: Shown) -> JsonObject:
    wish = Wish(path, page=page)
    return folders.view(shown, wish, folders.entries(shown, wish))


def _asset_view(asset: Asset, shown: Shown) -> JsonObject:
    return asset_pages.view(shown, asset)
