"""`dandifile archive`: run the embedded archive, list dandisets, add users, export its pages, delete it."""

from __future__ import annotations

import json
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from dandifile.errors import Exit, UserError
from dandifile.model import JsonObject
from dandifile.session.embedded import default_store, export_pages, open_archive
from dandifile.session.embedded import reset as reset_store
from dandifile.session.embedded import serve as serve_store
from dandifile.session.local_identifiers import store_id
from dandifile.terminal.screen import print_json
from dandifile.words import quantity

if TYPE_CHECKING:
    from localdandi.access import Running

_LAST_PORT = 65535
_REFUSED = 400


def serve(store: Path | None, port: int, host: str, form: str, **instance: str) -> int:
    """Runs until interrupted; `instance` as for `embedded.serve`.

    In JSON, the first line on stdout says where it is, once it answers.
    """
    if not 0 <= port <= _LAST_PORT:
        raise UserError(
            f"--port {port} is not a port", fix=f"use one from 1 to {_LAST_PORT}, or 0 for any free one"
        )
    if not _is_own_machine(host):
        sys.stderr.write(
            f"warning: --host {host} lets every machine in the network reach the archive, without encryption;"
            " keep the key to yourself, and stop it when you are done\n"
        )

    def ready(archive: Running) -> None:
        if form == "json":
            place = {"web": archive.web_url, "api": archive.api_url, "key": archive.key}
            sys.stdout.write(json.dumps(place) + "\n")
        else:
            sys.stdout.write(f"The embedded archive is at {archive.web_url} (Ctrl-C stops it)\n")
            if not _is_own_machine(host):
                sys.stdout.write(_remote_use_text(host, urlsplit(archive.web_url)))
        sys.stdout.flush()

    try:
        serve_store(store or default_store(), port, host, ready, **instance)
    except KeyboardInterrupt:  # the way to stop it, so nothing was interrupted
        sys.stderr.write("stopped\n")
    return Exit.DONE


def _is_own_machine(host: str) -> bool:
    """Whether only this machine can reach that address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _remote_use_text(host: str, web: SplitResult) -> str:
    """How other machines reach it: dandifile sends a key over plain HTTP to its own machine only."""
    name = socket.gethostname() if _is_any_address(host) else web.hostname
    behind = "localhost" if _is_any_address(host) else host
    shown = f"[{name}]" if name and ":" in name else name
    return (
        f"Other machines see its pages at http://{shown}:{web.port}, with a key\n"
        "To use it with dandifile from another machine, which sends no key unencrypted, run there:\n"
        f"  ssh -N -L {web.port}:{f'[{behind}]' if ':' in behind else behind}:{web.port} {name}\n"
        f"and write `instance: http://localhost:{web.port}` in the spec\n"
    )


def _is_any_address(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return not host


def list_dandisets(store: Path | None, form: str) -> int:
    """What is in the archive. Does not make one."""
    store = store or default_store()
    found = _dandisets(store) if (store / "archive.sqlite").exists() else []
    if form == "json":
        print_json({"dandisets": found})
        return Exit.DONE
    for dandiset in found:
        name, draft = dandiset["identifier"], dandiset["draft_version"]
        sys.stdout.write(f"{name}  {draft['name']}  {quantity(draft['asset_count'], 'asset')}\n")
    if not found:
        sys.stdout.write(f"no dandisets in {store}\n")
    return Exit.DONE


def _dandisets(store: Path) -> list[JsonObject]:
    from dandifile.archive.credentials import Secret
    from dandifile.archive.instance import Instance
    from dandifile.archive.reader import Reader
    from dandifile.run.state import MemoryCache

    with open_archive(store) as archive:
        instance = Instance.of_store(archive.web_url, archive.api_url, store_id(store))
        return Reader(instance, None, Secret(archive.key), MemoryCache()).dandisets()


def add_user(store: Path | None, login: str, name: str) -> int:
    """Adds an approved user. Their API key is not shown: nobody needs to log in as them."""
    from dandifile.archive.api import Call, WriteApi
    from dandifile.archive.credentials import Secret
    from dandifile.archive.instance import Instance

    last, _, first = (part.strip() for part in (name or f"{login}, User").partition(","))
    if not (last and first):
        raise UserError(
            f"--name '{name}' is not a name in the form `Last, First`", fix='write --name "Doe, Jane"'
        )
    user = {"login": login, "first_name": first, "last_name": last, "email": f"{login}@example.org"}
    with open_archive(store or default_store()) as archive:
        own = Instance.of_store(archive.web_url, f"{archive.web_url}/_test")
        reply = WriteApi(own, Secret(archive.key)).write(Call("POST", "users", user), accept=(_REFUSED,))
    if reply.status == _REFUSED:
        raise UserError(f"the embedded archive does not take the user {login}: {reply.body}")
    sys.stdout.write(f"added the user {login}\n")
    return Exit.DONE


def export(store: Path | None, folder: Path, form: str, **choice: Any) -> int:
    """Writes the pages into a folder; `choice` as for `embedded.export_pages`. Starts no server."""
    if choice["files"] < 0:
        raise UserError(f"--files {choice['files']} is not a number of files", fix="use 0 or more")

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    done = export_pages(store or default_store(), folder, say, **choice)
    index = folder / "index.html"
    if form == "json":
        values = {"index": str(index), "pages": done.pages, "without_page": done.left_out}
        print_json({**values, "embargoed": list(done.embargoed)})
        return Exit.DONE
    sys.stdout.write(f"wrote {quantity(done.pages, 'page')}: open {index}\n")
    if done.left_out:
        say(f"{quantity(done.left_out, 'file')} without a page of its own: --files raises the limit")
    if done.embargoed:
        say(f"warning: under embargo, so show these pages to their owners only: {', '.join(done.embargoed)}")
    return Exit.DONE


def reset(store: Path | None, *, yes: bool) -> int:
    """Deletes the archive's own files in its folder; other files in it stay."""
    store = store or default_store()
    if not store.exists():
        sys.stdout.write("there is no embedded archive\n")
        return Exit.DONE
    if not yes:
        raise UserError(f"this deletes the archive in {store} with everything in it", fix="pass --yes")
    left = reset_store(store)
    sys.stdout.write(f"deleted the archive in {store}\n")
    if left:
        names = f"{', '.join(left[:3])}{' …' if left[3:] else ''}"
        sys.stderr.write(f"the folder stays, as it has other files: {names}\n")
    return Exit.DONE
