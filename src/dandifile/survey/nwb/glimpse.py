"""A quick look into an NWB file: what it says of subject, session, people and places, without pynwb.

Reads the few places of the NWB format that hold them, each of which may be absent, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dandifile.model import JsonObject
from dandifile.survey.scanned_file import Glimpse
from dandifile.taxa import normal_name

if TYPE_CHECKING:
    import h5py

PLACES = ("extracellular_ephys", "optophysiology", "intracellular_ephys", "optogenetics")
"""Groups below /general whose members (electrodes, planes, sites) have a `location`."""
_NOWHERE = frozenset(
    {"", "-", "?", "unknown", "unspecified", "undefined", "none", "n/a", "na", "nan", "null", "void", "root"}
    | {"not available", "not applicable", "not specified", "no location", "tbd", "todo"}
)
"""What is written where there is nothing to say; `void` and `root` are the Allen atlas's."""

_MOST_TEXTS = 1_000_000
"""A column of more is not a list of names or places that somebody wrote."""

_MOUSE = re.compile(r"mus musculus\b.*|((house|lab) )?(mouse|mice)|.*NCBITaxon[_:]10090/?", re.IGNORECASE)


def glimpse(path: str) -> Glimpse | None:
    """What the file at `path` says; None where it is not an HDF5 file that can be read."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return _glimpse(file)
    except Exception:  # noqa: BLE001 - h5py fails in many ways on what is damaged or odd: it says nothing
        return None


def read_locations(params: JsonObject) -> JsonObject | None:
    """`{path}` → `{"words": […], "mouse": bool}`, the words sorted; None for what is not an HDF5 file.

    They are those of electrodes, imaging planes and optogenetic sites. `mice` may be given too: what
    else the lab calls a mouse, folded.
    """
    seen = glimpse(params["path"])
    if seen is None:
        return None
    mouse = bool(_MOUSE.fullmatch(seen.species)) or normal_name(seen.species) in params.get("mice", ())
    return {"words": sorted(seen.locations), "mouse": mouse}


def _glimpse(file: h5py.File) -> Glimpse:
    return glimpse_of_texts(lambda place: _texts(file.get(place)), _locations(file))


def glimpse_of_texts(texts: Callable[[str], tuple[str, ...]], locations: Iterable[str]) -> Glimpse:
    """A glimpse from the texts that a place in the NWB format holds, and from the locations."""

    def one(place: str) -> str:
        return next(iter(texts(place)), "")

    return Glimpse(
        subject=one("general/subject/subject_id"),
        species=one("general/subject/species"),
        session=one("general/session_id"),
        started=one("session_start_time").partition("T")[0],
        protocol=one("general/protocol"),
        people=texts("general/experimenter"),
        keywords=texts("general/keywords"),
        papers=texts("general/related_publications"),
        locations=tuple(dict.fromkeys(locations)),
    )


def _locations(file: h5py.File) -> Iterator[str]:
    import h5py

    for place in PLACES:
        group = file.get(f"general/{place}")
        members = group.values() if isinstance(group, h5py.Group) else ()
        groups = [member for member in members if isinstance(member, h5py.Group)]
        said = [text for member in groups for text in _texts(member.get("location")) if is_somewhere(text)]
        yield from said or filter(is_somewhere, map(_of_group, groups))


def _of_group(group: h5py.Group) -> str:
    """What a group of electrodes says, for electrodes that say nothing themselves."""
    text = group.attrs.get("location")
    return text.strip() if isinstance(text, str) else ""


def is_somewhere(text: str) -> bool:
    """Whether a location says anything."""
    return text.casefold() not in _NOWHERE


def _texts(node: Any) -> tuple[str, ...]:
    """The different texts of a dataset, one or a column of them, in their order."""
    import h5py

    if not isinstance(node, h5py.Dataset) or h5py.check_string_dtype(node.dtype) is None:
        return ()
    if node.shape is None or node.size > _MOST_TEXTS:  # a null dataspace holds nothing
        return ()
    read = node.asstr(errors="replace")[()]
    texts = [read] if isinstance(read, str) else read.ravel().tolist()
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
