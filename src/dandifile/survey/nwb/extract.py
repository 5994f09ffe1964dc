"""What an NWB file says of itself: asset metadata, and the parts of its organised name.

The dandi package reads the file and makes the metadata. It is called for the content alone,
whatever the file's name and folder are. It would misread some values: it is given harmless ones
in their place, and the true ones are filled in afterwards.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dandifile.model import JsonObject
from dandifile.survey.asset_metadata import normalise
from dandifile.survey.nwb.causes import why_no_metadata, why_unreadable
from dandifile.survey.nwb.one_open import replaced_attribute
from dandifile.survey.nwb.papers import related_resources
from dandifile.survey.nwb.recognise import why_not_nwb
from dandifile.survey.nwb.references import references_of, why_incomplete
from dandifile.survey.nwb.remarks import Defect, RefusedValueError, Remark
from dandifile.survey.nwb.session import Times, assume_zones, time_texts, times_of
from dandifile.survey.nwb.subject import AgeFields, age_of, sex_of, species_of, subject_id_of
from dandifile.survey.task import silence_packages

_NAME = "content.nwb"
_ENTITY = re.compile(r"(sub|ses|tis|slice|cell|desc|probe|obj)-(.+)")
_IDS = {
    "sub": "subject_id",
    "ses": "session_id",
    "tis": "tissue_sample_id",
    "slice": "slice_id",
    "cell": "cell_id",
}
# Every field that a name can hold; the layout decides which of them it does hold.
_NAME_FIELDS = ("session_id", "tissue_sample_id", "slice_id", "cell_id", "description", "probe_ids", "obj_id")
_PLACEHOLDERS = {"species": "mouse", "sex": "U", "age": "P1D"}  # words that the dandi package knows


def extract(params: JsonObject) -> JsonObject:
    """`{path}` → `{"metadata", "labels", "media", "findings", "settled"}` or `{"refused": {reason, fix}}`.

    `vocabulary` may be given too, as `Vocabulary.as_params` writes it.
    `metadata` is normalised. `labels` are the parts of the organised name, `{"entities":
    {"sub": …, "ses": …, …}, "modalities": "ecephys+ogen"}`, as dandi organize writes them, and
    `"ids"`, as the file has them.
    `media` are the external files that it refers to. `findings` are extraction's own, in the form
    of `validate`'s; `settled` are checks that object to a word whose meaning is known.
    `refused` holds what is wrong with the content; DataError is raised for what is wrong with this machine.
    """
    path = params["path"]
    references = references_of(path)
    defect = why_not_nwb(path) or (why_incomplete(references) if references else None)
    if defect:
        return _refusal(defect)
    with silence_packages():
        try:
            flat, observer = _read(path)
        except Exception as error:  # noqa: BLE001  # whatever these packages raise, it is about this one file
            return _refusal(why_unreadable(path, error))
        try:
            output = _output(flat, observer, params.get("vocabulary", {}))
        except RefusedValueError as refused:
            return _refusal(refused.defect)
        except Exception as error:  # noqa: BLE001  # as above
            return _refusal(why_no_metadata(error, flat))
    return {**output, "media": references.media_names if references else []}


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
    # As the file has them: several ids can become the same text in a name.
    ids = {key: str(flat[name]) for key, name in _IDS.items() if flat.get(name) not in (None, "")}
    return {"entities": entities, "modalities": modalities, "ids": ids}


def _refusal(defect: Defect) -> JsonObject:
    return {"refused": {"reason": defect.reason, "fix": defect.fix}}


@dataclass
class FileObserver:
    """What the dandi package passes over in a file, noted while it has the file open."""

    path: str
    times: Times = field(default_factory=Times)
    age_reference: str | None = None

    @contextlib.contextmanager
    def observing(self) -> Iterator[None]:
        """Within it, the dandi package asks `_observe` for the duration of the file that it has open."""
        import dandi.pynwb_utils

        with replaced_attribute(dandi.pynwb_utils, "_get_session_duration", self._observe):
            yield

    def _observe(self, nwb: Any) -> float | None:
        self.times = times_of(nwb)
        self.age_reference = getattr(nwb.subject, "age__reference", None)
        return self.times.duration


def _read(path: str) -> tuple[JsonObject, FileObserver]:
    """The dandi package's flat metadata, and what it passes over, from the same reading of the file."""
    from dandi.metadata.nwb import get_metadata

    observer = FileObserver(path)
    with observer.observing():
        flat = dict(get_metadata(_content(path)))
    return flat, observer


def _content(path: str) -> Any:
    """The file without its folder: the dandi package then looks for no BIDS dataset around it."""
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


@dataclass
class Description:
    """`flat` is the dandi package's flat metadata, corrected; `metadata` is made of it."""

    flat: JsonObject
    metadata: JsonObject = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)


def _output(flat: JsonObject, observer: FileObserver, vocabulary: JsonObject) -> JsonObject:
    made = _describe(flat, observer, vocabulary)
    return {
        "metadata": normalise(made.metadata, encoding_format="application/x-nwb", tool=_tool()),
        "labels": labels_of(made.flat, _obj_id(observer.path)),
        "findings": [remark.as_finding() for remark in made.remarks],
        "settled": sorted(made.settled),
    }


def _describe(flat: JsonObject, observer: FileObserver, vocabulary: JsonObject) -> Description:
    """RefusedValueError for a value that metadata cannot hold. `vocabulary` as `Vocabulary.as_params`."""
    made = Description(flat)
    made.flat, remarks = assume_zones(flat, time_texts(observer.path), observer.times.duration)
    made.remarks += [*observer.times.remarks, *remarks]
    subject_id, settles = subject_id_of(flat.get("subject_id"), vocabulary.get("subjects", {}))
    made.flat = made.flat | {"subject_id": subject_id}
    made.settled |= {settles} - {""}
    values = _subject_values(made, observer, vocabulary)
    made.metadata = _asset_metadata(made.flat, values)
    resources, remarks = related_resources(flat.get("related_publications"))
    made.remarks += remarks
    if resources:
        made.metadata["relatedResource"] = resources
    return made


def _subject_values(made: Description, observer: FileObserver, vocabulary: JsonObject) -> JsonObject:
    """DANDI's `species`, `sex` and `age`; None for those that the file does not give."""
    flat = made.flat
    species = species_of(flat.get("species"), vocabulary.get("species", {}))
    sex = sex_of(flat.get("sex"), vocabulary.get("sex", {}))
    made.settled |= {meaning.settles for meaning in (species, sex) if meaning} - {""}
    fields = AgeFields(
        flat.get("age"), observer.age_reference, flat.get("date_of_birth"), flat.get("session_start_time")
    )
    age, remarks = age_of(fields)
    made.remarks += remarks
    return {
        "species": species.metadata if species else None,
        "sex": sex.metadata if sex else None,
        "age": age,
    }


def _asset_metadata(flat: JsonObject, values: JsonObject) -> JsonObject:
    """The dandi package's metadata, from placeholders for the subject's values; then with the true ones."""
    from dandi.metadata.core import prepare_metadata
    from dandi.metadata.util import process_ndtypes

    safe = {key: _PLACEHOLDERS[key] if value else None for key, value in values.items()}
    asset = prepare_metadata(flat | safe | {"date_of_birth": None, "related_publications": None})
    process_ndtypes(asset, flat["nd_types"])
    metadata: JsonObject = asset.model_dump(mode="json", exclude_none=True)
    for participant in metadata.get("wasAttributedTo", ()):
        participant.update({key: value for key, value in values.items() if value})
    return metadata


def _tool() -> JsonObject:
    """How the dandi client names itself in the metadata that it makes."""
    from datetime import UTC, datetime

    from dandi.metadata.util import get_generator

    now = datetime.now(UTC)
    software = get_generator(now, now).model_dump(mode="json", exclude_none=True)["wasAssociatedWith"][0]
    return {key: software[key] for key in ("identifier", "name", "version", "url")}


def _obj_id(path: str) -> str | None:
    from dandi.organize import get_obj_id
    from dandi.pynwb_utils import get_object_id

    try:
        return str(get_obj_id(get_object_id(path)))
    except KeyError:  # files older than NWB 2.1 have none
        return None
