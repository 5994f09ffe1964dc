"""How the path of a file in the dandiset came about: its folder, its content, or what was there. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dandifile.explanation.entries import EntryOver, taking_entry
from dandifile.explanation.view import View
from dandifile.model import LocalAsset, Saying, Voice
from dandifile.survey.asset_metadata import sessions_of, subjects_of
from dandifile.survey.layout import FIELDS


def name_sayings(view: View, file: LocalAsset) -> Iterator[Saying]:
    """Which rule gave the file its path, and from what."""
    entry = taking_entry(view, file.source)
    if entry is None:
        return
    where = view.places.of_spec("paths", entry.number)
    recorded = view.local.record.assets.get(file.source)
    if _is_as_is(entry, file):
        into = f", below `into: {entry.entry.into}`" if entry.entry.into else ""
        as_is = entry.entry.layout == "as-is"
        how = "as `layout: as-is` says" if as_is else "since DANDI takes a path of this form"
        yield Saying(Voice.RULE, f"name: its path in {entry.entry.source}{into}, {how}", where)
    elif keeps_name(view, file):
        text = "name: this content is on the draft under this path, and content keeps its path"
        yield Saying(Voice.RULE, text, view.page)
    elif recorded and recorded.path == file.path:
        text = "name: the last apply from here gave the file this path, and it keeps it"
        yield Saying(Voice.RECORD, text)
    else:
        yield Saying(Voice.RULE, f"name: made from what the file holds ({_parts(file)})", where)
        yield from _asked_parts(view, entry.number, entry.entry.required_fields)
        yield from _renamed_subject(view, file)


def keeps_name(view: View, file: LocalAsset) -> bool:
    """Whether a file that is named by its content has its path only because the draft has it there."""
    entry = taking_entry(view, file.source)
    if entry is None or _is_as_is(entry, file):
        return False
    there = view.draft.assets.get(file.path)
    return there is not None and there.digest == file.digest


def _is_as_is(entry: EntryOver, file: LocalAsset) -> bool:
    into = entry.entry.into
    return entry.entry.layout == "as-is" or file.path == (f"{into}/{entry.below}" if into else entry.below)


def _parts(file: LocalAsset) -> str:
    """`sub-C005 from subject_id 'C005', ses-1 from session_id '1', ecephys from what was recorded`."""
    metadata = file.metadata or {}
    values = {"sub": subjects_of(metadata), "ses": sessions_of(metadata)}
    stem = posixpath.basename(file.path).partition(".")[0]
    found = []
    for part in stem.split("_"):
        key, dash, _ = part.partition("-")
        given = f" '{values[key][0]}'" if values.get(key) else ""
        found.append(
            f"{part} from {FIELDS[key]}{given}"
            if dash and key in FIELDS
            else f"{part} from what was recorded"
        )
    return ", ".join(found)


def _asked_parts(view: View, number: int, fields: tuple[str, ...]) -> Iterator[Saying]:
    if view.places.declared("paths", number, "required_fields") is not None:
        where = view.places.of_spec("paths", number, "required_fields")
        yield Saying(Voice.SPEC, f"`required_fields`: {', '.join(fields)} are always in the name", where)


def _renamed_subject(view: View, file: LocalAsset) -> Iterator[Saying]:
    for subject in subjects_of(file.metadata or {}):
        for word, meant in view.spec.vocabulary.subjects.items():
            if meant == subject:
                where = view.places.of_spec("vocabulary", "subjects", word)
                yield Saying(Voice.SPEC, f"`vocabulary`: '{word}' in files is the subject {meant}", where)
