from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dandifile.archive.credentials import Secret
from dandifile.archive.instance import Instance
from dandifile.archive.writer import Writer
from dandifile.run.state import MemoryCache
from localdandi.testing import TestArchive, archive
from tests.archive.files import Sample, sample
from tests.net.scripted import Scripted, scripted


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache()


@pytest.fixture(scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestArchive]:
    with archive(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture
def local(_running: TestArchive) -> Iterator[TestArchive]:
    """The embedded archive: one for a module, well behaved at the start of each test."""
    _running.behave()
    _running.reset_counts()
    lifetime = _running.settings.url_lifetime
    yield _running
    _running.settings.url_lifetime = lifetime
    _running.behave()


@pytest.fixture
def instance(local: TestArchive) -> Instance:
    return Instance.of_store(local.web_url, local.api_url)


_numbers = itertools.count()


@pytest.fixture
def user(local: TestArchive) -> Secret:
    """The key of a user who has nothing yet."""
    return Secret(local.add_user(f"user{next(_numbers)}", "Doe, Jane"))


@pytest.fixture
def new_writer(instance: Instance, user: Secret) -> Callable[..., Writer]:
    """Make a writer as the next run would: nothing remembered."""
    return lambda identifier=None: Writer(instance, user, identifier, MemoryCache())


@pytest.fixture
def writer(local: TestArchive, new_writer: Callable[..., Writer]) -> Writer:
    """A writer for a new dandiset; the requests that made it are not counted."""
    made = new_writer()
    made.create("Place cells", {})
    local.reset_counts()
    return made


@pytest.fixture
def file(tmp_path: Path) -> Sample:
    """A small file of content that the archive has never seen."""
    return sample(tmp_path / "a.bin", os.urandom(5000))
