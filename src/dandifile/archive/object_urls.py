"""Where the objects of a store are: of an open dandiset, without a request for each.

The archive redirects to a signed URL of each object. Those of an open dandiset can be read without the
signature (docs/archive-api.md). So once the archive has said where one object is, the others are looked for
under their own keys next to it. Nothing rests on this: what arrives is compared with its digest, and where
the guess is wrong, the archive is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from dandifile.net.urls import without_query


def blob_key(blob: str) -> str:
    """The key of a blob in the store."""
    return f"blobs/{blob[:3]}/{blob[3:6]}/{blob}"


class ObjectUrls:
    """Gives URLs of objects. Threads may share it."""

    def __init__(self, *, is_open: bool) -> None:
        self._is_open = is_open
        self._root = ""  # of the store, once it is known

    def url_of(self, key: str, ask: Callable[[], str]) -> Callable[[], str]:
        """What gives a URL of an object by its key: asked again, the one that the archive says (`ask`)."""
        guessed = False

        def url() -> str:
            nonlocal guessed
            if self._root and not guessed:
                guessed = True
                return self._root + quote(key)
            signed = ask()
            bare = without_query(signed)
            if self._is_open and not guessed and bare.endswith(f"/{quote(key)}"):
                self._root = bare.removesuffix(quote(key))
            return signed

        return url
