"""`dandiset.lock.yaml`, committed beside the spec: so far, the identifiers that `apply --create` made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dandifile.errors import Problem, SpecError

VERSION = 1


def lock_file(spec_file: Path) -> Path:
    """`dandiset.lock.yaml` for `dandiset.yaml`: every spec has its own."""
    return spec_file.with_suffix(".lock.yaml")


def locked_identifier(file: Path, environment: str, api_url: str) -> str | None:
    """The identifier of this environment's dandiset on this archive, if it was created from this spec."""
    for entry in _load(file).get("identifiers", ()):
        if (entry.get("environment", ""), entry.get("api_url")) == (environment, api_url):
            return str(entry["identifier"])
    return None


def lock_identifier(file: Path, environment: str, api_url: str, identifier: str) -> None:
    """Adds an identifier; everything else in the file stays as it is."""
    document = _load(file)
    document.setdefault("dandifile_lock", VERSION)
    entry = {"environment": environment, "api_url": api_url, "identifier": identifier}
    document.setdefault("identifiers", []).append(entry)
    temporary = file.with_name(f".{file.name}.tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        _yaml().dump(document, stream)
    temporary.replace(file)


def _load(file: Path) -> Any:
    from ruamel.yaml.error import YAMLError

    if not file.exists():
        return {}
    try:
        document = _yaml().load(file.read_text("utf-8")) or {}
    except (YAMLError, UnicodeDecodeError) as error:
        raise _unusable(file, str(error)) from error
    if not isinstance(document, dict) or document.get("dandifile_lock", VERSION) != VERSION:
        raise _unusable(file, f"not a lock of version {VERSION}")
    return document


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = False
    return yaml


def _unusable(file: Path, why: str) -> SpecError:
    return SpecError(f"{file.name} cannot be used", [Problem(file.name, why)], fix="restore it from git")
