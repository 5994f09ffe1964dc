"""The formats. A new one is a new package here and one line in `FORMATS`; `format` says what it can know."""

from __future__ import annotations

from dandifile.model import JsonObject
from dandifile.survey.bids import Bids
from dandifile.survey.format import Format
from dandifile.survey.generic import Generic
from dandifile.survey.nwb import Nwb
from dandifile.survey.zarr import Zarr

FORMATS: dict[str, Format] = {
    # In the order in which they are asked whether a file or folder is theirs.
    Nwb.NAME: Nwb(),
    Zarr.NAME: Zarr(),
    Bids.NAME: Bids(),
    Generic.NAME: Generic(),
}


def format_of_file(name: str) -> Format:
    """The format of a file with this name, which may be a path."""
    return next((each for each in FORMATS.values() if each.is_file(name)), FORMATS[Generic.NAME])


def format_of_folder(path: str) -> Format | None:
    """The format of which a folder is one asset; None where it is a folder with files."""
    return next((each for each in FORMATS.values() if each.is_folder(path)), None)


def keys_of_archive(metadata: JsonObject) -> frozenset[str]:
    """The keys of an asset's metadata that the archive writes itself for the asset's format."""
    encoding = metadata.get("encodingFormat")
    named = (each.KEYS_OF_ARCHIVE for each in FORMATS.values() if each.ENCODING and encoding == each.ENCODING)
    return next(named, frozenset())
