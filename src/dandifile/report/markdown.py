"""Text of others in Markdown, and lists that are cut to a length without hiding that they were. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dandifile.report.lines import clip
from dandifile.words import clean, quantity

_PLAIN = re.compile(r"[^\W_](?:[\w .,:;()'/→-]*[\w.)])?")
_MARKED = re.compile(r"_|(?<!\w)www\.|://")
_LONGEST = 300  # characters of one value or path


def literal(text: str) -> str:
    """Text that is shown as it is written: as it is where nothing in it means anything, else as code.

    In code there are no links, no mentions of people, and no headings.
    """
    text = clip(clean(text).strip(), _LONGEST)
    return text if _PLAIN.fullmatch(text) and not _MARKED.search(text) else code_span(text)


def code_span(text: str) -> str:
    """Text as code, whatever quotes of code are in it."""
    text = clip(clean(text).strip(), _LONGEST) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


@dataclass(frozen=True)
class Section:
    """A heading and a list below it. `counts`: how many things (`noun`) each line is about."""

    title: str
    lines: Sequence[str]
    noun: str = "line"
    counts: Sequence[int] = ()

    def text(self, most: int) -> str:
        """The section with its first `most` lines, and how much the others are about."""
        shown = [f"- {line}" for line in self.lines[:most]]
        left = len(self.lines) - len(shown)
        if left:
            count = sum(self.counts[most:])
            text = quantity(count, self.noun) if count else quantity(left, "line")
            number, _, noun = text.partition(" ")
            shown.append(f"- … and {number} more {noun}" if shown else f"- {text}")
        return "\n".join([f"### {self.title}", "", *shown])


def fit_sections(head: str, sections: Sequence[Section], limit: int) -> str:
    """All of it in at most `limit` characters: the longest lists are cut first, and say what they lack."""
    longest = max((len(one.lines) for one in sections), default=0)
    for most in range(longest, -1, -1):
        text = "\n\n".join([head, *(one.text(most) for one in sections)]) + "\n"
        if len(text) <= limit:
            return text
    return text[: limit - 1].rstrip() + "…"
