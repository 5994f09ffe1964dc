"""JSON, as it crosses a process, a file or the network; and what remembers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias

Json: TypeAlias = Any
"""What `json.loads` can give: None, bool, int, float, str, list of Json, dict of str to Json."""
JsonObject: TypeAlias = dict[str, Any]


class Cache(Protocol):
    """Remembers JSON by table and key; may forget anything at any time. `run.state` keeps it on disk."""

    def get_many(self, table: str, keys: Iterable[str]) -> dict[str, Json]: ...

    def put_many(self, table: str, items: Mapping[str, Json]) -> None: ...
