"""Which parts of a spec a command uses: what is missing or wrong elsewhere does not stop it. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass

from dandifile.model import JsonObject
from dandifile.reading.document import KeyPath, value_at
from dandifile.spec.faults import Fault, is_gap
from dandifile.spec.licenses import SCHEMA_LICENSES, license_faults

_OF_DANDISET = frozenset({
    "name", "description", "license", "keywords", "ethics", "related", "metadata", "ignore", "embargo",
    "owners", "policy", "manifest",
})  # fmt: skip
_ESSENTIAL = frozenset({"name", "organization", "protocol", "id", "match", "source", "check", "relation"})
"""Keys without which an item of a list means nothing."""


@dataclass(frozen=True)
class Need:
    """`without`: keys that the command does not use. `filled`: keys that must be complete; None: all.

    What is missing under other keys counts as not declared. `templates`: a template that uses what the paper
    does not have is an error under any key. `licenses` are the allowed ones; () if the archive will say.
    """

    without: frozenset[str] = frozenset()
    filled: frozenset[str] | None = None
    templates: bool = False
    licenses: tuple[str, ...] = ()

    def concerns(self, fault: Fault) -> bool:
        """Whether the command cannot work with this fault."""
        top = fault.path[0] if fault.path else ""
        if top in self.without:
            return False
        return not fault.missing or self.filled is None or top in self.filled

    def license_faults(self, declared: JsonObject) -> list[Fault]:
        found = license_faults(declared, self.licenses) if self.licenses else ()
        return [fault for fault in found if not is_gap(value_at(declared, fault.path))]

    def usable(self, declared: JsonObject, faults: Iterable[Fault]) -> JsonObject:
        """What is declared, without gaps, and without unused keys that have a fault."""
        ignored = [fault for fault in faults if not self.concerns(fault)]
        wrong = {fault.path[0] for fault in ignored if fault.path[0] in self.without}
        kept = {key: value for key, value in declared.items() if key not in wrong}
        gaps = [fault.path for fault in ignored if fault.gap and fault.path[0] not in wrong]
        return _prune(kept, gaps) if gaps else kept


EVERYTHING = Need(licenses=SCHEMA_LICENSES)
"""Of commands that do not ask an archive: the licenses of the schema are allowed."""
ONLINE = Need()
FILES = Need(
    _OF_DANDISET | {"doi", "contributors", "regions", "about"},
    filled=frozenset({"paths", "assets", "validation", "vocabulary"}),
)
"""Of commands that use the data alone: validate, organize, scan."""
ARCHIVE = Need(
    FILES.without | {"paths", "assets", "validation", "vocabulary"},
    filled=frozenset({"instance", "identifier", "environments"}),
)
"""Of `diff`, which only needs to know which dandiset on which archive."""
PULL = Need(FILES.without, filled=frozenset({"instance", "identifier", "paths"}))
"""Of `pull`, which fetches data and writes no metadata."""
LOOKUPS = Need(_OF_DANDISET, filled=frozenset(), templates=True)
"""Of `resolve`: what it looks up must be valid; what is missing can be added later."""
CHECKLIST = Need(filled=frozenset({"instance", "identifier"}))
"""Of `checklist`, which reports what is missing itself."""


def _prune(declared: JsonObject, gaps: Iterable[KeyPath]) -> JsonObject:
    """A copy without the values at these paths, and without list items that then mean nothing."""
    left = copy.deepcopy(declared)
    for path in sorted(gaps, key=_document_order, reverse=True):
        *above, last = path
        if above and isinstance(above[-1], int) and last in _ESSENTIAL:  # without it the item means nothing
            *above, last = above
        holder = value_at(left, above)
        if isinstance(holder, dict):
            holder.pop(last, None)
        elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
            del holder[last]
    return left


def _document_order(path: KeyPath) -> list[tuple[int, str]]:
    """Sorts paths as in the document, so that deleting backwards keeps the indices of the others valid."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in path]
