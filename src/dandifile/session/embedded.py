"""The embedded archive, as dandifile uses it: where its store is, and a server while one is needed.

The archive is a package of its own, `localdandi`, and comes with the extra `local`. This is the only module
that imports it, and only once it is asked for something; everything else goes over HTTP.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dandifile.errors import UserError

REQUIRED = ("localdandi", "anyio", "httptools", "starlette", "uvicorn")
"""What the extra `local` brings and the archive cannot start without."""

if TYPE_CHECKING:
    from localdandi.access import Running


def default_store() -> Path:
    """The store in the user's data folder, or where `DANDIFILE_STORE` says."""
    named = os.environ.get("DANDIFILE_STORE")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("dandifile", appauthor=False) / "archive"


@contextmanager
def open_archive(store: Path) -> Iterator[Running]:
    """The server of `store`: the one that runs, else one that is started and ends with the block."""
    with ExitStack() as stack:
        with _translated_errors():
            from localdandi import server

            found = stack.enter_context(server.running_server(store))
        yield found


def serve(store: Path, port: int, host: str, on_ready: Callable[[Running], None], **instance: str) -> None:
    """Serves `store` until interrupted. Port 0 takes a free one.

    `instance` is what the archive calls itself and which schema it speaks (`name`, `schema_version`, …). What
    is not given is as the environment's variables say (`LOCALDANDI_NAME`, …), or as in production.
    """
    with _translated_errors():
        from localdandi import server
        from localdandi.instance import Instance

        served = Instance.of_environment(os.environ, **instance)
        server.serve(store, port, host, on_ready=on_ready, instance=served)


@dataclass(frozen=True)
class Exported:
    """Pages that were written: how many, how many files got none, and which dandisets are under embargo."""

    pages: int
    left_out: int
    embargoed: tuple[str, ...]


def export_pages(store: Path, folder: Path, say: Callable[[str], object], **choice: Any) -> Exported:
    """Writes the archive's pages into `folder`; `choice` is `dandiset`, `version`, `files` and `pictures`."""
    with _translated_errors():
        from localdandi.instance import Instance
        from localdandi.pages.export import Choice, export

        done = export(store, folder, Choice(**choice), Instance.of_environment(os.environ), say)
        return Exported(done.pages, done.left_out, done.embargoed)


def reset(store: Path) -> tuple[str, ...]:
    """Deletes what the archive keeps in `store`; returns the names of what is left there."""
    with _translated_errors():
        from localdandi import archive

        return archive.reset(store)


def require_extra() -> None:
    """UserError where the embedded archive is not installed."""
    missing = [package for package in REQUIRED if not _is_there(package)]
    if missing:
        raise UserError(
            f"the embedded archive is not installed: {', '.join(missing)} cannot be found",
            fix='run pip install "dandifile[local]"',
        )


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # an import hook forbids it
        return False


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Turns what `localdandi` refuses, and its absence, into errors that say what to do."""
    require_extra()
    from localdandi.document import StartError

    try:
        yield
    except StartError as error:
        raise UserError(error.what, where=error.where, fix=error.fix) from error
