"""NWB files of every sort that a lab may have, written into a folder.

An extension that is loaded stays known to its process: run this as a program, so that tests read
the files as a process does that has never heard of it.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

START = datetime(2024, 3, 1, 10, 30, tzinfo=UTC)


def make_all(folder: Path) -> None:
    """One file a name of `NAMES`, and whatever they link to."""
    _write(folder / "plain.nwb")
    _write(folder / "uncached.nwb", cache_spec=False)
    _write(folder / "second.nwb", subject_id="m2", species="unicorn")
    _write_extended(folder)
    for name, (source, change) in CHANGED.items():
        shutil.copyfile(folder / source, folder / name)
        _change(folder / name, change)
    content = (folder / "plain.nwb").read_bytes()
    (folder / "truncated.nwb").write_bytes(content[: len(content) // 2])
    (folder / "text.nwb").write_text("not HDF5 at all", "utf-8")
    (folder / "nothing.nwb").write_bytes(b"")
    _bare(folder / "bare.nwb")


def _write(path: Path, *, cache_spec: bool = True, subject_id: str = "m1", **subject: str) -> None:
    from pynwb import NWBHDF5IO

    with NWBHDF5IO(path, "w") as io:
        io.write(_session(subject_id, **subject), cache_spec=cache_spec)


def _session(subject_id: str, **subject: str) -> Any:
    from pynwb import NWBFile
    from pynwb.base import TimeSeries
    from pynwb.file import Subject

    described = {"species": "Mus musculus", "sex": "M", "age": "P90D"} | subject
    nwb = NWBFile(session_description="a test", identifier="x", session_start_time=START, session_id="s1")
    nwb.subject = Subject(subject_id=subject_id, **described)
    nwb.add_acquisition(TimeSeries(name="t", data=[1.0, 2.0, 3.0], unit="V", timestamps=[0.0, 2.0, 1.0]))
    return nwb


def _write_extended(folder: Path) -> None:
    """`one.nwb` uses one extension, `two.nwb` two that know nothing of each other."""
    import numpy as np
    from pynwb import NWBHDF5IO, get_class, load_namespaces

    for name in ("lab-notes", "lab-rooms"):
        _define(folder, name)
    load_namespaces(str(folder / "lab-notes.namespace.yaml"))
    nwb = _session("m1")
    nwb.add_acquisition(get_class("LabNotes", "lab-notes")(name="first", note="warm", level=np.int32(3)))
    with NWBHDF5IO(folder / "one.nwb", "w") as io:
        io.write(nwb)
    load_namespaces(str(folder / "lab-rooms.namespace.yaml"))
    nwb = _session("m1")
    nwb.add_acquisition(get_class("LabNotes", "lab-notes")(name="first", note="warm", level=np.int32(3)))
    nwb.add_acquisition(get_class("LabRooms", "lab-rooms")(name="second", note="dark", level=np.int32(4)))
    with NWBHDF5IO(folder / "two.nwb", "w") as io:
        io.write(nwb)


def _define(folder: Path, name: str) -> None:
    from pynwb.spec import NWBAttributeSpec, NWBGroupSpec, NWBNamespaceBuilder

    kind = name.title().replace("-", "")
    builder = NWBNamespaceBuilder("of a lab", name, version="0.1.0", author="Doe", contact="doe@example.org")
    builder.include_type("NWBDataInterface", namespace="core")
    note = NWBAttributeSpec(name="note", doc="a note", dtype="text")
    level = NWBAttributeSpec(name="level", doc="how much", dtype="int32")
    builder.add_spec(
        f"{name}.extensions.yaml",
        NWBGroupSpec(
            doc="notes",
            neurodata_type_def=kind,
            neurodata_type_inc="NWBDataInterface",
            attributes=[note, level],
        ),
    )
    builder.export(f"{name}.namespace.yaml", outdir=str(folder))


def _change(path: Path, change: Callable[[Any], None]) -> None:
    import h5py

    with h5py.File(path, "a") as file:
        change(file)


def _bare(path: Path) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file["x"] = 1


def _rewrite(group: Any, name: str, old: str, new: str) -> None:
    text = group[name][()].decode()
    assert old in text
    del group[name]
    group[name] = text.replace(old, new)


def _another_meaning(file: Any) -> None:
    """The same extension by name and version, which wants a longer number than the file holds."""
    group = file["specifications/lab-notes/0.1.0"]
    _rewrite(group, "lab-notes.extensions", '"int32"', '"int64"')


def _unreadable_specs(file: Any) -> None:
    group = file["specifications/lab-notes/0.1.0"]
    del group["lab-notes.extensions"]
    group["lab-notes.extensions"] = "{not JSON"


def _newer_core(file: Any) -> None:
    core = file["specifications/core"]
    [version] = core
    core.move(version, "9.9.9")
    _rewrite(core["9.9.9"], "namespace", f'"{version}"', '"9.9.9"')
    file.attrs["nwb_version"] = "9.9.9"


def _texts_in_lists(file: Any) -> None:
    """As MatNWB writes them."""
    core = next(iter(file["specifications/core"].values()))
    for name in list(core):
        text = core[name][()].decode()
        json.loads(text)
        del core[name]
        core[name] = [text]


def _linked_specs(file: Any) -> None:
    import h5py

    core = file["specifications/core"]
    [version] = core
    core["other"] = h5py.SoftLink(f"/specifications/core/{version}")
    core.move("other", "0.0.1")


def _without_core(file: Any) -> None:
    del file["specifications/core"]


def _external_link(file: Any) -> None:
    import h5py

    del file["acquisition/t/data"]
    file["acquisition/t/data"] = h5py.ExternalLink("second.nwb", "/acquisition/t/data")


def _link_to_nothing(file: Any) -> None:
    import h5py

    file["acquisition"]["there"] = h5py.SoftLink("/acquisition/nowhere")


def _damaged(file: Any) -> None:
    """Missing what the specification asks for."""
    del file["acquisition/t"].attrs["neurodata_type"]
    del file["session_description"]


def _mistyped(file: Any) -> None:
    del file["acquisition/t/timestamps"]
    file["acquisition/t/timestamps"] = ["a", "b", "c"]


CHANGED: dict[str, tuple[str, Callable[[Any], None]]] = {
    "another_meaning.nwb": ("one.nwb", _another_meaning),
    "damaged.nwb": ("plain.nwb", _damaged),
    "externally_linked.nwb": ("plain.nwb", _external_link),
    "link_to_nothing.nwb": ("plain.nwb", _link_to_nothing),
    "linked_specs.nwb": ("plain.nwb", _linked_specs),
    "mistyped.nwb": ("plain.nwb", _mistyped),
    "newer_core.nwb": ("plain.nwb", _newer_core),
    "texts_in_lists.nwb": ("one.nwb", _texts_in_lists),
    "unreadable_specs.nwb": ("one.nwb", _unreadable_specs),
    "without_core.nwb": ("one.nwb", _without_core),
}

UNCHANGED = ("plain.nwb", "uncached.nwb", "second.nwb", "one.nwb", "two.nwb")
BROKEN = ("truncated.nwb", "text.nwb", "nothing.nwb", "bare.nwb")
NAMES = (*UNCHANGED, *CHANGED, *BROKEN)

if __name__ == "__main__":
    make_all(Path(sys.argv[1]))
