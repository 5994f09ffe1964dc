"""Makes the frozen Spec of a spec that has been checked."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dandifile.model import (
    IgnoredCheck,
    Json,
    JsonObject,
    Overlay,
    PathEntry,
    Regions,
    Spec,
    Validation,
    Vocabulary,
)
from dandifile.reading.document import KeyPath
from dandifile.spec.facts import Facts
from dandifile.spec.faults import Fault
from dandifile.spec.fields import dandiset_fields, uncited_creators
from dandifile.spec.fill import fields_from_papers, fill_terms, unfilled_template_block
from dandifile.spec.forms import REGION_RULES, anatomy_of_asset
from dandifile.spec.resources import lost_link_notes, normalise_resources


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
    fields = normalise_resources({**papers.defaults, **dandiset_fields(whole), **papers.fields})
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
    """Declared keys that are checked but not reconciled. `embargo: false` counts; `[]` does not."""
    said = {
        "embargo": "embargo" in declared,
        "owners": declared.get("owners"),
        "manifest": declared.get("manifest"),
    }
    return tuple(key for key, value in said.items() if value)


def _digest(declared: JsonObject, environment: str) -> str:
    """A digest of what is declared, whatever its order, quotes and comments. It differs by environment."""
    content = {"environment": environment, "declared": declared}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
