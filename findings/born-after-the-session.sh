#!/usr/bin/env bash
# A negative age passes every check.
#
# One would guess: a date of birth after the session (a wrong year, the usual slip in January)
# is noticed by nwbinspector, by dandi's extraction, or at least by the schema of the archive.
# What happens: dandi computes the age P-244DT43200S, prefers it over the right age that is in
# the same file, and no check of nwbinspector, dandi or dandischema reports it.
# Versions: dandi 0.81.0, dandischema 0.14.0, nwbinspector 0.7.2, pynwb 4.2.0.
# Why it matters: one mistyped year gives every file of an animal an impossible age, and the
# validation is green.
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
from nwbinspector import inspect_nwbfile, load_config
from pynwb import NWBHDF5IO, NWBFile
from pynwb.file import Subject

for package in ("dandi", "dandischema", "nwbinspector", "pynwb"):
    print(package, version(package))

Path("dandiset.yaml").write_text("identifier: '000001'\nname: ages\n")
path = Path("sub-m1", "sub-m1.nwb").absolute()
path.parent.mkdir()
nwb = NWBFile("One session", "born-later", datetime(2024, 5, 1, 12, tzinfo=timezone.utc))
nwb.subject = Subject(
    subject_id="m1",
    species="Mus musculus",
    sex="F",
    age="P90D",
    date_of_birth=datetime(2024, 12, 31, tzinfo=timezone.utc),
)
with NWBHDF5IO(path, "w") as io:
    io.write(nwb)

age = nwb2asset(path).wasAttributedTo[0].age.value
print("Subject.age in the file: P90D, age that dandi extracts:", age)
results = dandi_file(path, Path.cwd()).get_validation_errors()
print("dandi's validation:", [f"{result.id}: {result.message}" for result in results])
messages = list(inspect_nwbfile(nwbfile_path=path, config=load_config("dandi")))
for message in messages:
    print("nwbinspector:", message.importance.name, message.check_function_name)
about_age = [m for m in messages if "birth" in m.message.lower() or "age" in m.check_function_name.split("_")]
if age != "P-244DT43200S" or results or about_age:
    sys.exit("no longer so")
print("confirmed: the age is negative and no check reports it")
PYTHON
