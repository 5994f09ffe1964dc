"""A paper as OpenAlex knows it. Everything but `fetch` is pure.

A single work costs nothing and needs no key. A preprint and its article are often one work
there, with one DOI: `paper.look_up` compares the DOI that was asked with the one that came.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from dandifile.identifiers import ror_url
from dandifile.lookup import doi as dois
from dandifile.lookup.answers import Answer, Asks, Request
from dandifile.lookup.authors import consortium, person, sound
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper
from dandifile.lookup.matching import normalised
from dandifile.lookup.names import Name, dandi_name, is_collective, split
from dandifile.lookup.text import line, plain, uninverted
from dandifile.model import JsonObject

SOURCE = "openalex"

_KINDS = {
    "article": "article",
    "review": "article",
    "letter": "article",
    "editorial": "article",
    "erratum": "article",
    "preprint": "preprint",
    "dataset": "dataset",
    "book": "book",
    "book-chapter": "book chapter",
    "dissertation": "dissertation",
    "report": "report",
    "peer-review": "peer review",
    "software": "software",
}


def fetch(client: Asks, doi: str) -> Answer:
    """Ask for the work of a DOI in normal form. A merged work is a redirect."""
    return client.ask(Request(SOURCE, f"works/doi:{quote(doi, safe='/')}", follow=True))


def paper(work: JsonObject, fetched: str = "") -> Paper:
    """Translate a work. Its `doi` is OpenAlex's, which may not be the one that was asked for."""
    authors, warnings = [], []
    corresponding = set(work.get("corresponding_author_ids") or ())
    for authorship in work.get("authorships") or ():
        author, warning = _author(authorship, corresponding)
        authors.append(author)
        warnings += warning
    if work.get("is_retracted"):
        warnings.append("OpenAlex says that this paper is retracted")
    location = work.get("primary_location") or {}
    return Paper(
        doi=dois.normal(work.get("doi") or "") or "",
        title=line(work.get("title") or work.get("display_name") or ""),
        kind=_kind(work, location),
        abstract=plain(uninverted(work.get("abstract_inverted_index"))),
        published=work.get("publication_date") or "",
        license=location.get("license") or "",
        authors=tuple(authors),
        funders=tuple(funders(work)),
        source=SOURCE,
        fetched=fetched,
        warnings=tuple(warnings),
    )


def _kind(work: JsonObject, location: JsonObject) -> str:
    kind = work.get("type") or ""
    if kind == "article" and location.get("version") == "submittedVersion":
        return "preprint"
    return _KINDS.get(kind, "other")


def _author(authorship: JsonObject, corresponding: set[str]) -> tuple[Author, list[str]]:
    known = authorship.get("author") or {}
    text = line(authorship.get("raw_author_name") or known.get("display_name") or "")
    affiliations = _affiliations(authorship)
    if is_collective(text):
        return consortium(text, affiliations), []
    name = split(text)
    orcid, said_by, warnings = _orcid(authorship, name)
    author = person(name, orcid, affiliations, said_by)
    writes = bool(authorship.get("is_corresponding")) or known.get("id") in corresponding
    return replace(author, corresponding=writes), warnings


def _orcid(authorship: JsonObject, name: Name) -> tuple[str, str, list[str]]:
    """Prefer the ORCID iD that came with the paper to the one that OpenAlex thinks is this author's."""
    deposited, warnings = sound(authorship.get("raw_orcid") or "", name)
    inferred, more = sound((authorship.get("author") or {}).get("orcid") or "", name)
    warnings += more
    if deposited and inferred not in ("", deposited):
        warnings.append(
            f"{dandi_name(name)}: the paper has ORCID iD {deposited}, OpenAlex's author has {inferred};"
            " the paper's is taken"
        )
    return deposited or inferred, "deposited" if deposited else "inferred", warnings


def _affiliations(authorship: JsonObject) -> list[Affiliation]:
    """Institutions, or the paper's own texts where OpenAlex has found no institution in them.

    `inferred` is one that no text of the paper stands behind: OpenAlex adds institutions of an
    author's other papers and of the past.
    """
    texts = [line(text) for text in authorship.get("raw_affiliation_strings") or () if text]
    institutions = [entry for entry in authorship.get("institutions") or () if entry.get("display_name")]
    if not institutions:
        return [Affiliation(text) for text in dict.fromkeys(texts)]
    links = authorship.get("affiliations") or ()
    backed = {
        place
        for link in links
        if link.get("raw_affiliation_string")
        for place in link.get("institution_ids") or ()
    }
    return [
        Affiliation(
            name := line(entry["display_name"]),
            ror_url(entry.get("ror") or "") or "",
            inferred=entry.get("id") not in backed and not _stands_in(name, texts),
        )
        for entry in institutions
    ]


def _stands_in(name: str, texts: list[str]) -> bool:
    """Whether a text of the paper names the institution; the country behind its name need not be there."""
    plain = normalised(name.partition(" (")[0])
    return any(plain in normalised(text) for text in texts)


def funders(work: JsonObject) -> list[Funder]:
    """One entry an award: `awards` joined with `funders`, or the `grants` of before 2025-11.

    A funder of whom no award is known is an entry, too.
    """
    known = {entry.get("id"): entry for entry in work.get("funders") or ()}
    awards = work.get("awards") or [
        {
            "funder_id": grant.get("funder"),
            "funder_display_name": grant.get("funder_display_name"),
            "funder_award_id": grant.get("award_id"),
        }
        for grant in work.get("grants") or ()
    ]
    found = [
        _funder(
            award.get("funder_display_name"), known.get(award.get("funder_id")), award.get("funder_award_id")
        )
        for award in awards
    ]
    named = {award.get("funder_id") for award in awards}
    found += [_funder(None, entry, None) for key, entry in known.items() if key not in named]
    return [funder for funder in dict.fromkeys(found) if funder.name]


def _funder(name: str | None, known: JsonObject | None, award: str | None) -> Funder:
    known = known or {}
    return Funder(
        name=line(known.get("display_name") or name or ""),
        ror=ror_url(known.get("ror") or "") or "",
        award=line(str(award or "")),
    )
