"""Everything that is to be known of an NWB file's content, from one look into it."""

from __future__ import annotations

import threading

from dandifile.model import JsonObject
from dandifile.survey.nwb import extract, missing_media
from dandifile.survey.one_open import one_open
from dandifile.survey.quiet import quiet
from dandifile.survey.validate import judged, seen

_alone = threading.Lock()  # `quiet` and `one_open` act on the whole process


def inspect(params: JsonObject) -> JsonObject:
    """`{path}` → `{"extract", "validate", "missing_media"}`: the outputs of both, as for two steps.

    `missing_media` are the media files that were not where this copy of the content looks for
    them: the findings hold for copies that miss the same ones.
    """
    path = params["path"]
    with _alone, quiet():
        with one_open(path):
            extracted, found = extract(params), seen(path)
        return {
            "extract": extracted,
            "validate": judged(found),
            "missing_media": missing_media(path, extracted),
        }
