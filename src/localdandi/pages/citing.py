"""What readers copy: the citation, its BibTeX entry, and the commands that fetch the data."""

from __future__ import annotations

import re
from dataclasses import dataclass

from localdandi.document import JsonObject
from localdandi.pages.documents import contributors, text

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


def bibtex(document: JsonObject, *, year: str) -> str:
    """An entry that both BibTeX and BibLaTeX read. Without a DOI it has the URL only."""
    identifier = text(document.get("identifier")) or "DANDI"
    version = text(document.get("version"))
    authors = " and ".join(
        _author(one.name, person=one.person) for one in contributors(document) if one.cited
    )
    doi = text(document.get("doi"))
    fields = {
        "author": authors,
        "title": f"{{{_tex(text(document.get('name')))}}}",
        "year": year,
        "publisher": "DANDI Archive",
        "version": version,
        "howpublished": "Data set",
        "doi": doi,
        "url": f"https://doi.org/{doi}" if doi else text(document.get("url")),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    key = re.sub(r"[^A-Za-z0-9]+", "_", f"{identifier}_{version}").strip("_").lower()
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _author(name: str, *, person: bool) -> str:
    """An organization in braces of its own, so that it is not taken for first and last name."""
    return _tex(name) if person else f"{{{_tex(name)}}}"


def _tex(value: str) -> str:
    return "".join(_SPECIAL.get(sign, sign) for sign in " ".join(value.split()))


@dataclass(frozen=True)
class Command:
    """A line for a shell, and what it does."""

    id: str
    title: str
    line: str


def commands(url: str) -> list[Command]:
    """What fetches a version, by the address of its page."""
    return [
        Command("command-download", "With the dandi client", f"dandi download {url}"),
        Command(
            "command-pull", "As a working folder with a spec", f"dandifile import {url} && dandifile pull"
        ),
    ]
