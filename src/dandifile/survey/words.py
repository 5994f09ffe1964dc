"""What a file's own words for species, sex and subject mean: by the spec's vocabulary, or by DANDI's lists.

The dandi package takes a species by its first letters (`mus…`, `homo…`, `caenorhabditis…`), and puts
ids of PATO in lower case. Here a word is taken for exactly what it says, or refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dandifile.model import JsonObject
from dandifile.survey.remarks import RefusedValueError
from dandifile.taxa import IRI, folded, taxon_like, taxon_named, taxon_number, taxon_of_number

_PATO = "http://purl.obolibrary.org/obo/PATO_"
_SEXES: Mapping[str, JsonObject] = {
    "M": {"schemaKey": "SexType", "identifier": f"{_PATO}0000384", "name": "Male"},
    "F": {"schemaKey": "SexType", "identifier": f"{_PATO}0000383", "name": "Female"},
    "U": {"schemaKey": "SexType", "name": "Unknown"},
    "O": {"schemaKey": "SexType", "name": "Other"},
}
_WRITTEN = {"male": "M", "female": "F", "unknown": "U", "other": "O", **{sex.lower(): sex for sex in _SEXES}}
_PATO_SEXES = {"0000384": "M", "0000383": "F"}
_PATO_FORMS = re.compile(r"(?:(?:https?://purl\.obolibrary\.org/obo/)?PATO[_:])([0-9]{7})", re.IGNORECASE)
_PERHAPS = {
    "xx": "O",
    "hermaphrodite": "O",
    "xo": "M",
    "mixed": "O",
    "both": "O",
    "n/a": "U",
    "na": "U",
    "none": "U",
}


@dataclass(frozen=True)
class Meant:
    """A word's metadata. `settles` is the check of nwbinspector that would still mind the word itself."""

    metadata: JsonObject
    settles: str = ""


def species(word: Any, meanings: Mapping[str, str]) -> Meant | None:
    """The SpeciesType of `Subject.species`; None where the file gives none. RefusedValueError for others."""
    if not isinstance(word, str) or not word.strip():
        return None
    settles = "check_subject_species_form"
    if meant := _meaning(word, meanings):
        return Meant(_of_number(taxon_number(meant) or ""), settles)
    if number := taxon_number(word):
        return Meant(_of_number(number), settles)
    if listed := _listed(word):
        return Meant({"schemaKey": "SpeciesType", "identifier": listed[0], "name": listed[1]})
    raise _not_listed(word)


def sex(word: Any, meanings: Mapping[str, str]) -> Meant | None:
    """The SexType of `Subject.sex`, likewise."""
    if not isinstance(word, str) or not word.strip():
        return None
    if meant := _meaning(word, meanings):
        return Meant(_SEXES[meant], "check_subject_sex")
    if known := _WRITTEN.get(folded(word)):
        return Meant(_SEXES[known])
    if pato := _PATO_FORMS.fullmatch(word.strip()):
        known = _PATO_SEXES.get(pato[1])
        return Meant(
            _SEXES[known] if known else {"schemaKey": "SexType", "identifier": f"{_PATO}{pato[1]}"},
            "check_subject_sex",
        )
    if re.fullmatch(r"https?://\S+", word.strip()):
        return Meant({"schemaKey": "SexType", "identifier": word.strip()})
    letter = _PERHAPS.get(folded(word), "…")
    raise RefusedValueError(
        f"sex {_quoted(word)} is not one that DANDI knows",
        f"write M, F, O (other) or U (unknown) into Subject.sex of the file, or say in the spec"
        f" what the word means: {_entry('sex', word, letter)}",
    )


def subject(word: Any, meanings: Mapping[str, str]) -> tuple[Any, str]:
    """The id of the subject, and the check that would still mind the word."""
    if not isinstance(word, str):
        return word, ""
    by_form = {_composed(key): value for key, value in meanings.items()}
    meant = by_form.get(_composed(word))
    return (meant.strip(), "check_subject_id_no_slashes") if meant else (word, "")


def _meaning(word: str, meanings: Mapping[str, str]) -> str | None:
    return {folded(key): value for key, value in meanings.items()}.get(folded(word))


def _composed(word: str) -> str:
    """Ids are told apart by case; not by how an accent is stored."""
    return unicodedata.normalize("NFC", word.strip())


def _of_number(number: str) -> JsonObject:
    """By DANDI's own name where it has one, else by the table's, else by the id alone. Asks no service."""
    found: JsonObject = {"schemaKey": "SpeciesType", "identifier": f"{IRI}{number}"}
    name = next((record.name for record in _records() if record.taxon_id == number), None)
    if name is None and (taxon := taxon_of_number(number)):
        name = taxon.label
    return found | {"name": name} if name else found


def _listed(word: str) -> tuple[str, str] | None:
    """The species of the dandi package's list that has exactly this name."""
    for record in _records():
        names = (record.name, record.scientific_name, record.genbank_common_name, *record.common_names)
        if folded(word) in map(folded, names):
            return record.uri, record.name
    return None


def _records() -> Any:
    from dandi.metadata.util import species_map

    return species_map


def _not_listed(word: str) -> RefusedValueError:
    """Says what DANDI's tools would make of it, and what to write instead."""
    taxon = taxon_named(word)
    near = None if taxon else taxon_named(" ".join(word.split()[:2])) or taxon_like(word)
    number = taxon.id if taxon else near.id if near else ""
    reason = f"species {_quoted(word)} is not on DANDI's list"
    wrongly = next(
        (r.scientific_name for r in _records() if r.prefix and folded(word).startswith(r.prefix)), None
    )
    if wrongly:
        reason += f", and the dandi client would record it as {wrongly}, by its first letters"
    if near:
        reason += f"; did you mean {near.scientific} (NCBITaxon:{near.id})?"
    shown = number or "<its number>"
    look_up = "" if number else "look up its id in NCBI Taxonomy (https://www.ncbi.nlm.nih.gov/taxonomy); "
    return RefusedValueError(
        reason,
        f"{look_up}write {IRI}{shown} into Subject.species of the file,"
        " or say in the spec what the word means:"
        f" {_entry('species', word, f'NCBITaxon:{shown}')}",
    )


def _entry(kind: str, word: str, meaning: str) -> str:
    """The line for the spec, quoted as JSON, which YAML reads as it is."""
    return f"vocabulary: {{{kind}: {{{json.dumps(word, ensure_ascii=False)}: {json.dumps(meaning)}}}}}"


def _quoted(word: str) -> str:
    return f"'{word}'"
