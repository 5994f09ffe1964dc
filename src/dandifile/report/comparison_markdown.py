"""What differs between two versions as Markdown: for a pull request, and as the notes of a release. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from dandifile.model import Action, AssetDifference, Census, Change, Comparison, Json, JsonObject, Key
from dandifile.report.asset_rows import AssetGroup, asset_groups
from dandifile.report.lines import Remark
from dandifile.report.markdown import Section, code_span, fit_sections, literal
from dandifile.report.values import value_marks, without_hint
from dandifile.words import quantity, size

LONGEST_NOTES = 5000
"""Characters of release notes that the archive takes."""

_LONGEST_PAGE = 60_000  # characters: GitHub takes 65,536 in a pull request
_MOST_GROUPS = 25  # of assets with the same action
_MOST_NAMES = 40  # of subjects in one line
_MOST_SESSIONS = 6  # of one subject
_VERBS = {"-": "removed ", "+": "added "}


def release_notes(comparison: Comparison, limit: int = LONGEST_NOTES) -> str:
    """Notes for the readers of a version, in at most `limit` characters: what is in it, or what has changed.

    Where that is not enough, lists are cut and say how much they lack.
    """
    if comparison.before is None:
        return fit_sections(_first_version(comparison), list(_contents(comparison)), limit)
    since = f"Changes since version {comparison.before.version}"
    found = totals(comparison, "file")
    head = f"{since}: {'; '.join(found)}." if found else f"{since}: none, neither in files nor in metadata."
    return fit_sections(head, list(_sections(comparison, "file")), limit)


def comparison_markdown(comparison: Comparison, limit: int = _LONGEST_PAGE) -> str:
    """What differs, with a heading, in at most `limit` characters."""
    before = comparison.before.version if comparison.before else "nothing"
    title = f"## {literal(comparison.after.name)}: {before} → {comparison.after.version}"
    about = f"{literal(comparison.instance)}, dandiset {comparison.identifier}"
    head = f"{title}\n\n{about}: {'; '.join(totals(comparison)) or 'no differences'}."
    return fit_sections(head, list(_sections(comparison, "asset")), limit)


# --- Counts ---------------------------------------------------------------------------------------

_DONE = {
    Action.CREATE: "added",
    Action.REPLACE: "replaced",
    Action.MOVE: "moved",
    Action.DELETE: "removed",
    Action.UPDATE: "with changed metadata",
}
_WEIGHTLESS = (Action.MOVE, Action.UPDATE)


def totals(comparison: Comparison, noun: str = "asset") -> list[str]:
    """`3 assets added (4.1 GB)`, `1 moved`, `2 fields of the dandiset's metadata changed`."""
    by_action = group_by_action(comparison.assets)
    found: list[str] = []
    for action, some in by_action.items():
        counted = f"{len(some):,}" if found else quantity(len(some), noun)
        amount = "" if action in _WEIGHTLESS else f" ({size(sum(one.size for one in some))})"
        found.append(f"{counted} {_DONE[action]}{amount}")
    parts = [", ".join(found)] if found else []
    if comparison.fields:
        parts.append(f"{quantity(len(comparison.fields), 'field')} of the dandiset's metadata changed")
    return parts


def group_by_action(assets: Iterable[AssetDifference]) -> dict[Action, list[AssetDifference]]:
    """The differences by what was done, in the order in which they are shown; no empty groups."""
    found: dict[Action, list[AssetDifference]] = {action: [] for action in _DONE}
    for one in assets:
        found[one.action].append(one)
    return {action: some for action, some in found.items() if some}


def as_change(one: AssetDifference) -> Change:
    """A difference in the form in which plans show it."""
    before = (
        None if one.before is None else _side(one.before.path, one.before.content, one.before.size, one.old)
    )
    after = None if one.after is None else _side(one.after.path, one.after.content, one.after.size, one.new)
    if before and after and one.action is Action.REPLACE and before["digest"] == after["digest"]:
        after["digest"] += "'"  # a Zarr whose files have changed
    return Change(Key("assets", one.path), before, after)


def _side(path: str, content: str, amount: int, metadata: JsonObject) -> JsonObject:
    return {"path": path, "digest": content, "size": amount, "metadata": metadata}


# --- Sections -------------------------------------------------------------------------------------


def _sections(comparison: Comparison, noun: str) -> Iterator[Section]:
    by_action = group_by_action(comparison.assets)
    names = {
        Action.CREATE: "New",
        Action.REPLACE: "Replaced",
        Action.MOVE: "Moved",
        Action.DELETE: "Removed",
        Action.UPDATE: f"Metadata of {noun}s",
    }
    for action, title in names.items():
        people = list(_subject_lines(comparison, action))
        some = by_action.get(action, [])
        groups = asset_groups(map(as_change, some), most=_MOST_GROUPS)
        keys = {key for one in some for key in one.new}
        lines = [*people, *(_group_line(group, noun, keys) for group in groups)]
        counts = [*(0 for _ in people), *(group.count for group in groups)]
        if lines:
            yield Section(title, lines, noun, counts)
    if comparison.fields:
        lines = [f"{literal(one.field)}: {_marks(one.before, one.after)}" for one in comparison.fields]
        yield Section("Metadata of the dandiset", lines, "field", [1] * len(lines))


def _group_line(group: AssetGroup, noun: str, keys: Collection[str]) -> str:
    """`sub-1/*` (12 files): about: added nucleus accumbens. `keys`: of the metadata that differ."""
    name = f"{code_span(group.old)} → {code_span(group.path)}" if group.old else code_span(group.path)
    facts = [quantity(group.count, noun)] if group.count > 1 else []
    facts += [] if group.bytes is None else [size(group.bytes)]
    shown = f"{name} ({', '.join(facts)})" if facts else name
    marks = group.marks if group.action in (Action.REPLACE, Action.UPDATE) else ()
    return f"{shown}: {_of_asset(marks, keys)}" if marks else shown


def _of_asset(marks: Sequence[Remark], keys: Collection[str]) -> str:
    """Marks of several fields, of which each begins with a mark that is its name."""
    text, between = "", ""
    for mark in marks:
        names = not mark.sign and mark.text in keys
        text += f"{'; ' if text else ''}{_mark(mark)}: " if names else f"{between}{_mark(mark)}"
        between = "" if names else ", "
    return text


def _marks(before: Json, after: Json) -> str:
    found = value_marks(before, after)
    if isinstance(before, str) and isinstance(after, str) and [mark.sign for mark in found] == ["-", "+"]:
        return " → ".join(literal(mark.text) for mark in found)
    return ", ".join(map(_mark, found))


def _mark(mark: Remark) -> str:
    return _VERBS.get(mark.sign, "") + literal(without_hint(mark.text))


# --- Subjects and sessions ------------------------------------------------------------------------


def _subject_lines(comparison: Comparison, action: Action) -> Iterator[str]:
    before, after = comparison.census_before.sessions, comparison.census_after.sessions
    if action is Action.CREATE:
        yield from _more_in(after, before)
    elif action is Action.DELETE:
        yield from _more_in(before, after)


def _more_in(sessions: Mapping[str, frozenset[str]], others: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Subjects that the others lack, then sessions, by subject."""
    subjects = [subject for subject in sessions if subject not in others]
    if subjects:
        yield f"{quantity(len(subjects), 'subject')}: {_names(subjects, _MOST_NAMES)}"
    more = {
        subject: sorted(found - others.get(subject, frozenset()))
        for subject, found in sessions.items()
        if found - others.get(subject, frozenset())
    }
    if more:
        shown = [f"{subject} ({_names(names, _MOST_SESSIONS)})" for subject, names in more.items()]
        count = sum(map(len, more.values()))
        yield f"{quantity(count, 'session')}: {_cut(shown, _MOST_NAMES)}"


def _names(names: Sequence[str], most: int) -> str:
    return _cut([literal(name) for name in names], most)


def _cut(texts: Sequence[str], most: int) -> str:
    """All texts, or the first ones and how many more there are."""
    if len(texts) <= most:
        return ", ".join(texts)
    return f"{', '.join(texts[: most - 1])} and {len(texts) - most + 1:,} more"


# --- The first version ----------------------------------------------------------------------------

_SUMMED_UP = {
    "species": "Species",
    "dataStandard": "Standards",
    "approach": "Approaches",
    "measurementTechnique": "Techniques",
    "variableMeasured": "Measured",
}


def _first_version(comparison: Comparison) -> str:
    census = comparison.census_after
    return f"First version: {quantity(census.files, 'file')} ({size(census.size)}){_of_subjects(census)}."


def _of_subjects(census: Census) -> str:
    if not census.sessions:
        return ""
    count = sum(map(len, census.sessions.values()))
    sessions = f" in {quantity(count, 'session')}" if count else ""
    return f" of {quantity(len(census.sessions), 'subject')}{sessions}"


def _contents(comparison: Comparison) -> Iterator[Section]:
    """What the archive's own summary says of the files, and who was recorded."""
    lines = []
    for field, label in _SUMMED_UP.items():
        items = comparison.summary.get(field)
        names = [_name(item) for item in items or [] if _name(item)] if isinstance(items, list) else []
        lines += [f"{label}: {_names(names, _MOST_NAMES)}"] if names else []
    lines += _more_in(comparison.census_after.sessions, {})
    if lines:
        yield Section("Contents", lines)


def _name(item: Json) -> str:
    name = item.get("name") if isinstance(item, dict) else item
    return name.strip() if isinstance(name, str) else ""
