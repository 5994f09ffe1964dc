"""OLS4, where the shipped tables end: terms by name and by id.

What it takes to be sure (OLS4 API, 2024-10): a search gives tokens, imported terms and every
kind of synonym, so its answers are compared here; only the term itself says which synonyms are
exact and whether it is obsolete. `term_replaced_by` is a CURIE, a short form or an IRI.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dandifile.lookup.answers import Answer, Asks, Found, NotFound, Request, Unreachable
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
from dandifile.lookup.terms.spelled import curie, iri, key, prefix
from dandifile.lookup.terms.table import OBSOLETE, table
from dandifile.model import Json, JsonObject

FIELDS = "iri,label,short_form,obo_id,ontology_name,synonym,is_defining_ontology,type"
ROWS = "50"
MOST = 5  # terms that are looked at one by one
_OPERATORS = re.compile(r'[+\-&|!(){}\[\]^"~*?:\\/]')
EXACT = "hasExactSynonym"


def by_name(asked: str, kind: Kind, client: Asks) -> Outcome:
    """A term whose label, else whose exact synonym, is the name; else those that may be meant."""
    answer = client.ask(_search(asked, kind, exact=True))
    if isinstance(answer, Unreachable):
        return _unreachable(asked, kind, answer)
    docs = list(_docs(answer, kind))
    name = key(asked)
    labelled = [doc["obo_id"] for doc in docs if key(doc.get("label", "")) == name]
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
        if scope in {"label", "exact synonym"}:
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
        return Choice(asked, kind, "no exact name of any term", tuple(loose))
    return fits[0] if fits else None


def _alike(asked: str, kind: Kind, client: Asks) -> Outcome:
    """The first terms of a loose search, none of which is taken."""
    answer = client.ask(_search(asked, kind, exact=False))
    if isinstance(answer, Unreachable):
        return _unreachable(asked, kind, answer)
    near = {doc["obo_id"]: Candidate(doc["obo_id"], doc.get("label", "")) for doc in _docs(answer, kind)}
    return Absent(asked, kind, tuple(near.values())[:MOST])


def _outcome(asked: str, kind: Kind, term: JsonObject, how: str, client: Asks) -> Outcome:
    id_, label = term["obo_id"], _label(term)
    if term.get("is_obsolete"):
        replaced = curie(term.get("term_replaced_by") or "")
        others = filter(None, map(curie, _texts((term.get("annotation") or {}).get("consider"))))
        successors = [replaced] if replaced else list(others)[:MOST]
        candidates = tuple(_named(successor, client) for successor in successors)
        return Retired(asked, kind, id_, label, candidates, replaced=bool(replaced))
    found = Term(
        asked=asked,
        about=kind.value,
        id=id_,
        iri=iri(id_),
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
    for params in ((("obo_id", id_),), (("iri", iri(id_)),)):
        answer = client.ask(Request("ols", path, params))
        if isinstance(answer, Unreachable):
            return answer
        terms = (answer.body.get("_embedded") or {}).get("terms", ()) if isinstance(answer, Found) else ()
        for term in terms:
            if curie(term.get("obo_id") or term.get("short_form") or "") == id_:
                return {**term, "obo_id": id_, "fetched": answer.fetched}
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


def _docs(answer: Found | NotFound, kind: Kind) -> Iterator[JsonObject]:
    """Live terms of the kind's own ontology: a search brings imported ones, too."""
    response = (answer.body.get("response") or {}) if isinstance(answer, Found) else {}
    for doc in response.get("docs") or ():
        id_ = curie(doc.get("obo_id") or doc.get("short_form") or "")
        if id_ and prefix(id_) == kind.prefix and not str(doc.get("label", "")).startswith(OBSOLETE):
            yield {**doc, "obo_id": id_}


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
