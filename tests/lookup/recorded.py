"""Real recorded answers, if they are next to the checkout; they are not part of the project."""

from __future__ import annotations

import json

import pytest

from dandifile.model import JsonObject
from tests.frame import ROOT

FIXTURES = ROOT.parent / "shared" / "data" / "fixtures"
PAPERS = ("biorxiv", "elife", "jneurosci", "nature", "neuron")

needs_recordings = pytest.mark.skipif(not FIXTURES.is_dir(), reason="the recorded answers are not here")


def crossref_answer(name: str) -> JsonObject:
    """What Crossref gave for one of `PAPERS`, bare."""
    answer: JsonObject = json.loads(
        (FIXTURES / f"crossref/dandi-cli/{name}.citeproc.json").read_text("utf-8")
    )
    return answer


def dandis_metadata(name: str) -> JsonObject:
    """What dandi's own `update-dandiset-from-doi` made of it."""
    metadata: JsonObject = json.loads((FIXTURES / f"crossref/dandi-cli/{name}.json").read_text("utf-8"))
    return metadata
