"""Whether a file with the name of an NWB file is one, before any tool reads it.

Tools that expect NWB describe a web page or a MATLAB file by the first thing that they miss in it.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from dandifile.survey.nwb.remarks import Defect

_START_SIZE = 4096  # bytes
_COPY = "copy it again from the original, and compare the file sizes"
_CONVERT = "convert its data to NWB, for example with NeuroConv, MatNWB or pynwb"
_UNPACK = "unpack it, and keep the NWB file that is inside"
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"MATLAB 5.0 MAT-file", "a MATLAB file (.mat)", _CONVERT),
    (b"\x1f\x8b", "compressed with gzip", _UNPACK),
    (b"BZh", "compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard", _UNPACK),
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"CDF\x01", "a NetCDF file", _CONVERT),
    (b"CDF\x02", "a NetCDF file", _CONVERT),
)
_WEB_PAGE = re.compile(rb"\s*(<!doctype html|<html|<\?xml|<head)", re.IGNORECASE)
_MATLAB_7_3 = b"MATLAB 7.3 MAT-file"
_NWB_1 = re.compile(r"(NWB-)?(1\..*)")

DAMAGED_STRUCTURE = Defect("the structure of the HDF5 file is damaged", _COPY)


def why_not_nwb(path: str) -> Defect | None:
    """Why a file cannot be NWB 2; None if it may be NWB 2, or if this machine cannot read it."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(_START_SIZE)
    except OSError:
        return None
    if not start:
        return Defect("the file is empty (0 bytes)", "copy it again, or leave it out with `exclude`")
    import h5py

    try:
        is_hdf5 = h5py.is_hdf5(path)
    except (OSError, RuntimeError):
        return None
    return _defect_of_hdf5(path, start) if is_hdf5 else _defect_of_other(start)


def _defect_of_other(start: bytes) -> Defect:
    """What a file is that is not HDF5, by its first bytes."""
    if _WEB_PAGE.match(start):
        return Defect(
            "the file is a web page or XML, not an NWB file",
            "download it again; a text editor shows what the server sent instead",
        )
    for signature, what, fix in _SIGNATURES:
        if start.startswith(signature):
            return Defect(f"the file is {what}, not an NWB file", fix)
    if not start.strip(b"\0"):
        return Defect("the file starts with zeros instead of an HDF5 header: the copy is damaged", _COPY)
    if _is_text(start):
        return Defect(
            "the file is a text file, not an NWB file", "put the NWB file in its place, or rename it"
        )
    return Defect("the file is not an HDF5 file, so it cannot be NWB", _COPY)


def _is_text(start: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start, final=len(start) < _START_SIZE)
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n\f" for character in text)


def _defect_of_hdf5(path: str, start: bytes) -> Defect | None:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            version, is_typed = _version(file), "neurodata_type" in file.attrs
            has_version = "nwb_version" in file.attrs
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        return None if getattr(error, "errno", None) is not None else _why_unopened(str(error))
    if old := _NWB_1.fullmatch(version):
        return Defect(
            f"the file is NWB {old[2]}; DANDI accepts only NWB 2",
            "write its data to an NWB 2 file, for example with pynwb",
        )
    if has_version:
        return None
    if start.startswith(_MATLAB_7_3):
        return Defect("the file is a MATLAB 7.3 file (.mat), not an NWB file", _CONVERT)
    if is_typed:
        return Defect(
            "the file does not say which version of NWB it is: its attribute nwb_version is missing",
            "write it again with a current pynwb or MatNWB",
        )
    return Defect("the file is an HDF5 file, but not an NWB file", _CONVERT)


def _why_unopened(error: str) -> Defect:
    if "truncated" in error:
        return Defect("the HDF5 file is cut off: its end is missing", _COPY)
    if "already open" in error:
        return Defect(
            "the program that wrote the HDF5 file did not close it",
            "close it in that program, or run `h5clear --status` on it and check its data",
        )
    return DAMAGED_STRUCTURE


def _version(file: object) -> str:
    """The version as NWB 2 (an attribute) or NWB 1 (a dataset) has it; "" if there is none."""
    import h5py

    assert isinstance(file, h5py.File)
    version = file.attrs.get("nwb_version")
    if version is None:
        dataset = file.get("nwb_version")
        version = dataset[()] if isinstance(dataset, h5py.Dataset) and dataset.size == 1 else ""
    version = version.tolist() if hasattr(version, "tolist") else version
    version = version[0] if isinstance(version, list) and version else version
    return version.decode("utf-8", "replace") if isinstance(version, bytes) else str(version)
