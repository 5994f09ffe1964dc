"""A term as DANDI has it in `about`: with a CURIE on the dandiset, with the full IRI on assets."""

from __future__ import annotations

from dandifile.lookup.facts import Term
from dandifile.lookup.terms.outcome import Kind
from dandifile.model import JsonObject

SCHEMA_KEYS = {
    Kind.REGION: "Anatomy",
    Kind.DISORDER: "Disorder",
    Kind.CELL_TYPE: "GenericType",
    Kind.PHENOTYPE: "GenericType",
}


def on_dandiset(term: Term) -> JsonObject:
    return _item(term, term.id)


def on_asset(term: Term) -> JsonObject:
    return _item(term, term.iri)


def _item(term: Term, identifier: str) -> JsonObject:
    return {"schemaKey": SCHEMA_KEYS[Kind(term.about)], "name": term.label, "identifier": identifier}
