#!/usr/bin/env bash
# pynwb.validate opens an NWB Zarr and then fails on its own arguments.
#
# One would guess: pynwb.validate either validates a file that hdmf-zarr wrote, as its choice of
# a backend suggests, or says that it can't.
# What happens: it recognises the Zarr, asks hdmf-zarr for the namespaces with arguments that
# only the HDF5 backend has (driver, aws_region), and a TypeError about load_namespaces is
# raised. Reading the same file works, and so does validating through an open io.
# Versions: pynwb 4.2.0, hdmf 6.2.0, hdmf-zarr 0.13.0.
# Why it matters: NWB Zarr is uploaded to the archive. The obvious call to check such a file
# fails with an error that has nothing to do with the file or with what the caller passed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'pynwb==4.2.0' 'hdmf==6.2.0' 'hdmf-zarr==0.13.0'

venv/bin/python -W ignore - <<'PYTHON'
import sys
from datetime import datetime, timezone
from importlib.metadata import version

from hdmf_zarr import NWBZarrIO
from pynwb import NWBHDF5IO, NWBFile, TimeSeries, validate

for package in ("pynwb", "hdmf", "hdmf-zarr", "zarr"):
    print(package, version(package))


def session():
    nwb = NWBFile("One session", "zarr", datetime(2024, 5, 1, tzinfo=timezone.utc))
    nwb.add_acquisition(TimeSeries("lick", data=[0.0, 1.0], unit="V", rate=1.0))
    return nwb


with NWBHDF5IO("session.nwb", "w") as io:
    io.write(session())
with NWBZarrIO("session.nwb.zarr", "w") as io:
    io.write(session())

print("HDF5, by path:", validate(path="session.nwb"))
with NWBZarrIO("session.nwb.zarr", "r") as io:
    print("Zarr, read:", list(io.read().acquisition))
    by_io = validate(io=io)
    print("Zarr, by io:", by_io)
try:
    print("Zarr, by path:", validate(path="session.nwb.zarr"))
    sys.exit("no longer so")
except TypeError as error:
    print("Zarr, by path: TypeError:", error)
    if "load_namespaces" not in str(error) or by_io:
        sys.exit("no longer so")
print("confirmed: the valid Zarr cannot be validated by its path")
PYTHON
