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
from dandifile.survey import causes
from dandifile.survey.asset_metadata import normalise
from dandifile.survey.described import Watched, described
from dandifile.survey.inside import look
from dandifile.survey.quiet import quiet
from dandifile.survey.remarks import RefusedValueError
from dandifile.survey.what import Reason, no_nwb

_NAME = "content.nwb"
_EXTENSION = re.compile(r"which extension provides (\S+?)\.")
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
    """`{path}` → `{"metadata", "labels", "media", "findings", "settled"}` or `{"refused": {reason, fix}}`.

    `vocabulary` may be given too, as `Vocabulary.as_params` writes it.
    `metadata` is normalised. `labels` are the parts of the organised name, `{"entities":
    {"sub": …, "ses": …, …}, "modalities": "ecephys+ogen"}`, as dandi organize writes them, and
    `"ids"`, as the file has them.
    `media` are the external files that it refers to. `findings` are what extraction itself has to
    say, in the form of `validate`'s; `settled` are checks that object to a word whose meaning is known.
    `refused` holds what is wrong with the content; DataError is raised for what is wrong with this machine.
    """
    path = params["path"]
    inside = look(path)
    reason = no_nwb(path) or (causes.of_inside(inside) if inside else None)
    if reason:
        return _refused(*reason)
    with quiet():
        try:
            flat, watched = _read(path)
        except Exception as error:  # noqa: BLE001  # whatever these packages raise, it is about this one file
            return _refused(*why_unreadable(path, error))
        try:
            made = _described(path, flat, watched, params.get("vocabulary", {}))
        except RefusedValueError as refused:
            return _refused(refused.reason, refused.fix)
        except Exception as error:  # noqa: BLE001  # as above
            return _refused(*causes.of_metadata(error, flat))
    return {**made, "media": inside.names if inside else []}


def missing_media(path: str, extract: JsonObject) -> list[str]:
    """Of the media files that an extract names, those that are not where the file looks for them."""
    folder = Path(path).parent
    return [name for name in extract.get("media", ()) if not (folder / name).exists()]


def _read(path: str) -> tuple[JsonObject, Watched]:
    """The dandi package's flat metadata, and what it does not look at, from the same reading of the file."""
    from dandi.metadata.nwb import get_metadata

    watched = Watched(path)
    with watched.looking():
        flat = dict(get_metadata(_content(path)))
    return flat, watched


def _described(path: str, flat: JsonObject, watched: Watched, vocabulary: JsonObject) -> JsonObject:
    made = described(flat, watched, vocabulary)
    return {
        "metadata": normalise(made.metadata, encoding_format="application/x-nwb", tool=_tool()),
        "labels": labels_of(made.flat, _obj_id(path)),
        "findings": [remark.as_finding() for remark in made.remarks],
        "settled": sorted(made.settled),
    }


def why_unreadable(path: str, error: Exception) -> Reason:
    """Why a file cannot be read; raises DataError where another machine might read it."""
    what = causes.in_short(causes.last_line(str(error)) or type(error).__name__)
    if isinstance(error, MemoryError):
        raise DataError(
            "there is not enough memory to read it", where=path, fix="use a machine with more"
        ) from error
    if isinstance(error, OSError) and error.errno is not None:
        raise DataError(
            f"it cannot be read: {what}", where=path, fix="check the file and its permissions"
        ) from error
    if packed := causes.of_filter(path, str(error)):
        raise DataError(packed[0], where=path, fix=packed[1]) from error
    extension = _EXTENSION.search(str(error))
    if isinstance(error, ImportError) or extension:
        raise DataError(
            f"it needs an NWB extension that is not installed: {extension[1] if extension else what}",
            where=path,
            fix="install the extension's Python package here, or write the file with cached specifications",
        ) from error
    return causes.of_reading(path, error)


def _refused(reason: str, fix: str) -> JsonObject:
    return {"refused": {"reason": reason, "fix": fix}}


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
