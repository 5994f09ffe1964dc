"""Notes what the last apply made of the files here: advisory, in the state folder, one file a draft."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from dandifile.model import Record, Recorded
from dandifile.writing import replace_content


def load_record(state: Path, archive: str, identifier: str) -> Record:
    """The record of that draft; an empty one where there is none or it cannot be read."""
    try:
        data = json.loads(_file(state, archive, identifier).read_text("utf-8"))
        assets = {source: Recorded(**made) for source, made in dict(data["assets"]).items()}
        record = Record(assets, dict(data["fields"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Record()
    words = [
        *record.fields.values(),
        *(word for made in assets.values() for word in (made.path, made.digest)),
    ]
    return record if all(isinstance(word, str) for word in words) else Record()


def save_record(state: Path, archive: str, identifier: str, record: Record) -> None:
    """Whole or not at all, also when two processes do it at once."""
    file = _file(state, archive, identifier)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_content(file, json.dumps(asdict(record), sort_keys=True, indent=1))


def _file(state: Path, archive: str, identifier: str) -> Path:
    """`archive` names it for good: its API URL, or the store of an embedded one, whose port changes."""
    where = hashlib.sha256(f"{archive} {identifier}".encode()).hexdigest()[:12]
    return state / "records" / f"{identifier}-{where}.json"
