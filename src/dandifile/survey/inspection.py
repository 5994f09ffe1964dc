"""Everything that is to be known of an NWB file's content, from one look into it."""

from __future__ import annotations

import threading

from dandifile.model import JsonObject
from dandifile.survey.nwb import extract, missing_media
from dandifile.survey.one_open import one_open
from dandifile.survey.quiet import quiet
from dandifile.survey.validate import validate

_alone = threading.Lock()  # `quiet` and `one_open` act on the whole process


def inspect(params: JsonObject) -> JsonObject:
    """`{path}` → `{"extract", "validate", "missing_media"}`: the outputs of both, as for two steps.

    `validate` is null where validation itself failed: a step of its own then tells how.
    `missing_media` are the media files that were not where this copy of the content looks for
    them: the findings hold for copies that miss the same ones.
    """
    with _alone, quiet(), one_open(params["path"]):
        found = extract(params)
        return {
            "extract": found,
            "validate": _validated(params),
            "missing_media": missing_media(params["path"], found),
        }


def _validated(params: JsonObject) -> JsonObject | None:
    try:
        return validate(params)
    except Exception:  # noqa: BLE001  # whatever fails in the tools, the metadata is good
        return None
