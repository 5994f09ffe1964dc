#!/usr/bin/env bash
# An NWB Zarr whose epochs name their time series cannot be opened after a patch release of a compression library.
#
# One would guess: a data format does not depend on a patch release of a compression library. A store that
# hdmf-zarr has written is read by the same hdmf-zarr for years.
# What happens: hdmf-zarr stores the references of epochs to their time series as pickled Python objects, which
# numcodecs 0.15.2 no longer reads by default. hdmf-zarr needs zarr 2, and a fresh installation of zarr 2 gets that
# release. The same hdmf-zarr and zarr then write no such file, and open none of the old ones. Electrodes, units and
# trials without such references are not affected.
# Versions: hdmf-zarr 0.13.0, zarr 2.18.7, pynwb 4.2.0; numcodecs 0.15.1 works, 0.15.2 does not.
# Why it matters: a fresh environment, such as that of a CI job or of a reader who downloads a dandiset, gets
# 0.15.2. Nothing is wrong with the data, and the error says only "error decoding metadata".
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work"
python3 -m venv venv
install() { venv/bin/pip install --quiet --quiet --disable-pip-version-check "$@"; }
install 'hdmf-zarr==0.13.0' 'zarr==2.18.7' 'pynwb==4.2.0' 'hdmf==6.2.0' 'numcodecs==0.15.1'

cat > write.py <<'PYTHON'
import sys
from datetime import datetime, timezone

from hdmf_zarr import NWBZarrIO
from pynwb import NWBFile, TimeSeries

nwb = NWBFile("a session", "epochs", datetime(2024, 5, 1, tzinfo=timezone.utc))
nwb.add_acquisition(TimeSeries(name="speed", data=[0.1, 0.2], unit="m/s", rate=10.0))
nwb.add_epoch(0.0, 0.2, ["run"], [nwb.acquisition["speed"]])
with NWBZarrIO(sys.argv[1], "w") as io:
    io.write(nwb)
PYTHON
cat > read.py <<'PYTHON'
import sys

from hdmf_zarr import NWBZarrIO

with NWBZarrIO(sys.argv[1], "r") as io:
    epoch = io.read().epochs[0]
    print("epochs read:", len(epoch))
PYTHON
attempt() {  # what the script says at last, or that it worked
  if output=$(venv/bin/python -W ignore "$@" 2>&1); then echo "works"; else tail -n 1 <<< "$output" | cut -c 1-100; fi
}

results=""
for release in 0.15.1 0.15.2; do
  install "numcodecs==$release"
  written=$(attempt write.py "$release.zarr")
  read=$(attempt read.py 0.15.1.zarr)
  printf 'numcodecs %s: writing: %s\n' "$release" "$written"
  printf 'numcodecs %s: reading what 0.15.1 wrote: %s\n' "$release" "$read"
  results+="${written%%:*} ${read%%:*};"
done
if [ "$results" != "works works;zarr.errors.MetadataError zarr.errors.MetadataError;" ]; then
  echo "no longer so"
  exit 1
fi
echo "confirmed: with numcodecs 0.15.2 it is neither written nor read"
