"""The locations that one NWB file gives for electrodes, imaging planes and optogenetic sites.

A short look, of milliseconds, and apart from the inspection: it needs no digest of the file.
"""

from __future__ import annotations

import re

from dandifile.model import JsonObject
from dandifile.survey.glimpse import glimpse
from dandifile.taxa import normal_name

_MOUSE = re.compile(r"mus musculus\b.*|((house|lab) )?(mouse|mice)|.*NCBITaxon[_:]10090/?", re.IGNORECASE)


def read(params: JsonObject) -> JsonObject | None:
    """`{path}` → `{"words": […], "mouse": bool}`, the words sorted; None for what is no HDF5 file.

    `mice` may be given too: what else the lab calls a mouse, folded.
    """
    seen = glimpse(params["path"])
    if seen is None:
        return None
    mouse = bool(_MOUSE.fullmatch(seen.species)) or normal_name(seen.species) in params.get("mice", ())
    return {"words": sorted(seen.locations), "mouse": mouse}
