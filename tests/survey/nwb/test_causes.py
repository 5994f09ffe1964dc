"""Why a file is refused: what the file is, or the field, what it holds and what is allowed."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dandifile.survey.nwb.extract import extract
from dandifile.survey.nwb.recognise import why_not_nwb
from dandifile.survey.nwb.validate import inspect
from tests.frame import ROOT
from tests.survey.lab import write, write_nwb
from tests.survey.nwb.damage import changed, write_recording

Change = Callable[[Any], None]


def refusal(path: Path) -> tuple[str, str]:
    refused = extract({"path": str(path)})["refused"]
    assert str(path.parent) not in refused["reason"]
    assert path.name not in refused["reason"]
    return refused["reason"], refused["fix"]


def holding(place: str, value: Any) -> Change:
    def change(file: Any) -> None:
        attributes = dict(file[place].attrs)
        del file[place]
        file[place] = value
        file[place].attrs.update(attributes)

    return change


def texts(*values: Any) -> Any:
    import numpy as np

    return np.array(values, dtype=object)


def attribute(place: str, name: str, value: Any) -> Change:
    def change(file: Any) -> None:
        file[place].attrs[name] = value

    return change


def without(place: str) -> Change:
    def change(file: Any) -> None:
        del file[place]

    return change


TRIALS = "intervals/trials (TimeIntervals)"
BROKEN: dict[str, tuple[Change, str]] = {
    "a number for a text": (
        holding("general/session_id", 3),
        "general/session_id is the number 3; it must be text",
    ),
    "a number for a subject": (
        holding("general/subject/subject_id", 17),
        "general/subject/subject_id is the number 17; it must be text",
    ),
    "a text for a list": (
        holding("general/keywords", "one, two"),
        "general/keywords is the text 'one, two'; it must be a list",
    ),
    "a list for a text": (
        holding("general/subject/subject_id", texts("m1", "m2")),
        "general/subject/subject_id is a list of length 2; it must be text",
    ),
    "a word for a time": (
        holding("session_start_time", "yesterday"),
        "session_start_time cannot be read: ValueError: Invalid isoformat string: 'yesterday'",
    ),
    "nothing": (without("identifier"), "the file (NWBFile) has no identifier, which is required"),
    "no times": (
        without("acquisition/ts/timestamps"),
        "acquisition/ts (TimeSeries) cannot be read: either 'timestamps' or 'rate' must be specified",
    ),
    "columns of unequal length": (
        holding("intervals/trials/stop_time", [1.0]),
        f"{TRIALS} cannot be read: Columns must be the same length (start_time 2, stop_time 1, id 2)",
    ),
    "a row too few": (
        holding("intervals/trials/id", [0]),
        "Must provide same number of ids as length of columns (start_time 2, stop_time 2, id 1)",
    ),
    "a column that is not there": (
        attribute("intervals/trials", "colnames", texts("start_time", "stop_time", "reward")),
        f"{TRIALS} lists reward in its colnames, but has no such column",
    ),
    "a column that is gone": (
        without("intervals/trials/stop_time"),
        f"{TRIALS} lists stop_time in its colnames, but has no such column",
    ),
    "a list of lists": (
        holding("general/keywords", texts(["a", "b"])),
        "metadata of keywords, a list of lists",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_pynwb_cannot_build_is_named_by_its_field(tmp_path: Path, what: str) -> None:
    change, expected = BROKEN[what]
    path = changed(write_recording(tmp_path / "a.nwb"), change)
    reason, fix = refusal(path)
    assert expected in reason
    assert len(reason) < 200
    assert "current pynwb" not in fix


@pytest.mark.parametrize("what", sorted(set(BROKEN) - {"a list of lists"}))
def test_validation_gives_the_same_reason(tmp_path: Path, what: str) -> None:
    told = inspect({"path": str(changed(write_recording(tmp_path / "a.nwb"), BROKEN[what][0]))})
    [read] = [f["message"] for f in told["validate"]["findings"] if f["check"] == "pynwb.read"]
    assert read.startswith(told["extract"]["refused"]["reason"])


def test_a_reference_to_what_is_gone_is_named_by_its_place(tmp_path: Path) -> None:
    from pynwb import NWBHDF5IO
    from pynwb.ecephys import ElectricalSeries

    path = write_nwb(tmp_path / "a.nwb")
    with NWBHDF5IO(path, "a") as io:
        nwb = io.read()
        group = nwb.create_electrode_group("g", "d", "CA1", nwb.create_device("probe"))
        nwb.add_electrode(group=group, location="CA1")
        region = nwb.create_electrode_table_region([0], "all")
        nwb.add_acquisition(ElectricalSeries("es", data=[[1.0]], electrodes=region, rate=1.0))
        io.write(nwb)
    reason, _ = refusal(changed(path, without("general/extracellular_ephys/electrodes")))
    assert reason == "table of acquisition/es/electrodes refers to an object that is not in the file"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"session_id": "x" * 160}, "session_id has 160 characters; DANDI takes 150 at most"),
        ({"subject": {"strain": "s" * 151}}, "strain has 151 characters; DANDI takes 150 at most"),
    ],
)
def test_what_the_archives_schema_refuses_is_named_by_its_field(
    tmp_path: Path, given: dict[str, Any], reason: str
) -> None:
    path = write_nwb(tmp_path / "a.nwb", **given)
    assert refusal(path) == (reason, f"change {reason.partition(' ')[0]} in the file")


PROBE = """
import sys
from pathlib import Path
from pynwb import NWBHDF5IO, NWBFile, get_class, load_namespaces
from pynwb.spec import NWBAttributeSpec, NWBGroupSpec, NWBNamespaceBuilder
from tests.survey.lab import START

path = Path(sys.argv[1])
by = {"author": "Doe", "contact": "doe@example.org"}
builder = NWBNamespaceBuilder("of a lab", "lab-probes", version="0.1.0", **by)
builder.include_type("Device", namespace="core")
probe_id = NWBAttributeSpec(name="probe_id", doc="which", dtype="text")
names = {"neurodata_type_def": "LabProbe", "neurodata_type_inc": "Device"}
probe = NWBGroupSpec(doc="p", attributes=[probe_id], **names)
builder.add_spec("lab-probes.extensions.yaml", probe)
builder.export("lab-probes.namespace.yaml", outdir=str(path.parent))
load_namespaces(str(path.parent / "lab-probes.namespace.yaml"))
nwb = NWBFile("a test", "probe", START, session_id="s1")
nwb.add_device(get_class("LabProbe", "lab-probes")(name="left", probe_id="probe A"))
with NWBHDF5IO(path, "w") as io:
    io.write(nwb)
"""


def test_a_text_for_the_id_of_a_probe_is_named_by_its_device(tmp_path: Path) -> None:
    path = tmp_path / "a.nwb"
    subprocess.run([sys.executable, "-W", "ignore", "-c", PROBE, str(path)], cwd=ROOT, check=True)
    reason, fix = refusal(path)
    assert reason == (
        "general/devices/left/probe_id is the text 'probe A'; the dandi package needs a number there"
    )
    assert "general/devices/left/probe_id as a number" in fix


def matlab(path: Path) -> None:
    import h5py

    with h5py.File(path, "w", userblock_size=512) as file:
        file["x"] = 1
    content = path.read_bytes()
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(128, b" ")
    write(path, header + content[len(header) :])


def hdf5(**places: Any) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        import h5py

        with h5py.File(path, "w") as file:
            for place, value in places.items():
                file[place] = value

    return make


def content(data: bytes) -> Callable[[Path], None]:
    return lambda path: [write(path, data)].clear()


def cut(path: Path) -> None:
    write(path, write_nwb(path).read_bytes()[:-50])


def unversioned(path: Path) -> None:
    def change(file: Any) -> None:
        del file.attrs["nwb_version"]

    changed(write_nwb(path), change)


WHAT_IT_IS: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (content(b""), "the file is empty"),
    "text": (content("Größen in µm\n".encode() * 999), "the file is a text file"),
    "web page": (content(b"\n<!DOCTYPE html>\n<title>Sign in</title>"), "the file is a web page"),
    "packed": (content(gzip.compress(b"x" * 99)), "the file is compressed with gzip"),
    "zip": (content(b"PK\x03\x04" + bytes(60)), "the file is a ZIP archive"),
    "old MATLAB": (
        content(b"MATLAB 5.0 MAT-file, Platform".ljust(128) + b"\1\2"),
        "the file is a MATLAB file",
    ),
    "MATLAB": (matlab, "the file is a MATLAB 7.3 file"),
    "zeros": (content(bytes(9999)), "the file starts with zeros"),
    "noise": (content(bytes(range(256)) * 20), "the file is not an HDF5 file"),
    "other HDF5": (hdf5(x=1), "the file is an HDF5 file, but not an NWB file"),
    "NWB 1": (
        hdf5(nwb_version="NWB-1.0.6", identifier="x"),
        "the file is NWB 1.0.6; DANDI accepts only NWB 2",
    ),
    "old NWB 1": (
        hdf5(nwb_version=[b"NWB-1.0.5_beta"]),
        "the file is NWB 1.0.5_beta; DANDI accepts only NWB 2",
    ),
    "cut off": (cut, "the HDF5 file is cut off"),
    "without version": (unversioned, "the file does not say which version of NWB it is"),
}


@pytest.mark.parametrize("what", WHAT_IT_IS)
def test_a_file_is_called_what_it_is(tmp_path: Path, what: str) -> None:
    make, expected = WHAT_IT_IS[what]
    path = tmp_path / "a.nwb"
    make(path)
    reason, fix = refusal(path)
    assert reason.startswith(expected)
    assert fix
    told = inspect({"path": str(path)})["validate"]["findings"]
    assert [(f["check"], f["message"].startswith(reason), f["severity"]) for f in told] == [
        ("nwb.format", True, "error")
    ]


def test_nwb_2_of_any_age_is_left_to_the_tools(tmp_path: Path) -> None:
    def older(file: Any) -> None:
        file.attrs["nwb_version"] = "NWB-2.0.2"

    assert why_not_nwb(str(changed(write_nwb(tmp_path / "a.nwb"), older))) is None
    assert why_not_nwb(str(tmp_path / "gone.nwb")) is None
