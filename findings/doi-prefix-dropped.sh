#!/usr/bin/env bash
# Publications written as nwbinspector asks for them do not reach the archive.
#
# One would guess: related_publications in the form "doi:10..." (which nwbinspector names first)
# becomes a related resource of the asset.
# What happens: dandi keeps only addresses whose host is exactly doi.org. "doi:10..." and
# "http://dx.doi.org/10...", which nwbinspector accepts too, are dropped without a message.
# Versions: dandi 0.81.0, nwbinspector 0.7.2, pynwb 4.2.0.
# Why it matters: the paper is in every file, no tool complains, and the link between data and
# paper is missing on the archive.
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
from nwbinspector import inspect_nwbfile, load_config
from pynwb import NWBHDF5IO, NWBFile

for package in ("dandi", "nwbinspector", "pynwb"):
    print(package, version(package))

seen = []
for number, paper in enumerate(
    ("https://doi.org/10.1234/example", "doi:10.1234/example", "http://dx.doi.org/10.1234/example", "10.1234/example")
):
    nwb = NWBFile(
        "One session",
        f"paper-{number}",
        datetime(2024, 5, 1, tzinfo=timezone.utc),
        related_publications=[paper],
    )
    path = f"paper-{number}.nwb"
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    complaints = [
        message.message
        for message in inspect_nwbfile(nwbfile_path=path, config=load_config("dandi"))
        if message.check_function_name == "check_doi_publications"
    ]
    related = [resource.identifier for resource in nwb2asset(path).relatedResource]
    seen.append((not complaints, bool(related)))
    print(f"{paper}: nwbinspector {'complains' if complaints else 'accepts'}; dandi keeps {related}")

if seen != [(True, True), (True, False), (True, False), (False, False)]:
    sys.exit(f"no longer so: {seen}")
print("confirmed: two of the three forms that nwbinspector accepts are dropped by dandi")
PYTHON
