"""Asset metadata from the dandi package's flat metadata, where that package loses nothing; else our own.

Where it would misread a value it is given a harmless one in its place, and the true one is filled in.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dandifile.model import JsonObject
from dandifile.survey import words
from dandifile.survey.ages import Said, age_of
from dandifile.survey.one_open import _in_place_of as in_place_of
from dandifile.survey.papers import papers
from dandifile.survey.remarks import Remark
from dandifile.survey.times import Times, times_of
from dandifile.survey.zones import written, zoned

_PLACEHOLDERS = {"species": "mouse", "sex": "U", "age": "P1D"}  # words that the dandi package knows


@dataclass
class Watched:
    """What the dandi package passes over in a file, noted while it has the file open."""

    path: str
    times: Times = field(default_factory=Times)
    age_reference: str | None = None

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Within it, the dandi package asks `_look` for the duration of the file that it has open."""
        import dandi.pynwb_utils

        with in_place_of(dandi.pynwb_utils, "_get_session_duration", self._look):
            yield

    def _look(self, nwb: Any) -> float | None:
        self.times = times_of(nwb)
        self.age_reference = getattr(nwb.subject, "age__reference", None)
        return self.times.duration


@dataclass
class Described:
    """`flat` is as the dandi package gives it, with what is known better."""

    flat: JsonObject
    metadata: JsonObject = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)


def described(flat: JsonObject, watched: Watched, vocabulary: JsonObject) -> Described:
    """RefusedValueError for a value that metadata cannot hold. `vocabulary` as `Vocabulary.as_params`."""
    made = Described(flat)
    made.flat, remarks = zoned(flat, written(watched.path), watched.times.duration)
    made.remarks += [*watched.times.remarks, *remarks]
    subject, settles = words.subject(flat.get("subject_id"), vocabulary.get("subjects", {}))
    made.flat = made.flat | {"subject_id": subject}
    made.settled |= {settles} - {""}
    values = _subject(made, watched, vocabulary)
    made.metadata = _asset(made.flat, values)
    resources, remarks = papers(flat.get("related_publications"))
    made.remarks += remarks
    if resources:
        made.metadata["relatedResource"] = resources
    return made


def _subject(made: Described, watched: Watched, vocabulary: JsonObject) -> JsonObject:
    """DANDI's `species`, `sex` and `age`; None where the file says nothing."""
    species = words.species(made.flat.get("species"), vocabulary.get("species", {}))
    sex = words.sex(made.flat.get("sex"), vocabulary.get("sex", {}))
    made.settled |= {meant.settles for meant in (species, sex) if meant} - {""}
    flat = made.flat
    age, remarks = age_of(
        Said(
            flat.get("age"), watched.age_reference, flat.get("date_of_birth"), flat.get("session_start_time")
        )
    )
    made.remarks += remarks
    return {
        "species": species.metadata if species else None,
        "sex": sex.metadata if sex else None,
        "age": age,
    }


def _asset(flat: JsonObject, values: JsonObject) -> JsonObject:
    """The dandi package's metadata, of a subject whose values it cannot misread; then with the true ones."""
    from dandi.metadata.core import prepare_metadata
    from dandi.metadata.util import process_ndtypes

    safe = {key: _PLACEHOLDERS[key] if value else None for key, value in values.items()}
    asset = prepare_metadata(flat | safe | {"date_of_birth": None, "related_publications": None})
    process_ndtypes(asset, flat["nd_types"])
    metadata: JsonObject = asset.model_dump(mode="json", exclude_none=True)
    for participant in metadata.get("wasAttributedTo", ()):
        participant.update({key: value for key, value in values.items() if value})
    return metadata
