"""Fields and texts of a service's answer. Keys may be missing, null or empty; texts have markup. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape

from dandifile.doi import normal_doi
from dandifile.identifiers import ror_url
from dandifile.model import Json, JsonObject

_MATHS = re.compile(r"<(?:\w+:)?(?:tex-math|annotation)\b.*?</(?:\w+:)?(?:tex-math|annotation)>", re.DOTALL)
_HEADING = re.compile(
    r"<(?:jats:)?title\b[^>]*>(.*?)</(?:jats:)?title>\s*(?:<(?:jats:)?p\b[^>]*>)?", re.DOTALL
)
_BREAK = re.compile(r"</?(?:jats:)?(?:p|sec|list|list-item|br|div|li|ul|ol|h[1-6])\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(
    r"""</?[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>|<!--.*?-->""", re.DOTALL
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udfff]")
_TITLES_OF_ABSTRACTS = {"abstract", "summary"}


def string(holder: Json, key: str) -> str:
    """The text or number at a key, as text; "" for anything else."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def member(holder: Json, key: str) -> JsonObject:
    """The object at a key; an empty one for anything else."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def members(holder: Json, key: str) -> list[JsonObject]:
    """The objects of the list at a key, without anything else in it."""
    return [each for each in items(holder, key) if isinstance(each, dict)]


def strings(holder: Json, key: str) -> list[str]:
    """The texts of the list at a key, without empty ones."""
    return [str(each) for each in items(holder, key) if isinstance(each, str | int | float) and each != ""]


def items(holder: Json, key: str) -> list[Json]:
    """The list at a key; an empty one for anything else."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def ror_at(holder: Json, key: str) -> str:
    """The ROR id at a key, as its URL; "" for anything else."""
    return ror_url(string(holder, key)) or ""


def doi_at(holder: Json, key: str) -> str:
    """The DOI at a key, in normal form; "" for anything else."""
    return normal_doi(string(holder, key)) or ""


def date(said: str) -> str:
    """The day, month or year at the start of a text, as `2026-02-03`; "" if there is none."""
    found = re.match(r"[0-9]{4}(-[0-9]{2}){0,2}(?![0-9])", said)
    return found[0] if found else ""


def plain_text(marked_up: str) -> str:
    """Paragraphs without markup, separated by empty lines.

    A heading "Abstract" is removed; other headings begin their paragraph. JATS has formulae twice, as MathML
    and as TeX: the TeX is removed. Escaped markup (`&lt;i&gt;`) counts as markup. A lone `<`, as in
    "p < 0.05", stays.
    """
    marked_up = _CONTROLS.sub("", marked_up)
    text = unescape(marked_up) if "&lt;" in marked_up and "<" not in marked_up else marked_up
    text = _HEADING.sub(_heading, _MATHS.sub("", text))
    text = _CONTROLS.sub("", unescape(_TAG.sub("", _BREAK.sub("\n\n", text))))
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n\n".join(filter(None, paragraphs))


def one_line(marked_up: str) -> str:
    """The same in one line, for titles and names."""
    return " ".join(plain_text(marked_up).split())


def text_of_index(index: Mapping[str, Sequence[int] | None]) -> str:
    """The abstract in OpenAlex's index of words and their positions; "" if there is none."""
    places = (
        (place, word) for word, found in index.items() for place in found or () if isinstance(place, int)
    )
    return " ".join(word for _, word in sorted(places))


def _heading(found: re.Match[str]) -> str:
    title = " ".join(_TAG.sub("", found[1]).split()).rstrip(":.")
    return "\n\n" if not title or title.lower() in _TITLES_OF_ABSTRACTS else f"\n\n{title}: "
