"""Which entry of `paths` takes a file, and why others leave it out. Pure: the disk is not asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from dandifile.explanation.view import View
from dandifile.globs import is_match
from dandifile.model import Explanation, PathEntry, Refusal, Saying, Verdict, Voice
from dandifile.survey.scan import entry_path

NAME = "assets"


@dataclass(frozen=True)
class EntryOver:
    """An entry of `paths`, its place in the list, and where in it a file is."""

    number: int
    entry: PathEntry
    below: str

    @property
    def is_long(self) -> bool:
        """Whether it has keys of its own; the short form is the source alone."""
        return self.entry != PathEntry(self.entry.source)


def entries_over(view: View, source: str) -> Iterator[EntryOver]:
    """The entries whose folder, or file, the source is in."""
    root = os.path.abspath(view.spec.root)  # noqa: PTH100 - a name, which may not exist
    path = os.path.normpath(os.path.join(root, source))  # noqa: PTH118 - as above
    for number, entry in enumerate(view.spec.paths):
        folder = entry_path(root, entry)
        if path == folder:
            yield EntryOver(number, entry, os.path.basename(path))  # noqa: PTH119 - as above
        elif path.startswith(folder.rstrip(os.sep) + os.sep):
            below = path.removeprefix(folder.rstrip(os.sep) + os.sep).replace(os.sep, "/")
            yield EntryOver(number, entry, below)


def taking_entry(view: View, source: str) -> EntryOver | None:
    """The first entry that takes a file: later ones do not get it."""
    found = (one for one in entries_over(view, source) if not list(_reasons(view, one)))
    return next(found, None)


def taken_by(view: View, source: str) -> Iterator[Saying]:
    entry = taking_entry(view, source)
    if entry:
        where = view.places.of_spec("paths", entry.number)
        yield Saying(Voice.SPEC, f"`paths[{entry.number}]`, {entry.entry.source}, takes the file", where)


def _reasons(view: View, entry: EntryOver) -> Iterator[Saying]:
    """Why an entry leaves out a file that is in its folder."""
    excluding = [glob for glob in entry.entry.exclude if _is_excluded(glob, entry.below)]
    for glob in excluding:
        number = entry.entry.exclude.index(glob)
        where = view.places.of_spec("paths", entry.number, "exclude", number)
        yield Saying(Voice.SPEC, f"`exclude: {glob}` of {entry.entry.source} leaves it out", where)
    include = entry.entry.include
    if include and not any(is_match(glob, entry.below) for glob in include):
        where = view.places.of_spec("paths", entry.number, "include")
        globs = ", ".join(include)
        yield Saying(
            Voice.SPEC, f"`include: {globs}` of {entry.entry.source} does not match {entry.below}", where
        )


def _is_excluded(glob: str, below: str) -> bool:
    """Whether a pattern matches the file or a folder that it is in."""
    parts = below.split("/")
    return any(is_match(glob, "/".join(parts[:end])) for end in range(1, len(parts) + 1))


# --- Files that become no asset ---------------------------------------------------------------------


def explain_untaken(view: View, source: str, *, exists: bool) -> Explanation:
    """Why a file, which no asset is made of, is not taken."""
    refusal = next((one for one in view.local.refused if one.source == source), None)
    if refusal:
        return _refused(view, source, refusal)
    said, remedies = [*_left_out(view, source)], [*_remedies(view, source)]
    if absent := _absent_above(view, source):
        said.append(
            Saying(Voice.RULE, f"{absent} is not on this machine, so nothing is known of what is in it")
        )
        return Explanation(NAME, source, Verdict.ELSEWHERE, tuple(said), ("run plan where the data is",))
    if not exists:
        said.append(Saying(Voice.FILE, "there is no such file here", source))
    return Explanation(NAME, source, Verdict.NOT_TAKEN, tuple(said), tuple(remedies))


def _refused(view: View, source: str, refusal: Refusal) -> Explanation:
    said = (*taken_by(view, source), Saying(Voice.CHECK, f"it cannot be an asset: {refusal.reason}", source))
    return Explanation(NAME, source, Verdict.BLOCKED, said, (refusal.fix,))


def _left_out(view: View, source: str) -> Iterator[Saying]:
    entries = list(entries_over(view, source))
    if not entries:
        where = view.places.of_key("paths") if view.spec.paths else view.places.file
        yield Saying(Voice.SPEC, "no entry of `paths` has this file in its folder", where)
    for entry in entries:
        reasons = list(_reasons(view, entry))
        yield from reasons
        if not reasons:
            where = view.places.of_spec("paths", entry.number)
            skipped = (one for one in view.local.skipped if source in one.sources)
            yield from (
                Saying(Voice.RULE, f"{entry.entry.source} leaves it out: {one.reason}", where)
                for one in skipped
            )


def _remedies(view: View, source: str) -> Iterator[str]:
    entries = list(entries_over(view, source))
    if not entries:
        yield "add its folder to `paths`"
    for entry in entries:
        for saying in _reasons(view, entry):
            yield f"change the pattern at {saying.where}"
    yield from dict.fromkeys(one.fix for one in view.local.skipped if source in one.sources)


def _absent_above(view: View, source: str) -> str:
    """The absent entry, or absent file, that the source is in; "" for none."""
    for absent in view.local.absent:
        folder = absent.removeprefix("./").rstrip("/")
        if source == folder or source.startswith(f"{folder}/"):
            return absent
    return ""
