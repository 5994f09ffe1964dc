"""Identifiers of dandisets on the local instance. They stay in its store: they mean nothing elsewhere.

A spec has one identifier an environment; it is known by its absolute path.
"""

from __future__ import annotations

import json
from pathlib import Path

from dandifile.writing import replace_content

_FILE = "identifiers.json"


def get(store: Path, spec_file: Path, environment: str) -> str | None:
    """The identifier that a spec was given in `store`, six digits; None if it has none yet."""
    return _all(store).get(str(spec_file.resolve()), {}).get(environment)


def put(store: Path, spec_file: Path, environment: str, identifier: str) -> None:
    """Remembers an identifier. Whole or not at all, also when two processes do it at once."""
    store.mkdir(parents=True, exist_ok=True)
    from filelock import FileLock  # comes with the extra `local`, as the archive that gave it

    with FileLock(store / f"{_FILE}.lock"):
        known = _all(store)
        known.setdefault(str(spec_file.resolve()), {})[environment] = identifier
        replace_content(store / _FILE, json.dumps(known, indent=2, sort_keys=True))


def _all(store: Path) -> dict[str, dict[str, str]]:
    try:
        known: dict[str, dict[str, str]] = json.loads((store / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return known
