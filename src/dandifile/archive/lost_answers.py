"""Uploads that were asked for and of which no answer came, as a kill or a cut connection leaves them.

The archive has begun them, and only it knows their ids. What is noted before the request, in the cache, is
enough to find them again: the dandiset, the content, and when. The note goes when an answer has come, so that
another owner's upload of the same content is not taken for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dandifile.model import Cache

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader

_TABLE = "asked"
_KEPT = 20  # times that are noted of one content
_APART = timedelta(minutes=10)  # the archive's clock from ours, at most, and the time of a request


class AskedUpload:
    """The note of one upload of a content (`digest`) to a dandiset."""

    def __init__(self, reader: Reader, digest: str) -> None:
        self._cache: Cache = reader.cache
        self._key = _key(reader, digest)
        self._now = datetime.now(UTC).isoformat()
        self._sent = 0

    def note(self) -> None:
        """Before the request is sent; again before it is sent again, as the first answer may be lost."""
        self._sent += 1
        self._put([*self._times(), self._now])

    def answered(self) -> None:
        """An answer came to the last request: none is missing if it was the only one."""
        if self._sent == 1:
            self._put([time for time in self._times() if time != self._now])

    def _times(self) -> list[str]:
        return _texts(self._cache.get_many(_TABLE, [self._key]).get(self._key))

    def _put(self, times: list[str]) -> None:
        self._cache.put_many(_TABLE, {self._key: list(dict.fromkeys(times))[-_KEPT:]})


def lost_answers(reader: Reader, uploads: Iterable[tuple[str, str, datetime | None]]) -> set[str]:
    """The ids of those that were asked for from here; each is given by id, digest and when it was begun."""
    given = list(uploads)
    noted = reader.cache.get_many(_TABLE, {_key(reader, digest) for _, digest, _ in given})
    return {
        upload
        for upload, digest, begun in given
        if begun is not None
        and any(_is_near(begun, time) for time in _texts(noted.get(_key(reader, digest))))
    }


def _key(reader: Reader, digest: str) -> str:
    return f"{reader.instance.home} {reader.identifier} {digest}"


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _is_near(begun: datetime, asked: str) -> bool:
    try:
        return abs(begun - datetime.fromisoformat(asked)) <= _APART
    except (ValueError, TypeError):  # a damaged cache
        return False
