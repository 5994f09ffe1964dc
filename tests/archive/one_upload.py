"""A small run in a process of its own, to be killed: makes a dandiset, sends a file, attaches it."""

from __future__ import annotations

import sys
from pathlib import Path

from dandifile.archive.create import create_once
from dandifile.archive.credentials import require_key
from dandifile.archive.instance import Instance
from dandifile.archive.transfer import upload
from dandifile.archive.writer import Writer
from dandifile.run.state import MemoryCache


def main(arguments: list[str]) -> None:
    web_url, api_url, intent, file, size, digest = arguments
    instance = Instance.of_store(web_url, api_url)
    writer = Writer(instance, require_key(instance), None, MemoryCache())
    create_or_find(writer, Path(intent))
    blob = upload(writer, Path(file), int(size), digest).blob
    writer.create_asset("a.bin", blob, {"schemaKey": "Asset", "encodingFormat": "x/y"})


def create_or_find(writer: Writer, intent: Path) -> None:
    """Keep the identifier with the note, as a caller keeps it in the lock."""
    lock = intent.with_suffix(".lock")
    if lock.exists():
        writer.adopt(lock.read_text())
    else:
        lock.write_text(create_once(writer, "Place cells", {}, intent))


if __name__ == "__main__":
    main(sys.argv[1:])
