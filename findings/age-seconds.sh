#!/usr/bin/env bash
# dandi cannot read back the ages that it writes itself.
#
# One would guess: an ISO 8601 duration in Subject.age arrives unchanged in the metadata of the
# asset, all the more if dandi itself wrote that duration.
# What happens: from a date of birth dandi writes the part of the day in seconds, such as
# P90DT43200S. When the same text is the age of a subject, everything after the hours and
# minutes is dropped and "P90DT" is left, which is not a duration. dandi's own parser refuses
# that in turn. Neither nwbinspector nor dandi's validation of the asset has anything to say.
# Versions: dandi 0.81.0, dandischema 0.14.0, nwbinspector 0.7.2, pynwb 4.2.0.
# Why it matters: a lab that copies ages from the archive into its new files publishes ages
# that no program can read.
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
from pathlib import Path

from dandi.files import dandi_file
from dandi.metadata.nwb import nwb2asset
from dandi.metadata.util import parse_age
from pynwb import NWBHDF5IO, NWBFile
from pynwb.file import Subject

for package in ("dandi", "dandischema", "nwbinspector", "pynwb"):
    print(package, version(package))

Path("dandiset.yaml").write_text("identifier: '000001'\nname: ages\n")


def write(name, **age):
    nwb = NWBFile("One session", name, datetime(2024, 5, 1, 12, tzinfo=timezone.utc))
    nwb.subject = Subject(subject_id=name, species="Mus musculus", sex="F", **age)
    path = Path(f"sub-{name}", f"sub-{name}.nwb").absolute()
    path.parent.mkdir()
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    return path


def age_of(path):
    return nwb2asset(path).wasAttributedTo[0].age.value


written = age_of(write("born", date_of_birth=datetime(2024, 2, 1, tzinfo=timezone.utc)))
path = write("copied", age=written)
read = age_of(path)
print("age that dandi writes from a date of birth:", written)
print("the same text as Subject.age, extracted by dandi:", read)
unreadable = write("free-text", age="ninety days")
results = {p.stem: [r.id for r in dandi_file(p, Path.cwd()).get_validation_errors()] for p in (path, unreadable)}
print("results of dandi's validation, which includes nwbinspector's:", results)
try:
    parse_age(read)
    refused = False
except ValueError as error:
    refused = True
    print("dandi about its own result:", error)

if written != "P90DT43200S" or read != "P90DT" or results["sub-copied"] or not results["sub-free-text"] or not refused:
    sys.exit("no longer so")
print("confirmed: the seconds are lost and the rest is not a duration")
PYTHON
