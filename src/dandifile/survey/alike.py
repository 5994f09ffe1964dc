"""Ids and paths that are different and become the same, or nearly so, in the dandiset. Pure.

The dandi package writes an id into a name with `-` for everything that a name cannot hold, so that
several subjects can end in one folder. The archive takes paths that differ in case only, which most
disks of Windows and macOS do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dandifile.model import Finding, Severity
from dandifile.survey.layout import FIELDS, is_organized
from dandifile.survey.scanned_file import Content

IDS_ALIKE = "ids_alike"
ID_PREFIX = "id_prefix"
ID_BLANKS = "id_blanks"
PATHS_ALIKE = "paths_alike"

CHECKS = frozenset({IDS_ALIKE, ID_PREFIX, ID_BLANKS, PATHS_ALIKE})
"""The names of these findings, for `validation.ignore`. They are warnings: the archive takes all of this."""

_COMPARED = ("sub", "ses", "tis", "slice", "cell")


@dataclass(frozen=True, order=True)
class _Name:
    """One entity of organised names, such as sub-M-1; all but subjects count within one subject."""

    key: str
    value: str
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.key}-{self.value}"


def warnings(
    contents: Iterable[Content], paths: Mapping[str, str], known: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[Finding, ...]]:
    """All warnings, by source. What is on the draft already (`known`) gets none."""
    new = [c for c in contents if paths.get(c.source) not in (None, *known.get(c.digest, ()))]
    if not new:
        return {}
    there = {path for those in known.values() for path in those}
    alike = case_warnings(paths, there, new)
    ids = id_warnings(contents)
    return {
        source: those
        for source in {*ids, *(content.source for content in new)}
        if (those := (*ids.get(source, ()), *alike.get(source, ())))
    }


def id_warnings(contents: Iterable[Content]) -> dict[str, tuple[Finding, ...]]:
    """Warnings on the ids in files, by source. Only contents with labels are looked at."""
    users: dict[_Name, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))  # id → sources
    found: dict[str, list[Finding]] = defaultdict(list)
    for content in contents:
        for key in _COMPARED:
            value, given = content.entity(key), content.given(key)
            if value is None or given is None:
                continue
            subject = "" if key == "sub" else content.entity("sub") or ""
            users[_Name(key, value, subject)][given].append(content.source)
            if is_organized(content.file):
                found[content.source] += _oddities(content.source, key, given, value)
    for name, ids in sorted(users.items()):
        if len(ids) > 1:
            message = _warning_text(name, sorted(ids))
            for source in sorted({source for sources in ids.values() for source in sources}):
                found[source].append(Finding(source, IDS_ALIKE, message, Severity.WARNING))
    return {source: tuple(those) for source, those in found.items() if those}


def _warning_text(name: _Name, ids: list[str]) -> str:
    listed = f"{', '.join(map(repr, ids[:-1]))} and {ids[-1]!r}"
    field = FIELDS[name.key]
    if name.key == "sub":
        return (
            f"the {field}s {listed} all become {name}, one subject in the dandiset: if they are different "
            "subjects, give one of them another id, in the files or under `vocabulary: {subjects: …}`"
        )
    of = f" of sub-{name.subject}" if name.subject else ""
    return (
        f"the {field}s {listed}{of} all become {name} in names: if they are different, "
        f"give one of them another {field} in its files"
    )


def _oddities(source: str, key: str, given: str, value: str) -> Iterable[Finding]:
    field = FIELDS[key]
    mend = f"set another {field} in the file"
    if key == "sub":
        mend += ", or say what it means under `vocabulary: {subjects: …}`"
    if given.strip().lower().startswith((f"{key}-", f"{key}_")):
        message = f"{field} {given!r} begins with {key}-, so names get {key}-{value}: {mend}"
        yield Finding(source, ID_PREFIX, message, Severity.WARNING)
    if given != given.strip() or not given.isprintable():
        what = "spaces around it" if given.strip().isprintable() else "characters that cannot be seen"
        message = f"{field} {given!r} has {what}, so names get {key}-{value}: {mend}"
        yield Finding(source, ID_BLANKS, message, Severity.WARNING)


def case_warnings(
    paths: Mapping[str, str], there: Collection[str], wanted: Iterable[Content]
) -> dict[str, tuple[Finding, ...]]:
    """The `wanted` files whose path, or a folder of it, differs in case only from another; by source.

    `paths` are those of the files here by source, `there` those on the draft.
    """
    spellings: dict[str, set[str]] = defaultdict(set)
    for path in {*paths.values(), *there}:
        for part in _parts(path):
            spellings[part.casefold()].add(part)
    found: dict[str, tuple[Finding, ...]] = {}
    for content in wanted:
        parts = _parts(paths.get(content.source, ""))
        same = next((those for part in parts if len(those := spellings[part.casefold()]) > 1), None)
        if same:
            found[content.source] = (_differ(content, sorted(same)),)
    return found


def _differ(content: Content, spelled: list[str]) -> Finding:
    by_content = is_organized(content.file)
    mend = (
        "give one of them another subject_id or session_id in its files"
        if by_content
        else "rename one of them"
    )
    message = (
        f"{' and '.join(spelled)} differ only in upper and lower case: the archive accepts both, but most "
        f"disks on Windows and macOS can hold only one of them; {mend}"
    )
    return Finding(content.source, PATHS_ALIKE, message, Severity.WARNING)


def _parts(path: str) -> list[str]:
    """The folders that a path is in, outermost first, and the path itself."""
    names = path.split("/")
    return ["/".join(names[: length + 1]) for length in range(len(names))]
