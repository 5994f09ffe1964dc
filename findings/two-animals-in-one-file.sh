#!/usr/bin/env bash
# The summary of a dandiset fails with a bare AssertionError if a file has two animals.
#
# One would guess: wasAttributedTo is a list, so a recording of two interacting mice is counted
# as one file with two subjects.
# What happens: aggregate_assets_summary asserts that there are at most as many subjects as
# files. The metadata is valid by the schema, and the error has no text.
# Versions: dandischema 0.14.0.
# Why it matters: dandisets of social behaviour have fewer files than animals. Their summary
# cannot be computed until unrelated files outnumber the animals.
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


def recording(path, *animals):
    return {
        "schemaVersion": DANDI_SCHEMA_VERSION,
        "path": path,
        "contentSize": 1000,
        "encodingFormat": "application/x-nwb",
        "wasAttributedTo": [{"schemaKey": "Participant", "identifier": name} for name in animals],
    }


pair = recording("social/pair-1.nwb", "m1", "m2")
for participant in pair["wasAttributedTo"]:
    models.Participant(**participant)
print("the participants are valid:", [p["identifier"] for p in pair["wasAttributedTo"]])
try:
    aggregate_assets_summary([pair])
    sys.exit("no longer so: the summary of the one file can be computed")
except AssertionError as error:
    print(f"one file with two animals: AssertionError({str(error)!r})")
summary = aggregate_assets_summary([pair, recording("social/notes.nwb", "m1")])
print("with one more file: numberOfSubjects", summary["numberOfSubjects"])
if summary["numberOfSubjects"] != 2:
    sys.exit("no longer so")
print("confirmed: two animals can be counted only if there are two files")
PYTHON
