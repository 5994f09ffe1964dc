#!/usr/bin/env bash
# A file opened for appending keeps new trials but silently drops a corrected subject.
#
# One would guess: what is set on a file opened with mode "a" is in the file after io.write, or
# an error says that it can't be changed.
# What happens: rows added to a table are saved, even without io.write. A strain set on the
# subject, or notes set on the file, are accepted, shown by the object, and lost, both by
# io.write and by an export to a new file. No warning is given.
# Versions: pynwb 4.2.0, hdmf 6.2.0.
# Why it matters: filling in missing metadata of many files is a small loop in a notebook. It
# ends without an error, and not one of the files has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'pynwb==4.2.0' 'hdmf==6.2.0'

venv/bin/python -W ignore - <<'PYTHON'
import sys
from datetime import datetime, timezone
from importlib.metadata import version

from pynwb import NWBHDF5IO, NWBFile
from pynwb.file import Subject

for package in ("pynwb", "hdmf"):
    print(package, version(package))

nwb = NWBFile("One session", "fill-in", datetime(2024, 5, 1, tzinfo=timezone.utc))
nwb.subject = Subject(subject_id="m1", species="Mus musculus", sex="F", age="P90D")
nwb.add_trial(start_time=1.0, stop_time=2.0)
with NWBHDF5IO("session.nwb", "w") as io:
    io.write(nwb)

with NWBHDF5IO("session.nwb", "a") as io:
    nwb = io.read()
    nwb.subject.strain = "C57BL/6J"
    nwb.notes = "Light anaesthesia"
    nwb.add_trial(start_time=3.0, stop_time=4.0)
    print("in memory:", (nwb.subject.strain, nwb.notes, len(nwb.trials)))
    io.write(nwb)
    with NWBHDF5IO("exported.nwb", "w") as out:
        out.export(src_io=io, nwbfile=nwb)

seen = {}
for path in ("session.nwb", "exported.nwb"):
    with NWBHDF5IO(path, "r") as io:
        nwb = io.read()
        seen[path] = (nwb.subject.strain, nwb.notes, len(nwb.trials))
    print(f"{path}:", seen[path])
if set(seen.values()) != {(None, None, 2)}:
    sys.exit("no longer so")
print("confirmed: the trial is saved, the strain and the notes are not")
PYTHON
