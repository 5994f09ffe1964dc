"""`dandifile organize`: the names that the files here get, and trees of files with those names."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.errors import Exit, UserError
from dandifile.model import Finding, JsonObject, PathEntry, Refusal, Spec
from dandifile.organize.log import read_log
from dandifile.organize.make import Placed, Tree, make, undo
from dandifile.organize.place import folds_case
from dandifile.organize.tree import Mode, TreeSource, tree
from dandifile.session.opening import open_data
from dandifile.survey.inventory import Named, names
from dandifile.survey.manifest import load, manifest_file
from dandifile.survey.scan import entry_path
from dandifile.survey.scanned_file import Runner
from dandifile.survey.stages import extract_all
from dandifile.terminal.screen import (
    Flags,
    print_json,
    quote_for_shell,
    refused_json,
    show,
    show_progress,
    survey_json,
)

if TYPE_CHECKING:
    from dandifile.report.reasons_view import Tally


def organize(flags: Flags, to: Path | None, mode: str, undone: Path | None, *, rename: bool) -> int:
    """Shows names; with `to` makes a tree of them, with `undone` (its log) removes it again."""
    if undone is not None:
        return _undo(flags, undone, to)
    way = _mode(mode, to)
    with open_data(flags) as data, show_progress(flags) as shown, data.runner(shown.notify) as run:
        listed = load(manifest_file(data.spec.file))
        named = names(data.spec, run, data.record, listed, rename=rename)
        if to is None:
            _show_names(named, flags, shown.why)
            return Exit.BLOCKED if named.refused else Exit.DONE
        folder = to.resolve()
        _refuse_inside(data.spec, folder, way)
        return _make(data.spec, run, named, Tree.at(folder, way), flags, why=shown.why)


def _make(  # noqa: PLR0913 - what to make of what, and how
    spec: Spec, run: Runner, named: Named, target: Tree, flags: Flags, *, why: Tally
) -> int:
    folder, mode = target.folder, target.mode
    moved = {entry.source for entry in target.before.values()}
    sources, unread = _sources(spec, run, named)
    placements, refused = tree(
        sources, mode, lambda file: Path(file).exists() or file in moved, folds=folds_case(folder)
    )
    placed = list(make(placements, target))
    refused = sorted((*named.refused, *unread, *refused), key=lambda refusal: refusal.source)
    log = target.log.file if target.log.file.exists() else None
    _show_placed(placed, refused, flags, log=log, why=why, warnings=named.warnings, notes=named.notes)
    if mode is Mode.MOVE and not any(_is_in(folder, entry, spec) for entry in spec.paths):
        sys.stderr.write(f"the files have moved: name {folder} under `paths`, or undo it\n")
    return _exit_code(placed, refused)


def _sources(spec: Spec, run: Runner, named: Named) -> tuple[list[TreeSource], list[Refusal]]:
    """The named files with the media that they refer to, which the names do not need; and unreadable ones."""
    extracts = extract_all([content for content, _ in named.files], spec.vocabulary, run)
    sources, refused = [], []
    for content, path in named.files:
        file = content.file
        if failure := extracts.failure(content):
            refused.append(Refusal(content.source, *failure))
            continue
        media = tuple(extracts.media(content))
        folder = Path(file.path).is_dir()
        sources.append(
            TreeSource(
                content.source, file.path, path, file.size, file.mtime_ns, content.digest, media, folder
            )
        )
    return sources, refused


def _undo(flags: Flags, log: Path, to: Path | None) -> int:
    if to is not None:
        raise UserError("--undo and --to cannot be combined", fix="leave --to out: the log names the tree")
    placed = undo(read_log(log.absolute()))
    _show_placed(placed, [], flags, done="undone")
    return _exit_code(placed, [])


def _mode(mode: str, to: Path | None) -> Mode:
    if mode and to is None:
        raise UserError("--mode needs --to: it says how the tree is made", fix="add --to DIR")
    try:
        return Mode(mode or Mode.SYMLINK)
    except ValueError as error:
        raise UserError(f"--mode {mode} is not known", fix=f"use one of {', '.join(Mode)}") from error


def _refuse_inside(spec: Spec, folder: Path, mode: Mode) -> None:
    """A tree inside the data would make every file an asset twice."""
    for entry in spec.paths:
        if mode is not Mode.MOVE and _is_in(folder, entry, spec):
            raise UserError(
                f"{folder} is inside {entry.source}, which `paths` takes as data",
                fix="name a folder outside it, or use --mode move to rename the files in place",
            )


def _is_in(folder: Path, entry: PathEntry, spec: Spec) -> bool:
    source = Path(entry_path(str(spec.root.absolute()), entry))
    return folder.resolve().is_relative_to(source.resolve())


# --- What is shown ------------------------------------------------------------------------------


def _show_names(named: Named, flags: Flags, why: Tally) -> None:
    from dandifile.report.files_view import names_text, skipped_json

    if flags.format == "json":
        print_json(
            {
                "names": [
                    {
                        "source": content.source,
                        "path": path,
                        "size": content.file.size,
                        "digest": content.digest,
                    }
                    for content, path in named.files
                ],
                **refused_json(named.refused),
                "warnings": _warnings_json(named.warnings),
                "skipped": skipped_json(named.skipped),
                "absent": list(named.absent),
                "notes": list(named.notes),
                **survey_json(why),
            }
        )
        return
    paths = {content.source: path for content, path in named.files}
    said = {"warnings": named.warnings, "skipped": named.skipped, "notes": named.notes}
    show(flags, names_text, paths, named.refused, named.absent, **said)


def _show_placed(  # noqa: PLR0913 - each of what was found
    placed: Sequence[Placed],
    refused: Sequence[Refusal],
    flags: Flags,
    *,
    log: Path | None = None,
    done: str = "done",
    why: Tally | None = None,
    warnings: Sequence[Finding] = (),
    notes: Sequence[str] = (),
) -> None:
    from dandifile.report.files_view import placement_text

    if flags.format == "json":
        files = [vars(one) for one in placed]
        print_json(
            {
                "files": files,
                **refused_json(refused),
                "warnings": _warnings_json(warnings),
                "notes": list(notes),
                "log": str(log) if log else None,
                **survey_json(why),
            }
        )
        return
    errors = {one.path: one.error for one in placed if one.status == "failed"}
    words = {"done": done, "there": "there already", "failed": "failed"}
    counts = Counter(words[one.status] for one in placed) + Counter(refused=len(refused))
    show(flags, placement_text, errors, refused, counts, warnings=warnings, notes=notes)
    if log:
        sys.stdout.write(f"To undo it: dandifile organize --undo {quote_for_shell(log)}\n")


def _warnings_json(warnings: Sequence[Finding]) -> list[JsonObject]:
    return [{"source": one.source, "check": one.check, "message": one.message} for one in warnings]


def _exit_code(placed: Sequence[Placed], refused: Sequence[Refusal]) -> Exit:
    if any(one.status == "failed" for one in placed):
        return Exit.FAILED
    return Exit.BLOCKED if refused else Exit.DONE
