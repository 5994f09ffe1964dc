"""What the survey's steps give, by kind: a remembered result that is none of these is not used."""

from __future__ import annotations

import re

from dandifile.model import Json, Severity, Step
from dandifile.reading.jsontext import Shape, each, maybe, misfit, one_of

_ETAG = re.compile(r"[0-9a-f]{32}-[0-9]{1,5}")
_MD5 = re.compile(r"[0-9a-f]{32}")
_POINTER: Shape = {"pointer": bool}
_METADATA: Shape = {
    "wasAttributedTo": maybe(([dict], None)),
    "wasGeneratedBy": maybe(([dict], None)),
    "about": maybe(([dict], None)),
}
_FINDING: Shape = {
    "check": str,
    "message": str,
    "severity": (re.compile("|".join(Severity)), None),
    "within": str,
}
_EXTRACT: Shape = one_of(
    {
        "metadata": _METADATA,
        "labels": {"entities": each((str, None)), "modalities": (str, None), "ids": each((str, None))},
        "media": [str],
        "findings": [_FINDING],
        "settled": [str],
    },
    {"refused": {"reason": str, "fix": str}},
)
_FINDINGS: Shape = {"findings": [_FINDING]}

SHAPES: dict[str, Shape] = {
    "digest": one_of({"digest": _ETAG}, _POINTER),
    "md5": one_of({"md5": [_MD5]}, _POINTER),
    "locations": ({"words": [str], "mouse": bool}, None),
    "glimpse": ({}, None),
    "extract": _EXTRACT,
    "inspect": {"extract": _EXTRACT, "validate": (_FINDINGS, None), "missing_media": [str]},
    "validate": _FINDINGS,
    "validate-zarr": _FINDINGS,
    "validate-bids": {"findings": [{**_FINDING, "path": str, "is_file": bool}]},
    "bids-entities": {"entities": each(_METADATA)},
}


def fits(step: Step, output: Json) -> bool:
    """Whether that can be what the step gave."""
    if misfit(output, SHAPES[step.kind]):
        return False
    return step.kind != "md5" or "md5" not in output or len(output["md5"]) == len(step.params["files"])
