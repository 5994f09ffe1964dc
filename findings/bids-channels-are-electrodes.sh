#!/usr/bin/env bash
# nwb2bids lists each electrode of the file as a channel of the recording, whether it was recorded or not.
#
# One would guess: channels.tsv has a line for each channel of the recording, in the order of its data, as BIDS says;
# an NWB series says by its `electrodes` which ones these are.
# What happens: nwb2bids goes through the electrodes table instead. A recording of electrodes 0 and 3 of 4 gets
# four channels with its gain and rate, and channel 1 of the table is electrode 1, where the data has electrode 3.
# Versions: nwb2bids 0.13.0, pynwb 4.2.0.
# Why it matters: broken channels are often left out of a recording. Whoever takes the channel names from BIDS
# and the data from the file gives traces to the wrong electrodes, and there are names without data.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check 'nwb2bids==0.13.0' 'pynwb==4.2.0' 'hdmf==6.2.0'

venv/bin/python -W ignore - <<'PYTHON'
from datetime import datetime, timezone

import numpy as np
from pynwb import NWBHDF5IO, NWBFile
from pynwb.ecephys import ElectricalSeries
from pynwb.file import Subject

nwb = NWBFile("a session", "channels", datetime(2024, 5, 1, tzinfo=timezone.utc), session_id="1")
nwb.subject = Subject(subject_id="m1", age="P90D", sex="F", species="Mus musculus")
group = nwb.create_electrode_group("probe", "a probe", "CA1", nwb.create_device("probe"))
for _ in range(4):
    nwb.add_electrode(location="CA1", group=group)
nwb.add_acquisition(
    ElectricalSeries(
        name="traces", data=np.zeros((10, 2)), rate=1000.0,
        electrodes=nwb.create_electrode_table_region([0, 3], "those that work"),
    )
)
with NWBHDF5IO("session.nwb", "w") as io:
    io.write(nwb)
PYTHON

venv/bin/pip list --disable-pip-version-check 2>/dev/null | grep -E '^(nwb2bids|pynwb) '
venv/bin/nwb2bids convert session.nwb --bids-directory bids > log 2>&1
echo "the recording has 2 channels, of electrodes 0 and 3; channels.tsv has:"
found=$(find bids -name '*_channels.tsv' -exec cut -f 1,2 {} +)
echo "$found"
if [ "$found" != "$(printf 'name\telectrode_name\nch000\te000\nch001\te001\nch002\te002\nch003\te003')" ]; then
  echo "no longer so"
  exit 1
fi
echo "confirmed: the channels are those of the electrodes table"
