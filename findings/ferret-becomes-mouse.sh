#!/usr/bin/env bash
# dandi records ferrets and Algerian mice as house mice.
#
# One would guess: a species that dandi does not know is an error ("contact help@...") and a
# species that it knows is matched by its name.
# What happens: some species are matched by how the text begins. Whatever begins with "mus" is
# the house mouse (NCBITaxon 10090): the ferret Mustela putorius furo, the housefly Musca
# domestica, the Algerian mouse Mus spretus. Whatever begins with "caenorhabditis" is
# C. elegans. No warning is given.
# Versions: dandi 0.81.0, dandischema 0.14.0.
# Why it matters: ferrets are a common animal of visual neuroscience, and Mus spretus is
# compared with Mus musculus in the same study. Who searches the archive for mice finds them,
# and who searches for ferrets does not.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'dandi==0.81.0' 'dandischema==0.14.0' 'pynwb==4.2.0' 'hdmf==6.2.0' 'nwbinspector==0.7.2'

# No telemetry, no cache and no log outside the temporary folder.
export DANDI_NO_ET=1 DANDI_CACHE=ignore HOME="$work"

venv/bin/python -W ignore - <<'PYTHON'
import sys
from datetime import datetime, timezone
from importlib.metadata import version

from dandi.metadata.nwb import nwb2asset
from pynwb import NWBHDF5IO, NWBFile
from pynwb.file import Subject

for package in ("dandi", "dandischema", "pynwb"):
    print(package, version(package))

seen = {}
for number, species in enumerate(
    ("Mustela putorius furo", "Musca domestica", "Mus spretus", "Caenorhabditis briggsae", "Octodon degus")
):
    nwb = NWBFile("One session", f"species-{number}", datetime(2024, 5, 1, tzinfo=timezone.utc))
    nwb.subject = Subject(subject_id="a1", species=species, sex="F", age="P1Y")
    path = f"species-{number}.nwb"
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    try:
        found = nwb2asset(path).wasAttributedTo[0].species
        seen[species] = str(found.identifier).rsplit("_", 1)[1]
        print(f"{species}: {found.name} ({found.identifier})")
    except ValueError as error:
        seen[species] = None
        print(f"{species}: ValueError: {str(error)[:60]}...")

if list(seen.values()) != ["10090", "10090", "10090", "6239", None]:
    sys.exit(f"no longer so: {seen}")
print("confirmed: three animals that are no house mice, and a worm, are recorded as another species")
PYTHON
