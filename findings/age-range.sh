#!/usr/bin/env bash
# An age range in good order is refused by dandi because its second part has fewer parts.
#
# One would guess: "between one and a half and two years", P1Y6M/P2Y, is a fine age. The
# archive's schema allows ranges and nwbinspector compares the lengths of the two durations.
# What happens: dandi compares the texts part by part. If the lower limit has more parts than
# the upper limit, or the units differ (P8W/P60D, P1Y/P18M), the extraction fails with a
# ValueError that says the upper limit has to be larger, which it is.
# Versions: dandi 0.81.0, nwbinspector 0.7.2, pynwb 4.2.0.
# Why it matters: files that are checked and clean cannot be uploaded, and the message sends
# the scientist looking for a mistake that is not there.
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
from pynwb.file import Subject

for package in ("dandi", "nwbinspector", "pynwb"):
    print(package, version(package))

seen = {}
for number, age in enumerate(("P1Y/P2Y", "P1Y6M/P2Y", "P8W/P60D", "P1Y/P18M")):
    nwb = NWBFile("One session", f"range-{number}", datetime(2024, 5, 1, tzinfo=timezone.utc))
    nwb.subject = Subject(subject_id="m1", species="Mus musculus", sex="M", age=age)
    path = f"range-{number}.nwb"
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    inspector = [
        message.message
        for message in inspect_nwbfile(nwbfile_path=path, config=load_config("dandi"))
        if "age" in message.check_function_name.split("_")
    ]
    try:
        extracted = nwb2asset(path).wasAttributedTo[0].age.value
    except ValueError as error:
        extracted = f"ValueError: {error}"
    seen[age] = (not inspector, not extracted.startswith("ValueError"))
    print(f"{age}: nwbinspector {inspector or 'accepts'}; dandi: {extracted}")

if seen != {
    "P1Y/P2Y": (True, True),
    "P1Y6M/P2Y": (True, False),
    "P8W/P60D": (True, False),
    "P1Y/P18M": (True, False),
}:
    sys.exit(f"no longer so: {seen}")
print("confirmed: three ranges in good order pass nwbinspector and make dandi's extraction fail")
PYTHON
