"""What the commands share: their flags, and how they come to a workspace."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.archive.instance import LOCAL
from dandifile.commands.logs import keep_log, show_waits
from dandifile.errors import BlockedError, UserError
from dandifile.model import Spec
from dandifile.planning.kind import Options
from dandifile.spec.need import EVERYTHING, FILES, ONLINE, Need

if TYPE_CHECKING:
    from dandifile.desired.spec_and_lock import SpecAndLock
    from dandifile.local_identifiers import Place
    from dandifile.run.processes import TimeLimit
    from dandifile.run.state import SqliteCache
    from dandifile.workspace import Workspace

FORMATS = ("text", "json")
TRANSFERS = 8  # at once, unless -j says otherwise: API writes to one draft gain nothing from more


@dataclass(frozen=True)
class Flags:
    """The flags that every command on a spec has."""

    file: Path | None = None
    environment: str = ""
    format: str = "text"
    verbose: bool = False
    no_color: bool = False
    jobs: int | None = None
    executor: str = "local"  # where survey steps and uploads run, as `run.engines` names it
    step_timeout: float | None = None  # minutes; None: as the spec says
    locked: bool = False  # nothing is looked up; what the lock lacks is an error
    offline: bool = False  # no service is asked; what the lock lacks stays unknown

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise UserError(f"--format {self.format} is not known", fix=f"use one of {', '.join(FORMATS)}")


def bounds(  # noqa: PLR0913 - one a flag
    allow: Sequence[str],
    only: Sequence[str],
    paths: Sequence[str],
    exclude: Sequence[str],
    overwrite: Sequence[str],
    *,
    rename: bool,
    refresh: bool,
) -> Options:
    """The flags that bound a plan; a word that is not known is an error, not nothing."""
    from dandifile.kinds import KINDS, permits

    _refuse_unknown("--allow", allow, permits())
    _refuse_unknown("--only", only, KINDS)
    refuse_globs("--path", paths)
    refuse_globs("--exclude", exclude)
    words = (frozenset(allow), frozenset(only), tuple(paths), tuple(exclude))
    return Options(*words, rename, refresh, frozenset(overwrite))


def load_spec(flags: Flags, need: Need = EVERYTHING) -> Spec:
    """The spec, with what its lock holds."""
    return bound(flags, need).pinned_spec()


def limit(flags: Flags, spec: Spec) -> TimeLimit:
    """How long one step of the survey may take: by the flag, else by the spec."""
    from dandifile.run.processes import DEFAULT_MINUTES, TimeLimit

    return TimeLimit(flags.step_timeout or spec.validation.step_timeout or DEFAULT_MINUTES)


def bound(flags: Flags, need: Need = EVERYTHING) -> SpecAndLock:
    """The spec as it was read, as far as the command needs it, and its lock."""
    from dandifile.desired.spec_and_lock import read_with_lock
    from dandifile.spec.load import spec_file

    return read_with_lock(spec_file(flags.file), flags.environment, need)


@contextmanager
def at_hand(flags: Flags) -> Iterator[tuple[Spec, SqliteCache, int]]:
    """What needs no archive: the spec of the data, the cache beside it, and how much to do at once."""
    spec = load_spec(flags, FILES)
    with cache_beside(spec.file) as cache:
        yield spec, cache, flags.jobs or TRANSFERS


@contextmanager
def cache_beside(file: Path) -> Iterator[SqliteCache]:
    """The cache of the spec in `file`."""
    from dandifile.run.state import SqliteCache

    keep_log()
    show_waits()
    state = file.parent / ".dandifile"
    _keep_out_of_git(state)
    cache = SqliteCache(state / "cache.sqlite")
    try:
        yield cache
    finally:
        cache.close()
        if cache.trouble:
            sys.stderr.write(f"{state}: nothing more is remembered there ({cache.trouble})\n")


@contextmanager
def opened(flags: Flags, *, writing: bool, need: Need = ONLINE) -> Iterator[Workspace]:
    """The workspace of the spec, its archive within reach. Reading needs no key; writing does."""
    from dandifile.desired.regions_from_nwb import locate_regions
    from dandifile.desired.spec_and_lock import MemoryLookups, complete_spec, refuse_licenses
    from dandifile.run.engines import find_engine

    declared = bound(flags, need)
    with cache_beside(declared.file) as cache, _held(declared.file) if writing else nullcontext():
        lookups = MemoryLookups(cache, flags.locked, flags.offline)
        spec = complete_spec(declared, lookups)
        reached = _embedded(spec) if spec.instance == LOCAL else _remote(spec, writing=writing)
        with reached as make:
            jobs = flags.jobs or TRANSFERS
            yield make(
                spec=spec,
                cache=cache,
                jobs=jobs,
                engine=find_engine(flags.executor),
                limit=limit(flags, spec),
                locate=partial(locate_regions, declared, spec, lookups),
                refuse=partial(refuse_licenses, declared, spec),
            )


@contextmanager
def _remote(spec: Spec, *, writing: bool) -> Iterator[Callable[..., Workspace]]:
    """An archive on the network; the identifier is the spec's, or the lock's."""
    from dandifile.archive.credentials import find_key, require_key
    from dandifile.archive.instances import resolve
    from dandifile.lookup.lock import add_identifier, identifier_in_lock, lock_file
    from dandifile.workspace import Workspace

    instance = resolve(spec.instance)
    place = (lock_file(spec.file), spec.environment, instance.api_url)
    yield partial(
        Workspace,
        instance=instance,
        identifier=spec.identifier or identifier_in_lock(*place),
        key=require_key(instance) if writing else find_key(instance),
        remember=partial(add_identifier, *place),
    )


@contextmanager
def _embedded(spec: Spec) -> Iterator[Callable[..., Workspace]]:
    """The embedded archive, started if it is not up; it keeps the identifiers of its specs itself."""
    from dandifile import local_identifiers as identifiers
    from dandifile.archive.credentials import Secret
    from dandifile.archive.instance import Instance
    from dandifile.archive.instances import exists
    from dandifile.embedded import default_store, running
    from dandifile.workspace import Workspace

    store, place = default_store(), local_place(spec)
    with running(store) as archive:
        web = archive.web_url if archive.lasting else ""
        remember = partial(identifiers.put, store, place)
        instance = Instance.embedded(web, archive.api_url, identifiers.store_id(store))
        known = identifiers.get(store, place)
        if known and not spec.identifier and not exists(instance, known):
            known = None  # somebody deleted it on the archive: the next one needs --create again
        yield partial(
            Workspace,
            instance=instance,
            identifier=spec.identifier or known,
            key=Secret(archive.key),
            remember=remember,
            seen=remember,
        )


def local_place(spec: Spec) -> Place:
    """How the embedded archive knows this spec."""
    from dandifile.local_identifiers import Place

    return Place(spec.file, spec.environment, str(spec.fields.get("name") or ""))


def _held(file: Path) -> AbstractContextManager[None]:
    """Keeps other applies of the same spec out, of whichever environment: they share its lock file."""
    from dandifile.locking import hold

    return hold(
        file.parent / ".dandifile" / f"{file.stem}.apply.lock",
        held=BlockedError(
            "another apply of this spec is running", fix="wait until it has ended, then run apply again"
        ),
    )


def _keep_out_of_git(state: Path) -> None:
    """The state folder ignores itself, so that no lab commits its caches."""
    ignore = state / ".gitignore"
    with suppress(OSError):  # a full or read-only disk: the cache tells
        state.mkdir(parents=True, exist_ok=True)
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")


def refuse_undeclared(options: Options, spec: Spec) -> None:
    """A field to overwrite is one that the spec sets: a misspelt one would overwrite nothing."""
    from_files = ("about",) if spec.regions.from_nwb_to_dandiset else ()
    _refuse_unknown("--overwrite-remote", sorted(options.overwrite), sorted({*spec.fields, *from_files}))


def refuse_globs(flag: str, patterns: Iterable[str]) -> None:
    """UserError for a pattern that matches nothing because it is none."""
    from dandifile.globs import fault_of

    for pattern in patterns:
        if why := fault_of(pattern):
            raise UserError(f"{flag}: the pattern {pattern[:60]!r} {why}", fix="write * for what varies")


def _refuse_unknown(flag: str, words: Iterable[str], known: Iterable[str]) -> None:
    known = tuple(known)
    unknown = [word for word in words if word not in known]
    if unknown:
        allowed = f"one of {', '.join(known)}" if len(known) > 1 else f"{flag} {''.join(known)}"
        raise UserError(f"{flag} {unknown[0]} is not known", fix=f"use {allowed}")
