"""OLS4, where the shipped tables end: terms by name and by id.

What it takes to be sure (OLS4 API, 2024-10): a search gives tokens, imported terms and every
kind of synonym, so its answers are compared here; only the term itself says which synonyms are
exact and whether it is obsolete. `term_replaced_by` is a CURIE, a short form or an IRI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dandifile.identifiers import obo_iri
from dandifile.lookup.client import Answer, Asks, NotFound, Request, Unreachable
from dandifile.lookup.facts import Term
from dandifile.lookup.terms.outcome import (
    Absent,
    Candidate,
    Choice,
    Kind,
    Matched,
    Outcome,
    Retired,
    Unchecked,
)
from dandifile.lookup.terms.spelled import curie, is_abbreviation, key, prefix, words
from dandifile.lookup.terms.table import OBSOLETE, table
from dandifile.model import Json, JsonObject

FIELDS = "iri,label,short_form,obo_id,ontology_name,synonym,is_defining_ontology,type"
ROWS = "50"
MOST = 5  # terms that are looked at one by one
_OPERATORS = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/]')
EXACT = "hasExactSynonym"


def by_name(asked: str, kind: Kind, client: Asks) -> Outcome:
    """A term whose label, else whose exact synonym, is the name; else those that may be meant."""
    if not words(asked):
        return Absent(asked, kind)
    docs = _docs(client.ask(_search(asked, kind, exact=True)), kind)
    if isinstance(docs, Unreachable):
        return _unreachable(asked, kind, docs)
    name = key(asked)
    labelled = [doc["obo_id"] for doc in docs if key(_label(doc)) == name]
    named = [doc["obo_id"] for doc in docs if name in map(key, _texts(doc.get("synonym")))]
    for ids in (labelled, named):
        if outcome := _sure(asked, kind, list(dict.fromkeys(ids))[:MOST], client):
            return outcome
    return _alike(asked, kind, client)


def by_id(asked: str, id_: str, kind: Kind, client: Asks) -> Outcome:
    """The term of a CURIE, whatever its ontology."""
    found = _term(id_, client)
    if isinstance(found, Unreachable):
        return _unreachable(asked, kind, found)
    if found is None:
        return Absent(asked, kind)
    return _outcome(asked, kind, found, "id", client)


def _sure(asked: str, kind: Kind, ids: list[str], client: Asks) -> Outcome | None:
    """What can be said once the terms themselves were read; None where none of them fits."""
    fits: list[Outcome] = []
    loose: list[Candidate] = []
    for id_ in ids:
        found = _term(id_, client)
        if isinstance(found, Unreachable):
            return _unreachable(asked, kind, found)
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


def _alike(asked: str, kind: Kind, client: Asks) -> Outcome:
    """The first terms of a loose search, none of which is taken."""
    docs = _docs(client.ask(_search(asked, kind, exact=False)), kind)
    if isinstance(docs, Unreachable):
        return _unreachable(asked, kind, docs)
    near = {doc["obo_id"]: Candidate(doc["obo_id"], _label(doc)) for doc in docs}
    return Absent(asked, kind, tuple(near.values())[:MOST])


def _outcome(asked: str, kind: Kind, term: JsonObject, how: str, client: Asks) -> Outcome:
    id_, label = term["obo_id"], _label(term)
    if term.get("is_obsolete"):
        replaced = curie(" ".join(_texts(term.get("term_replaced_by"))[:1]))
        others = filter(None, map(curie, _texts((term.get("annotation") or {}).get("consider"))))
        successors = [replaced] if replaced else list(others)[:MOST]
        candidates = tuple(_named(successor, client) for successor in successors)
        return Retired(asked, kind, id_, label, candidates, replaced=bool(replaced))
    found = Term(
        asked=asked,
        about=kind.value,
        id=id_,
        iri=obo_iri(id_),
        label=label,
        match=how,
        source=f"OLS, {prefix(id_)}",
        checked=term["fetched"],
    )
    return Matched(found, (label, *(name for name, scope in _synonyms(term) if scope == EXACT)))


def _named(id_: str, client: Asks) -> Candidate:
    """A successor with its label, from the shipped tables where they have it."""
    for kind in Kind:
        if kind.prefix == prefix(id_) and (shipped := table(kind)) and id_ in shipped.rows:
            return shipped.candidate(id_)
    found = _term(id_, client)
    return Candidate(id_, _label(found) if isinstance(found, dict) else "")


def _term(id_: str, client: Asks) -> JsonObject | Unreachable | None:
    """A term with its `obo_id`, and the day of the answer as `fetched`.

    A few live terms are not found by CURIE, so the IRI is asked, too.
    """
    path = f"ontologies/{prefix(id_).lower()}/terms"
    for params in ((("obo_id", id_),), (("iri", obo_iri(id_)),)):
        terms = _listed(client.ask(Request("ols", path, params)), "_embedded", "terms")
        if isinstance(terms, Unreachable):
            return terms
        for term in terms:
            if curie(term.get("obo_id") or term.get("short_form") or "") == id_:
                return {**term, "obo_id": id_}
    return None


def _scope(term: JsonObject, asked: str) -> str:
    """How the name belongs to the term: `label`, `exact synonym`, `related synonym`, …"""
    name = key(asked)
    if key(_label(term)) == name:
        return "label"
    scopes = {scope for synonym, scope in _synonyms(term) if key(synonym) == name}
    if EXACT in scopes:
        return "exact synonym"
    kinds = sorted(re.sub(r"^has|Synonym$", "", scope).lower() for scope in scopes)
    return f"{' and '.join(kinds)} synonym".strip()


def _synonyms(term: JsonObject) -> Iterator[tuple[str, str]]:
    """Names and scopes, as `hasExactSynonym`; other spellings of the scope are brought to this one."""
    for synonym in term.get("obo_synonym") or ():
        scope = str(synonym.get("scope") or "")
        kind = re.sub(r"^has|Synonym$|_SYNONYM$", "", scope, flags=re.IGNORECASE).capitalize()
        yield str(synonym.get("name") or ""), f"has{kind}Synonym"


def _search(asked: str, kind: Kind, *, exact: bool) -> Request:
    """`exact` looks for the name among labels and synonyms; else for its words, which are no operators."""
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


def _docs(answer: Answer, kind: Kind) -> list[JsonObject] | Unreachable:
    """Live terms of the kind's own ontology: a search brings imported ones, too."""
    found = _listed(answer, "response", "docs")
    if isinstance(found, Unreachable):
        return found
    docs = ({**doc, "obo_id": curie(doc.get("obo_id") or doc.get("short_form") or "") or ""} for doc in found)
    own = (doc for doc in docs if prefix(doc["obo_id"]) == kind.prefix)
    return [doc for doc in own if not _label(doc).startswith(OBSOLETE)]


def _listed(answer: Answer, outer: str, inner: str) -> list[JsonObject] | Unreachable:
    """The objects of an answer's list, with the day of the answer as `fetched`.

    A page without results has no list; an answer of any other form is no verdict.
    """
    if isinstance(answer, Unreachable):
        return answer
    if isinstance(answer, NotFound):
        return []
    within = answer.body.get(outer, {}) if isinstance(answer.body, dict) else None
    items = within.get(inner, []) if isinstance(within, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return Unreachable("gave an answer of another form")
    return [{**item, "fetched": answer.fetched} for item in items]


def _label(term: JsonObject) -> str:
    return " ".join(_texts(term.get("label"))[:1])


def _texts(value: Json) -> list[str]:
    """OLS gives one text or a list of them."""
    if isinstance(value, str):
        return [value]
    return [text for text in value if isinstance(text, str)] if isinstance(value, Iterable) else []


def _unreachable(asked: str, kind: Kind, answer: Answer) -> Unchecked:
    assert isinstance(answer, Unreachable)
    return Unchecked(asked, kind, f"OLS: {answer.why}")
