"""How one text differs from another: word by word where that is short, else by its length."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from dandifile.report.lines import Mark

_SHORT = 60  # characters that are shown whole, before and after
_CONTEXT = 4  # words around a changed place
_MOST = 240  # characters of a word-level diff that are still quick to read
_COSTLY = 5_000  # words beyond which comparing takes longer than it tells


def text_marks(before: str, after: str, *, verbose: bool = False) -> list[Mark]:
    """Short text before → after; longer text with `[-removed-]` and `{+added+}` words."""
    if max(len(before), len(after)) <= _SHORT:
        return (
            [Mark("-", before), Mark("+", after)]
            if " " in before + after
            else [Mark("", f"{before} → {after}")]
        )
    old, new = before.split(), after.split()
    if len(old) + len(new) <= _COSTLY:
        words = " ".join(_words(old, new, _COSTLY if verbose else _CONTEXT))
        if verbose or len(words) <= _MOST:
            return [Mark("~", words)]
    elif verbose:
        return [Mark("-", before), Mark("+", after)]
    return [Mark("~", f"changed ({len(before):,} → {len(after):,} characters); -v shows how")]


def _words(old: list[str], new: list[str], context: int) -> Iterator[str]:
    """The changed words among at most `context` unchanged ones on either side."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (tag, start, end, new_start, new_end) in enumerate(blocks):
        if tag == "equal":
            yield from _kept(old[start:end], context, first=number == 0, last=number == len(blocks) - 1)
            continue
        if end > start:
            yield f"[-{' '.join(old[start:end])}-]"
        if new_end > new_start:
            yield f"{{+{' '.join(new[new_start:new_end])}+}}"


def _kept(words: list[str], context: int, *, first: bool, last: bool) -> list[str]:
    head = [] if first else words[:context]
    tail = [] if last else words[-context:]
    if len(head) + len(tail) >= len(words):
        return words
    return [*head, "…", *tail]
