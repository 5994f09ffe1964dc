#!/usr/bin/env bash
# Cells that are numbered in each animal are counted once for all animals.
#
# One would guess: two animals with a patched cell "1" each are two cells.
# What happens: aggregate_assets_summary counts different identifiers and does not look at the
# animal, so numberOfCells is 1. Within one file only the first cell of the list is looked at.
# A slice, however, counts as a sample again next to the tissue that it was cut from.
# Versions: dandischema 0.14.0.
# Why it matters: patch-clamp labs number their cells from 1 for each animal or day. The number
# of cells shown for the dandiset is far too small, the number of samples too large.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'dandischema==0.14.0'

venv/bin/python -W ignore - <<'PYTHON'
import sys
from importlib.metadata import version

from dandischema import models
from dandischema.consts import DANDI_SCHEMA_VERSION
from dandischema.metadata import aggregate_assets_summary

print("dandischema", version("dandischema"), "schema", DANDI_SCHEMA_VERSION)


def sample(kind, identifier, source=None):
    value = {
        "schemaKey": "BioSample",
        "identifier": identifier,
        "sampleType": {"schemaKey": "SampleType", "name": kind},
    }
    if source:
        value["wasDerivedFrom"] = [source]
    models.BioSample(**value)
    return value


def recording(animal, *samples):
    return {
        "schemaVersion": DANDI_SCHEMA_VERSION,
        "path": f"sub-{animal}/sub-{animal}.nwb",
        "contentSize": 1000,
        "encodingFormat": "application/x-nwb",
        "wasAttributedTo": [{"schemaKey": "Participant", "identifier": animal}],
        "wasDerivedFrom": list(samples),
    }


def count(key, *recordings):
    return aggregate_assets_summary(recordings).get(key)


animals = count("numberOfCells", recording("m1", sample("cell", "1")), recording("m2", sample("cell", "1")))
pair = count("numberOfCells", recording("m1", sample("cell", "1"), sample("cell", "2")))
nested = count("numberOfSamples", recording("m1", sample("slice", "s1", sample("tissuesample", "t1"))))
print("cell 1 of m1 and cell 1 of m2: numberOfCells", animals)
print("a paired recording of cells 1 and 2: numberOfCells", pair)
print("one slice cut from one tissue sample: numberOfSamples", nested)
if (animals, pair, nested) != (1, 1, 2):
    sys.exit("no longer so")
print("confirmed: two cells are counted as one, one slice as two samples")
PYTHON
