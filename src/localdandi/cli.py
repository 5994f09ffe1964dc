"""`localdandi`: the archive on a command line of its own, for projects that do not use dandifile."""

from __future__ import annotations

import argparse
import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from localdandi.document import StartError

if TYPE_CHECKING:
    from localdandi.access import Running

INPUT = 3  # exit code: something that the user can mend
EXTRA = ("anyio", "httptools", "starlette", "uvicorn")  # what `pip install dandifile` alone lacks


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    given = _parser().parse_args(arguments)
    try:
        require_extra()
        return int(given.command(given))
    except StartError as error:
        where = f"\n  at: {error.where}" if error.where else ""
        sys.stderr.write(f"error: {error.what}{where}\nhint: {error.fix}\n")
        return INPUT
    except KeyboardInterrupt:  # the way to stop a server, so nothing was interrupted
        sys.stderr.write("stopped\n")
        return 0


def require_extra() -> None:
    """StartError where the packages of the extra `local` are not installed."""
    missing = [package for package in EXTRA if find_spec(package) is None]
    if missing:
        raise StartError(
            f"the archive is not fully installed: {', '.join(missing)} cannot be found",
            fix='run pip install "dandifile[local]"',
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="localdandi", description="A DANDI archive on this machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve a store until interrupted")
    serve.add_argument("--store", type=Path, required=True, help="the folder of the archive")
    serve.add_argument("--port", type=int, default=8000, help="0 for any free one (default: %(default)s)")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: %(default)s)")
    serve.add_argument("--json", action="store_true", help="print its addresses and key as one line of JSON")
    serve.set_defaults(command=_serve)
    reset = commands.add_parser("reset", help="delete a store")
    reset.add_argument("--store", type=Path, required=True)
    reset.set_defaults(command=_reset)
    export = commands.add_parser("export", help="write the pages into a folder, to open without a server")
    export.add_argument("folder", type=Path, help="a new or an empty folder, or that of an earlier export")
    export.add_argument("--store", type=Path, required=True, help="the folder of the archive")
    export.add_argument("--dandiset", default="", metavar="ID", help="only this one (default: all)")
    export.add_argument(
        "--version", default="", help="only this one (default: the draft and the newest published version)"
    )
    export.add_argument(
        "--files", type=int, default=1000, help="files of a version that get a page (default: %(default)s)"
    )
    export.add_argument("--pictures", action="store_true", help="draw every NWB file; takes a while")
    export.set_defaults(command=_export)
    return parser


def _export(given: argparse.Namespace) -> int:
    from localdandi.instance import Instance
    from localdandi.pages.export import Choice, export

    choice = Choice(given.dandiset, given.version, given.files, given.pictures)
    instance = Instance.of_environment(os.environ)
    done = export(given.store, given.folder, choice, instance, say=lambda line: sys.stderr.write(f"{line}\n"))
    sys.stdout.write(f"wrote {done.pages} pages: open {given.folder / 'index.html'}\n")
    if done.left_out:
        sys.stderr.write(f"{done.left_out} files have no page of their own; --files raises the limit\n")
    if done.embargoed:
        names = ", ".join(done.embargoed)
        sys.stderr.write(f"under embargo, so show these pages to their owners only: {names}\n")
    return 0


def _serve(given: argparse.Namespace) -> int:
    from localdandi.server import serve

    def ready(running: Running) -> None:
        place = {"web": running.web_url, "api": running.api_url, "key": running.key}
        text = f"web pages  {running.web_url}\nAPI        {running.api_url}\nAPI key    {running.key}"
        sys.stdout.write(f"{json.dumps(place) if given.json else text}\n")
        sys.stdout.flush()

    serve(given.store, given.port, given.host, on_ready=ready)
    return 0


def _reset(given: argparse.Namespace) -> int:
    from localdandi.archive import reset

    left = reset(given.store)
    sys.stdout.write(f"deleted the archive in {given.store}\n")
    if left:
        sys.stderr.write(f"the folder stays, as it holds other files: {', '.join(left)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
