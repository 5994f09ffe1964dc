#!/usr/bin/env bash
# The firing rate of a cell depends on which other cells are in the file.
#
# One would guess: a rate is spikes divided by the time of observation. NWB has that time in
# `obs_intervals`, here ten seconds for each cell, so three spikes are 0.3 Hz.
# What happens: pynapple does not read obs_intervals. It takes the time from the first to the last
# spike of each cell, joins these times over all cells, and divides by their sum. Three spikes
# within 0.2 s are 15 Hz when the cell is alone, and 2 Hz next to a cell that fires for longer.
# Versions: pynapple 0.11.4, pynwb 4.2.0.
# Why it matters: rates that are used to select cells change with the selection, and are far
# too high for cells that are silent for most of a session.
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

import pynapple
from pynwb import NWBHDF5IO, NWBFile

print("pynapple", version("pynapple"), "pynwb", version("pynwb"))


def rate_of_first(name, *cells):
    nwb = NWBFile("a session", name, datetime(2024, 5, 1, tzinfo=timezone.utc))
    for spikes in cells:
        nwb.add_unit(spike_times=spikes, obs_intervals=[[0.0, 10.0]])
    with NWBHDF5IO(f"{name}.nwb", "w") as io:
        io.write(nwb)
    return float(pynapple.load_file(f"{name}.nwb")["units"].rates[0])


BURST, SLOW = [0.1, 0.2, 0.3], [8.0, 8.5, 9.3]
alone, together = rate_of_first("alone", BURST), rate_of_first("together", BURST, SLOW)
print(f"3 spikes in 10 s of observation are 0.3 Hz; pynapple: {alone:.2f} Hz alone, {together:.2f} Hz with a second cell")

if not (abs(alone - 15.0) < 0.01 and abs(together - 2.0) < 0.01):
    sys.exit("no longer so")
print("confirmed: the rate of a cell changes with the other cells")
PYTHON
