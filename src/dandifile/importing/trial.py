"""Tries out values of a spec: are they valid, and do they say what the document says?

The spec's own rules decide, so what an import writes is accepted by `check` and makes an empty plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dandifile.kinds.special_fields import ABOUT, in_order_of, own_part
from dandifile.model import JsonObject
from dandifile.planning.merge import is_empty, is_same, merge
from dandifile.reading.document import KeyPath
from dandifile.schemafiles import spec_schema
from dandifile.spec.build import build_spec
from dandifile.spec.facts import NothingKnown, find_references
from dandifile.spec.faults import Fault
from dandifile.spec.licenses import SCHEMA_LICENSES, license_faults
from dandifile.spec.rules import rule_faults
from dandifile.spec.schema_faults import schema_faults
from dandifile.spec.skeleton import escaped
from dandifile.spec.template import RenderedSpec, render

_HEAD: JsonObject = {"dandifile": 1, "instance": "dandi"}


@dataclass(frozen=True)
class Trial:
    """`document` is the draft's metadata; `licenses` are those that the archive accepts."""

    document: JsonObject
    licenses: tuple[str, ...] = SCHEMA_LICENSES

    @cached_property
    def own(self) -> JsonObject:
        """The document as the plan compares it."""
        return own_part(self.document)

    @cached_property
    def schema(self) -> JsonObject:
        return spec_schema()

    def fault(self, values: JsonObject, besides: Sequence[KeyPath] = ()) -> Fault | None:
        """The first thing that makes a spec with these values invalid; None for a valid one.

        `besides`: faults at these paths do not count.
        """
        return next((fault for fault in self._faults(values) if fault.path not in besides), None)

    def _faults(self, values: JsonObject) -> Iterator[Fault]:
        rendered = _rendered(values)
        yield from rendered.faults
        by_schema = schema_faults(rendered.value, self.schema, {})
        yield from by_schema
        if not by_schema:  # the rules take what the schema has let pass
            yield from rule_faults(rendered.value)
            yield from license_faults(rendered.value, self.licenses)

    def fields(self, values: JsonObject) -> JsonObject | None:
        """DANDI's fields of a valid spec with these values; None if `resolve` would change them.

        It gives every term a name, which the plan would then add.
        """
        declared = _rendered(values).value
        if any(not term.name for term in find_references(declared).terms):
            return None
        spec, _ = build_spec(Path("dandiset.yaml"), declared, "", NothingKnown(), ())
        return None if spec.unresolved else dict(spec.fields)

    def is_said(self, values: JsonObject, field: str) -> bool:
        """Whether a valid spec with these values leaves this field of the document as it is."""
        fields = self.fields(values)
        if fields is None or field not in fields:
            return False
        declared, now = own_part(fields)[field], self.own.get(field)
        after = merge(in_order_of(now, declared) if field == ABOUT else declared, now)
        return is_same(None if is_empty(after) else after, now)


def _rendered(values: JsonObject) -> RenderedSpec:
    return render({**_HEAD, **escaped(values)}, {"name": "", "instance": "dandi"})
