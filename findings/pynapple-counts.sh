#!/usr/bin/env bash
# pynapple gives the stored integers of a series, not its values in metres or volts.
#
# One would guess: an NWB series says with `conversion` and `offset` how its numbers become values
# in its `unit`, so a reader for analysis gives values in that unit, as pynwb's own
# `get_data_in_units` does.
# What happens: pynapple leaves conversion, offset and channel_conversion out, without a warning.
# A position of 1.5 m is 100, and two channels with different gains have the same scale.
# Versions: pynapple 0.11.4, pynwb 4.2.0.
# Why it matters: speeds, distances and amplitudes are wrong by the gain. A lab that stores
# integers to save space should check what its readers make of them before it shares the file.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'pynapple==0.11.4' 'pynwb==4.2.0' 'hdmf==6.2.0'

HOME="$work" venv/bin/python -W ignore - <<'PYTHON'
import sys
from datetime import datetime, timezone
from importlib.metadata import version

import numpy as np
import pynapple
from pynwb import NWBHDF5IO, NWBFile
from pynwb.behavior import SpatialSeries
from pynwb.ecephys import ElectricalSeries

print("pynapple", version("pynapple"), "pynwb", version("pynwb"))
STORED = np.array([[100, 100], [300, 300]], dtype="int16")

nwb = NWBFile("a session", "counts", datetime(2024, 5, 1, tzinfo=timezone.utc))
nwb.add_acquisition(
    SpatialSeries(
        name="position", data=STORED, reference_frame="corner", unit="meters", rate=10.0,
        conversion=0.01, offset=0.5,
    )
)
group = nwb.create_electrode_group("probe", "a probe", "CA1", nwb.create_device("probe"))
for _ in range(2):
    nwb.add_electrode(location="CA1", group=group)
nwb.add_acquisition(
    ElectricalSeries(
        name="traces", data=STORED, electrodes=nwb.create_electrode_table_region([0, 1], "all"),
        rate=1000.0, conversion=1e-6, channel_conversion=[1.0, 10.0],
    )
)
with NWBHDF5IO("counts.nwb", "w") as io:
    io.write(nwb)

with NWBHDF5IO("counts.nwb", "r") as io:
    read = io.read().acquisition
    in_units = {name: read[name].get_data_in_units()[0].tolist() for name in ("position", "traces")}
opened = pynapple.load_file("counts.nwb")
given = {name: opened[name].values[0].tolist() for name in in_units}
for name, values in in_units.items():
    print(f"{name}: pynwb in its unit {values}, pynapple {given[name]}")

if given != {"position": [100, 100], "traces": [100, 100]}:
    sys.exit("no longer so")
print("confirmed: pynapple gives what is stored")
PYTHON
