"""What a test or a rehearsal may change about how the archive behaves, also while it runs."""

from __future__ import annotations

from dataclasses import dataclass

_HOURS = 3600.0


@dataclass
class Settings:
    """`pause` is the time between two passes of the background work, in seconds.

    The default is prompt; production takes 60. `url_lifetime` replaces the lifetime of
    presigned URLs, in seconds: a negative one makes URLs that have expired already.

    The others are as in production, where clients must not count on anything better. With `summary_lags` a
    draft's summary counts the assets that were valid when the draft was last written to: validation of the
    draft comes first, and nothing sums it up again afterwards. Figures of the whole archive and what the
    faceted search finds are renewed every `figures_age` and `search_age` seconds; 0: always the present.
    """

    pause: float = 0.0
    url_lifetime: int | None = None
    background: bool = True  # False: nothing is hashed, validated, ingested or published
    summary_lags: bool = True
    figures_age: float = 6 * _HOURS
    search_age: float = 600.0
