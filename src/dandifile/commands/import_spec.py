"""`dandifile import`: a spec of a dandiset that exists, whose plan is empty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from dandifile.errors import Exit, SpecError, UserError
from dandifile.importing.paths import ImportedPaths
from dandifile.reading.document import read_document
from dandifile.reading.files import SPEC_LIMIT, read_text
from dandifile.report.import_view import (
    ImportReport,
    MatchedFiles,
    Proposal,
    import_json,
    import_text,
    outcome_text,
    proposal_json,
    proposal_text,
)
from dandifile.session.data_match import match_folders
from dandifile.session.import_record import note_import
from dandifile.session.import_source import ImportSource, open_source
from dandifile.session.importing import ImportedSpec, free_folder, import_spec
from dandifile.spec.load import spec_file
from dandifile.terminal.screen import (
    Flags,
    can_ask,
    is_confirmed,
    print_json,
    quote_for_shell,
    show,
    show_progress,
)
from dandifile.writing import create_spec, replace_content


@dataclass(frozen=True)
class Wish:
    """What to import, and how. `fix`: show repairs; `yes`: write the repaired spec without asking.

    `data` are folders with files of the dandiset.
    """

    named: str
    instance: str = ""
    fix: bool = False
    yes: bool = False
    data: tuple[Path, ...] = ()


def import_(wish: Wish, flags: Flags) -> int:
    """Writes the spec, and says what is odd in it. Never writes over a file."""
    if not wish.named:
        raise UserError(
            "no dandiset is named",
            fix="name it, as in `dandifile import DANDI:000123`, or pass --update for the spec that is here",
        )
    file = spec_file(flags.file or Path())
    if not wish.fix:
        _refuse_existing(file, wish.named)
    with open_source(wish.named, wish.instance) as source:
        imported = import_spec(source, _paths(source, file, wish, flags), free_folder(file))
    if wish.fix:
        return _fix(file, imported, wish, flags)
    create_spec(file, imported.text)
    note_import(file, imported.source)
    repaired = imported.repaired()
    repairs = len(repaired.repairs) if repaired.text != imported.text else 0
    _report(file, imported, wish, flags, repairs=repairs)
    return Exit.DONE


def _paths(source: ImportSource, file: Path, wish: Wish, flags: Flags) -> ImportedPaths | None:
    """The `paths` for the folders that were given; None where there are none."""
    if not wish.data:
        return None
    with show_progress(flags) as shown:
        return match_folders(source, file, wish.data, shown.notify)


def _fix(file: Path, imported: ImportedSpec, wish: Wish, flags: Flags) -> int:
    """Shows the repairs as a diff of the spec, and writes the repaired one only if that is asked for.

    A spec that an import wrote and nobody has edited since is replaced; nothing else is.
    """
    repaired = imported.repaired()
    diff = _diff(imported.text, repaired.text, file)
    is_untouched = file.is_file() and file.read_bytes() == imported.text.encode()
    if not is_untouched:
        _refuse_existing(file, wish.named)
    done = tuple((each.field, each.what) for each in repaired.repairs)
    proposed = Proposal(diff, done, str(file))
    if flags.format == "text":
        show(flags, proposal_text, proposed)
    if diff and (
        wish.yes or (flags.format == "text" and can_ask() and is_confirmed("Write the repaired spec?"))
    ):
        (replace_content if is_untouched else create_spec)(file, repaired.text)
        note_import(file, imported.source)
        proposed = replace(proposed, written=True)
    if flags.format == "text":
        show(flags, outcome_text, proposed)
    else:
        print_json(proposal_json(proposed))
    return Exit.DONE


def _diff(before: str, after: str, file: Path) -> tuple[str, ...]:
    """The lines of a unified diff of the two specs."""
    lines = unified_diff(
        before.splitlines(), after.splitlines(), f"{file} as imported", f"{file} repaired", lineterm=""
    )
    return tuple(lines)


def _refuse_existing(file: Path, named: str) -> None:
    """UserError where the file is there; an export of the dandi client is recognised."""
    if not file.exists():
        return
    if _is_export(file):
        aside = file.with_name(f"{file.stem}.export.yaml")
        same = Path(named).exists() and Path(named).samefile(file)
        then = f"dandifile import {quote_for_shell(aside) if same else named}"
        raise UserError(
            "this file is the dandi client's export of a dandiset, and nothing is written over it",
            where=str(file),
            fix=f"move it away (mv {quote_for_shell(file)} {quote_for_shell(aside)}), then run {then}",
        )
    raise UserError(
        "there is a file already, and nothing is written over it",
        where=str(file),
        fix="name another file with -f FILE, or run `dandifile import --update` to bring this one up to date",
    )


def _is_export(file: Path) -> bool:
    try:
        found = read_document(read_text(file, "the file", SPEC_LIMIT), str(file)).value
    except (UserError, SpecError):
        return False
    return isinstance(found, dict) and found.get("schemaKey") == "Dandiset" and "dandifile" not in found


def _files(paths: ImportedPaths) -> MatchedFiles:
    return MatchedFiles(
        matched=len(paths.matched),
        differ=paths.differ,
        renamed=paths.renamed,
        only_here=paths.only_here,
        only_there=paths.only_there,
        unused=paths.unused,
    )


def _report(file: Path, imported: ImportedSpec, wish: Wish, flags: Flags, *, repairs: int) -> None:
    source, found = imported.source, imported.found
    report = ImportReport(
        file=str(file),
        shown=source.shown,
        version=source.version,
        values=imported.values,
        odd=tuple((each.place, each.what) for each in found.remarks),
        undeclared=tuple((each.field, each.why) for each in found.undeclared),
        notes=source.notes,
        left=imported.paths.left,
        files=_files(imported.paths) if wish.data else None,
        repairs=repairs,
    )
    if flags.format == "json":
        print_json(import_json(report))
    else:
        show(flags, import_text, report)
