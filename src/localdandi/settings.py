"""What a test or a rehearsal may change about how the archive behaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Settings:
    """`pause` is the time between two passes of the background work, in seconds.

    The default is prompt; production takes 60. `url_lifetime` replaces the lifetime of
    presigned URLs, in seconds: a negative one makes URLs that have expired already.
    `schema_version` is that of an older server; "" for the one of the installed dandischema.
    """

    pause: float = 0.0
    url_lifetime: int | None = None
    schema_version: str = ""
    background: bool = True  # False: nothing is hashed, validated, ingested or published
