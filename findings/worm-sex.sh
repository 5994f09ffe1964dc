#!/usr/bin/env bash
# A worm that satisfies nwbinspector cannot be described by dandi, and the other way round.
#
# One would guess: both tools serve the same archive, so there is a value of Subject.sex for
# C. elegans that both accept.
# What happens: nwbinspector (with its DANDI configuration) reports a critical message unless
# the sex is XX or XO. dandi cannot interpret XX or XO and fails to extract any metadata. Every
# value that dandi reads is a critical message in nwbinspector.
# Versions: dandi 0.81.0, nwbinspector 0.7.2, pynwb 4.2.0.
# Why it matters: a worm lab cannot write a file that passes both. It has to pick the tool that
# it wants to satisfy, or leave the sex to be corrected on the archive.
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

both = []
for sex in ("XX", "XO", "M", "F", "O", "U"):
    nwb = NWBFile("Calcium imaging", f"worm-{sex}", datetime(2024, 5, 1, tzinfo=timezone.utc))
    nwb.subject = Subject(
        subject_id="w1", species="Caenorhabditis elegans", sex=sex, age="P3D", description="wild type"
    )
    path = f"worm-{sex}.nwb"
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    inspector = [
        message.importance.name
        for message in inspect_nwbfile(nwbfile_path=path, config=load_config("dandi"))
        if message.check_function_name == "check_subject_sex"
    ]
    try:
        extracted = str(nwb2asset(path).wasAttributedTo[0].sex.name)
        read = True
    except ValueError as error:
        extracted, read = f"ValueError: {error}", False
    print(f"sex={sex:3} nwbinspector: {inspector or 'accepts'}; dandi: {extracted}")
    if read and not inspector:
        both.append(sex)

if both:
    sys.exit(f"no longer so: both accept {both}")
print("confirmed: no value of sex passes both tools")
PYTHON
