from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localdandi.pages import readme
from tests.localdandi.pages import lab
from tests.localdandi.pages.html import Page


def _address(path: str) -> str | None:
    return f"/asset/{path}" if path in ("a.tsv", "sub-1/b.nwb") else None


def _rendered(source: str) -> Page:
    return Page(f"<body>{readme.html_of(source, _address)}</body>")


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("[x](https://example.org/a)", ["https://example.org/a"]),
        ("<https://example.org/a>", ["https://example.org/a"]),
        ("[x](mailto:jane@example.org)", ["mailto:jane@example.org"]),
        (
            "[x](a.tsv) [y](./sub-1/b.nwb) [z](sub-1/../a.tsv)",
            ["/asset/a.tsv", "/asset/sub-1/b.nwb", "/asset/a.tsv"],
        ),
        ("[x](b.tsv) [y](#part) [z](../../etc/passwd)", []),
        ("[x](javascript:alert(1)) [y](data:text/html,x) [z](vbscript:x) [w](file:///a.tsv)", []),
        ("[x](//elsewhere.example.org/x)", []),
        ("![a](https://example.org/a.png)", ["https://example.org/a.png"]),
        ("[![a](https://example.org/a.png)](https://example.org/b)", ["https://example.org/b"]),
    ],
)
def test_links_lead_to_the_web_and_to_assets(source: str, links: list[str]) -> None:
    page = _rendered(source)
    assert page.faults == []
    assert page.links == links
    assert page.loads == []


def test_columns_of_tables_are_aligned_without_inline_styles() -> None:
    assert _rendered("| a | b | c |\n|--:|:-:|---|\n| 1 | 2 | 3 |\n").faults == []
    html = readme.html_of("| a | b |\n|--:|---|\n| 1 | 2 |\n", _address)
    assert html.count('class="number"') == 2


def test_html_is_text(tmp_path: Path) -> None:
    page = _rendered(f"# Title\n\n{lab.EVIL}\n\n<iframe src=x></iframe>\n\n<div onclick=x>")
    assert page.tags.keys() <= {"body", "h3", "p"}
    assert "<iframe" in page.text


@given(st.text("[]()!<>`*_#|\n- ab:/\"'&\\", max_size=200))
def test_no_markdown_breaks_the_page(source: str) -> None:
    assert _rendered(source).faults == []


def test_a_long_readme_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "r"
    file.write_bytes(b"word " * readme.LARGEST)
    found = readme.read(file, "README.md", _address)
    assert found.cut
    assert len(found.html) < 2 * readme.LARGEST
    file.write_bytes(b"\xff\xfe short")
    assert not readme.read(file, "README.md", _address).cut
