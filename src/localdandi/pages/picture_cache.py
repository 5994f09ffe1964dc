"""Pictures of NWB files, kept beside the objects once they are drawn.

They are drawn by a process of their own: a broken file may take its reader down with it.
"""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path
from uuid import uuid4

from localdandi.archive import Archive
from localdandi.children import ISOLATED

_PATIENCE = 60  # seconds
_drawing = threading.Lock()  # one at a time is enough for a machine's memory


def picture(archive: Archive, blob_id: str, theme: str) -> Path:
    """The picture of a blob, drawn now or earlier; one that says so where nothing can be drawn."""
    file = archive.store / "pictures" / f"{blob_id}.{theme}.png"
    with _drawing:
        if not file.exists():
            _draw(archive.objects.blob(blob_id), file, theme)
    return file


def _draw(source: Path, target: Path, theme: str) -> None:
    target.parent.mkdir(exist_ok=True)
    temporary = target.with_name(f"{uuid4().hex}.{theme}.png")
    command = [*ISOLATED, "localdandi.pages.picture"]
    try:
        # Free of any display, and of locks that another reader of the file may hold.
        environment = os.environ | {"MPLBACKEND": "Agg", "HDF5_USE_FILE_LOCKING": "FALSE"}
        arguments = [*command, str(source), str(temporary), theme]
        drawn = subprocess.run(arguments, env=environment, timeout=_PATIENCE, check=False)  # noqa: S603
        failed = drawn.returncode != 0
    except subprocess.TimeoutExpired:
        failed = True
    if failed:
        subprocess.run([*command, "", str(temporary), theme], check=True)  # noqa: S603
    temporary.replace(target)
