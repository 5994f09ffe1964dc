"""What the archive will find fault with once a plan is carried out: it would mark the draft as Invalid.

The archive takes any metadata, and reports minutes later, as the draft's validation errors, what keeps it
from being published. Here the whole outgoing document is checked by the same rules beforehand: the JSON
Schema of the server's own version, then the models of dandischema, then that there is a file at all. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dandifile.kinds import assets, dandiset, metadata
from dandifile.kinds.outgoing import MISSING, faults, overlay, value_faults
from dandifile.model import Action, Forecast, Json, JsonObject, Plan, Spec
from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS, FIELD_OF_KEY

NO_FILES = "assetsSummary"
"""The field that the archive names where a dandiset has no files."""

_ADD = {
    "name": "add `name:`, the title",
    "description": "add `description:`: what was recorded, of whom, how, and what for",
    "license": "add `license:`, such as CC-BY-4.0 (reuse requires credit) or CC0-1.0 (no conditions)",
    "contributor": "add `contributors:`, one of them with `roles: [ContactPerson]` and an `email`",
}

_DEFAULT_CONTACT: JsonObject = {
    "schemaKey": "Person",
    "name": "Name, Your",
    "email": "you@example.org",
    "roleName": ["dcite:ContactPerson"],
}
"""In place of the contributor that the archive makes of the user where a new dandiset has none."""


def forecast(plan: Plan, spec: Spec, observed: Mapping[str, Any]) -> tuple[Forecast, ...]:
    """Everything that keeps the draft from being valid after apply; nothing where that cannot be known."""
    draft: metadata.ObservedMetadata = observed[metadata.NAME]
    creation = [change for change in plan.due if change.key.kind == dandiset.NAME]
    if not draft.document and not creation:
        return ()
    if not plan.due and draft.status in ("Valid", "Published"):
        return ()
    before = draft.document
    known = faults(before, draft.schema) if before else []
    found = faults(_document_after(plan, draft.document), draft.schema)
    declared = spec.fields.keys()
    said = [*_document_forecasts(found, known, declared), *_forecast_without_files(plan, observed)]
    own = _archive_findings(draft, plan, {one.field for one in said})
    return (*said, *own, *_asset_forecasts(plan, spec, observed[assets.NAME].schema))


def spec_faults(
    document: JsonObject, schema: JsonObject, *, settled: Callable[[str], bool]
) -> tuple[Forecast, ...]:
    """What the spec alone shows: faults of what it declares, and what it lacks that the archive needs.

    `settled` says whether a field will be on the draft as it is here. What is missing and is not settled may
    be on the draft; its forecast has `before`.
    """
    complete = {"contributor": [_DEFAULT_CONTACT], **document} if settled("contributor") else document
    return tuple(
        Forecast(field, message, fix_of(field, message, document), before=not settled(field))
        for field, message in faults({"schemaKey": "Dandiset", **complete}, schema)
    )


def overlay_faults(spec: Spec, schema: JsonObject) -> tuple[Forecast, ...]:
    """Faults of what the spec declares for assets, which it names by their globs."""
    return tuple(
        Forecast(key, message, _fix_of_overlay(key), before=False, assets=(overlay.match,))
        for overlay in spec.overlays
        for key, value in overlay.metadata.items()
        if value is not None
        for message in value_faults(value, key, schema)
    )


def _fix_of_overlay(key: str) -> str:
    return f"correct `{key}` under `assets:` in the spec"


def _document_after(plan: Plan, document: JsonObject) -> JsonObject:
    """The draft's document when the plan is done."""
    for change in plan.due:
        if change.key.kind == dandiset.NAME:
            document = {
                "contributor": [_DEFAULT_CONTACT],
                **change.after["metadata"],
                "name": change.after["name"],
            }
    fields = {change.key.name: change.after for change in plan.due if change.key.kind == metadata.NAME}
    return overlay(document, fields)


def _document_forecasts(
    found: Iterable[tuple[str, str]], known: Iterable[tuple[str, str]], declared: Iterable[str]
) -> Iterator[Forecast]:
    known, declared = set(known), set(declared)
    for field, message in found:
        yield Forecast(field, message, fix_of(field, message, declared), before=(field, message) in known)


def fix_of(field: str, message: str, declared: Iterable[str]) -> str:
    """What to do about a fault of the dandiset's own document."""
    if field == NO_FILES:
        return "name the folders of data in `paths:`, and apply: the archive makes this summary itself"
    if field in COMPUTED_DANDISET_FIELDS:
        return "the archive writes this field itself: apply again; if that does not help, ask its help desk"
    if message == MISSING and field in _ADD:
        return _ADD[field]
    key = next((short for short, long in FIELD_OF_KEY.items() if long == field), f"metadata: {{{field}: …}}")
    if message == MISSING:
        return f"add `{key}` to the spec"
    if field in declared:
        return f"correct `{key}` in the spec"
    return f"declare `{key}` in the spec, or correct it on the page of the dandiset"


def _forecast_without_files(plan: Plan, observed: Mapping[str, Any]) -> Iterator[Forecast]:
    now = len(observed[assets.NAME].assets)
    creation = any(change.key.kind == dandiset.NAME for change in plan.due)
    actions = [change.action for change in plan.due if change.key.kind == assets.NAME]
    if now + actions.count(Action.CREATE) - actions.count(Action.DELETE) == 0:
        message = "there are no files: the archive does not publish an empty dandiset"
        yield Forecast(NO_FILES, message, _fix_of_no_files(plan), now == 0 and not creation)


def _fix_of_no_files(plan: Plan) -> str:
    if any(block.key and block.key.kind == assets.NAME for block in plan.blocked):
        return "fix the files that are blocked"
    if plan.elsewhere:
        return "run apply on a machine that has the data"
    return "name the folders of data in `paths:`"


def _asset_forecasts(plan: Plan, spec: Spec, schema: Callable[[], JsonObject]) -> Iterator[Forecast]:
    """Faults of what the spec declares for assets; what is extracted is made by the models themselves.

    The archive does not publish a draft with an invalid asset.
    """
    keys = {key for overlay in spec.overlays for key in overlay.metadata}
    written = [change for change in plan.due if change.key.kind == assets.NAME and change.after]
    found: dict[str, list[str]] = {}  # by the value as JSON: overlays say the same of many assets
    concerned: dict[tuple[str, str], list[str]] = {}
    for change in written:
        for key in sorted(keys & change.after["metadata"].keys()):
            value = change.after["metadata"][key]
            name = json.dumps([key, value], sort_keys=True)
            if value is not None and name not in found:
                found[name] = value_faults(value, key, schema())
            for message in found.get(name, ()):
                concerned.setdefault((key, message), []).append(change.key.name)
    for (key, message), paths in concerned.items():
        yield Forecast(key, message, _fix_of_overlay(key), before=False, assets=tuple(paths))


def _archive_findings(draft: metadata.ObservedMetadata, plan: Plan, said: set[str]) -> Iterator[Forecast]:
    """What the archive has found by rules that are not known here, in fields that stay as they are."""
    if draft.status != "Invalid":
        return
    changed = {change.key.name for change in plan.due if change.key.kind == metadata.NAME}
    for error in draft.errors:
        field, message = place_of(error)
        if not (field in said | changed or (not field and (said or plan.due))):
            yield Forecast(field, message, fix_of(field, message, ()), before=True)


def place_of(error: Json) -> tuple[str, str]:
    """The field and the message of an error of the archive's; a missing field is in the message alone."""
    error = error if isinstance(error, dict) else {"message": error}
    field = str(error.get("field") or "").split(".")[0]
    message = str(error.get("message") or "").removeprefix("Value error, ")
    message = MISSING if message == "Field required" else message
    head, required, _ = message.partition("' is a required property")
    return (head.lstrip("'"), MISSING) if not field and required else (field, message)
