"""Which metadata differ between two versions, without what archive and extraction write themselves. Pure.

Publishing writes fields of its own, and every extraction notes its time and its tool. Neither says that
anything about the data has changed, so a version and the draft that it was made from do not differ. Values
are compared as in a plan (`planning.merge`): what means the same is no difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from dandifile.kinds.assets.changes import differing_keys
from dandifile.kinds.special_fields import own_part
from dandifile.model import FieldDifference, Json, JsonObject
from dandifile.planning.merge import is_empty, is_same
from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS

_OF_THE_MOMENT = frozenset({"dateModified", "blobDateModified"})
_GENERATED = "wasGeneratedBy"
_EXTRACTION = "Metadata generation"
"""What the dandi package and dandifile call the activity of reading a file's metadata."""


def field_differences(before: JsonObject, after: JsonObject) -> Iterator[FieldDifference]:
    """The fields of two documents of the dandiset, by name. Their names must be in them."""
    old, new = own_part(before), own_part(after)
    for name in sorted((old.keys() | new.keys()) - {*COMPUTED_DANDISET_FIELDS}):
        there, here = old.get(name), new.get(name)
        if not is_same(here, there):
            yield FieldDifference(name, None if is_empty(there) else there, None if is_empty(here) else here)


class AssetFields:
    """Finds the metadata of assets that differ; a difference that many assets have is kept once."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[JsonObject, JsonObject]] = {}

    def differing(self, before: JsonObject, after: JsonObject) -> tuple[JsonObject, JsonObject]:
        """The keys that differ, with both values; None where a side has none. Both are stripped metadata."""
        found = differing_keys(_lasting(before), _lasting(after))
        text = json.dumps(found, sort_keys=True).encode("utf-8", "surrogatepass")
        return self._known.setdefault(hashlib.sha256(text).digest(), found)


def _lasting(metadata: JsonObject) -> JsonObject:
    """Metadata without the dates of a file and of its extraction, and the tools that read it."""
    kept = {key: value for key, value in metadata.items() if key not in _OF_THE_MOMENT}
    made = kept.get(_GENERATED)
    if isinstance(made, list):
        kept[_GENERATED] = [one for one in made if not _is_extraction(one)]
    return kept


def _is_extraction(activity: Json) -> bool:
    return isinstance(activity, dict) and activity.get("name") == _EXTRACTION
