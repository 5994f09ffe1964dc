"""NWB files with damage that every tool gets past with an error: none of them crashes or hangs anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.survey.lab import START, write


def write_recording(path: Path) -> Path:
    """An NWB file with compressed data, a table and a subject."""
    import numpy as np
    from pynwb import NWBHDF5IO, H5DataIO, NWBFile, TimeSeries
    from pynwb.file import Subject

    nwb = NWBFile("a test", "recording", START, session_id="s1", keywords=["one"])
    nwb.subject = Subject(subject_id="m1", species="Mus musculus", sex="M", age="P90D")
    numbers = np.random.default_rng(0).normal(size=4000)
    data, times = (
        H5DataIO(values, compression="gzip", chunks=(1000,)) for values in (numbers, np.cumsum(numbers**2))
    )
    nwb.add_acquisition(TimeSeries(name="ts", data=data, unit="m", timestamps=times))
    nwb.add_trial(start_time=0.0, stop_time=1.0)
    nwb.add_trial(start_time=1.0, stop_time=2.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NWBHDF5IO(path, "w") as io:
        io.write(nwb)
    return path


def changed(path: Path, change: Callable[[Any], None]) -> Path:
    import h5py

    with h5py.File(path, "a") as file:
        change(file)
    return path


def without_value(place: str) -> Callable[[Any], None]:
    """Puts a dataset with a NULL dataspace in place of one with a value."""

    def change(file: Any) -> None:
        import h5py

        attributes, kind = dict(file[place].attrs), file[place].dtype
        del file[place]
        file[place] = h5py.Empty(kind)
        file[place].attrs.update(attributes)

    return change


def zeros_in_chunks(*places: str) -> Callable[[Any], None]:
    """Fills compressed chunks with zeros, which do not unpack."""

    def change(file: Any) -> None:
        for place in places:
            file[place].id.write_direct_chunk((0,) * file[place].ndim, bytes(100))

    return change


def zeros_at(path: Path, text: bytes, after: int = 0, count: int = 200) -> Path:
    """Zeros over a text that the file holds."""
    content = bytearray(path.read_bytes())
    at = content.index(text) + after
    content[at : at + count] = bytes(count)
    return write(path, bytes(content))


def zeros_from(path: Path, start: int, count: int) -> Path:
    content = bytearray(path.read_bytes())
    content[start : start + count] = bytes(len(content[start : start + count]))
    return write(path, bytes(content))


def cut(path: Path, count: int) -> Path:
    return write(path, path.read_bytes()[:-count])


def _object_header(path: Path) -> Path:
    """Zeros over the header of one of the objects in the file."""
    import h5py

    with h5py.File(path, "r") as file:
        address = h5py.h5o.get_info(file["acquisition"].id).addr
    return zeros_from(path, address, 64)


DAMAGED: dict[str, Callable[[Path], Path]] = {
    "specifications": lambda path: zeros_at(path, b'"neurodata_type_def":"TimeSeries"'),
    "a value": lambda path: changed(path, without_value("session_description")),
    "data without a value": lambda path: changed(path, without_value("acquisition/ts/data")),
    "a column without a value": lambda path: changed(path, without_value("intervals/trials/start_time")),
    "keywords without a value": lambda path: changed(path, without_value("general/keywords")),
    "timestamps": lambda path: changed(path, zeros_in_chunks("acquisition/ts/timestamps")),
    "an object": _object_header,
    "the header": lambda path: zeros_from(path, 0, 4096),
    "the end": lambda path: cut(path, 100),
    "half of it": lambda path: cut(path, path.stat().st_size // 2),
}
"""What is damaged, and how."""
SOUND: dict[str, Callable[[Path], Path]] = {
    "nothing": lambda path: path,
    "data that no tool reads": lambda path: changed(path, zeros_in_chunks("acquisition/ts/data")),
}
