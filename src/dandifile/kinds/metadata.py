"""The dandiset's metadata: the fields that the spec declares, applied on top of the draft's document.

The archive replaces the whole document at every PUT (docs/archive-api.md 3.2), so the current one is
fetched, the owned fields replace those in it, and everything else goes back as it came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from dandifile.checklist.rules import evidence_of, policy_blocks
from dandifile.checklist.verdict import Evidence
from dandifile.errors import BlockedError
from dandifile.kinds.outgoing import VERSION_KEY, SchemaVersions, new_errors, overlay
from dandifile.kinds.special_fields import (
    ABOUT,
    ACCESS,
    about_with_files,
    add_regions_of,
    add_server_part,
    in_order_of,
    notes_on_server_keys,
    own_part,
    server_part,
)
from dandifile.model import (
    Block,
    Change,
    Json,
    JsonObject,
    Key,
    Local,
    Reason,
    Record,
    Spec,
    Step,
    Why,
    Wording,
)
from dandifile.planning.kind import Difference, Standing, Traits, standing_of
from dandifile.planning.merge import carry, is_empty, is_same, merge

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.planning.kind import Options, StepContext

NAME = "metadata"


@dataclass(frozen=True)
class DesiredMetadata:
    """The fields that the spec owns, and the pointers to what in them it does not own.

    `left` holds a digest of each field as the last apply or import here left it, and `said` one of what the
    spec said of it then. `require` are the
    rules of the checklist that must hold, judged with `facts`. `only_adds`: brain regions that the
    draft has stay on it, since a file that is elsewhere may be of them.
    """

    fields: Mapping[str, Json]
    ignore: tuple[tuple[str, ...], ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    require: tuple[str, ...] = ()
    facts: Evidence = field(default_factory=Evidence)
    only_adds: bool = False
    access: JsonObject = field(default_factory=dict)  # what is declared of the archive's part of `access`


@dataclass(frozen=True)
class ObservedMetadata:
    """The draft's document (empty for a dandiset still to be created) and the server's schema for it.

    `status` and `errors` are the archive's own verdict on the draft. Of `access` the document has the
    lab's part, and `access` the archive's. `versions` are those of DANDI's schema that the archive accepts.
    """

    document: JsonObject
    schema: JsonObject
    status: str = ""
    errors: tuple[Json, ...] = ()
    access: JsonObject = field(default_factory=dict)
    versions: SchemaVersions = field(default_factory=SchemaVersions)


def observe(reader: Reader) -> ObservedMetadata:
    schema, versions = reader.schema("Dandiset"), SchemaVersions.of(reader)
    if not reader.identifier:
        return ObservedMetadata({}, schema, versions=versions)
    draft = reader.draft()
    errors, document = tuple(draft["version_validation_errors"]), draft["metadata"]
    return ObservedMetadata(
        own_part(document), schema, draft["status"], errors, server_part(document), versions
    )


def desired(spec: Spec, local: Local) -> DesiredMetadata:
    pointers = tuple(tuple(pointer.strip("/").split("/")) for pointer in spec.ignore)
    whole = {pointer[0] for pointer in pointers if len(pointer) == 1}
    declared = own_part({**spec.fields, **about_with_files(spec, local)})
    fields = {name: value for name, value in declared.items() if name not in whole}
    inner = tuple(pointer for pointer in pointers if len(pointer) > 1)
    only_adds = spec.regions.from_nwb_to_dandiset and not local.located.whole
    made = server_part(spec.fields) if ACCESS in fields else {}
    facts = evidence_of(spec, local)
    return DesiredMetadata(
        fields,
        inner,
        left=local.record.fields,
        said=local.record.declared,
        require=spec.require,
        facts=facts,
        only_adds=only_adds,
        access=made,
    )


def document_after_apply(desired: DesiredMetadata, document: JsonObject) -> JsonObject:
    """The draft's document as it would be after apply."""
    return overlay(document, {name: _value_after(name, desired, document) for name in desired.fields})


def diff(desired: DesiredMetadata, observed: ObservedMetadata, options: Options) -> Difference:
    """One change a field. A field that the server would refuse is blocked; the others go on.

    A failing rule of `policy.require` blocks everything, also where nothing would change.
    """
    changes = tuple(
        Change(Key(NAME, name), now, after, reason=_reason(name, now, desired.left))
        for name in sorted(desired.fields)
        if not is_same(
            after := _value_after(name, desired, observed.document), now := observed.document.get(name)
        )
    )
    policy = policy_blocks(document_after_apply(desired, observed.document), desired.facts, desired.require)
    made = notes_on_server_keys(desired.access, observed.access) if observed.document else ()
    idle = (*made, *_version_notes(observed))
    if not changes:
        return Difference(blocked=policy, notes=idle)
    blocked = (*policy, *_edit_blocks(changes, desired, options), *_fault_blocks(changes, observed))
    return Difference(changes, blocked, notes=(*idle, *_citation_notes(changes)))


def _version_notes(observed: ObservedMetadata) -> Iterator[str]:
    version = observed.document.get(VERSION_KEY, "")
    if observed.versions.refuses(str(version)):
        yield (
            f"the draft's metadata are in schema version {version}, which the archive does not accept, so "
            f"they are invalid there; the next change of a field writes them again in {observed.versions.own}"
        )


def _citation_notes(changes: tuple[Change, ...]) -> tuple[str, ...]:
    """A citation without authors is legal, but rarely intended: the archive cites those with `cite`."""
    people = next((change.after for change in changes if change.key.name == "contributor"), None)
    if (
        not people
        or not isinstance(people, list)
        or any(isinstance(one, dict) and one.get("includeInCitation") for one in people)
    ):
        return ()
    return ("no contributor is in the citation: write `cite: true` for each contributor who belongs there",)


def digests_as_declared(desired: DesiredMetadata, observed: ObservedMetadata) -> dict[str, str]:
    """A digest of each field that is as declared: for the record of an apply that has just ended."""
    return {
        name: _digest(observed.document.get(name))
        for name in desired.fields
        if is_as_declared(name, desired, observed)
    }


def is_as_declared(name: str, desired: DesiredMetadata, observed: ObservedMetadata) -> bool:
    """Whether the draft holds what the spec says of a field."""
    return is_same(_value_after(name, desired, observed.document), observed.document.get(name))


class Side(StrEnum):
    """Where a field that differs was changed since the last apply or import here; unknown without record."""

    SPEC = "spec"
    ARCHIVE = "archive"
    BOTH = "both"
    UNKNOWN = "unknown"


def changed_sides(desired: DesiredMetadata, observed: ObservedMetadata) -> dict[str, Side]:
    """The fields that differ, by name."""
    return {
        name: _side(name, desired, observed.document.get(name))
        for name in sorted(desired.fields)
        if not is_as_declared(name, desired, observed)
    }


def _side(name: str, desired: DesiredMetadata, now: Json) -> Side:
    if not desired.left:
        return Side.UNKNOWN
    if name not in desired.left or desired.left[name] == _digest(now):  # not declared then, or as it was left
        return Side.SPEC
    is_unchanged = desired.said.get(name) == _digest(desired.fields[name])
    return Side.ARCHIVE if is_unchanged else Side.BOTH


def _note(spec: Spec, local: Local, observed: ObservedMetadata, record: Record) -> Record:
    """What is not as declared, because it was blocked or failed, keeps its older entry."""
    wanted = desired(spec, local)
    left = digests_as_declared(wanted, observed)
    said = {name: _digest(wanted.fields[name]) for name in left}
    return replace(record, fields={**record.fields, **left}, declared={**record.declared, **said})


TRAITS = Traits(
    reads=(
        *("doi", "name", "description", "license", "keywords", "contributors", "regions", "about", "ethics"),
        *("related", "metadata", "ignore", "policy.require"),
    ),
    docs="docs/spec.md#metadata-of-the-dandiset",
    wording=Wording(planned="metadata field", done="metadata field"),
    note=_note,
)


def _digest(value: Json) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _edit_blocks(changes: tuple[Change, ...], desired: DesiredMetadata, options: Options) -> Iterator[Block]:
    """Fields edited on the archive since the last apply or import: no edit is lost without notice."""
    for change in changes:
        name = change.key.name
        known = desired.left.get(name)
        if known is not None and known != _digest(change.before) and name not in options.overwrite:
            yield Block(
                f"{name} was changed on the archive since the last apply or import here",
                fix=f"run `dandifile import --update` to take it over into the spec, "
                f"or pass --overwrite-remote {name} to set what the spec says",
                key=change.key,
            )


def _fault_blocks(changes: tuple[Change, ...], observed: ObservedMetadata) -> tuple[Block, ...]:
    """A field's own block; of everything while there is no draft, so that none is made with bad metadata."""
    after = {change.key.name: change.after for change in changes}
    return tuple(
        Block(
            f"{field}: the archive would refuse it: {message}",
            fix="change it in the spec",
            key=Key(NAME, field) if observed.document else None,
        )
        for field, message in new_errors(observed.document, after, observed.schema)
    )


def _value_after(name: str, desired: DesiredMetadata, document: JsonObject) -> Json:
    declared, current = desired.fields[name], document.get(name)
    if name == ABOUT and desired.only_adds:
        declared = add_regions_of(declared, current)
    for head, *rest in desired.ignore:
        if head == name:
            declared = carry(declared, current, rest)
    if name == ABOUT:
        declared = in_order_of(current, declared)
    merged = merge(declared, current)
    return None if is_empty(merged) else merged


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    """All fields in one PUT: every one that changes something sets the draft back to Pending."""
    if not changes:
        return ()
    fields = {change.key.name: {"before": change.before, "after": change.after} for change in changes}
    return (Step("metadata", NAME, {"fields": fields}, reason=_joint_reason(changes)),)


def _reason(name: str, now: Json, left: Mapping[str, str]) -> Reason:
    """Which side has changed, where the last apply or import here noted how it left the field."""
    if name not in left:
        return Reason(Why.METADATA_DIFFERS, name)
    return Reason(Why.SPEC_CHANGED if left[name] == _digest(now) else Why.EDITED_ON_DRAFT, name)


def _joint_reason(changes: tuple[Change, ...]) -> Reason:
    """The reason that all fields have, else the one that is true of any."""
    codes = {change.reason.code for change in changes if change.reason}
    names = ", ".join(sorted(change.key.name for change in changes))
    return Reason(codes.pop() if len(codes) == 1 else Why.METADATA_DIFFERS, names)


def standing(change: Change, observed: ObservedMetadata) -> Standing:
    return standing_of(change.before, change.after, observed.document.get(change.key.name))


def rebase(change: Change, observed: object) -> Change:
    return change


def perform(step: Step, context: StepContext, inputs: Mapping[str, Json]) -> JsonObject:
    """GET the document, lay the fields over it, PUT it if that changed anything.

    Where the PUT must be sent again, all of this is done again: it may have had its effect, and
    the draft may have been edited meanwhile.

    A draft that this very run created holds the server's own defaults: nobody reviewed
    those, so they cannot make the plan stale.
    """
    fields: Mapping[str, JsonObject] = step.params["fields"]

    def now_and_wanted() -> tuple[JsonObject, JsonObject]:
        document = context.writer.reader.fresh().draft()["metadata"]
        own = own_part(document)
        if "dandiset" not in inputs:
            _refuse_stale(fields, own)
        wanted = overlay(own, {name: value["after"] for name, value in fields.items()})
        return document, document if wanted == own else _set_accepted_version(
            add_server_part(wanted, document), context
        )

    document, wanted = now_and_wanted()
    if wanted == document:
        return {"written": []}
    context.writer.put_metadata(wanted.get("name", ""), wanted, remake=lambda: now_and_wanted()[1])
    return {"written": sorted(fields)}


def _set_accepted_version(document: JsonObject, context: StepContext) -> JsonObject:
    """The document in the archive's own schema version where it does not accept the one that it is in."""
    versions = SchemaVersions.of(context.writer.reader)
    return (
        {**document, VERSION_KEY: versions.own}
        if versions.refuses(str(document.get(VERSION_KEY, "")))
        else document
    )


def _refuse_stale(fields: Mapping[str, JsonObject], document: JsonObject) -> None:
    stale = [
        name
        for name, value in fields.items()
        if standing_of(value["before"], value["after"], document.get(name)) is Standing.STALE
    ]
    if stale:
        raise BlockedError(
            f"{', '.join(stale)} changed on the archive since the plan was made",
            fix="run plan again and look at it",
        )
