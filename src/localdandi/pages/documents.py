"""From a dandiset's metadata to what its page shows.

Metadata may be anything: it was not checked. Whatever does not have the form that a part of the
page needs is left out of that part, and only http(s) addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from localdandi.document import Json, JsonObject

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_CURIE = re.compile(r"([A-Za-z]+):(\w+)")


@dataclass(frozen=True)
class Link:
    """Something with a name and, if it is safe to follow, an address."""

    name: str
    url: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Contributor:
    """A person or an organization."""

    name: str
    identifier: Link | None  # the ORCID or ROR
    email: str
    roles: tuple[str, ...]
    affiliations: tuple[Link, ...]
    award: str
    cited: bool
    person: bool


def about_dandiset(document: JsonObject) -> JsonObject:
    """What a dandiset's metadata says of it, part by part as its page shows it."""
    return {
        "description": paragraphs(document.get("description")),
        "keywords": texts(document.get("keywords")),
        "licences": licences(document),
        "contributors": contributors(document),
        "funders": funders(document),
        "about": terms(document.get("about")),
        "ethics": ethics(document),
        "related": related_links(document),
        "protocols": [Link(url, web_url_or_none(url)) for url in texts(document.get("protocol"))],
        "acknowledgement": text(document.get("acknowledgement")),
    }


def text(value: Json) -> str:
    return str(value).strip() if isinstance(value, str | int | float) else ""


def objects(value: Json) -> Iterator[JsonObject]:
    """The objects of a list; nothing if it is none."""
    yield from (one for one in (value if isinstance(value, list) else []) if isinstance(one, dict))


def texts(value: Json) -> tuple[str, ...]:
    return tuple(filter(None, map(text, value))) if isinstance(value, list) else ()


def web_url_or_none(url: Json) -> str | None:
    """The address, if it is one of the web."""
    return url if isinstance(url, str) and re.match(r"https?://[^\s]+$", url) else None


def words(code: str) -> str:
    """`dcite:DataCollector` as it is read: Data Collector."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code.removeprefix("dcite:"))


def contributors(metadata: JsonObject) -> list[Contributor]:
    return [_contributor(one) for one in objects(metadata.get("contributor"))]


def _contributor(one: JsonObject) -> Contributor:
    person = one.get("schemaKey") != "Organization"
    return Contributor(
        name=text(one.get("name")) or "(no name)",
        identifier=_orcid(one.get("identifier")) if person else ror(one.get("identifier")),
        email=text(one.get("email")),
        roles=tuple(words(role) for role in texts(one.get("roleName"))),
        affiliations=tuple(_affiliation(place) for place in objects(one.get("affiliation"))),
        award=text(one.get("awardNumber")),
        cited=one.get("includeInCitation") is True,
        person=person,
    )


def _orcid(value: Json) -> Link | None:
    found = text(value)
    return Link(found, f"https://orcid.org/{found}" if _ORCID.fullmatch(found) else None) if found else None


def ror(value: Json) -> Link | None:
    found = text(value)
    return Link(found.rpartition("/")[2], web_url_or_none(found)) if found else None


def _affiliation(place: JsonObject) -> Link:
    found = ror(place.get("identifier"))
    return Link(text(place.get("name")) or "(no name)", found.url if found else None)


def funders(metadata: JsonObject) -> list[Contributor]:
    return [one for one in contributors(metadata) if "Funder" in one.roles or one.award]


def terms(values: Json) -> list[Link]:
    """Terms of ontologies, linked where their id says where to."""
    return [
        Link(
            text(one.get("name")) or text(one.get("identifier")), term_url(one.get("identifier")), _kind(one)
        )
        for one in objects(values)
        if text(one.get("name")) or text(one.get("identifier"))
    ]


def _kind(one: JsonObject) -> str:
    return words(text(one.get("schemaKey")).removesuffix("Type"))


def term_url(identifier: Json) -> str | None:
    """An address as it is; `UBERON:0001882` as the OBO foundry resolves it."""
    found = _CURIE.fullmatch(identifier) if isinstance(identifier, str) else None
    return f"http://purl.obolibrary.org/obo/{found[1]}_{found[2]}" if found else web_url_or_none(identifier)


def related_links(metadata: JsonObject) -> list[Link]:
    return [_resource(one) for one in objects(metadata.get("relatedResource"))]


def _resource(one: JsonObject) -> Link:
    identifier = text(one.get("identifier"))
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:)", "", identifier, flags=re.IGNORECASE)
    url = web_url_or_none(one.get("url")) or (
        f"https://doi.org/{doi}" if doi.startswith("10.") else web_url_or_none(identifier)
    )
    note = words(text(one.get("relation"))).capitalize()
    kind = words(text(one.get("resourceType")))
    return Link(
        text(one.get("name")) or identifier or url or "(no name)", url, f"{note} · {kind}" if kind else note
    )


def ethics(metadata: JsonObject) -> list[Link]:
    """Protocol numbers, with the body that approved them as the note."""
    found = []
    for one in objects(metadata.get("ethicsApproval")):
        contact = one.get("contactPoint") if isinstance(one.get("contactPoint"), dict) else {}
        who = text((contact or {}).get("name")) or text((contact or {}).get("email"))
        found.append(
            Link(
                text(one.get("identifier")) or "(no number)", web_url_or_none((contact or {}).get("url")), who
            )
        )
    return found


def licences(metadata: JsonObject) -> list[Link]:
    given = metadata.get("license")
    names = texts(given) if isinstance(given, list) else filter(None, [text(given)])
    return [
        Link(name.removeprefix("spdx:"), f"https://spdx.org/licenses/{name.removeprefix('spdx:')}")
        for name in names
    ]


def paragraphs(value: Json) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text(value)) if part.strip()]


def size(count: int) -> str:
    """Bytes as people say them."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":  # noqa: PLR2004  decimal units
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return ""


def counted(count: int, one: str, many: str = "") -> str:
    """`1 file`, `12,000 files`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day(stamp: Json) -> str:
    """The date of a time stamp, or nothing."""
    found = text(stamp)[:10]
    return found if re.fullmatch(r"\d{4}-\d\d-\d\d", found) else ""


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts `ses-2` before `ses-10`."""
    parts = re.split(r"(\d{1,18})", name.casefold())  # longer numbers than Python converts are cut
    return tuple((int(part) if part.isdecimal() else -1, part) for part in parts)
