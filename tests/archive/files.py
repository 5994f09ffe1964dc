"""Files to send, and their dandi-etags as the dandi client computes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

METADATA: dict[str, Any] = {"schemaKey": "Asset", "encodingFormat": "application/octet-stream"}


@dataclass(frozen=True)
class Sample:
    path: Path
    size: int
    digest: str


def sample(path: Path, content: bytes) -> Sample:
    path.write_bytes(content)
    return of(path)


def of(path: Path) -> Sample:
    from dandischema.digests.dandietag import DandiETag

    return Sample(path, path.stat().st_size, DandiETag.from_file(path).as_str())
