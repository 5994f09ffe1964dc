"""The papers in the `related_publications` of an NWB file, in any spelling, as DANDI keeps them. Pure.

The dandi package takes only a text that is exactly one https://doi.org/… URL, and silently drops others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from dandifile.model import JsonObject
from dandifile.survey.nwb.remarks import NwbRemark

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_NEXT = r"https?:|doi\b|10\.[0-9]{4,9}[./]|PMC?ID|PMC[0-9]|arxiv"
_DOI = re.compile(
    rf"""(?P<before>https?://(?:(?!https?:)[^\s"'<>])*?)?
    (?P<doi>10\.[0-9]{{4,9}}(?:\.[0-9]+)*/[^\s"']+?)
    (?=[\s"']|[,;|]\s*(?:{_NEXT})|[,;|](?:\s|$)|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/{}/"
_PMC = "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC{}/"
_OTHERS = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (r"https?://\S*?/articles/PMC([0-9]{3,9})\b\S*", _PMC),
        (r"\bPMC\s*(?:ID)?\s*[:=]?\s*(?:PMC)?([0-9]{3,9})\b", _PMC),
        (r"https?://pubmed\.ncbi\.nlm\.nih\.gov/([0-9]{1,9})\b\S*", _PUBMED),
        (r"https?://(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed/([0-9]{1,9})\b\S*", _PUBMED),
        (r"\b(?:PMID|PubMed(?:\s*ID)?)\s*[:=#]?\s*([0-9]{1,9})\b", _PUBMED),
        (
            r"(?:https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/|\barxiv\s*:\s*)([0-9]{4}\.[0-9]{4,5})(?:v[0-9]+)?\S*",
            "https://doi.org/10.48550/arXiv.{}",
        ),
    )
)
_SLASH = re.compile(r"(10\.[0-9]{4,9})%2F", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_AFTER = ".,;:"
_PAGES = re.compile(
    r"(/(full|abstract|pdf|epdf|pdfdirect|html|fulltext|meta))+/?$|\.(pdf|html?|full|abstract)$",
    re.IGNORECASE,
)
_PREPRINTS = re.compile(r"(bio|med)rxiv\.org$", re.IGNORECASE)
_VERSION = re.compile(r"v[0-9]+(\.[a-z-]+)*(\.pdf)?$", re.IGNORECASE)
_CHECK = "dandifile.related_publications"
_PLACE = "/general/related_publications"


def related_resources(named: object) -> tuple[list[JsonObject], list[NwbRemark]]:
    """DANDI's `relatedResource`, and a remark for each text that names no paper."""
    found: dict[str, JsonObject] = {}
    remarks = []
    for text in _texts(named):
        resources = list(_resources(text))
        for resource in resources:
            key = str(resource.get("identifier") or resource.get("url"))
            found.setdefault(key.casefold(), resource)
        remarks += [_remark(part) for part in _texts_without_paper(text, has_papers=bool(resources))]
    return list(found.values()), remarks


def _texts(named: object) -> Iterator[str]:
    """Old files have one text instead of a list."""
    if isinstance(named, bytes):
        named = named.decode("utf-8", "replace")
    if isinstance(named, str):
        text = _SLASH.sub(r"\1/", named.translate(_INVISIBLE)).strip()
        if text:
            yield text
    elif isinstance(named, Iterable):
        for each in named:
            yield from _texts(each)


def _resources(text: str) -> Iterator[JsonObject]:
    rest = text
    for match in _DOI.finditer(text):
        doi = _bare_doi(match["doi"], match["before"] or "")
        if doi:
            yield _resource(identifier=f"https://doi.org/{doi}")
            rest = rest.replace(match[0], " ", 1)
    for pattern, form in _OTHERS:
        for match in pattern.finditer(rest):
            yield _resource(identifier=form.format(match[1]))
        rest = pattern.sub(" ", rest)
    for match in _URL.finditer(rest):
        address = match[0].rstrip(_AFTER + ")]}")
        if _is_paper_url(address):
            yield _resource(url=address)


def _resource(**name: str) -> JsonObject:
    return {"schemaKey": "Resource", **name, "relation": "dcite:IsDescribedBy"}


def _bare_doi(doi: str, before: str) -> str:
    """A DOI without what surrounds it in a sentence or a URL; "" if nothing is left."""
    host = _host(before + doi)
    if host.endswith("doi.org") or (host and _without_query(doi) != doi):
        doi = unquote(_without_query(doi))
    if host and not host.endswith("doi.org"):
        doi = _PAGES.sub("", doi)
        if _PREPRINTS.search(host):
            doi = _VERSION.sub("", doi)
    doi = doi.partition("</")[0].rstrip(_AFTER)
    while doi.endswith((")", "]", "}", ">")) and _is_unpaired(doi):
        doi = doi[:-1].rstrip(_AFTER)
    return doi if doi.partition("/")[2] else ""


def _without_query(doi: str) -> str:
    return doi.partition("?")[0].partition("#")[0]


def _is_unpaired(text: str) -> bool:
    closing = text[-1]
    opening = {")": "(", "]": "[", "}": "{", ">": "<"}[closing]
    return text.count(closing) > text.count(opening)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_paper_url(address: str) -> bool:
    """Whether a URL can be a paper's: the front page of doi.org or of a journal is not."""
    host = _host(address)
    return "." in host and not host.endswith("doi.org") and bool(urlsplit(address).path.strip("/"))


def _texts_without_paper(text: str, *, has_papers: bool) -> Iterator[str]:
    """The text, or those of its parts that look like the citation of another paper."""
    if not has_papers:
        yield text
        return
    for part in re.split(r"[;\n|]\s+|\n", text):
        cited = len(part) > 20 and re.search(r"\b(19|20)[0-9]{2}\b", part)  # noqa: PLR2004  # a name and a title
        if cited and not any(True for _ in _resources(part)):
            yield part.strip()


def _remark(text: str) -> NwbRemark:
    said = text if len(text) <= 100 else f"{text[:99]}…"  # noqa: PLR2004  # enough to find it
    message = (
        f"related_publications has '{said}', which has no DOI, PMID or URL: this paper is not recorded;"
        " write it as a DOI, such as https://doi.org/10.1038/s41586-023-06031-6"
    )
    return NwbRemark(_CHECK, message, "warning", _PLACE)
