"""`dandifile diff`: what changed between two versions, or between a version and the draft."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from dandifile.errors import Exit, UserError
from dandifile.session.opening import open_dandiset
from dandifile.session.options import refuse_globs
from dandifile.session.versions import compare_versions
from dandifile.terminal.screen import Flags, print_json, show

FORMATS = ("text", "json", "markdown")


def diff(flags: Flags, names: Sequence[str], paths: Sequence[str]) -> int:
    """Reads only, and neither the data nor the rest of the spec. Exit code 0, whatever differs."""
    if len(names) > 2:  # noqa: PLR2004 - two sides
        raise UserError(f"{len(names)} versions were given", fix="name one or two, or none")
    refuse_globs("--path", paths)
    from dandifile.report.comparison_markdown import comparison_markdown
    from dandifile.report.comparison_view import comparison_json, comparison_text

    with open_dandiset(flags) as reader:
        found = compare_versions(reader, names, paths)
    if flags.format == "json":
        print_json(comparison_json(found))
    elif flags.format == "markdown":
        sys.stdout.write(comparison_markdown(found))
    else:
        show(flags, comparison_text, found, verbose=flags.verbose)
    return Exit.DONE
