"""Makes the frozen Spec of a spec that has been checked, with what papers and terms add to it."""

from __future__ import annotations

import copy
import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dandifile.errors import Problem
from dandifile.identifiers import term_curie
from dandifile.model import (
    Block,
    IgnoredCheck,
    Json,
    JsonObject,
    Key,
    Overlay,
    PathEntry,
    Regions,
    Spec,
    Validation,
    Vocabulary,
)
from dandifile.reading.document import KeyPath
from dandifile.spec.embargo_terms import funder_notes, with_funder
from dandifile.spec.facts import Credits, Facts, dois, term_text
from dandifile.spec.faults import Fault, path_text
from dandifile.spec.fields import FIELD_OF_KEY, dandiset_fields, uncited_creators
from dandifile.spec.forms import REGION_RULES, anatomy_of_asset, contributor_object, is_whole, term_lists
from dandifile.spec.resources import RELATED_RESOURCE, lost_link_notes, merge_links, normalise_resources


def build_spec(
    file: Path, declared: JsonObject, environment: str, facts: Facts, waiting: Sequence[KeyPath]
) -> tuple[Spec, list[Fault]]:
    """The Spec, and the faults that only the looked-up facts show.

    `declared` is what the spec says for this environment, checked and without `environments`;
    templates at the paths in `waiting` could not be filled in.
    """
    whole, unknown_terms = fill_terms(declared, facts)
    papers = fields_from_papers(declared, facts)
    blocked = (*unknown_terms, *papers.blocked, *(unfilled_template_block(path) for path in waiting))
    unresolved = {block.key.name for block in blocked if block.key and block.key.kind == "metadata"}
    made = {**papers.defaults, **dandiset_fields(whole), **papers.fields}
    fields = with_funder(made, declared.get("embargo"))
    spec = Spec(
        file=file,
        instance=declared.get("instance", ""),
        identifier=declared.get("identifier"),
        environment=environment,
        fields={name: value for name, value in fields.items() if name not in unresolved},
        regions=_regions(whole.get("regions"), declared.get("vocabulary", {}).get("subjects", {})),
        overlays=tuple(map(_overlay, declared.get("assets", ()))),
        paths=tuple(_path_entry(entry) for entry in declared.get("paths", ())),
        validation=_validation(declared.get("validation", {})),
        vocabulary=Vocabulary(**declared.get("vocabulary", {})),
        ignore=tuple(declared.get("ignore", ())),
        max_deletions=str(declared.get("policy", {}).get("max_deletions", Spec.max_deletions)),
        require=tuple(declared.get("policy", {}).get("require", ())),
        embargo=declared.get("embargo"),
        owners=declared.get("owners"),
        not_acted_on=_unreconciled_keys(declared),
        digest=_digest(declared, environment),
        unpinned=facts.unpinned,
        unresolved=blocked,
        notes=(
            *papers.notes,
            *_unused_names_note(declared.get("regions")),
            *uncited_creators(fields),
            *lost_link_notes(fields),
            *funder_notes(made, declared.get("embargo")),
        ),
        looked_up=facts.digest,
    )
    return spec, papers.faults


def _overlay(entry: JsonObject) -> Overlay:
    return Overlay(entry["match"], normalise_resources(entry["metadata"]))


def _regions(declared: Json, subjects: Mapping[str, str]) -> Regions:
    if not isinstance(declared, dict):
        return Regions()
    rules = {
        rule: {
            _meant_name(rule, name, subjects): tuple(map(anatomy_of_asset, regions or ()))
            for name, regions in declared.get(rule, {}).items()
        }
        for rule in REGION_RULES
    }
    how = declared.get("from_nwb")
    too = isinstance(how, dict) and how.get("dandiset", False)
    return Regions(**rules, from_nwb=_from_nwb(declared), from_nwb_to_dandiset=too)


def _meant_name(rule: str, name: str, subjects: Mapping[str, str]) -> str:
    """The name of a subject or session as assets have it, with the subject's id from the vocabulary."""
    if rule == "subjects":
        return subjects.get(name, name)
    if rule == "sessions":
        subject, slash, session = name.partition("/")
        return f"{subjects.get(subject, subject)}{slash}{session}"
    return name


def _unused_names_note(declared: Json) -> tuple[str, ...]:
    if not isinstance(declared, dict) or not declared.get("names") or _from_nwb(declared):
        return ()
    return ("regions.names has no effect without `from_nwb: true`",)


def _from_nwb(declared: JsonObject) -> bool:
    """Whether `from_nwb` is on; a mapping turns it on as `true` does."""
    return declared.get("from_nwb", False) is not False


def _path_entry(declared: Json) -> PathEntry:
    """The short form is the source alone. Lists become tuples; the other keys have the model's names."""
    keys: dict[str, Any] = {"source": declared} if isinstance(declared, str) else dict(declared)
    keys |= {key: tuple(value) for key, value in keys.items() if isinstance(value, list)}
    keys |= {"source": posixpath.normpath(keys["source"].strip()), "into": keys.get("into", "").strip("/")}
    return PathEntry(**keys)


def _validation(declared: JsonObject) -> Validation:
    ignore = tuple(IgnoredCheck(**entry) for entry in declared.get("ignore", ()))
    return Validation(declared.get("fail_on", Validation.fail_on), ignore, declared.get("step_timeout"))


def _unreconciled_keys(declared: JsonObject) -> tuple[str, ...]:
    """Declared keys that are checked but not reconciled; `[]` does not count."""
    said = {
        "manifest": declared.get("manifest"),
    }
    return tuple(key for key, value in said.items() if value)


def _digest(declared: JsonObject, environment: str) -> str:
    """A digest of what is declared, whatever its order, quotes and comments. It differs by environment."""
    content = {"environment": environment, "declared": declared}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_ENTRY = re.compile(r"contributors\[(\d+)\]")
RESOLVE = "run `dandifile resolve`"
CORRECT = "correct the spec if it is wrong, and run `dandifile resolve`"
AGAIN = "run again when the service can be reached"

FIELDS_OF_PAPER = {"name": "name", "description": "description", "related": "relatedResource"}
"""Keys that a paper fills if the spec leaves them out, and DANDI's fields for them."""


@dataclass(frozen=True)
class PaperFields:
    """The spec's own fields override `defaults`; `fields` override those, as they are merged already."""

    defaults: Mapping[str, Json] = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)
    blocked: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)


def fill_terms(raw: JsonObject, facts: Facts) -> tuple[JsonObject, list[Block]]:
    """The spec with the id and the label of every term. A list with an unknown term is left out.

    The block for it is on the field `about`, or on that rule for assets.
    """
    of_terms: JsonObject = {key: copy.deepcopy(raw[key]) for key in ("regions", "about") if key in raw}
    filled = raw | of_terms
    blocks: list[Block] = []
    for path, about in list(term_lists(filled)):
        *above, last = path
        holder: Json = filled
        for key in above:
            holder = holder[key]
        terms = [_fill_term(item, about, facts) for item in holder[last] or ()]
        lost = [term_text(item) for item, term in zip(holder[last] or (), terms, strict=True) if term is None]
        blocks += [_unknown_term_block(text, path, facts) for text in lost]
        if lost:
            del holder[last]
        elif holder[last] is not None:
            holder[last] = terms
    return filled, blocks


def fields_from_papers(declared: JsonObject, facts: Facts) -> PaperFields:
    """What the papers give; nothing without a `doi`; one block per field if a paper is not known."""
    if not dois(declared):
        return PaperFields()
    metadata = declared.get("metadata", {})
    open_ = [dandi for short, dandi in FIELDS_OF_PAPER.items() if not {short, dandi} & {*declared, *metadata}]
    if declared.get("related") and RELATED_RESOURCE not in metadata:  # the papers' links go before them
        open_.append(RELATED_RESOURCE)
    of_people = "contributor" not in metadata
    credited = facts.credits(declared.get("contributors", ()), contributor_object)
    if credited is None or facts.fields is None:
        wanted = [*(["contributor"] if of_people else []), *open_]
        return PaperFields(blocked=tuple(_unknown_paper_blocks(wanted, declared, facts)))
    links = merge_links(facts.fields.get(RELATED_RESOURCE, ()), declared.get("related") or ())
    of_links = RELATED_RESOURCE in open_ and bool(links.resources)
    fields: dict[str, Json] = {"contributor": list(credited.contributors)} if of_people else {}
    if of_links:
        fields[RELATED_RESOURCE] = list(links.resources)
    return PaperFields(
        defaults={
            name: value for name, value in facts.fields.items() if name in open_ and name != RELATED_RESOURCE
        },
        fields=fields,
        notes=(*(credited.warnings if of_people else ()), *links.notes),
        faults=_credit_faults(credited, declared) if of_people else [],
    )


def unfilled_template_block(place: KeyPath) -> Block:
    """The block for a template that waits for the paper."""
    name = str(place[1]) if place[0] == "metadata" else FIELD_OF_KEY[str(place[0])]
    why = f"{path_text(place)}: the template uses `paper`, which has not been looked up yet"
    return Block(why, RESOLVE, Key("metadata", name))


def _credit_faults(credited: Credits, declared: JsonObject) -> list[Fault]:
    wrong = [_problem_fault(problem, declared) for problem in credited.problems]
    return wrong + [_problem_fault(problem, declared, missing=True) for problem in credited.missing]


def _unknown_paper_blocks(fields: Sequence[str], declared: JsonObject, facts: Facts) -> Iterator[Block]:
    """One block per field. The first one has the reason, which may be long."""
    unfound = {doi: why for doi in dois(declared) if (why := facts.why(doi))}
    said = "; ".join(f"{doi}: {why}" for doi, why in unfound.items()) or "it has not been looked up yet"
    fix = CORRECT if unfound else RESOLVE
    if unfound and all(map(facts.may_be_right, unfound)):
        fix = f"{AGAIN}, or leave `doi` out"
    for number, name in enumerate(fields):
        yield Block(
            f"this field comes from the paper{'' if number else f': {said}'}", fix, Key("metadata", name)
        )


def _problem_fault(problem: Problem, declared: JsonObject, *, missing: bool = False) -> Fault:
    """At the entry that the problem is about, else at the list, else at the `doi`."""
    if found := _ENTRY.fullmatch(problem.where):
        return Fault(("contributors", int(found[1])), problem.what, problem.fix, missing=missing)
    key = "contributors" if "contributors" in declared else "doi"
    return Fault((key,), problem.what, problem.fix, at_key=True, missing=missing)


def _fill_term(item: Json, about: str, facts: Facts) -> JsonObject | None:
    keys: JsonObject = {} if isinstance(item, str) else dict(item)
    if is_whole(item) or ("id" in keys and "name" in keys):
        return keys
    found = facts.term(term_text(item), about)
    if found:
        return keys | {"name": found.label, "id": found.id}
    is_id = "id" in keys or (isinstance(item, str) and term_curie(item) is not None)
    return keys | {"id": term_text(item)} if is_id else None


def _unknown_term_block(text: str, path: KeyPath, facts: Facts) -> Block:
    of_assets = path[0] == "regions" and len(path) > 2  # noqa: PLR2004  regions, subjects, C005
    key = Key("assets", path_text(path)) if of_assets else Key("metadata", "about")
    why = facts.why(text)
    said = why or f"{text!r} has not been looked up yet"
    mend = f"correct the spec if it is wrong, or {AGAIN}" if facts.may_be_right(text) else CORRECT
    return Block(f"{path_text(path)}: {said}", mend if why else RESOLVE, key)
