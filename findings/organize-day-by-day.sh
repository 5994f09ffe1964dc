#!/usr/bin/env bash
# dandi organize gives the second day of a mouse the name of the first.
#
# One would guess: organize names a file by its subject and its session, so the files of a new
# session can be added to a dandiset at any time.
# What happens: the session is left out of the name as long as it is not needed to tell apart
# the files *of the same call*. Organized day by day, the sessions day1 and day2 of a mouse both
# become sub-m1/sub-m1.nwb. The second call stops and advises to remove the first file.
# Versions: dandi 0.81.0, pynwb 4.2.0.
# Why it matters: labs organize when a session is done. Who follows the advice removes the
# first day's data from the dandiset.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'dandi==0.81.0' 'dandischema==0.14.0' 'pynwb==4.2.0' 'hdmf==6.2.0' 'nwbinspector==0.7.2'

# No telemetry, no cache and no log outside the temporary folder.
export DANDI_NO_ET=1 DANDI_CACHE=ignore HOME="$work"

venv/bin/pip list --disable-pip-version-check 2>/dev/null | grep -E '^(dandi|pynwb) '
venv/bin/python -W ignore - <<'PYTHON'
from datetime import datetime, timezone
from pathlib import Path

from pynwb import NWBHDF5IO, NWBFile
from pynwb.file import Subject

for day in (1, 2):
    nwb = NWBFile("One day", f"day-{day}", datetime(2024, 5, day, tzinfo=timezone.utc), session_id=f"day{day}")
    nwb.subject = Subject(subject_id="m1", species="Mus musculus", sex="F", age="P90D")
    Path(f"raw{day}").mkdir()
    with NWBHDF5IO(f"raw{day}/recording.nwb", "w") as io:
        io.write(nwb)
PYTHON

organize() { # TARGET SOURCE...
  mkdir -p "$1"
  printf "identifier: '000001'\nname: days\n" > "$1/dandiset.yaml"
  venv/bin/dandi organize --files-mode copy --jobs 1 -d "$1" "${@:2}"
}

organize together raw1 raw2 2> together.log
organize daily raw1 2> day1.log
status=0
organize daily raw2 2> day2.log || status=$?

echo "both days in one call:"
(cd together && find . -name '*.nwb' | sort)
echo "one call for each day (the second ended with exit code $status):"
(cd daily && find . -name '*.nwb' | sort)
sed "s|$work/||" day2.log | grep 'already exist'

[ -f together/sub-m1/sub-m1_ses-day1.nwb ] && [ -f together/sub-m1/sub-m1_ses-day2.nwb ] &&
  [ "$(find daily -name '*.nwb')" = daily/sub-m1/sub-m1.nwb ] && [ "$status" -ne 0 ] ||
  { echo "no longer so" >&2; exit 1; }
echo "confirmed: the name of a file depends on what else is organized in the same call"
