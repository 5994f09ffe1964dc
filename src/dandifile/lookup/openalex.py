"""A paper as OpenAlex has it. Everything but `fetch` is pure.

A single work costs nothing and needs no key. A preprint and its article are often one work there, with one
DOI, so `paper_lookup` compares the DOI of the answer with the one it asked for.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from dandifile.lookup.answer_fields import (
    date,
    doi_at,
    member,
    members,
    one_line,
    plain_text,
    ror_at,
    string,
    strings,
    text_of_index,
)
from dandifile.lookup.authors import check_orcid, consortium, normalise, person, read_authors
from dandifile.lookup.client import Answer, Asker, Request
from dandifile.lookup.facts import Affiliation, Author, Funder, Paper
from dandifile.lookup.names import Name, dandi_name, is_collective, split_name
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


def fetch(client: Asker, doi: str) -> Answer:
    """Ask for the work of a DOI in normal form. A merged work is a redirect."""
    return client.ask(Request(SOURCE, f"works/doi:{quote(doi, safe='/')}", follow=True))


def paper(work: JsonObject, fetched: str = "") -> Paper:
    """Translate a work. Its `doi` is OpenAlex's, which may differ from the one in the request."""
    corresponding = set(strings(work, "corresponding_author_ids"))
    authors, warnings = read_authors(
        members(work, "authorships"), lambda entry: _author(entry, corresponding)
    )
    if work.get("is_retracted"):
        warnings = (*warnings, "OpenAlex says that this paper is retracted")
    return Paper(
        doi=doi_at(work, "doi"),
        title=one_line(string(work, "title") or string(work, "display_name")),
        kind=_kind(work),
        abstract=plain_text(text_of_index(member(work, "abstract_inverted_index"))),
        published=date(string(work, "publication_date")),
        license=string(member(work, "primary_location"), "license"),
        authors=authors,
        funders=tuple(funders(work)),
        source=SOURCE,
        fetched=fetched,
        warnings=warnings,
    )


def _kind(work: JsonObject) -> str:
    kind, version = string(work, "type"), string(member(work, "primary_location"), "version")
    return "preprint" if kind == "article" and version == "submittedVersion" else _KINDS.get(kind, "other")


def _author(authorship: JsonObject, corresponding: set[str]) -> tuple[Author, list[str]]:
    known = member(authorship, "author")
    text = one_line(string(authorship, "raw_author_name") or string(known, "display_name"))
    affiliations = _affiliations(authorship)
    if is_collective(text):
        return consortium(text, affiliations), []
    name = split_name(text)
    orcid, said_by, warnings = _orcid(authorship, name)
    writes = bool(authorship.get("is_corresponding")) or string(known, "id") in corresponding
    return replace(person(name, orcid, affiliations, said_by), corresponding=writes), warnings


def _orcid(authorship: JsonObject, name: Name) -> tuple[str, str, list[str]]:
    """The ORCID iD that came with the paper, else the one that OpenAlex assigns to this author."""
    deposited, warnings = check_orcid(string(authorship, "raw_orcid"), name)
    inferred, more = check_orcid(string(member(authorship, "author"), "orcid"), name)
    warnings += more
    if deposited and inferred not in ("", deposited):
        warnings.append(
            f"{dandi_name(name)}: the paper has ORCID iD {deposited}, OpenAlex's author has {inferred};"
            " the paper's is used"
        )
    return deposited or inferred, "deposited" if deposited else "inferred", warnings


def _affiliations(authorship: JsonObject) -> list[Affiliation]:
    """Institutions, or the paper's own texts if OpenAlex found no institution in them.

    `inferred` ones have no text in the paper: OpenAlex adds institutions from an author's other papers and
    from the past.
    """
    texts = list(map(one_line, strings(authorship, "raw_affiliation_strings")))
    institutions = [each for each in members(authorship, "institutions") if string(each, "display_name")]
    if not institutions:
        return list(map(Affiliation, texts))
    backed = {
        place
        for link in members(authorship, "affiliations")
        if string(link, "raw_affiliation_string")
        for place in strings(link, "institution_ids")
    }
    return [
        Affiliation(
            name := one_line(string(each, "display_name")),
            ror_at(each, "ror"),
            inferred=string(each, "id") not in backed and not _is_named_in(name, texts),
        )
        for each in institutions
    ]


def _is_named_in(name: str, texts: list[str]) -> bool:
    """Whether a text of the paper names the institution, with or without the country after its name."""
    plain = normalise(name.partition(" (")[0])
    return any(plain in normalise(text) for text in texts)


def funders(work: JsonObject) -> list[Funder]:
    """One entry for each award: `awards` joined with `funders`, or the `grants` from before 2025-11.

    A funder without a known award has an entry as well.
    """
    known = {string(entry, "id"): entry for entry in members(work, "funders")}
    awards = members(work, "awards") or [
        {
            "funder_id": grant.get("funder"),
            "funder_display_name": grant.get("funder_display_name"),
            "funder_award_id": grant.get("award_id"),
        }
        for grant in members(work, "grants")
    ]
    found = [_funder(award, known.get(string(award, "funder_id"), {})) for award in awards]
    named = {string(award, "funder_id") for award in awards}
    found += [_funder({}, entry) for key, entry in known.items() if key not in named]
    return [funder for funder in dict.fromkeys(found) if funder.name]


def _funder(award: JsonObject, known: JsonObject) -> Funder:
    return Funder(
        name=one_line(string(known, "display_name") or string(award, "funder_display_name")),
        ror=ror_at(known, "ror"),
        award=one_line(string(award, "funder_award_id")),
    )
