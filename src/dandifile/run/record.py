"""Notes what the last apply made of the files here: advisory, in the state folder, one file a draft."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from dandifile.errors import UserError
from dandifile.model import Record, Recorded
from dandifile.reading.files import LIST_LIMIT, read_bytes
from dandifile.reading.jsontext import NotJsonError, each, misfit, parse_json
from dandifile.writing import replace_content

_SHAPE = {"assets": each({"path": str, "digest": str}), "fields": each(str)}


def load_record(state: Path, archive: str, identifier: str) -> Record:
    """The record of that draft; an empty one where there is none or it cannot be read."""
    try:
        data = parse_json(read_bytes(_file(state, archive, identifier), "the record", LIST_LIMIT))
    except (UserError, NotJsonError):
        return Record()
    if misfit(data, _SHAPE):
        return Record()
    assets = {source: Recorded(made["path"], made["digest"]) for source, made in data["assets"].items()}
    return Record(assets, data["fields"])


def save_record(state: Path, archive: str, identifier: str, record: Record) -> None:
    """Whole or not at all, also when two processes do it at once."""
    file = _file(state, archive, identifier)
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_content(file, json.dumps(asdict(record), sort_keys=True, indent=1))


def _file(state: Path, archive: str, identifier: str) -> Path:
    """`archive` names it for good: its API URL, or the store of an embedded one, whose port changes."""
    where = hashlib.sha256(f"{archive} {identifier}".encode()).hexdigest()[:12]
    return state / "records" / f"{identifier}-{where}.json"
