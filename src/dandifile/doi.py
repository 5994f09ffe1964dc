"""DOIs in any spelling, and identifiers of related resources as publishing reads them. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_BEFORE = re.compile(
    r"(?:doi(?!\.org)\s*[:=]?\s*|https?://|(?:(?:dx|www)\.)?doi\.org/|hdl\.handle\.net/|info:doi/|urn:doi:)*",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
_RESOLVERS = ("doi.org/", "hdl.handle.net/")
_TYPED = str.maketrans(
    {
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),  # cannot be seen
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"),  # typographic hyphens
    }
)
_AROUND = " \t\r\n<>\"'\u00a0“”‘’"  # noqa: RUF001 - typographic quotes are meant
_AFTER = ".,;:"
_SERVER = re.compile(r"(?:https?://)?(?:www\.|connect\.)?(?:biorxiv|medrxiv)\.org/", re.IGNORECASE)
_PREPRINT = re.compile(
    _SERVER.pattern + r"content/(10\.[0-9]{4,9}/[0-9][0-9.]*[0-9])(?:v[0-9]+\b)?(?:[./?#].*)?", re.IGNORECASE
)
_ARXIV = re.compile(
    r"(?:arxiv:\s*|(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/)"
    r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?/[0-9]{7})(?:v[0-9]+)?(?:\.pdf)?(?:[?#].*)?",
    re.IGNORECASE,
)
_MEANT_AS_DOI = re.compile(r"doi\b|10\.[0-9]", re.IGNORECASE)
_SOMEWHERE = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"'<>]+")
EXAMPLE = "10.1038/s41586-023-06031-6"


def normal_doi(text: str) -> str | None:
    """`10.1038/s41586-023-06031-6` from any usual spelling; None for other texts.

    Case does not count in DOIs; the normal form is lower-case. URLs of doi.org (with query, fragment and
    %-escapes), `doi:`, `info:doi/` and `urn:doi:` are DOIs, and the punctuation of a sentence around a DOI is
    removed, as is a closing parenthesis without its partner: DOIs may have pairs.
    """
    text = text.translate(_TYPED).strip(_AROUND)
    before = _BEFORE.match(text)
    rest = text[before.end() :] if before else text
    if any(resolver in text.lower() for resolver in _RESOLVERS):
        rest = unquote(rest.partition("?")[0].partition("#")[0])
    elif re.match(r"10\.[0-9.]+%2f", rest, re.IGNORECASE):
        rest = unquote(rest)
    rest = rest.lower().strip(_AROUND + _AFTER)
    while rest.endswith((")", "]", "}")) and _is_unpaired(rest):
        rest = rest[:-1].rstrip(_AROUND + _AFTER)
    return rest if _DOI.fullmatch(rest) else None


def doi_url(doi: str) -> str:
    """The address of a DOI in normal form."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}"


def resource_doi(text: str) -> str | None:
    """The DOI, in normal form, of a resource by its identifier or its address.

    Pages of bioRxiv and medRxiv count, and ids of arXiv, as their DOIs follow from them.
    """
    text = text.strip()
    if found := _PREPRINT.fullmatch(text):
        return found[1].lower()
    if found := _ARXIV.fullmatch(text):
        return f"10.48550/arxiv.{found[1].lower()}"
    return normal_doi(text)


def resource_identifier(text: str) -> str:
    """The identifier of a related resource as publishing reads it: `doi:…`, or another text unchanged.

    From other spellings of a DOI the archive's DOI record gets nothing, or another DOI (dandischema 0.14).
    """
    found = resource_doi(text)
    return f"doi:{found}" if found else text.strip()


def doi_fault(text: str) -> tuple[str, str] | None:
    """What is wrong with an identifier that should be a DOI but is not valid, and what to write."""
    text = text.strip()
    if resource_doi(text):
        return None
    if _SERVER.match(text):
        what = f"{text!r} is not the page of a preprint, and the archive cannot publish a dandiset with it"
        return (
            what,
            "write the preprint's DOI, like doi:10.1101/2020.01.17.909838, or give the address as `url`",
        )
    if not (_MEANT_AS_DOI.match(text) or "doi.org/" in text.lower()):
        return None
    inside = _SOMEWHERE.search(text)
    meant = normal_doi(inside[0]) if inside else None
    return f"{text!r} is not a DOI", f"write it like doi:{meant or EXAMPLE}"


def is_lost(text: str) -> bool:
    """Whether publishing leaves a resource with this identifier out of the dandiset's DOI record.

    The record keeps `doi:…` and `https://…`, and a resource's `url` only if it has no identifier.
    """
    text = resource_identifier(text).lower()
    return bool(text) and not text.startswith(("doi:", "https://"))


def published_doi(identifier: str) -> str | None:
    """The DOI that publishing reads from an identifier, in normal form; None if that is not a valid DOI."""
    if identifier.lower().startswith("doi:"):
        said = identifier[4:]
    elif "doi.org/" in identifier:
        said = identifier.split("doi.org/")[1]
    else:
        return None
    return said.lower() if normal_doi(said) == said.lower() else None


def _is_unpaired(text: str) -> bool:
    closing = text[-1]
    opening = {")": "(", "]": "[", "}": "{"}[closing]
    return text.count(closing) > text.count(opening)
