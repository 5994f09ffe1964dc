"""What an NWB file says of itself: asset metadata and the parts of its organised name.

The dandi package reads the file and makes the metadata; here it is called for the content
alone, whatever the file is called and wherever it lies.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from dandifile.errors import DataError
from dandifile.model import JsonObject
from dandifile.survey.normalise import normalise
from dandifile.survey.quiet import quiet

_NAME = "content.nwb"
_TAXON = re.compile(r"https?://purl\.obolibrary\.org/obo/NCBITaxon_([0-9]+)/?", re.IGNORECASE)
_ENTITY = re.compile(r"(sub|ses|tis|slice|cell|desc|probe|obj)-(.+)")
# Every field that a name can hold; which of them it does hold is the layout's to decide.
_IDS = {
    "sub": "subject_id",
    "ses": "session_id",
    "tis": "tissue_sample_id",
    "slice": "slice_id",
    "cell": "cell_id",
}
_NAME_FIELDS = ("session_id", "tissue_sample_id", "slice_id", "cell_id", "description", "probe_ids", "obj_id")


def extract(params: JsonObject) -> JsonObject:
    """`{path}` → `{"metadata", "labels", "media"}` or `{"refused": {"reason", "fix"}}`.

    `metadata` is normalised. `labels` are the parts of the organised name, `{"entities":
    {"sub": …, "ses": …, …}, "modalities": "ecephys+ogen"}`, as dandi organize writes them, and
    `"ids"`, as the file has them.
    `media` are the external files that it refers to. `refused` holds what is wrong with the
    content; DataError is raised for what is wrong with this machine.
    """
    path = params["path"]
    with quiet():
        try:
            flat = _read(path)
        except Exception as error:  # noqa: BLE001  # whatever these packages raise, it is about this one file
            return _unreadable(path, error)
        try:
            return _described(path, flat)
        except Exception as error:  # noqa: BLE001  # as above
            return _refused(
                f"no metadata can be made of it: {_first_line(error)}",
                "mend that field in the file; the dandi client would not upload it either",
            )


def missing_media(path: str, extract: JsonObject) -> list[str]:
    """Of the media files that an extract names, those that are not where the file looks for them."""
    folder = Path(path).parent
    return [name for name in extract.get("media", ()) if not (folder / name).exists()]


def _read(path: str) -> JsonObject:
    from dandi.metadata.nwb import get_metadata

    return dict(get_metadata(_content(path)))


def _described(path: str, flat: JsonObject) -> JsonObject:
    from dandi.metadata.core import prepare_metadata
    from dandi.metadata.util import process_ndtypes

    taxon = _unlisted_taxon(flat.get("species"))
    asset = prepare_metadata(flat | {"species": "mouse"} if taxon else flat)  # in its place for a moment
    process_ndtypes(asset, flat["nd_types"])
    metadata = asset.model_dump(mode="json", exclude_none=True)
    if taxon:
        metadata["wasAttributedTo"][0]["species"] = {"schemaKey": "SpeciesType", "identifier": taxon}
    return {
        "metadata": normalise(metadata, encoding_format="application/x-nwb", tool=_tool()),
        "labels": labels_of(flat, _obj_id(path)),
        "media": sorted(
            str(file) for item in flat["external_file_objects"] for file in item["external_files"]
        ),
    }


def _unreadable(path: str, error: Exception) -> JsonObject:
    """Says why a file cannot be read; raises DataError where another machine might read it."""
    what = _first_line(error)
    if isinstance(error, MemoryError):
        raise DataError(
            "there is not enough memory to read it", where=path, fix="use a machine with more"
        ) from error
    if isinstance(error, OSError) and error.errno is not None:
        raise DataError(
            f"it cannot be read: {what}", where=path, fix="check the file and its permissions"
        ) from error
    if isinstance(error, ImportError) or "which extension provides" in what:
        raise DataError(
            f"it needs an NWB extension that is not installed: {what}",
            where=path,
            fix="install the extension's Python package here, or write the file with cached specifications",
        ) from error
    if isinstance(error, NotImplementedError):
        return _refused(
            "it links to other HDF5 files, which the archive cannot follow", "copy the linked data into it"
        )
    if isinstance(error, OSError):
        return _refused(
            f"it is not a readable HDF5 file: {what}",
            "check that it was copied completely, or write it again",
        )
    return _refused(
        f"pynwb cannot read it: {type(error).__name__}: {what}", "write it again with a current pynwb"
    )


def _refused(reason: str, fix: str) -> JsonObject:
    return {"refused": {"reason": reason, "fix": fix}}


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:300]


def _content(path: str) -> Any:
    """The file without its place: the dandi package then looks for no BIDS dataset around it."""
    from dandi.misctypes import Readable

    class Content(Readable):  # type: ignore[misc]  # the dandi package has no types for mypy here
        def open(self) -> Any:
            return Path(path).open("rb")

        def get_size(self) -> int:
            raise AssertionError("the size is not part of the metadata")

        def get_mtime(self) -> None:
            return None

        def get_filename(self) -> str:
            return _NAME

    return Content()


def _unlisted_taxon(species: object) -> str | None:
    """The id of a species whose name the dandi package would ask the web for: it stands for itself."""
    from dandi.metadata.util import NCBITAXON_URI_TEMPLATE, species_map

    match = _TAXON.fullmatch(species) if isinstance(species, str) else None
    if match is None or any(record.taxon_id == match[1] for record in species_map):
        return None
    return str(NCBITAXON_URI_TEMPLATE.format(match[1]))


def _tool() -> JsonObject:
    """How the dandi client names itself in the metadata that it makes."""
    from datetime import UTC, datetime

    from dandi.metadata.util import get_generator

    now = datetime.now(UTC)
    software = get_generator(now, now).model_dump(mode="json", exclude_none=True)["wasAssociatedWith"][0]
    return {key: software[key] for key in ("identifier", "name", "version", "url")}


def labels_of(flat: JsonObject, obj_id: str | None) -> JsonObject:
    """The parts of a file's name, by asking dandi organize for the longest name that it can have."""
    from dandi.organize import create_unique_filenames_from_metadata

    row = flat | {"path": _NAME, "obj_id": obj_id}
    [named] = create_unique_filenames_from_metadata([row], required_fields=_NAME_FIELDS)
    entities, modalities = {}, ""
    for part in named["dandi_filename"].removesuffix(".nwb").split("_"):
        match = _ENTITY.fullmatch(part)
        if match:
            entities[match[1]] = match[2]
        else:
            modalities = part
    # As the file has them: what becomes of them in a name may be the same for several.
    ids = {key: str(flat[name]) for key, name in _IDS.items() if flat.get(name) not in (None, "")}
    return {"entities": entities, "modalities": modalities, "ids": ids}


def _obj_id(path: str) -> str | None:
    from dandi.organize import get_obj_id
    from dandi.pynwb_utils import get_object_id

    try:
        return str(get_obj_id(get_object_id(path)))
    except KeyError:  # files older than NWB 2.1 have none
        return None
