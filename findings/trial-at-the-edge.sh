#!/usr/bin/env bash
# Whether a trial at the edge of a recording can be read depends on rate or timestamps.
#
# One would guess: a trial that begins before the first sample, or ends after the last, refers
# to the samples in between, however the times of the series are given.
# What happens: with timestamps it does. With a rate, which describes the same samples, the
# reference of the first trial becomes empty, and that of the last trial points past the end of
# the data, so that reading its samples raises an IndexError. Both files are written without a
# warning and are valid.
# Versions: pynwb 4.2.0, hdmf 6.2.0.
# Why it matters: the first and last trial of a session are often cut. Best practice is to store
# regular samples with a rate, and then the samples of these two trials cannot be found.
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

import numpy as np
from pynwb import NWBHDF5IO, NWBFile, TimeSeries, validate

for package in ("pynwb", "hdmf"):
    print(package, version(package))

times = {"timestamps": {"timestamps": 10 + np.arange(100) / 10}, "rate": {"starting_time": 10.0, "rate": 10.0}}
seen = {}
for kind, when in times.items():
    nwb = NWBFile("One session", kind, datetime(2024, 5, 1, tzinfo=timezone.utc))
    series = TimeSeries("lick", data=np.arange(100.0), unit="V", **when)
    nwb.add_acquisition(series)
    # The samples lie from 10.0 s to 19.9 s.
    nwb.add_trial(start_time=9.5, stop_time=10.5, timeseries=series)
    nwb.add_trial(start_time=15.0, stop_time=15.5, timeseries=series)
    nwb.add_trial(start_time=19.5, stop_time=20.5, timeseries=series)
    with NWBHDF5IO(f"{kind}.nwb", "w") as io:
        io.write(nwb)
    print(f"{kind}: schema errors {validate(path=f'{kind}.nwb')}")
    with NWBHDF5IO(f"{kind}.nwb", "r") as io:
        trials = io.read().trials
        for number in range(3):
            try:
                seen[kind, number] = len(trials["timeseries"][number][0].data)
                print(f"  trial {number}: {seen[kind, number]} samples")
            except (TypeError, IndexError) as error:
                seen[kind, number] = type(error).__name__
                print(f"  trial {number}: {type(error).__name__}: {error}")

if list(seen.values()) != [5, 5, 5, "TypeError", 5, "IndexError"]:
    sys.exit(f"no longer so: {seen}")
print("confirmed: the trials at both edges can be read with timestamps only")
PYTHON
