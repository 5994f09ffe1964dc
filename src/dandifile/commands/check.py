"""`dandifile check`: is the spec valid, as far as this machine alone can tell?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import PurePosixPath

from dandifile.checklist.rules import check_rules_offline, evidence_of
from dandifile.checklist.verdict import RuleResult, Verdict
from dandifile.desired.spec_and_lock import SpecAndLock, refuse_embargo
from dandifile.errors import Exit
from dandifile.model import Forecast, Spec
from dandifile.session.opening import known_identifier, read_spec
from dandifile.spelling import nearest_word
from dandifile.survey.scan import scan
from dandifile.terminal.screen import Flags, print_json
from dandifile.words import quantity


def check(flags: Flags) -> int:
    """Errors leave as exceptions, all at once; what is left to say is what stays unknown.

    Blocked, as a plan would be, where a rule of `policy.require` fails no matter what the draft holds.
    """
    declared = read_spec(flags)
    spec = declared.pinned_spec()
    if known_identifier(declared, spec) is None:
        refuse_embargo(declared, spec)
    absent = [entry.source for entry in spec.paths if not (spec.root / entry.source).exists()]
    settled = _settled_test(declared, spec)
    spec = replace(spec, notes=(*spec.notes, *scan(spec).notes))
    policy = check_rules_offline(dict(spec.fields), evidence_of(spec), spec.require, settled)
    expected = _forecast_of(spec, settled)
    if flags.format == "json":
        print_json(
            {
                "file": str(spec.file),
                "absent": absent,
                "not_acted_on": list(spec.not_acted_on),
                "unpinned": list(spec.unpinned),
                "notes": list(spec.notes),
                "forecast": [asdict(one) for one in expected],
                "policy": [
                    {"rule": row.rule, "verdict": row.verdict.value, "found": row.found, "fix": row.fix}
                    for row in policy
                ],
            }
        )
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(spec, absent, policy, expected))
    return Exit.BLOCKED if any(row.verdict is Verdict.FAILED for row in policy) else Exit.DONE


def _forecast_of(spec: Spec, settled: Callable[[str], bool]) -> tuple[Forecast, ...]:
    """What the archive will find fault with, by the rules of the dandischema that is installed here."""
    from dandischema.models import Asset, Dandiset
    from dandischema.utils import TransitionalGenerateJsonSchema

    from dandifile.kinds.forecast import overlay_faults, spec_faults

    schema = Dandiset.model_json_schema(schema_generator=TransitionalGenerateJsonSchema)
    schema["properties"].get("license", {}).pop("items", None)  # which ones are allowed is each archive's own
    fields = {name: value for name, value in spec.fields.items() if value is not None}
    waiting = {block.key.name for block in spec.unresolved if block.key}  # for what is not in the lock yet
    found = tuple(one for one in spec_faults(fields, schema, settled=settled) if one.field not in waiting)
    if not spec.overlays:
        return found
    of_asset = Asset.model_json_schema(schema_generator=TransitionalGenerateJsonSchema)
    return (*found, *overlay_faults(spec, of_asset))


def _lines(
    spec: Spec, absent: Sequence[str], policy: Sequence[RuleResult], expected: Sequence[Forecast]
) -> Iterator[str]:
    fields, paths = quantity(len(spec.fields), "field"), quantity(len(spec.paths), "path")
    yield f"{spec.file.name} is valid: {fields}, {paths}"
    for source in absent:
        near = _nearest_name(spec, source)
        meant = f" (did you mean `{near}`?)" if near else ""
        yield f"  {source} is not on this machine{meant}; its assets stay as they are"
    if spec.unpinned:
        yield f"  not in the lock: {', '.join(spec.unpinned)}; `dandifile resolve` looks it up"
    if spec.not_acted_on:
        yield f"  checked, but not reconciled by this version: {', '.join(spec.not_acted_on)}"
    for one in expected:
        unless = ", unless it is on the draft already" if one.before else ""
        what = f"assets of {one.assets[0]}" if one.assets else "the draft"
        yield f"  the archive will mark {what} as Invalid: {one.field}: {one.message}{unless}"
        yield f"    {one.fix}"
    yield from (f"  note: {note}" for note in spec.notes)
    for row in policy:
        if row.verdict is not Verdict.PASSED:
            verb = "fails" if row.verdict is Verdict.FAILED else "is not decided yet"
            yield f"  policy.require {row.rule} {verb}: {row.found}"
            yield f"    {row.fix}"


def _nearest_name(spec: Spec, source: str) -> str | None:
    """A name almost like that of an absent source, in the same folder, that the spec does not use itself."""
    place = spec.root / source
    named = {spec.root / entry.source for entry in spec.paths}
    try:
        there = [each.name for each in place.parent.iterdir() if each not in named]
    except OSError:
        return None
    near = nearest_word(place.name, there)
    return str(PurePosixPath(source).with_name(near)) if near else None


def _settled_test(declared: SpecAndLock, spec: Spec) -> Callable[[str], bool]:
    """Whether a field will be as the spec has it, whatever is on the archive."""
    new = known_identifier(declared, spec) is None
    open_ = {pointer.strip("/").split("/")[0] for pointer in spec.ignore}
    open_ |= {block.key.name for block in spec.unresolved if block.key}
    return lambda field: field not in open_ and (new or field in spec.fields)
