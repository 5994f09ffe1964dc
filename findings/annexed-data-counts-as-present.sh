#!/usr/bin/env bash
# bids-validator finds no error in a dataset whose recording is nowhere on the machine.
#
# One would guess: a link to a missing file is an error, whatever the name of that file.
# What happens: if the name of the missing target looks like a key of git-annex, the validator
# takes size and presence from that name. The recording counts as there and the dataset has no
# error. With any other missing target it reports SYMLINK_BROKEN, and SIDECAR_WITHOUT_DATAFILE
# for the description of the recording. The target needs no .git/annex folder, nor a repository.
# Versions: bids-validator-deno 3.0.2.
# Why it matters: a cloned or copied dataset without its data looks complete. "The validator
# passed" does not say that there is something to upload.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'bids-validator-deno==3.0.2'

venv/bin/python -W ignore - <<'PYTHON'
import gzip
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

print("bids-validator-deno", version("bids-validator-deno"))

data = Path("dataset")
folder = data / "sub-01" / "eeg"
folder.mkdir(parents=True)
(data / "dataset_description.json").write_text(
    json.dumps({"Name": "One recording", "BIDSVersion": "1.10.0", "DatasetType": "raw"})
)
(data / "README").write_text("One subject at rest, recorded once. " * 10)
(data / "participants.tsv").write_text("participant_id\tage\nsub-01\t30\n")
sidecar = {
    "TaskName": "rest",
    "EEGReference": "Cz",
    "SamplingFrequency": 1000,
    "PowerLineFrequency": 50,
    "SoftwareFilters": "n/a",
}
(folder / "sub-01_task-rest_eeg.json").write_text(json.dumps(sidecar))
link = folder / "sub-01_task-rest_eeg.edf"


def errors(target):
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    assert link.is_symlink() and not link.exists()
    run = subprocess.run(
        ["venv/bin/bids-validator-deno", str(data), "--format", "json"], capture_output=True, text=True, timeout=300
    )
    issues = json.loads(run.stdout)["issues"]["issues"]
    return sorted({issue["code"] for issue in issues if issue["severity"] == "error"})


plain = errors("../../../store/recording.edf")
annexed = errors(f"../../../store/SHA256E-s1048576--{'0123456789abcdef' * 4}.edf")
print("missing target with an ordinary name:", plain)
print("missing target named like an annex key:", annexed)
if plain != ["SIDECAR_WITHOUT_DATAFILE", "SYMLINK_BROKEN"] or annexed:
    sys.exit("no longer so")
print("confirmed: the same missing recording is an error or not, by the name of the target")
PYTHON
