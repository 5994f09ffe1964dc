"""Fixtures for the tests of any project: an archive, its users, its counts and faults. No Docker, no network.

Loaded by pytest wherever the package is installed; nothing is imported or started before a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from localdandi.testing import TestArchive


@pytest.fixture(scope="session")
def dandi_archive_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestArchive]:
    """A running archive for the whole test run; tests make dandisets of their own in it."""
    from localdandi.cli import require_extra
    from localdandi.document import StartError

    try:
        require_extra()
    except StartError as error:
        pytest.fail(f"{error.what}: {error.fix}", pytrace=False)
    from localdandi.testing import archive

    with archive(tmp_path_factory.mktemp("dandi-archive") / "store") as running:
        yield running


@pytest.fixture
def dandi_archive(dandi_archive_server: TestArchive) -> Iterator[TestArchive]:
    """The running archive, with its counts at zero and no fault; `.api_url`, `.web_url`, `.key`.

    `counts()` and `writes()` say what was asked of it; `misbehave(status=503, times=2)` asks for a fault,
    which ends with the test.
    """
    dandi_archive_server.behave()
    dandi_archive_server.reset_counts()
    yield dandi_archive_server
    dandi_archive_server.behave()


@pytest.fixture(scope="session")
def dandi_second_user_key(dandi_archive_server: TestArchive) -> str:
    """The API key of an approved user who owns nothing and is no admin."""
    return dandi_archive_server.add_user("second", "User, Second")
