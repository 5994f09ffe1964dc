"""ORCID iDs, ROR ids, terms, awards, names of people and of subjects: how they are written, all offline."""

from __future__ import annotations

import re
import unicodedata

_ORCID = re.compile(r"(?:(?:https?://)?(?:www\.)?orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])/?")
_ROR = re.compile(r"(?:(?:https?://)?ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}\d{2})/?", re.IGNORECASE)
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

PERSON_NAME = re.compile(r"[\w\s.'-]+,\s+[\w\s.'-]+")
"""What DANDI's schema takes as the name of a person: "Last, First"."""

_SUBJECT = re.compile(r"(?:^|/)sub-([^/_.]+)")
_SESSION = re.compile(r"(?:^|[/_])ses-([^/_.]+)")

OBO = "http://purl.obolibrary.org/obo/"
OBO_PREFIXES = ("UBERON", "CL", "DOID", "HP", "MONDO", "FMA", "PATO", "GO", "NCBITaxon")
"""Ontologies whose ids are known by their short form; those of others need an IRI."""

_OBO_IRI = re.compile(r"https?://purl\.obolibrary\.org/obo/([A-Za-z]+)_(\w+)")
_OBO_SHORT = re.compile(rf"({'|'.join(OBO_PREFIXES)})[:_](\w+)")
_CURIE = re.compile(r"[A-Za-z][A-Za-z0-9-]*:[A-Za-z0-9\-/._]+")  # DANDI's pattern without what is not a URI
_IRI = re.compile(r"https?://[^\s/]+\.[^\s/]+/\S+")
_SEVEN_DIGITS = {"UBERON", "CL", "HP"}

_SHORT = re.compile(r"([A-Za-z]+)\s?[:_]\s?([0-9]\w*)")
_OTHER_ID = re.compile(r"[A-Za-z][\w+.-]*:\S+")
_BY_LOWER = {prefix.lower(): prefix for prefix in (*OBO_PREFIXES, "MBA")}
"""Prefixes that are known in any case; ids with another need an IRI."""


def bare_orcid(text: str) -> str | None:
    """`0000-0002-1825-0097` from any of its usual forms; None for other texts and a wrong checksum."""
    found = _ORCID.fullmatch(text.strip())
    if not found:
        return None
    orcid = found[1].upper()
    digits = orcid.replace("-", "")
    return orcid if digits[-1] == _mod_11_2(digits[:-1]) else None


def _mod_11_2(digits: str) -> str:
    """The check character of ISO 7064 MOD 11-2."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004  ten is written X


def ror_url(text: str) -> str | None:
    """`https://ror.org/04xeg9z08` from any of its usual forms; None for other texts and a wrong checksum."""
    found = _ROR.fullmatch(text.strip())
    if not found:
        return None
    ror = found[1].lower()
    number = 0
    for character in ror[1:7]:
        number = number * 32 + _CROCKFORD.index(character)
    return f"https://ror.org/{ror}" if int(ror[7:]) == 98 - number * 100 % 97 else None


def obo_curie(iri: str) -> str | None:
    """`UBERON:0001882` from its OBO IRI; None for any other text."""
    found = _OBO_IRI.fullmatch(iri.strip())
    return f"{found[1]}:{found[2]}" if found else None


def obo_iri(curie: str) -> str:
    """The full IRI of an OBO term, which is the form of assets."""
    return OBO + curie.replace(":", "_", 1)


def term_curie(text: str) -> str | None:
    """A term as a CURIE (`UBERON:0002421`) from a CURIE, an OBO IRI or `UBERON_0002421`.

    Other IRIs stay as they are; None for other texts. Stricter than `ontology_curie`: case counts, and the
    number must be complete.
    """
    text = text.strip()
    if obo := _obo(text):
        return obo if _is_sound(obo) else None
    return text if _IRI.fullmatch(text) or _CURIE.fullmatch(text) else None


def term_iri(text: str) -> str | None:
    """The same term as a full IRI where it is one of an OBO ontology, which is the form of assets."""
    obo = _obo(text.strip())
    return obo_iri(obo) if obo and _is_sound(obo) else term_curie(text)


def _obo(text: str) -> str | None:
    """The CURIE of a term of an OBO ontology, sound or not."""
    found = _OBO_SHORT.fullmatch(text)
    return f"{found[1]}:{found[2]}" if found else obo_curie(text)


def _is_sound(curie: str) -> bool:
    prefix, _, number = curie.partition(":")
    return prefix not in _SEVEN_DIGITS or bool(re.fullmatch(r"[0-9]{7}", number))


def ontology_curie(text: str) -> str | None:
    """`UBERON:0002421` from itself, `UBERON_0002421`, `uberon:0002421` or its IRI; None for other texts."""
    text = text.strip().removeprefix("<").removesuffix(">")
    if whole := obo_curie(re.sub(r"^obo\.", OBO, text)):
        letters, _, number = whole.partition(":")
        return f"{_canonical(letters)}:{number}"
    if (found := _SHORT.fullmatch(text)) and found[1].lower() in _BY_LOWER:
        return f"{_canonical(found[1])}:{found[2]}"
    return None


def is_foreign_id(text: str) -> bool:
    """Whether it is an IRI or an id from outside the OBO ontologies, so that we cannot check it."""
    return ontology_curie(text) is None and bool(_OTHER_ID.fullmatch(text.strip()))


def ontology_of(curie: str) -> str:
    """`UBERON` of `UBERON:0002421`."""
    return curie.partition(":")[0]


def _canonical(prefix: str) -> str:
    return _BY_LOWER.get(prefix.lower(), prefix)


_NIH = re.compile(
    r"(?:(?:NIH|N[A-Z]{2,5})[\s:/#-]+)?"  # the agency or its institute, as in NIMH R01MH117788
    r"(?:[1-9]\s?)?"  # kind of application: 5 is a continuation
    r"(?:(?P<activity>[A-Z][A-Z0-9][0-9]|[A-Z][0-9]{2}|ZIA|ZIC|ZID|ZIE|ZIF|ZIH|ZIK)[\s-]*)?"
    r"(?P<institute>AA|AG|AI|AR|AT|CA|CL|CT|DA|DC|DE|DK|EB|ES|EY|FD|GM|HD|HG|HL|HS|LM|MD|MH|NR|NS|OD|OH|RR|TR|TW)"
    r"[\s-]*0*(?P<serial>[1-9][0-9]{3,5})"
    r"(?:\s*-\s*[0-9]{2}(?:[AS][0-9]+)*)?"  # the year of support, with amendments and supplements
)


def award_key(award: str) -> str:
    """One key for all spellings of an award: `R01 NS095251`, `r01ns095251` and `5R01NS095251-03`."""
    if nih := _nih(award):
        return f"{nih[0]}{nih[1]}"
    return "".join(re.findall(r"\w", unicodedata.normalize("NFKC", award).casefold()))


def is_same_award(one: str, other: str) -> bool:
    """Whether two texts name the same award. NIH's may be written without the activity code: `NS095251`."""
    if award_key(one) == award_key(other):
        return True
    ours, theirs = _nih(one), _nih(other)
    return bool(ours and theirs and ours[1] == theirs[1] and "" in (ours[0], theirs[0]))


def is_nih_award(award: str) -> bool:
    """Whether only NIH gives numbers like this, so that it means one award whatever the funder's name."""
    return bool((nih := _nih(award)) and nih[0])


def awards_in(text: str) -> list[str]:
    """The awards in a text that lists several NIH numbers. Any other text is one award."""
    parts = [part.strip() for part in re.split(r"[,;&]|\band\b", text) if part.strip()]
    return parts if len(parts) > 1 and all(map(_nih, parts)) else [text]


def _nih(award: str) -> tuple[str, str] | None:
    """Activity (`r01`, or "") and institute with serial number (`ns095251`) of an award of NIH."""
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", award)).strip().upper()
    found = _NIH.fullmatch(plain)
    if not found:
        return None
    return (found["activity"] or "").lower(), f"{found['institute']}{int(found['serial']):06}".lower()


def subject_in_path(path: str) -> str:
    """The subject that the path of an asset names, as in `sub-C005/…`; "" where it names none."""
    found = _SUBJECT.search(path)
    return found[1] if found else ""


def session_in_path(path: str) -> str:
    """The session that the path of an asset names, as in `…_ses-2/…`; "" where it names none."""
    found = _SESSION.search(path)
    return found[1] if found else ""
