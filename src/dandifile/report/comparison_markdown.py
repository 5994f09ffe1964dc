"""What differs between two versions as Markdown: for a pull request, and as the notes of a release. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from dandifile.model import Action, Census, Comparison, Json
from dandifile.report.asset_rows import AssetGroup, asset_groups
from dandifile.report.comparison_view import (
    as_change,
    first_names,
    group_by_action,
    more_sessions,
    subject_lines,
    totals,
)
from dandifile.report.lines import Remark
from dandifile.report.markdown import Section, code_span, fit_sections, literal
from dandifile.report.values import value_marks, without_hint
from dandifile.words import quantity, size

LONGEST_NOTES = 5000
"""Characters of release notes that the archive takes."""

_LONGEST_PAGE = 60_000  # characters: GitHub takes 65,536 in a pull request
_MOST_NAMES = 40  # in one line
_MOST_GROUPS = 25  # of assets with the same action
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
        people = list(subject_lines(comparison, action, _MOST_NAMES, literal))
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
        lines += [f"{label}: {first_names(list(map(literal, names)), _MOST_NAMES)}"] if names else []
    lines += more_sessions(comparison.census_after.sessions, {}, _MOST_NAMES, literal)
    if lines:
        yield Section("Contents", lines)


def _name(item: Json) -> str:
    name = item.get("name") if isinstance(item, dict) else item
    return name.strip() if isinstance(name, str) else ""
