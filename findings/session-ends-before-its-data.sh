#!/usr/bin/env bash
# dandi's end of a session can lie before the first sample.
#
# One would guess: the end of a session is the start of the session plus the time of the last
# sample.
# What happens: dandi adds (last time - first time) to the start of the session. NWB counts all
# times from the start of the session, so a recording that begins an hour into the session and
# lasts ten seconds ends, for dandi, ten seconds after the start of the session.
# Versions: dandi 0.81.0, pynwb 4.2.0.
# Why it matters: sessions with a delay (anaesthesia, habituation, clocks that are not reset)
# are published with an end at which no data had been recorded.
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
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from dandi.metadata.nwb import nwb2asset
from pynwb import NWBHDF5IO, NWBFile, TimeSeries

for package in ("dandi", "pynwb"):
    print(package, version(package))

start = datetime(2024, 5, 1, 12, tzinfo=timezone.utc)
nwb = NWBFile("Recording after an hour of habituation", "late", start)
nwb.add_acquisition(TimeSeries("lick", data=[0.0] * 100, unit="V", starting_time=3600.0, rate=10.0))
with NWBHDF5IO("late.nwb", "w") as io:
    io.write(nwb)

session = nwb2asset("late.nwb").wasGeneratedBy[0]
end = session.endDate.astimezone(timezone.utc)
print("session starts:", start.isoformat())
print("first sample:  ", (start + timedelta(seconds=3600)).isoformat())
print("last sample:   ", (start + timedelta(seconds=3609.9)).isoformat())
print("end for dandi: ", end.isoformat())
if end != start + timedelta(seconds=10):
    sys.exit("no longer so")
print("confirmed: the session ends almost an hour before its first sample")
PYTHON
