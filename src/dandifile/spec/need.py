"""What of a spec a command rests on: what is missing or wrong elsewhere does not stop it. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass

from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.faults import Fault, is_gap
from dandifile.spec.licenses import SCHEMA_LICENSES, license_faults

_OF_DANDISET = frozenset({
    "name", "description", "license", "keywords", "ethics", "related", "metadata", "ignore", "embargo",
    "owners", "policy", "manifest",
})  # fmt: skip
_NAMES = frozenset({"name", "organization", "protocol", "id", "match", "source", "check", "relation"})
"""Keys without which an item of a list says nothing."""


@dataclass(frozen=True)
class Need:
    """`without`: keys that the command does not look at. `filled`: keys that must not be open; None: all.

    Whatever is missing elsewhere may be missing: the command works as if it were not declared. `templates`:
    a template that asks what the paper does not say is an error wherever it is. `licenses` are the allowed
    ones; () where the archive will be asked for them.
    """

    without: frozenset[str] = frozenset()
    filled: frozenset[str] | None = None
    templates: bool = False
    licenses: tuple[str, ...] = ()

    def concerns(self, fault: Fault) -> bool:
        top = fault.path[0] if fault.path else ""
        if top in self.without:
            return False
        return not fault.missing or self.filled is None or top in self.filled

    def license_faults(self, declared: JsonObject) -> list[Fault]:
        found = license_faults(declared, self.licenses) if self.licenses else ()
        return [fault for fault in found if not is_gap(_value_at(declared, fault.path))]

    def usable(self, declared: JsonObject, faults: Iterable[Fault]) -> JsonObject:
        """What is declared, without what is open and without keys in which something is wrong."""
        ignored = [fault for fault in faults if not self.concerns(fault)]
        wrong = {fault.path[0] for fault in ignored if fault.path[0] in self.without}
        kept = {key: value for key, value in declared.items() if key not in wrong}
        gaps = [fault.path for fault in ignored if fault.gap and fault.path[0] not in wrong]
        return _prune(kept, gaps) if gaps else kept


EVERYTHING = Need(licenses=SCHEMA_LICENSES)
"""Of commands that ask no archive: what the schema allows."""
ONLINE = Need()
FILES = Need(
    _OF_DANDISET | {"doi", "contributors", "regions", "about"},
    filled=frozenset({"paths", "assets", "validation", "vocabulary"}),
)
"""Of commands that look at the data alone: validate, organize, scan."""
LOOKUPS = Need(_OF_DANDISET, filled=frozenset(), templates=True)
"""Of `resolve`: what it looks up must be right, what is still missing can follow."""
CHECKLIST = Need(filled=frozenset({"instance", "identifier"}))
"""Of `checklist`, which says itself what is missing."""


def _prune(declared: JsonObject, gaps: Iterable[KeyPath]) -> JsonObject:
    """A copy without the values at these paths, and without items of lists that then say nothing."""
    left = copy.deepcopy(declared)
    for path in sorted(gaps, key=_document_order, reverse=True):
        *above, last = path
        if above and isinstance(above[-1], int) and last in _NAMES:  # the item stands or falls with it
            *above, last = above
        holder = _value_at(left, above)
        if isinstance(holder, dict):
            holder.pop(last, None)
        elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
            del holder[last]
    return left


def _document_order(path: KeyPath) -> list[tuple[int, str]]:
    """Paths in the order of the document, so that going backwards keeps the places of the others."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in path]


def _value_at(value: Json, path: Iterable[str | int]) -> Json:
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value
