"""`dandifile fmt`: the spec, tidied; comments and meaning stay."""

from __future__ import annotations

import sys
from pathlib import Path

from dandifile.errors import Exit
from dandifile.reading.files import SPEC_LIMIT, read_text
from dandifile.spec.formatting import format_text
from dandifile.spec.load import spec_file
from dandifile.writing import replace_content


def fmt(file: Path | None, *, check: bool) -> int:
    """Rewrites the file in place, by way of a temporary one; `check` only says whether it would."""
    file = spec_file(file)
    text = read_text(file, "the spec", SPEC_LIMIT)
    tidy = format_text(text, file.name)
    if tidy == text:
        sys.stdout.write(f"{file.name} is tidy\n")
        return Exit.DONE
    if check:
        sys.stdout.write(f"{file.name} would be tidied\n")
        return Exit.CHANGES
    replace_content(file, tidy)
    sys.stdout.write(f"{file.name} tidied\n")
    return Exit.DONE
