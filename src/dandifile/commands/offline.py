"""A spec's data without its archive: for commands that look at files only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dandifile.archive.instance import LOCAL
from dandifile.commands.common import Flags, at_hand, limit, local_place
from dandifile.commands.showing import watching
from dandifile.errors import ArchiveError
from dandifile.model import Record, Spec
from dandifile.survey.stages import Runner


@dataclass(frozen=True)
class Data:
    """The spec, what this folder is known to have on its archive, and what runs the survey's steps."""

    spec: Spec
    record: Record
    run: Runner


@contextmanager
def data(flags: Flags) -> Iterator[Data]:
    from dandifile.run.engines import find_engine
    from dandifile.run.survey_runner import survey_runner
    from dandifile.survey import tasks

    with (
        at_hand(flags) as (spec, cache, jobs),
        watching(flags) as (notify, _),
        survey_runner(tasks, cache, jobs, notify, find_engine(flags.executor), limit(flags, spec)) as run,
    ):
        yield Data(spec, _record(spec), run)


def _record(spec: Spec) -> Record:
    """What the last apply here noted. Only a URL that is not known is asked which archive it is."""
    from dandifile.run.state import load_record

    if not spec.instance:
        return Record()
    try:
        home, identifier = _local(spec) if spec.instance == LOCAL else _remote(spec)
    except ArchiveError as error:
        sys.stderr.write(f"{error.what}: names are given without what the archive has\n")
        return Record()
    return load_record(spec.root / ".dandifile", home, identifier) if identifier else Record()


def _remote(spec: Spec) -> tuple[str, str | None]:
    from dandifile.archive.instances import resolve
    from dandifile.lookup.lock import identifier_in_lock, lock_file

    url = resolve(spec.instance).api_url
    return url, spec.identifier or identifier_in_lock(lock_file(spec.file), spec.environment, url)


def _local(spec: Spec) -> tuple[str, str | None]:
    from dandifile import local_identifiers as identifiers
    from dandifile.archive.instance import Instance
    from dandifile.embedded import default_store

    store = default_store()
    home = Instance.embedded("", "http://127.0.0.1", identifiers.known_store(store)).home
    return home, spec.identifier or identifiers.get(store, local_place(spec))
