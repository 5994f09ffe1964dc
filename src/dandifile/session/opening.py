"""Opens what a command works with: the spec with its lock, the cache, and the archive or the data alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.archive.instance import LOCAL, Instance
from dandifile.desired.spec_and_lock import MemoryLookups, SpecAndLock, complete_spec, read_spec_and_lock
from dandifile.errors import ArchiveError, BlockedError
from dandifile.lookup.lock import identifier_in_lock, lock_file
from dandifile.model import Record, Spec
from dandifile.run.state import SqliteCache
from dandifile.session import local_identifiers
from dandifile.session.options import TRANSFERS, Setup
from dandifile.spec.load import spec_file
from dandifile.spec.need import ARCHIVE, EVERYTHING, FILES, ONLINE, Need

if TYPE_CHECKING:
    from dandifile.archive.credentials import Secret
    from dandifile.archive.reader import Reader
    from dandifile.run.execute import Notify
    from dandifile.run.processes import TimeLimit
    from dandifile.run.survey_runner import Runner
    from dandifile.session.session import Access, Session

_log = logging.getLogger(__name__)


def read_spec(setup: Setup, need: Need = EVERYTHING) -> SpecAndLock:
    """The spec as it was read, as far as the command needs it, and its lock."""
    return read_spec_and_lock(spec_file(setup.file), setup.environment, need)


@contextmanager
def open_session(setup: Setup, *, writing: bool = False, need: Need = ONLINE) -> Iterator[Session]:
    """A session with its archive in reach. Only writing needs a key, and it keeps other applies out."""
    from dandifile.run.engines import find_engine
    from dandifile.session.session import Session

    source = read_spec(setup, need)
    with open_cache(source.file) as cache, _only_apply(source.file) if writing else nullcontext():
        lookups = MemoryLookups(cache, setup.locked, setup.offline)
        spec = complete_spec(source, lookups)
        with _open_archive(spec, writing=writing) as access:
            yield Session(
                source=source,
                spec=spec,
                access=access,
                cache=cache,
                lookups=lookups,
                engine=find_engine(setup.executor),
                limit=_limit(setup, spec),
                jobs=setup.jobs or TRANSFERS,
                writing=writing,
            )


@contextmanager
def open_dandiset(setup: Setup) -> Iterator[Reader]:
    """The spec's dandiset on its archive, for commands that use neither the data nor the rest of the spec.

    Asks no lookup service, and needs no key for an open dandiset. UserError where there is none yet.
    """
    from dandifile.archive.reader import Reader

    spec = read_spec(setup, ARCHIVE).pinned_spec()
    with open_cache(spec.file) as cache, _open_archive(spec, writing=False) as access:
        reader = Reader(access.instance, access.identifier, access.key, cache)
        reader.check_instance()
        access.require_identifier()
        yield reader


@contextmanager
def open_cache(file: Path) -> Iterator[SqliteCache]:
    """The cache of the spec in `file`, next to it."""
    state = file.parent / ".dandifile"
    keep_out_of_git(state)
    cache = SqliteCache(state / "cache.sqlite")
    try:
        yield cache
    finally:
        cache.close()
        if cache.trouble:
            _log.warning("%s: nothing more can be cached there (%s)", state, cache.trouble)


def _open_archive(spec: Spec, *, writing: bool) -> AbstractContextManager[Access]:
    return _open_embedded(spec) if spec.instance == LOCAL else _remote(spec, writing=writing)


@contextmanager
def _remote(spec: Spec, *, writing: bool) -> Iterator[Access]:
    """An archive on the network; the identifier is the spec's, or the lock's."""
    from dandifile.archive.credentials import find_key, require_key
    from dandifile.archive.instances import find_instance
    from dandifile.session.session import Access

    instance = find_instance(spec.instance)
    identifier = spec.identifier or _locked_identifier(spec, instance.api_url)
    yield Access(instance, identifier, require_key(instance) if writing else find_key(instance))


@contextmanager
def _open_embedded(spec: Spec) -> Iterator[Access]:
    """The embedded archive, which keeps the identifiers of its specs itself."""
    from dandifile.archive.instances import has_dandiset
    from dandifile.session.embedded import default_store
    from dandifile.session.session import Access

    store = default_store()
    with embedded_instance(store) as (instance, key):
        known = _embedded_identifier(spec, store)
        if known and not spec.identifier and not has_dandiset(instance, known):
            known = None  # it was deleted on the archive: the next one needs --create again
        yield Access(instance, spec.identifier or known, key, store)


@contextmanager
def embedded_instance(store: Path) -> Iterator[tuple[Instance, Secret]]:
    """The embedded archive of `store` and its key, started if it is not up."""
    from dandifile.archive.credentials import Secret
    from dandifile.session.embedded import open_archive

    with open_archive(store) as archive:
        web = archive.web_url if archive.lasting else ""
        yield (
            Instance.of_store(web, archive.api_url, local_identifiers.store_id(store)),
            Secret(archive.key),
        )


@contextmanager
def open_reader(archive: str, identifier: str) -> Iterator[Reader]:
    """A dandiset without a spec here, on the archive of this name or URL; with the user's key, if any."""
    from dandifile.archive.credentials import find_key
    from dandifile.archive.instances import find_instance
    from dandifile.archive.reader import Reader
    from dandifile.run.state import MemoryCache
    from dandifile.session.embedded import default_store

    if archive == LOCAL:
        with embedded_instance(default_store()) as (instance, key):
            yield Reader(instance, identifier, key, MemoryCache())
    else:
        instance = find_instance(archive)
        yield Reader(instance, identifier, find_key(instance), MemoryCache())


def known_identifier(source: SpecAndLock, spec: Spec) -> str | None:
    """The identifier of the spec's dandiset, as far as the spec, its lock and this machine know."""
    if spec.identifier:
        return spec.identifier
    if spec.instance == LOCAL:
        from dandifile.session.embedded import default_store

        return _embedded_identifier(spec, default_store())
    made = (made for made in source.lock.identifiers if made.environment == spec.environment)
    return next((one.identifier for one in made), None)


def _embedded_identifier(spec: Spec, store: Path) -> str | None:
    return local_identifiers.find_identifier(store, local_identifiers.place_of(spec))


def _locked_identifier(spec: Spec, api_url: str) -> str | None:
    return identifier_in_lock(lock_file(spec.file), spec.environment, api_url)


def _only_apply(file: Path) -> AbstractContextManager[None]:
    """Keeps other applies of the same spec out, of any environment: they share its lock file."""
    from dandifile.locking import hold

    return hold(
        file.parent / ".dandifile" / f"{file.stem}.apply.lock",
        held=BlockedError(
            "another apply or publish of this spec is running",
            fix="wait until it has ended, then run the same command again",
        ),
    )


def keep_out_of_git(state: Path) -> None:
    """The state folder ignores itself, so that no lab commits its caches."""
    ignore = state / ".gitignore"
    with suppress(OSError):  # a full or read-only disk: the cache reports it
        state.mkdir(parents=True, exist_ok=True)
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")


def _limit(setup: Setup, spec: Spec) -> TimeLimit:
    """How long one step of the survey may take: as the caller says, else the spec."""
    from dandifile.run.processes import DEFAULT_MINUTES, TimeLimit

    return TimeLimit(setup.step_timeout or spec.validation.step_timeout or DEFAULT_MINUTES)


# --- The data alone -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Data:
    """A spec's data without its archive, for commands that look at files only."""

    spec: Spec
    cache: SqliteCache
    setup: Setup

    def runner(self, notify: Notify) -> AbstractContextManager[Runner]:
        """What runs the survey's steps."""
        from dandifile.run.engines import find_engine
        from dandifile.run.survey_runner import survey_runner
        from dandifile.survey import tasks

        jobs, limit = self.setup.jobs or TRANSFERS, _limit(self.setup, self.spec)
        return survey_runner(tasks, self.cache, jobs, notify, find_engine(self.setup.executor), limit)

    @cached_property
    def record(self) -> Record:
        """What the last apply here noted. Only an archive that is not known is asked which one it is."""
        from dandifile.run.state import load_record

        if not self.spec.instance:
            return Record()
        try:
            home, identifier = self._dandiset()
        except ArchiveError as error:
            _log.warning("%s: names are made without a look at the archive", error.what)
            return Record()
        return load_record(self.spec.root / ".dandifile", home, identifier) if identifier else Record()

    def _dandiset(self) -> tuple[str, str | None]:
        """The archive's lasting name, and the dandiset's identifier there. Starts no archive."""
        spec = self.spec
        if spec.instance == LOCAL:
            from dandifile.session.embedded import default_store

            store = default_store()
            home = Instance.of_store("", "http://127.0.0.1", local_identifiers.existing_store_id(store)).home
            return home, spec.identifier or _embedded_identifier(spec, store)
        from dandifile.archive.instances import find_instance

        url = find_instance(spec.instance).api_url
        return url, spec.identifier or _locked_identifier(spec, url)


@contextmanager
def open_data(setup: Setup) -> Iterator[Data]:
    """The spec's data and the cache; what the spec says of the dandiset itself may be missing or wrong."""
    spec = read_spec(setup, FILES).pinned_spec()
    with open_cache(spec.file) as cache:
        yield Data(spec, cache, setup)
