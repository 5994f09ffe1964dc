"""Any spelling of a DOI → one form: lower-case, without a prefix. DOIs do not tell case apart."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_BEFORE = re.compile(
    r"(?:doi\s*[:=]\s*)?(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|info:doi/|urn:doi:)?(?:doi:\s*)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_AROUND = " \t\r\n<>\"'"
_AFTER = ".,;:"


def normal(text: str) -> str | None:
    """`10.1038/s41586-023-06031-6` from any usual spelling; None if it is none.

    Takes URLs of doi.org (with their query, fragment and %-escapes), `doi:`, `info:doi/` and
    `urn:doi:`, and drops what surrounds a DOI in a sentence. A parenthesis at the end goes if
    it has no partner: DOIs may hold pairs.
    """
    text = text.translate(_INVISIBLE).strip(_AROUND)
    before = _BEFORE.match(text)
    rest = text[before.end() :] if before else text
    if "doi.org/" in text.lower():
        rest = unquote(rest.partition("?")[0].partition("#")[0])
    rest = rest.strip(_AROUND + _AFTER)
    while rest.endswith((")", "]", "}")) and _unpaired(rest):
        rest = rest[:-1].rstrip(_AFTER)
    return rest.lower() if _DOI.fullmatch(rest) else None


def url(doi: str) -> str:
    """The address of a DOI in normal form."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}"


def _unpaired(text: str) -> bool:
    closing = text[-1]
    opening = {")": "(", "]": "[", "}": "{"}[closing]
    return text.count(closing) > text.count(opening)
