"""What the words of `vocabulary` can mean: ids that can be right, and each word once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from dandifile.model import JsonObject
from dandifile.spec.fault import Fault, Path
from dandifile.taxa import folded, taxon_like, taxon_named, taxon_number


def word_faults(raw: JsonObject) -> Iterator[Fault]:
    vocabulary = raw.get("vocabulary") or {}
    for kind, words in vocabulary.items():
        if words is not None:
            yield from _twice(kind, words)
    for word, meaning in (vocabulary.get("species") or {}).items():
        if isinstance(meaning, str) and taxon_number(meaning) is None:
            yield _no_taxon(("vocabulary", "species", word), meaning)
    for word, meaning in (vocabulary.get("subjects") or {}).items():
        if isinstance(meaning, str) and "/" in meaning:
            what = f"the id of a subject cannot have a slash: {meaning!r}"
            yield Fault(("vocabulary", "subjects", word), what, f"write {meaning.replace('/', '-')!r}")


def _no_taxon(path: Path, meaning: str) -> Fault:
    """Names the id, where the species was named instead."""
    what = f"{meaning!r} is not an id of NCBI Taxonomy"
    taxon = taxon_named(meaning) or taxon_like(meaning)
    if taxon:
        return Fault(path, what, f'write "NCBITaxon:{taxon.id}" for {taxon.scientific}')
    look_up = "look the species up in https://www.ncbi.nlm.nih.gov/taxonomy"
    return Fault(path, what, f'write it like "NCBITaxon:9541"; {look_up}')


def _twice(kind: str, words: JsonObject) -> Iterator[Fault]:
    """Two spellings of one word: the case of a species or a sex does not count, that of an id does."""
    seen: dict[str, str] = {}
    for word in words:
        same = unicodedata.normalize("NFC", word.strip()) if kind == "subjects" else folded(word)
        if same in seen:
            what = f"{word!r} is the same word as {seen[same]!r} in vocabulary.{kind}"
            yield Fault(("vocabulary", kind, word), what, "keep one of them", at_key=True)
        seen.setdefault(same, word)
