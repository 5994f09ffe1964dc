"""`dandifile check`: is the spec right, as far as this machine alone can tell?"""

from __future__ import annotations

import sys

from dandifile.commands.common import Flags, load_spec
from dandifile.commands.showing import print_json
from dandifile.errors import Exit


def check(flags: Flags) -> int:
    """Errors leave as exceptions, all at once; what is left to say is what stays unknown."""
    spec = load_spec(flags)
    absent = [entry.source for entry in spec.paths if not (spec.root / entry.source).exists()]
    if flags.format == "json":
        print_json(
            {
                "file": str(spec.file),
                "absent": absent,
                "not_acted_on": list(spec.not_acted_on),
                "unpinned": list(spec.unpinned),
            }
        )
        return Exit.DONE
    sys.stdout.write(f"{spec.file.name} is right: {len(spec.fields)} fields, {len(spec.paths)} paths\n")
    for source in absent:
        sys.stdout.write(f"  {source} is not on this machine; its assets will be left as they are\n")
    if spec.unpinned:
        unpinned = ", ".join(spec.unpinned)
        sys.stdout.write(f"  not in the lock: {unpinned}; `dandifile resolve` looks it up\n")
    if spec.not_acted_on:
        keys = ", ".join(spec.not_acted_on)
        sys.stdout.write(f"  checked, but not reconciled by this version: {keys}\n")
    return Exit.DONE
