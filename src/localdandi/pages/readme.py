"""The README of a dandiset as HTML: Markdown without HTML in it, with links to the web and to assets."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from localdandi.pages.documents import web_url_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

NAMES = ("README.md", "readme.md", "Readme.md", "README", "README.txt", "README.rst")
"""Where a README may be, the best first."""
LARGEST = 64_000  # bytes that are shown: some Markdown takes a time that grows with the square


@dataclass(frozen=True)
class Readme:
    """`html` is safe to insert; `plain` is for a README that is not Markdown."""

    name: str
    html: str
    plain: str
    cut: bool


def read(file: Path, name: str, address: Callable[[str], str | None]) -> Readme:
    """The README in `file`. `address` says where the asset at a path is, None where there is none."""
    with file.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    shown = content[:LARGEST].decode("utf-8", "replace")
    markdown = name.lower().endswith(".md")
    return Readme(
        name,
        html=html_of(shown, address) if markdown else "",
        plain="" if markdown else shown,
        cut=len(content) > LARGEST,
    )


def html_of(source: str, address: Callable[[str], str | None]) -> str:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    tokens = parser.parse(source)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            # The page has an h1, and the README's section an h2.
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
        if "right" in str(token.attrs.pop("style", "")):  # of a cell of a table; pages have no inline styles
            token.attrJoin("class", "number")
        if token.children:
            token.children = list(_links_to_known_places(token.children, address))
    return str(parser.renderer.render(tokens, parser.options, {}))


def _links_to_known_places(tokens: Sequence[Token], address: Callable[[str], str | None]) -> Iterator[Token]:
    """Links to the web and to assets stay, of others the text is left; a picture becomes a link to it."""
    open_links: list[bool] = []  # whether each link that we are in is kept
    for token in tokens:
        if token.type == "link_open":
            target = _target(str(token.attrGet("href") or ""), address)
            open_links.append(target is not None)
            if target is not None:
                yield _link(target)
        elif token.type == "link_close":
            if open_links.pop():
                yield token
        elif token.type == "image":
            target = None if any(open_links) else _target(str(token.attrGet("src") or ""), address)
            yield from _in_place_of_picture(token.content, target)
        else:
            yield token


def _in_place_of_picture(description: str, target: str | None) -> Iterator[Token]:
    from markdown_it.token import Token

    words = Token("text", "", 0, content=f"[picture: {description}]" if description else "[picture]")
    yield from [words] if target is None else [_link(target), words, Token("link_close", "a", -1)]


def _link(target: str) -> Token:
    from markdown_it.token import Token

    return Token("link_open", "a", 1, attrs={"href": target, "rel": "noopener nofollow"})


def _target(href: str, address: Callable[[str], str | None]) -> str | None:
    """Where a link may lead, None for nowhere."""
    if href.startswith("mailto:"):
        return href
    if ":" in href.partition("/")[0] or href.startswith(("//", "#")):
        return web_url_or_none(href)
    path = posixpath.normpath(unquote(href.partition("#")[0].partition("?")[0]))
    return address(path.lstrip("/"))
