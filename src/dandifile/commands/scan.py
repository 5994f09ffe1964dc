"""`dandifile scan`: writes the data manifest, for machines that lack the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dandifile.errors import Exit
from dandifile.session.opening import open_data
from dandifile.session.options import refuse_globs
from dandifile.survey.inventory import Inventory, inventory
from dandifile.survey.manifest import Line, load, manifest_file, save
from dandifile.terminal.screen import Flags, print_json, refused_json, show, show_progress, survey_json

if TYPE_CHECKING:
    from dandifile.report.reasons_view import Tally


def scan(flags: Flags, forget: Sequence[str]) -> int:
    """Looks at every file that the spec names and is here. Asks no archive."""
    refuse_globs("--forget", forget)
    with open_data(flags) as data, show_progress(flags) as shown, data.runner(shown.notify) as run:
        file = manifest_file(data.spec.file)
        before = load(file)
        found = inventory(data.spec, run, data.record, before, forget)
        save(file, (*found.here, *found.kept))
    _show(file.name, before, found, flags, shown.why)
    return Exit.BLOCKED if found.named.refused else Exit.DONE


def _show(name: str, before: Sequence[Line], found: Inventory, flags: Flags, why: Tally) -> None:
    from dandifile.report.files_view import scan_text

    old = {line.path: line for line in before}
    new = {line.path: line for line in (*found.here, *found.kept)}
    counts = {
        "lines": len(new),
        "added": len(new.keys() - old.keys()),
        "changed": sum(line != old[path] for path, line in new.items() if path in old),
        "dropped": len(old.keys() - new.keys()),
        "elsewhere": len(found.kept),
        "invalid": sum(line.validation == "invalid" for line in new.values()),
    }
    if flags.format == "json":
        refused = refused_json(found.named.refused)
        said = {"absent": list(found.named.absent), "notes": list(found.named.notes)}
        print_json({"file": name, **counts, **refused, **said, **survey_json(why)})
    else:
        show(flags, scan_text, name, counts, found.named.refused, notes=found.named.notes)
