"""What differs between two DANDI values, as marks: removals first, then additions, then changes.

Items of lists are matched for display only: an item with the same identifier (or name, or URL) on both
sides is one item that changed. Short texts are compared whole, long ones word by word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from dandifile.identifiers import obo_curie
from dandifile.model import Json, JsonObject
from dandifile.report.lines import Remark, clip
from dandifile.words import clean, quantity

_FEW = 6  # marks of one field that are shown unless all are asked for
_WIDTH = 60  # columns of one value, likewise
_SHOWS_ALL, _SHOWS_HOW = "; -v shows all", "; -v shows how"
_NAMES = ("name", "identifier", "url", "username", "value")
_SILENT = {"schemaKey"}  # of use to the archive, not to a reader


def value_marks(before: Json, after: Json, *, verbose: bool = False) -> tuple[Remark, ...]:
    """All differences if `verbose`, else the first few and how many more there are."""
    found = _marks(before, after, verbose=verbose)
    if verbose or len(found) <= _FEW:
        return tuple(found)
    return (*found[: _FEW - 1], Remark("", f"… and {len(found) - _FEW + 1:,} more{_SHOWS_ALL}"))


def without_hint(text: str) -> str:
    """The text of a mark for a reader who has no command line, and so no -v."""
    return text.removesuffix(_SHOWS_ALL).removesuffix(_SHOWS_HOW)


def _marks(before: Json, after: Json, *, verbose: bool) -> list[Remark]:
    if isinstance(before, list | None) and isinstance(after, list | None):
        return _list_marks(before or [], after or [], verbose=verbose)
    if isinstance(before, dict) and isinstance(after, dict):
        changes = list(_sub_changes(before, after, verbose=verbose))
        return [Remark("~", change) for change in changes or ["changed"]]
    if isinstance(before, str) and isinstance(after, str):
        return text_marks(plain_text(before), plain_text(after), verbose=verbose)
    if before is None or after is None:
        return [
            Remark(
                "+" if before is None else "-",
                _long_text(before if after is None else after, verbose=verbose),
            )
        ]
    return [Remark("", f"{value_label(before, verbose=verbose)} → {value_label(after, verbose=verbose)}")]


def value_label(value: Json, *, verbose: bool = False) -> str:
    """A few words that name a value: `nucleus accumbens (UBERON:0001882)`, `Doe, Jane`, `true`."""
    text = _whole_label(value)
    return text if verbose else clip(text, _WIDTH)


def _whole_label(value: Json) -> str:
    if _is_empty(value):
        return "none"
    if isinstance(value, str):
        return plain_text(value) or "(blank)"
    if isinstance(value, list):
        return ", ".join(map(_whole_label, value))
    if not isinstance(value, dict):
        return plain_text(json.dumps(value, ensure_ascii=False))
    name = next((plain_text(value[key]) for key in _NAMES if _is_text(value.get(key))), "")
    if not name:
        return plain_text(json.dumps(value, ensure_ascii=False, sort_keys=True))
    term, award = plain_text(str(value.get("identifier", ""))), value.get("awardNumber")
    if _is_term(term) and term != name:
        name = f"{name} ({term})"
    return f"{name}, award {plain_text(str(award))}" if award else name


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_term(identifier: str) -> bool:
    """Whether it is a CURIE like `UBERON:0001882`, and not a URL, an ORCID iD or the number of a protocol."""
    prefix, colon, local = identifier.partition(":")
    return bool(colon) and prefix.isalpha() and local.isalnum()


def _long_text(value: Json, *, verbose: bool) -> str:
    text = value_label(value, verbose=True)
    if verbose or len(text) <= _WIDTH:
        return text
    return f"{clip(text, _WIDTH)} ({quantity(len(text), 'character')})"


def _is_empty(value: Json) -> bool:
    return value is None or value in ("", [], {})


# --- Lists --------------------------------------------------------------------------------------


def _list_marks(before: Sequence[Json], after: Sequence[Json], *, verbose: bool) -> list[Remark]:
    pairs = _pairs(before, after)
    old, new = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    removed = [Remark("-", _item(item, verbose=verbose)) for at, item in enumerate(before) if at not in old]
    added = [Remark("+", _item(item, verbose=verbose)) for at, item in enumerate(after) if at not in new]
    changed = [
        Remark("~", f"{value_label(after[right], verbose=verbose)}  {'; '.join(changes)}")
        for left, right in pairs
        if (changes := _item_changes(before[left], after[right], verbose=verbose))
    ]
    found = removed + added + changed
    if any(left > right for left, right in pairwise(right for _, right in pairs)):
        order = "; ".join(_item(item, verbose=verbose) for item in after)
        found.append(Remark("~", f"order changed: now {order if verbose else clip(order, _WIDTH)}"))
    return found or [Remark("~", "changed")]


def _item(item: Json, *, verbose: bool) -> str:
    return "(empty)" if _is_empty(item) else value_label(item, verbose=verbose)


def _pairs(before: Sequence[Json], after: Sequence[Json]) -> list[tuple[int, int]]:
    """(index before, index after) of every item that both sides have, by index before."""
    left, right = dict(enumerate(before)), dict(enumerate(after))
    pairs = []
    for key in (_content, _by_identifier, _by_name, _by_url, _bare_name):
        waiting: dict[str, list[int]] = {}
        for at, item in right.items():
            waiting.setdefault(key(item), []).append(at)
        waiting.pop("", None)
        for at, item in list(left.items()):
            candidates = waiting.get(key(item), [])
            match = next((new for new in candidates if not _is_other_award(item, after[new])), None)
            if match is not None:
                candidates.remove(match)
                pairs.append((at, match))
                del left[at], right[match]
    return sorted(pairs)


def _content(item: Json) -> str:
    return json.dumps(item, sort_keys=True)


def _key(field: str) -> Callable[[Json], str]:
    """A function that names an item by one of its fields; a funder has a name for every award."""

    def key(item: Json) -> str:
        if not isinstance(item, dict) or not _is_text(item.get(field)):
            return ""
        return f"{plain_text(item[field]).lower()} {item.get('awardNumber') or ''}"

    return key


_by_identifier, _by_name, _by_url = _key("identifier"), _key("name"), _key("url")


def _bare_name(item: Json) -> str:
    return plain_text(item["name"]).lower() if isinstance(item, dict) and _is_text(item.get("name")) else ""


def _is_other_award(before: Json, after: Json) -> bool:
    """Whether both have awards, and different ones: then they are two items of one funder."""
    awards = [item.get("awardNumber") if isinstance(item, dict) else None for item in (before, after)]
    return all(awards) and awards[0] != awards[1]


# --- Objects ------------------------------------------------------------------------------------


def _item_changes(before: Json, after: Json, *, verbose: bool) -> list[str]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return list(_sub_changes(before, after, verbose=verbose))


def _sub_changes(before: JsonObject, after: JsonObject, *, verbose: bool, under: str = "") -> Iterator[str]:
    """`email: none → jane@example.org`, `roleName: - Other, + Author`, one for each key that differs."""
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old == new or (_is_empty(old) and _is_empty(new)) or (key in _SILENT and not verbose):
            continue
        name = plain_text(f"{under}{key}")
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _sub_changes(old, new, verbose=verbose, under=f"{under}{key}.")
        elif isinstance(old or new, list) and isinstance(new or old, list):
            yield f"{name}: {', '.join(map(str, _list_marks(old or [], new or [], verbose=verbose)))}"
        else:
            yield f"{name}: {value_label(old, verbose=verbose)} → {value_label(new, verbose=verbose)}"


_DANDI_WORD = re.compile(r"(?:dcite|spdx):(?=\S)")  # vocabularies whose prefix is of no use to a reader


def plain_text(value: str) -> str:
    """A DANDI string for a reader: ontology IRIs as CURIEs, `dcite:Author` as `Author`."""
    return obo_curie(value) or clean(_DANDI_WORD.sub("", value, count=1).strip())


_SHORT = 60  # characters that are shown whole, before and after
_CONTEXT = 4  # words around a changed place
_MOST = 240  # characters of a word-level diff that is still quick to read
_COSTLY = 5_000  # words beyond which the comparison takes too long


def text_marks(before: str, after: str, *, verbose: bool = False) -> list[Remark]:
    """Short text before → after; longer text with `[-removed-]` and `{+added+}` words."""
    if max(len(before), len(after)) <= _SHORT:
        return (
            [Remark("-", before), Remark("+", after)]
            if " " in before + after
            else [Remark("", f"{before} → {after}")]
        )
    old, new = before.split(), after.split()
    if len(old) + len(new) <= _COSTLY:
        words = " ".join(_words(old, new, _COSTLY if verbose else _CONTEXT))
        if verbose or len(words) <= _MOST:
            return [Remark("~", words)]
    elif verbose:
        return [Remark("-", before), Remark("+", after)]
    return [Remark("~", f"changed ({len(before):,} → {len(after):,} characters){_SHOWS_HOW}")]


def _words(old: list[str], new: list[str], context: int) -> Iterator[str]:
    """The changed words, each with at most `context` unchanged words on either side."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (tag, start, end, new_start, new_end) in enumerate(blocks):
        if tag == "equal":
            yield from _context_words(
                old[start:end], context, first=number == 0, last=number == len(blocks) - 1
            )
            continue
        if end > start:
            yield f"[-{' '.join(old[start:end])}-]"
        if new_end > new_start:
            yield f"{{+{' '.join(new[new_start:new_end])}+}}"


def _context_words(words: list[str], context: int, *, first: bool, last: bool) -> list[str]:
    head = [] if first else words[:context]
    tail = [] if last else words[-context:]
    if len(head) + len(tail) >= len(words):
        return words
    return [*head, "…", *tail]
