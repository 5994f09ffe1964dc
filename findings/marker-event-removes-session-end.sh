#!/usr/bin/env bash
# One event without a duration removes the end of the whole session.
#
# One would guess: the documented value NaN for "an event without a duration" is treated as no
# duration, and the other data of the file still give the session its end.
# What happens: the last row of an EventsTable with NaN makes dandi's length of the session NaN.
# It logs "nan seconds (nan years) exceeds 5-year limit" and publishes no end, although an
# hour of recording is in the same file.
# Versions: dandi 0.81.0, pynwb 4.2.0.
# Why it matters: tables of TTL pulses or reward markers are exactly the tables that have no
# durations. The message speaks of years and of wrong timestamps, of which there are none.
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
from pynwb import NWBHDF5IO, NWBFile, TimeSeries, validate
from pynwb.event import EventsTable

for package in ("dandi", "pynwb"):
    print(package, version(package))

described = [c["description"] for c in EventsTable.__columns__ if c["name"] == "duration"]
print("pynwb about the column duration:", described[0])
ends = {}
for name, duration in (("half-a-second", 0.5), ("no-duration", float("nan"))):
    nwb = NWBFile("One session", name, datetime(2024, 5, 1, 12, tzinfo=timezone.utc))
    nwb.add_acquisition(TimeSeries("lfp", data=[0.0] * 3600, unit="V", rate=1.0))
    events = EventsTable(name="rewards", description="Rewards")
    events.add_row(timestamp=5.0, duration=0.5)
    events.add_row(timestamp=9.0, duration=duration)
    nwb.add_events_table(events)
    with NWBHDF5IO(f"{name}.nwb", "w") as io:
        io.write(nwb)
    errors = validate(path=f"{name}.nwb")
    ends[name] = nwb2asset(f"{name}.nwb").wasGeneratedBy[0].endDate
    print(f"{name}: schema errors {errors}; end of the session for dandi: {ends[name]}")

if "NaN" not in described[0] or ends["half-a-second"] is None or ends["no-duration"] is not None:
    sys.exit("no longer so")
print("confirmed: the NaN of one event removes the end that an hour of recording gives")
PYTHON
