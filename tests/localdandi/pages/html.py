"""Reads a page strictly: what is open is closed, ids are unique, and what it links to or loads is listed."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "img", "source", "br", "hr"}
_PARENTS = {
    "li": {"ul", "ol"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "tr": {"thead", "tbody"},
    "td": {"tr"},
}
_LINKS = {"a": "href", "form": "action"}
_LOADS = {
    "link": "href",
    "img": "src",
    "source": "srcset",
    "script": "src",
    "iframe": "src",
    "object": "data",
}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tags: Counter[str] = Counter()
        self.text = ""
        self._open: list[str] = []
        self._ids: Counter[str] = Counter()
        self.feed(text)
        self.close()
        self.faults += [f"{tag} stays open" for tag in self._open]
        self.faults += [f"the id {one} is there twice" for one, count in self._ids.items() if count > 1]
        self.faults += [f"#{one} is nowhere" for one in self._wanted - self._ids.keys()]

    @property
    def _wanted(self) -> set[str]:
        return {link[1:] for link in self.links if link.startswith("#")}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        if tag in _PARENTS and self._open[-1] not in _PARENTS[tag]:
            self.faults.append(f"{tag} in {self._open[-1]}")
        if tag == "a" and "a" in self._open:
            self.faults.append("a link in a link")
        if tag not in _VOID:
            self._open.append(tag)
        if "id" in given:
            self._ids[given["id"] or ""] += 1
        self.faults += [f"{name} on {tag}" for name in given if name.startswith("on") or name == "style"]
        if given.get(_LINKS.get(tag, "")):
            self.links.append(given[_LINKS[tag]] or "")
        if given.get(_LOADS.get(tag, "")):
            self.loads.append(given[_LOADS[tag]] or "")
        if tag == "img" and not given.get("alt"):
            self.faults.append("a picture without a text")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"/{tag} where another is open")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.text += data
