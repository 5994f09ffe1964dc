#!/usr/bin/env bash
# neo cannot read the raw traces of an NWB file, and one gain stops the reading of everything else.
#
# One would guess: neo.NWBIO reads the ElectricalSeries that pynwb writes, since raw traces are
# what both are for; and a series with a gain is read in its unit, or at least as numbers.
# What happens: every file with an ElectricalSeries ends in a ValueError about an annotation. A
# file with spikes and a position in centimetres (conversion 0.01) ends in another one, and its
# spikes cannot be read either. With a conversion of 0.001 the values are read without a unit.
# Versions: neo 0.14.3, pynwb 4.2.0.
# Why it matters: a file that pynwb, nwbinspector and DANDI accept is closed to tools that read
# through neo, and the message names neither the series nor its electrodes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'neo==0.14.3' 'pynwb==4.2.0' 'hdmf==6.2.0'

HOME="$work" venv/bin/python -W ignore - <<'PYTHON'
import sys
from datetime import datetime, timezone
from importlib.metadata import version

import neo
import numpy as np
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.ecephys import ElectricalSeries

print("neo", version("neo"), "pynwb", version("pynwb"))
SAMPLES = np.array([[100, 200], [300, 400]], dtype="int16")


def write(name, series):
    nwb = NWBFile("a session", name, datetime(2024, 5, 1, tzinfo=timezone.utc))
    nwb.add_unit(spike_times=[0.1, 0.2], obs_intervals=[[0.0, 10.0]])
    nwb.add_acquisition(series(nwb))
    with NWBHDF5IO(f"{name}.nwb", "w") as io:
        io.write(nwb)


def traces(nwb):
    group = nwb.create_electrode_group("probe", "a probe", "CA1", nwb.create_device("probe"))
    for _ in range(2):
        nwb.add_electrode(location="CA1", group=group)
    electrodes = nwb.create_electrode_table_region([0, 1], "all")
    return ElectricalSeries(name="traces", data=SAMPLES, electrodes=electrodes, rate=1000.0)


def position(conversion):
    return lambda nwb: TimeSeries(name="position", data=SAMPLES, unit="m", rate=10.0, conversion=conversion)


def read(name):
    try:
        segment = neo.NWBIO(f"{name}.nwb", "r").read_all_blocks()[0].segments[0]
    except ValueError as error:
        return f"ValueError: {error}"
    signal = segment.analogsignals[0]
    return f"{len(segment.spiketrains)} unit, {signal.name} in {signal.units.dimensionality}"


seen = {}
for name, series in {
    "traces": traces,
    "metres": position(1.0),
    "centimetres": position(0.01),
    "millimetres": position(0.001),
}.items():
    write(name, series)
    seen[name] = read(name)
    print(f"{name}: {seen[name]}")

expected = (
    seen["traces"].startswith("ValueError: Invalid annotation")
    and seen["metres"] == "1 unit, position in m"
    and seen["centimetres"].startswith("ValueError")
    and seen["millimetres"].endswith("dimensionless")
)
if not expected:
    sys.exit("no longer so")
print("confirmed: no traces, and a gain of 0.01 hides the spikes as well")
PYTHON
