#!/usr/bin/env bash
# nwb2bids converts neither of two animals that were recorded on one day, and ends with exit code 0.
#
# One would guess: a session belongs to its subject, as in BIDS (sub-m1/ses-20240501) and on DANDI, so the
# same session id may be used for each animal of the day.
# What happens: nwb2bids groups files by session id alone. Two animals with the session 20240501 are "multiple NWB
# files per session", which it does not convert: neither gets into the BIDS dataset. The exit code is 0.
# Versions: nwb2bids 0.13.0, pynwb 4.2.0.
# Why it matters: dates and running numbers are the usual session ids. A script that checks the exit code shares a
# dataset without the animals.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check 'nwb2bids==0.13.0' 'pynwb==4.2.0' 'hdmf==6.2.0'

venv/bin/python -W ignore - <<'PYTHON'
from datetime import datetime, timezone
from pathlib import Path

from pynwb import NWBHDF5IO, NWBFile
from pynwb.file import Subject

both = {
    "one_day": {"m1": "20240501", "m2": "20240501"},
    "two_days": {"m1": "20240501", "m2": "20240502"},
}
for folder, animals in both.items():
    Path(folder).mkdir()
    for animal, session in animals.items():
        nwb = NWBFile("a session", animal, datetime(2024, 5, 1, tzinfo=timezone.utc), session_id=session)
        nwb.subject = Subject(subject_id=animal, age="P90D", sex="F", species="Mus musculus")
        nwb.add_trial(start_time=0.0, stop_time=1.0)
        with NWBHDF5IO(f"{folder}/{animal}.nwb", "w") as io:
            io.write(nwb)
PYTHON

venv/bin/pip list --disable-pip-version-check 2>/dev/null | grep -E '^(nwb2bids|pynwb) '
for folder in two_days one_day; do
  status=0
  venv/bin/nwb2bids convert "$folder" --bids-directory "bids_$folder" > "$folder.log" 2>&1 || status=$?
  animals=$(find "bids_$folder" -name '*.nwb' | wc -l)
  echo "$folder: $animals of 2 animals converted, exit code $status"
  results="${results:-}$animals $status;"
done
grep -h -o 'Conversion of multiple NWB files per session is not yet supported' one_day.log | head -n 1

if [ "$results" != "2 0;0 0;" ]; then
  echo "no longer so"
  exit 1
fi
echo "confirmed: with one session id, neither animal is converted"
