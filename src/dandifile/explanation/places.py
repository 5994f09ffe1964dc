"""Where the spec and its lock say something: file:line:column, in the environment that was chosen. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from dandifile.desired.spec_and_lock import SpecAndLock
from dandifile.model import Json
from dandifile.reading.document import Document, KeyPath, value_at


@dataclass(frozen=True)
class Places:
    """`lock` is the lock as it was read; None where there is no file."""

    source: SpecAndLock
    lock: Document | None = None

    def declared(self, *path: str | int) -> Json:
        """What the spec declares at a path, with its environment; None where it declares nothing."""
        return value_at(self.source.declared.value, path)

    def written(self, *path: str | int) -> Json:
        """The same as it is written: templates are not filled in."""
        return value_at(self._document.value, self._path(path))

    def of_spec(self, *path: str | int) -> str:
        """Where the spec says what it declares at a path; where it is not written, its nearest parent."""
        return self._document.place(self._path(path))

    def of_key(self, *path: str | int) -> str:
        """The same, but the place of the key, and not of its value."""
        return self._document.place(self._path(path), at_key=True)

    def of_lock(self, section: str, **keys: str) -> str:
        """Where the lock has the entry with these keys; "" where it has none."""
        entries = (self.lock.value or {}).get(section, ()) if self.lock else ()
        for number, entry in enumerate(entries):
            if all(entry.get(key, "") == value for key, value in keys.items()):
                assert self.lock is not None
                return self.lock.place((section, number))
        return ""

    @property
    def file(self) -> str:
        """The spec's file, as messages name it."""
        return self._document.file

    @property
    def _document(self) -> Document:
        return self.source.declared.document

    def _path(self, path: KeyPath) -> KeyPath:
        environment = ("environments", self.source.declared.environment)
        overridden = path[:1] and value_at(self._document.value, (*environment, path[0])) is not None
        return (*environment, *path) if overridden else path
