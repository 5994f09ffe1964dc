"""Plain text from what services give: JATS and HTML markup, entities, inverted indices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape

_MATHS = re.compile(r"<(?:\w+:)?(?:tex-math|annotation)\b.*?</(?:\w+:)?(?:tex-math|annotation)>", re.DOTALL)
_HEADING = re.compile(
    r"<(?:jats:)?title\b[^>]*>(.*?)</(?:jats:)?title>\s*(?:<(?:jats:)?p\b[^>]*>)?", re.DOTALL
)
_BREAK = re.compile(r"</?(?:jats:)?(?:p|sec|list|list-item|br|div|li|ul|ol|h[1-6])\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(
    r"""</?[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>|<!--.*?-->""", re.DOTALL
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udfff]")
_HEADS_THE_WHOLE = {"abstract", "summary"}


def plain(marked_up: str) -> str:
    """Paragraphs, an empty line between two of them. A heading "Abstract" goes, others lead their paragraph.

    Formulae come twice in JATS, as MathML and as TeX: the TeX goes. Markup that is itself
    escaped (`&lt;i&gt;`) is read too; a lone `<`, as in "p < 0.05", stays.
    """
    marked_up = _CONTROLS.sub("", marked_up)
    text = unescape(marked_up) if "&lt;" in marked_up and "<" not in marked_up else marked_up
    text = _HEADING.sub(_heading, _MATHS.sub("", text))
    text = _CONTROLS.sub("", unescape(_TAG.sub("", _BREAK.sub("\n\n", text))))
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n\n".join(filter(None, paragraphs))


def line(marked_up: str) -> str:
    """The same in one line, for titles and names."""
    return " ".join(plain(marked_up).split())


def uninverted(index: Mapping[str, Sequence[int] | None]) -> str:
    """The abstract from OpenAlex's index of words and their positions; "" where there is none."""
    places = (
        (place, word) for word, found in index.items() for place in found or () if isinstance(place, int)
    )
    return " ".join(word for _, word in sorted(places))


def _heading(found: re.Match[str]) -> str:
    title = " ".join(_TAG.sub("", found[1]).split()).rstrip(":.")
    return "\n\n" if not title or title.lower() in _HEADS_THE_WHOLE else f"\n\n{title}: "
