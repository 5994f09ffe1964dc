"""What a file with the name of an NWB file is, before anything is said of what is wrong in it.

Tools that expect NWB describe a web page or a MATLAB file by the first thing they miss in it.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from dandifile.survey.nwb.remarks import Reason

_LOOKED_AT = 4096  # bytes
_COPY = "copy it again, and compare the sizes"
_CONVERT = "convert its data to NWB, for example with NeuroConv, MatNWB or pynwb"
_UNPACK = "unpack it"
_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"MATLAB 5.0 MAT-file", "it is a MATLAB file (.mat)", _CONVERT),
    (b"\x1f\x8b", "it is compressed with gzip", _UNPACK),
    (b"BZh", "it is compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "it is compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "it is compressed with Zstandard", _UNPACK),
    (b"PK\x03\x04", "it is a ZIP archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive", _UNPACK),
    (b"CDF\x01", "it is a NetCDF file", _CONVERT),
    (b"CDF\x02", "it is a NetCDF file", _CONVERT),
)
_WEB_PAGE = re.compile(rb"\s*(<!doctype html|<html|<\?xml|<head)", re.IGNORECASE)
_MATLAB = b"MATLAB 7.3 MAT-file"
_NWB_1 = re.compile(r"(NWB-)?(1\..*)")


def why_not_nwb(path: str) -> Reason | None:
    """Why a file cannot be NWB 2; None of a file that may be, and of one that this machine cannot read."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(_LOOKED_AT)
    except OSError:
        return None
    if not start:
        return "it is empty", "copy it again, or leave it out with `exclude`"
    import h5py

    try:
        is_hdf5 = h5py.is_hdf5(path)
    except (OSError, RuntimeError):
        return None
    return _hdf5(path, start) if is_hdf5 else _not_hdf5(start)


def _not_hdf5(start: bytes) -> Reason:
    if _WEB_PAGE.match(start):
        return (
            "it is a web page or XML, not an NWB file",
            "download the file again: what came is the page about it, or about an error",
        )
    for beginning, what, fix in _STARTS:
        if start.startswith(beginning):
            return f"{what}, not an NWB file", fix
    if not start.strip(b"\0"):
        return "it starts with zeros where an NWB file has its header: the copy is damaged", _COPY
    if _is_text(start):
        return "it is a text file, not an NWB file", "put the NWB file in its place, or rename this one"
    return "it is not an HDF5 file, so it cannot be NWB", _COPY


def _is_text(start: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start, final=len(start) < _LOOKED_AT)
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\t\r\n\f" for character in text)


def _hdf5(path: str, start: bytes) -> Reason | None:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            version, is_nwb = _version(file), "neurodata_type" in file.attrs
            has_version = "nwb_version" in file.attrs
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        return None if getattr(error, "errno", None) is not None else _unopened(str(error))
    return _of_version(version, has_version=has_version, is_nwb=is_nwb, start=start)


def _of_version(version: str, *, has_version: bool, is_nwb: bool, start: bytes) -> Reason | None:
    old = _NWB_1.fullmatch(version)
    if old:
        return f"it is NWB {old[2]}, and DANDI takes NWB 2", "convert it to NWB 2"
    if has_version:
        return None
    if start.startswith(_MATLAB):
        return "it is a MATLAB 7.3 file (.mat), not an NWB file", _CONVERT
    if is_nwb:
        return (
            "it does not say which version of NWB it is: the attribute nwb_version is missing",
            "write it again with a current pynwb or MatNWB",
        )
    return "it is an HDF5 file, but not an NWB file", _CONVERT


def _unopened(error: str) -> Reason:
    if "truncated" in error:
        return "it is an HDF5 file that is cut off at its end", _COPY
    if "already open" in error:
        return (
            "it is an HDF5 file that was not closed by the program that wrote it",
            "close it there, or run `h5clear --status` on it, and look at its data",
        )
    return "it is an HDF5 file, but its structure is damaged", _COPY


def _version(file: object) -> str:
    """The version as NWB 2 (an attribute) or NWB 1 (a dataset) gives it; "" where there is none."""
    import h5py

    assert isinstance(file, h5py.File)
    said = file.attrs.get("nwb_version")
    if said is None:
        dataset = file.get("nwb_version")
        said = dataset[()] if isinstance(dataset, h5py.Dataset) and dataset.size == 1 else ""
    said = said.tolist() if hasattr(said, "tolist") else said
    said = said[0] if isinstance(said, list) and said else said
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
