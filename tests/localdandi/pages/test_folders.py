from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localdandi.pages import folders
from localdandi.store import zarrs
from localdandi.store.zarrs import ZarrFile
from tests.localdandi.conftest import Client
from tests.localdandi.pages.conftest import Site
from tests.localdandi.pages.html import Page


@pytest.fixture(scope="module")
def many(alice: Client) -> str:
    """A dandiset with a folder of 205 files of different sizes, and a few others."""
    dandiset = alice.create("Many")
    for number in range(205):
        alice.add(dandiset, f"data/run-{number}.txt", b"x" * (number % 50 + 1))
    alice.add(dandiset, "data/below/run-x.csv", b"y" * 100)
    return dandiset


def _names(reader: Client, dandiset: str, query: str) -> list[str]:
    answer = reader("GET", f"{reader.archive.web_url}/dandiset/{dandiset}/draft/files?{query}")
    page = Page(answer.text)
    assert page.faults == []
    table = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        row.partition("<a href=")[2].partition(">")[2].partition("<")[0] for row in table.split("<tr>")[1:]
    ]


def test_folders_come_first_and_names_in_natural_order(many: str, anonymous: Client) -> None:
    names = _names(anonymous, many, "location=data")
    assert names[:4] == ["below/", "run-0.txt", "run-1.txt", "run-2.txt"]
    assert len(names) == folders.ENTRIES
    assert _names(anonymous, many, "location=data&page=2") == [f"run-{n}.txt" for n in range(199, 205)]


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("location=data&sort=-size", ["below/", "run-49.txt", "run-99.txt"], 200),
        ("location=data&sort=size", ["below/", "run-0.txt", "run-50.txt"], 200),
        ("location=data&sort=-name", ["below/", "run-204.txt"], 200),
        ("location=data&search=RUN-X", ["below/run-x.csv"], 1),
        ("search=run-20", ["data/run-20.txt", "data/run-200.txt"], 6),
        ("search=run-20&sort=-size", ["data/run-20.txt"], 6),
        ("location=data&status=Valid&search=nothing", [], 0),
        ("location=data&sort=nonsense&status=nonsense&page=-7", ["below/", "run-0.txt"], 200),
        ("location=data&page=99999999999999", [], 0),
    ],
)
def test_sort_and_filter(many: str, anonymous: Client, query: str, first: list[str], count: int) -> None:
    found = _names(anonymous, many, query)
    assert found[: len(first)] == first
    assert len(found) == count


def test_sorting_is_kept_while_paging(many: str, anonymous: Client) -> None:
    web = anonymous.archive.web_url
    text = anonymous("GET", f"{web}/dandiset/{many}/draft/files?location=data&sort=-size").text
    assert f"/dandiset/{many}/draft/files?location=data&sort=-size&page=2" in Page(text).links
    assert 'aria-sort="descending"' in text


def test_a_location_that_is_a_file_leads_to_its_page(site: Site) -> None:
    web = site.client.archive.web_url
    where = f"{web}/dandiset/{site.dandiset}/draft/files?location="
    answer = site.reader("GET", f"{where}README.md")
    assert answer.headers["Location"].endswith(site.assets["README.md"])
    assert site.reader("GET", f"{where}no/such").status_code == 404


def test_status_filter_lists_the_invalid_files(site: Site) -> None:
    assert _names(site.reader, site.dandiset, "status=Invalid") == ["sub-R2/sub-R2_ses-3.nwb"]


def test_a_table_is_shown_as_one(site: Site) -> None:
    page = site.asset("stimuli/tones.csv")
    assert page.tags["th"] >= 2
    assert "4000" in page.text


def test_files_of_a_zarr_are_listed_and_downloaded(site: Site) -> None:
    base = f"asset/{site.assets['sub-R1/pyramid.ome.zarr']}/zarr"
    page = site.get(base)
    assert f"/dandiset/{site.dandiset}/draft/{base}?location=0" in page.links
    assert "11 files" in page.text, "in the folder 0"
    page = site.get(f"{base}?location=0/1")
    (link,) = [link for link in page.links if link.endswith("path=0/1/2")]
    answer = site.reader("GET", site.client.archive.web_url + link, allow_redirects=True)
    assert answer.content == b"chunk 1 2"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="2"'
    site.get(f"{base}-file?path=../secret", status=404)
    site.get(f"asset/{site.assets['README.md']}/zarr", status=404)


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    from localdandi.store import database

    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.executescript(database._TABLES)
    connection.execute("PRAGMA foreign_keys=OFF")
    yield connection
    connection.close()


_NAME = st.text("a.-/0z", min_size=1, max_size=5).filter(
    lambda one: "//" not in one and one.strip("/") == one
)


@given(paths=st.sets(_NAME, max_size=30), size=st.integers(1, 4), folder=st.sampled_from(["", "a", "0"]))
def test_pages_of_a_zarr_together_are_all_of_it(
    database: sqlite3.Connection, paths: set[str], size: int, folder: str
) -> None:
    database.execute("DELETE FROM zarr_files")
    for path in paths:
        zarrs.put_file(database, 1, ZarrFile(path, "o", "e", 3, "2024", "t"))
    start = f"{folder}/" if folder else ""
    below = [path[len(start) :] for path in paths if path.startswith(start)]
    wanted = {name.partition("/")[0] + ("/" if "/" in name else "") for name in below}
    found, after = [], ""
    while part := zarrs.folder_entries(database, 1, folder, after=after, limit=size):
        found += part
        after = part[-1].mark
    assert sorted(one.mark for one in found) == sorted(wanted)
    assert sum(one.files for one in found) == len(below)
