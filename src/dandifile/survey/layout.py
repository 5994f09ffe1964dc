"""Which path in the dandiset each file gets. Pure.

Organised names are made of the parts that `dandi organize` gives a file (`labels` in `Format`), and
put together by its rules: subject always, session and sample where they are required or differ,
description, probes and object id only to break ties. In addition, names stay: a content that is on
the draft keeps its path, a changed file keeps the path that the last apply gave it, and only new
files get names, different from those.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from dandifile.model import PathEntry, Record, Refusal
from dandifile.spelling import respell
from dandifile.survey.asset_paths import allowed_spelling, clashes, fault, first_bad_part, is_allowed
from dandifile.survey.scanned_file import Content, ScannedFile

# The spec's words for the fields, in the order in which a name has them.
FIELDS = {
    "sub": "subject_id",
    "ses": "session_id",
    "tis": "tissue_sample_id",
    "slice": "slice_id",
    "cell": "cell_id",
    "desc": "description",
    "probe": "probe_ids",
    "obj": "obj_id",
}
_WHERE_THEY_DIFFER = ("ses", "tis", "slice", "cell")
_TIE_BREAKERS = (*_WHERE_THEY_DIFFER, "desc", "probe", "obj")
_SHOWN = 4  # of the files that would get the same name, those that a message names
_ENTITY = re.compile(r"_(ses|tis|slice|cell)-([^_.]+)")


@dataclass(frozen=True)
class Draft:
    """What must stay: paths by digest on the draft, the record, and paths of files unknown here."""

    known: Mapping[str, tuple[str, ...]]
    record: Record
    reserved: frozenset[str] = frozenset()


Refuse = Callable[[Content, str, str], None]


def is_organized(file: ScannedFile) -> bool:
    """Whether the file gets its name from its content, and not from its place in the folders."""
    if not file.is_named_by_content or file.entry.layout == "as-is":
        return False
    return file.entry.layout == "organize" or bool(file.format.layout_faults(file.below))


def assign(
    contents: Sequence[Content], draft: Draft, *, rename: bool = False
) -> tuple[dict[str, str], tuple[Refusal, ...]]:
    """Paths by source, and the files that can get none. The order of `contents` does not matter.

    Contents to be organised need `labels` unless their digest is on the draft. With `rename`,
    all that have labels get a new name.
    """
    refused: dict[str, Refusal] = {}

    def refuse(content: Content, reason: str, fix: str) -> None:
        refused.setdefault(content.source, Refusal(content.source, reason, fix))

    ordered = sorted(contents, key=lambda content: content.source)
    organized = [content for content in ordered if is_organized(content.file)]
    by_content = {content.source for content in organized}
    paths = {
        c.source: _path_inside(c.file.entry, c.file.below) for c in ordered if c.source not in by_content
    }
    staying = [content for content in organized if not rename or content.labels is None]
    paths |= _keep_known(staying, draft, set(paths.values()), refuse)
    paths |= _keep_recorded(staying, draft.record, paths)
    entries: dict[PathEntry, list[Content]] = defaultdict(list)
    for content in organized:
        if content.source not in paths and content.source not in refused:
            entries[content.file.entry].append(content)
    for entry, new_contents in entries.items():
        siblings = [paths[c.source] for c in organized if c.source in paths and c.file.entry == entry]
        taken = dict.fromkeys(draft.reserved, "a file that is not here now") | _by_path(paths)
        paths |= _name_new(entry, new_contents, siblings, taken, refuse)
    _refuse_impossible(ordered, paths, draft.known, refuse)
    return {source: path for source, path in paths.items() if source not in refused}, tuple(refused.values())


def _path_inside(entry: PathEntry, below: str) -> str:
    return f"{entry.into}/{below}" if entry.into else below


def _path_in_place(content: Content) -> str:
    return _path_inside(content.file.entry, content.file.below)


def _recorded_path(record: Record, content: Content) -> str:
    recorded = record.assets.get(content.source)
    return recorded.path if recorded else ""


def _by_path(paths: Mapping[str, str]) -> dict[str, str]:
    return {path: source for source, path in paths.items()}


def _keep_known(
    organized: Iterable[Content], draft: Draft, taken: Collection[str], refuse: Refuse
) -> dict[str, str]:
    """Contents on the draft keep their paths; of several copies each the recorded one, or its own place."""
    copies = defaultdict(list)
    for content in organized:
        if content.digest in draft.known:
            copies[content.digest].append(content)
    paths: dict[str, str] = {}
    for digest, contents in copies.items():
        free = [path for path in draft.known[digest] if path not in taken]
        for usual_path in (partial(_recorded_path, draft.record), _path_in_place):
            for content in contents:
                path = usual_path(content)
                if content.source not in paths and path in free:
                    free.remove(path)
                    paths[content.source] = path
        for content in contents:
            if content.source in paths:
                continue
            if free:
                paths[content.source] = free.pop(0)
            else:
                other = next((c.source for c in contents if c.source in paths), None)
                refuse(
                    content,
                    f"it has the same content as {other or ', '.join(draft.known[digest])}, "
                    "which is an asset already",
                    "remove one of the copies, or exclude it",
                )
    return paths


def _keep_recorded(organized: Iterable[Content], record: Record, paths: Mapping[str, str]) -> dict[str, str]:
    """Changed files stay where the last apply put them, unless subject or session say otherwise now."""
    taken = set(paths.values())
    kept = {}
    for content in organized:
        recorded = record.assets.get(content.source)
        if content.source in paths or recorded is None or recorded.path in taken:
            continue
        if _can_stay(content, recorded.path):
            kept[content.source] = recorded.path
            taken.add(recorded.path)
    return kept


def _can_stay(content: Content, path: str) -> bool:
    """Whether a path is one that this content could have: nothing in it contradicts subject and session."""
    into = content.file.entry.into
    folder, _, name = path.removeprefix(f"{into}/" if into else "").partition("/")
    if (
        not content.entity("sub")
        or folder != f"sub-{content.entity('sub')}"
        or content.file.format.layout_faults(f"{folder}/{name}")
    ):
        return False
    return dict(_ENTITY.findall(name)).get("ses") in (None, content.entity("ses"))


def _name_new(
    entry: PathEntry,
    new_contents: Iterable[Content],
    siblings: Iterable[str],
    taken: Mapping[str, str],
    refuse: Refuse,
) -> dict[str, str]:
    """Names for the new contents of one entry, different from each other and from paths that are taken."""
    nameable = []
    for content in new_contents:
        if content.entity("sub"):
            nameable.append(content)
        else:
            refuse(
                content,
                "it has no subject_id, and its name in the dandiset starts with it",
                "set Subject.subject_id in the file, or use `layout: as-is` with names of your own",
            )
    base = _base_entities(entry, nameable, siblings)
    entities = {content.source: set(base) for content in nameable}
    for key in _TIE_BREAKERS:
        for path, group in _ties(nameable, entities, taken).items():
            # Among new contents alone these are in the names already where they differ.
            helps = path in taken or key not in _WHERE_THEY_DIFFER
            if helps and any(content.entity(key) for content in group):
                for content in group:
                    entities[content.source].add(key)
    tied = _ties(nameable, entities, taken)
    for path, group in tied.items():
        _refuse_tied(path, group, taken.get(path), refuse)
    unresolved = {content.source for group in tied.values() for content in group}
    return {c.source: _path(c, entities[c.source]) for c in nameable if c.source not in unresolved}


def _base_entities(entry: PathEntry, contents: Iterable[Content], siblings: Iterable[str]) -> set[str]:
    """The entities that all names of an entry have: required, differing, or in its names already."""
    contents = list(contents)
    required = {key for key, name in FIELDS.items() if name in entry.required_fields}
    differing = {key for key in _WHERE_THEY_DIFFER if len({content.entity(key) for content in contents}) > 1}
    used = {key for path in siblings for key, _ in _ENTITY.findall(path)}
    return {"sub"} | required | differing | used


def _ties(
    contents: Iterable[Content], entities: Mapping[str, set[str]], taken: Collection[str]
) -> dict[str, list[Content]]:
    groups = defaultdict(list)
    for content in contents:
        groups[_path(content, entities[content.source])].append(content)
    return {path: group for path, group in groups.items() if len(group) > 1 or path in taken}


def _path(content: Content, entities: Collection[str]) -> str:
    assert content.labels is not None
    parts = [f"{key}-{content.entity(key)}" for key in FIELDS if key in entities and content.entity(key)]
    if content.labels["modalities"]:
        parts.append(content.labels["modalities"])
    ending = os.path.splitext(content.file.below)[1]  # noqa: PTH122  # a name, not a path
    return _path_inside(content.file.entry, f"{parts[0]}/{'_'.join(parts)}{ending}")


def _refuse_tied(path: str, group: Sequence[Content], holder: str | None, refuse: Refuse) -> None:
    for content in group:
        others = [other for other in group if other is not content]
        rivals = ", ".join([*([holder] if holder else []), *(other.source for other in others)])
        if any(other.digest == content.digest for other in others):
            refuse(
                content,
                f"it would get the name {path}, as would {rivals}, which has the same content",
                "remove one of the copies, or exclude it",
            )
        else:
            all_of_them = _shortened_list(
                sorted({*([holder] if holder else []), *(one.source for one in group)})
            )
            refuse(
                content,
                f"{all_of_them} would get the same name, {path}: {_fields_in(content)}",
                _tie_break(content),
            )


def _shortened_list(sources: Sequence[str]) -> str:
    """The first few, in words that are the same for each of them."""
    few = (
        sources if len(sources) <= _SHOWN else [*sources[: _SHOWN - 1], f"{len(sources) - _SHOWN + 1:,} more"]
    )
    return f"{', '.join(few[:-1])} and {few[-1]}"


def _fields_in(content: Content) -> str:
    """The fields that a name could tell files apart by, as this file has them."""
    given = [f"{FIELDS[key]} {value}" for key in _TIE_BREAKERS if (value := content.entity(key))]
    return (
        f"all that could tell them apart is the same ({', '.join(given)})"
        if given
        else "it has no field to tell them apart"
    )


def _tie_break(content: Content) -> str:
    """Which fields would break the tie: those to be changed, and those that are not set yet."""
    settable = [key for key in _TIE_BREAKERS if key != "obj"]
    unset = [FIELDS[key] for key in settable if not content.entity(key)]
    change = f"give it another {FIELDS['ses']}" if content.entity("ses") else ""
    add = f"set {' or '.join(unset)} in it" if unset else ""
    return ", or ".join(filter(None, [change, add])) or "give it another session_id"


def _fix_for(content: Content, path: str) -> str:
    """What to do about a path that the archive does not take, the same for all files with that fault."""
    bad = first_bad_part(path)
    better = allowed_spelling(bad) if bad else ""
    if not is_organized(content.file):
        return f"rename it to {better!r}" if better else "rename it, or set another `into`"
    for key, field in FIELDS.items():
        given = content.given(key)
        if given and (instead := respell(given, is_allowed)) != given and (content.entity(key) or "") in path:
            return f"set {field} to {instead!r} in the file, not {given!r}" + (
                ", or say so under `vocabulary: {subjects: …}`" if key == "sub" else ""
            )
    return "change what the name is made of in the file"


def _refuse_impossible(
    contents: Iterable[Content],
    paths: Mapping[str, str],
    known: Mapping[str, tuple[str, ...]],
    refuse: Refuse,
) -> None:
    """Paths that the archive does not take, alone or together; what is on the draft already stays."""
    clashing = clashes(paths)
    for content in contents:
        path = paths.get(content.source)
        if path is None or path in known.get(content.digest, ()):
            continue
        why = fault(path)
        if why:
            refuse(content, why, _fix_for(content, path))
        elif content.source in clashing:
            other, how = clashing[content.source]
            fix = (
                f"rename or exclude {other}, or set another `into`"
                if is_organized(content.file)
                else "rename or exclude one of the two, or set another `into`"
            )
            refuse(content, f"{other} has {how} ({path})", fix)
