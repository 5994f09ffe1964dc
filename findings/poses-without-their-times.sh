#!/usr/bin/env bash
# movement reads poses from NWB without their times: each recording starts at 0, and pauses are gone.
#
# One would guess: a pose series in NWB has timestamps, or a rate with a starting time, and the time axis of
# what is read has them, so that poses can be compared with spikes and trials of the same file.
# What happens: movement takes a frame rate (from the first two timestamps, where there is no rate) and numbers the
# frames from 0. A recording that starts 5 s into the session starts at 0 s, and frames after a pause
# of 5 s follow without one. There is no warning.
# Versions: movement 0.15.0, ndx-pose 0.4.0, pynwb 4.2.0.
# Why it matters: cameras start after the session does, and triggered cameras pause between trials. Behaviour is then
# compared with the wrong spikes. The times must be read from the file.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME="$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'movement==0.15.0' 'ndx-pose==0.4.0' 'pynwb==4.2.0' 'hdmf==6.2.0'

venv/bin/python -W ignore - <<'PYTHON'
import sys
from datetime import datetime, timezone
from importlib.metadata import version

import numpy as np
from movement.io import load_poses
from ndx_pose import PoseEstimation, PoseEstimationSeries, Skeleton, Skeletons
from pynwb import NWBHDF5IO, NWBFile
from pynwb.file import Subject

print(*(f"{name} {version(name)}" for name in ("movement", "ndx-pose", "pynwb")))
TIMES = {
    "late": ({"rate": 10.0, "starting_time": 5.0}, [5.0, 5.1, 5.2, 5.3]),
    "with_pause": ({"timestamps": np.array([0.0, 0.1, 5.0, 5.1])}, [0.0, 0.1, 5.0, 5.1]),
}


def write(name, times):
    nwb = NWBFile("a session", name, datetime(2024, 5, 1, tzinfo=timezone.utc))
    nwb.subject = Subject(subject_id="m1", species="Mus musculus")
    skeleton = Skeleton(name="mouse", nodes=["nose", "tail"], edges=np.array([[0, 1]], dtype="uint8"))
    series = [
        PoseEstimationSeries(
            name=node, description="tracked", data=np.ones((4, 2)), unit="pixels",
            reference_frame="corner", confidence=np.ones(4), **times,
        )
        for node in skeleton.nodes
    ]
    behavior = nwb.create_processing_module("behavior", "poses")
    behavior.add(Skeletons(skeletons=[skeleton]))
    behavior.add(PoseEstimation(name="PoseEstimation", pose_estimation_series=series, skeleton=skeleton))
    with NWBHDF5IO(f"{name}.nwb", "w") as io:
        io.write(nwb)


for name, (times, expected) in TIMES.items():
    write(name, times)
    read = load_poses.from_nwb_file(f"{name}.nwb").time.values.round(6).tolist()
    print(f"{name}: the file has {expected}, movement gives {read}")
    if read != [0.0, 0.1, 0.2, 0.3]:
        sys.exit("no longer so")
print("confirmed: the times are made from the frame rate alone")
PYTHON
