"""Terms by name and by id from OLS4, for what the shipped tables lack.

A search of OLS4 (API of 2024-10) also gives terms that only share a word, imported terms and every kind of
synonym, so its answers are compared here. Only the term itself says which synonyms are exact and whether it
is obsolete. `term_replaced_by` is a CURIE, a short form or an IRI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dandifile.identifiers import obo_iri, ontology_curie, ontology_of
from dandifile.lookup.client import Answer, Asker, NotFound, Request, Unreachable
from dandifile.lookup.facts import Term
from dandifile.lookup.terms.outcome import (
    Absent,
    Candidate,
    Choice,
    Matched,
    Retired,
    TermKind,
    TermOutcome,
    Unchecked,
)
from dandifile.lookup.terms.tables import OBSOLETE, is_abbreviation, name_key, table
from dandifile.model import Json, JsonObject
from dandifile.spelling import words_of

FIELDS = "iri,label,short_form,obo_id,ontology_name,synonym,is_defining_ontology,type"
ROWS = "50"
MOST = 5  # terms that are fetched one by one
_OPERATORS = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/]')
EXACT = "hasExactSynonym"


def by_name(asked: str, kind: TermKind, client: Asker) -> TermOutcome:
    """The term whose label, else whose exact synonym, is the name; else those that may be meant."""
    if not words_of(name_key(asked)):
        return Absent(asked, kind)
    docs = _docs(client.ask(_search(asked, kind, exact=True)), kind)
    if isinstance(docs, Unreachable):
        return _unchecked_outcome(asked, kind, docs)
    name = name_key(asked)
    labelled = [doc["obo_id"] for doc in docs if name_key(_label(doc)) == name]
    named = [doc["obo_id"] for doc in docs if name in map(name_key, _texts(doc.get("synonym")))]
    for ids in (labelled, named):
        if outcome := _exact_match(asked, kind, list(dict.fromkeys(ids))[:MOST], client):
            return outcome
    return _similar_terms(asked, kind, client)


def by_id(asked: str, id_: str, kind: TermKind, client: Asker) -> TermOutcome:
    """The term of a CURIE, whatever its ontology."""
    found = _term(id_, client)
    if isinstance(found, Unreachable):
        return _unchecked_outcome(asked, kind, found)
    if found is None:
        return Absent(asked, kind)
    return _outcome(asked, kind, found, "id", client)


def _exact_match(asked: str, kind: TermKind, ids: list[str], client: Asker) -> TermOutcome | None:
    """The outcome after a look at the terms themselves; None where none of them fits."""
    fits: list[TermOutcome] = []
    loose: list[Candidate] = []
    for id_ in ids:
        found = _term(id_, client)
        if isinstance(found, Unreachable):
            return _unchecked_outcome(asked, kind, found)
        if found is None:
            continue
        scope = _scope(found, asked)
        if scope == "label" or (scope == "exact synonym" and not is_abbreviation(asked)):
            fits.append(_outcome(asked, kind, found, scope, client))
        else:
            loose.append(Candidate(id_, _label(found), scope))
    live = [fit for fit in fits if isinstance(fit, Matched)]
    if len(live) == 1:
        return live[0]
    if live:
        candidates = tuple(Candidate(fit.term.id, fit.term.label, fit.term.match) for fit in live)
        return Choice(asked, kind, "the name of several terms", candidates)
    if loose:
        why = "an abbreviation" if is_abbreviation(asked) else "no exact name of any term"
        return Choice(asked, kind, why, tuple(loose))
    return fits[0] if fits else None


def _similar_terms(asked: str, kind: TermKind, client: Asker) -> TermOutcome:
    """Not found; the first terms of a loose search as similar ones."""
    docs = _docs(client.ask(_search(asked, kind, exact=False)), kind)
    if isinstance(docs, Unreachable):
        return _unchecked_outcome(asked, kind, docs)
    near = {doc["obo_id"]: Candidate(doc["obo_id"], _label(doc)) for doc in docs}
    return Absent(asked, kind, tuple(near.values())[:MOST])


def _outcome(asked: str, kind: TermKind, term: JsonObject, how: str, client: Asker) -> TermOutcome:
    id_, label = term["obo_id"], _label(term)
    if term.get("is_obsolete"):
        replaced = ontology_curie(" ".join(_texts(term.get("term_replaced_by"))[:1]))
        others = filter(None, map(ontology_curie, _texts((term.get("annotation") or {}).get("consider"))))
        successors = [replaced] if replaced else list(others)[:MOST]
        candidates = tuple(_candidate(successor, client) for successor in successors)
        return Retired(asked, kind, id_, label, candidates, replaced=bool(replaced))
    found = Term(
        asked=asked,
        about=kind.value,
        id=id_,
        iri=obo_iri(id_),
        label=label,
        match=how,
        source=f"OLS, {ontology_of(id_)}",
        checked=term["fetched"],
    )
    return Matched(found, (label, *(name for name, scope in _synonyms(term) if scope == EXACT)))


def _candidate(id_: str, client: Asker) -> Candidate:
    """A successor with its label, which comes from the shipped tables where they have it."""
    for kind in TermKind:
        if kind.prefix == ontology_of(id_) and (shipped := table(kind)) and id_ in shipped.rows:
            return shipped.candidate(id_)
    found = _term(id_, client)
    return Candidate(id_, _label(found) if isinstance(found, dict) else "")


def _term(id_: str, client: Asker) -> JsonObject | Unreachable | None:
    """A term with its `obo_id`, and the day of the answer as `fetched`.

    OLS does not find a few live terms by CURIE, so we ask for the IRI too.
    """
    path = f"ontologies/{ontology_of(id_).lower()}/terms"
    for params in ((("obo_id", id_),), (("iri", obo_iri(id_)),)):
        terms = _members(client.ask(Request("ols", path, params)), "_embedded", "terms")
        if isinstance(terms, Unreachable):
            return terms
        for term in terms:
            if ontology_curie(term.get("obo_id") or term.get("short_form") or "") == id_:
                return {**term, "obo_id": id_}
    return None


def _scope(term: JsonObject, asked: str) -> str:
    """What the name is to the term: `label`, `exact synonym`, `related synonym`, …"""
    name = name_key(asked)
    if name_key(_label(term)) == name:
        return "label"
    scopes = {scope for synonym, scope in _synonyms(term) if name_key(synonym) == name}
    if EXACT in scopes:
        return "exact synonym"
    kinds = sorted(re.sub(r"^has|Synonym$", "", scope).lower() for scope in scopes)
    return f"{' and '.join(kinds)} synonym".strip()


def _synonyms(term: JsonObject) -> Iterator[tuple[str, str]]:
    """Names and scopes. A scope is written like `hasExactSynonym`, whatever its spelling in the answer."""
    for synonym in term.get("obo_synonym") or ():
        scope = str(synonym.get("scope") or "")
        kind = re.sub(r"^has|Synonym$|_SYNONYM$", "", scope, flags=re.IGNORECASE).capitalize()
        yield str(synonym.get("name") or ""), f"has{kind}Synonym"


def _search(asked: str, kind: TermKind, *, exact: bool) -> Request:
    """`exact` searches labels and synonyms for the name; otherwise for its words, without operators."""
    params = {
        "q": asked.strip() if exact else " ".join(_OPERATORS.sub(" ", asked).split()),
        "ontology": kind.prefix.lower(),
        "queryFields": "label,synonym",
        "exact": str(exact).lower(),
        "fieldList": FIELDS,
        "rows": ROWS,
        "type": "class",
        "local": "true",
        "obsoletes": "false",
    }
    return Request("ols", "search", tuple(params.items()))


def _docs(answer: Answer, kind: TermKind) -> list[JsonObject] | Unreachable:
    """Live terms of the kind's own ontology: a search gives imported ones too."""
    found = _members(answer, "response", "docs")
    if isinstance(found, Unreachable):
        return found
    docs = (
        {**doc, "obo_id": ontology_curie(doc.get("obo_id") or doc.get("short_form") or "") or ""}
        for doc in found
    )
    own = (doc for doc in docs if ontology_of(doc["obo_id"]) == kind.prefix)
    return [doc for doc in own if not _label(doc).startswith(OBSOLETE)]


def _members(answer: Answer, outer: str, inner: str) -> list[JsonObject] | Unreachable:
    """The objects of an answer's list, with the day of the answer as `fetched`.

    A page without results has no list. An answer of any other form counts as none.
    """
    if isinstance(answer, Unreachable):
        return answer
    if isinstance(answer, NotFound):
        return []
    within = answer.body.get(outer, {}) if isinstance(answer.body, dict) else None
    items = within.get(inner, []) if isinstance(within, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return Unreachable("its answer has an unexpected form")
    return [{**item, "fetched": answer.fetched} for item in items]


def _label(term: JsonObject) -> str:
    return " ".join(_texts(term.get("label"))[:1])


def _texts(value: Json) -> list[str]:
    """OLS gives one text or a list of them."""
    if isinstance(value, str):
        return [value]
    return [text for text in value if isinstance(text, str)] if isinstance(value, Iterable) else []


def _unchecked_outcome(asked: str, kind: TermKind, answer: Answer) -> Unchecked:
    assert isinstance(answer, Unreachable)
    return Unchecked(asked, kind, f"OLS: {answer.why}")
