"""Serving a store: in this thread, in the foreground, or in a process of its own.

While a store is served, `server.json` in it says where (mode 0600: it holds a key).
"""

from __future__ import annotations

import hmac
import json
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from http.client import HTTPException
from pathlib import Path

from localdandi.access import Running, identity_proof
from localdandi.archive import Settings
from localdandi.document import ISOLATED, StartError
from localdandi.instance import Instance

_FILE = "server.json"
_PATIENCE = 2.0  # seconds for another server of the same store to say where it is


def find(store: Path) -> Running | None:
    """The server that serves `store` now, if there is one; it is asked, not believed."""
    try:
        running = Running(**json.loads((store / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return running if _is_ours(running, store.resolve()) else None


def _is_ours(running: Running, store: Path) -> bool:
    """Whether what listens there now is a server of `store`. Another program may have the port by now."""
    import urllib.request

    nonce = secrets.token_hex(16)
    # No proxy is used for our own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{running.web_url}/_test/identity?nonce={nonce}", timeout=5) as response:
            proof = str(json.load(response)["proof"])
    except (OSError, ValueError, KeyError, TypeError, HTTPException):
        return False
    return hmac.compare_digest(proof, identity_proof(running.key, store, nonce))


@contextmanager
def running_server(store: Path) -> Iterator[Running]:
    """The server of `store`: the one that runs, else one that is started and ends with the block.

    One that is started is the instance that this process's environment describes (`LOCALDANDI_NAME`, …).
    """
    found = find(store)
    if found:
        yield found
        return
    command = [*ISOLATED, "localdandi", str(store)]
    process = subprocess.Popen(  # noqa: S603  our own interpreter and module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C is ours to take: the server ends when its standard input does
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )
    assert process.stdin
    assert process.stdout
    try:
        answer = json.loads(process.stdout.readline() or "{}")
        yield Running(**answer) if "pid" in answer else _wait_for_other(store, answer)
    finally:
        process.stdin.close()  # its sign to end, which also comes if this process dies
        process.stdout.close()
        process.wait()


def _wait_for_other(store: Path, answer: dict[str, str]) -> Running:
    """The server that came before ours, while we started it; else what ours said of why it did not start."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and answer:
        found = find(store)
        if found:
            return found
        time.sleep(0.05)
    what = answer.get("what", "the embedded archive did not start")
    raise StartError(
        what,
        where=answer.get("where", str(store)),
        fix=answer.get("fix", "see why with `localdandi serve`"),
    )


def serve(  # noqa: PLR0913  all of one server
    store: Path,
    port: int,
    host: str = "127.0.0.1",
    *,
    on_ready: Callable[[Running], None] = lambda _: None,
    settings: Settings | None = None,
    instance: Instance | None = None,
) -> None:
    """Serves `store` until interrupted. Port 0 takes a free one.

    Raises StartError when another process serves the store or the port is taken.
    """
    from localdandi.serving import Serving, listen

    # uvicorn ends on it, and then passes it on: let that unwind, and not kill, what is around it.
    signal.signal(signal.SIGTERM, _end)
    with (
        listen(host, port) as listening,
        Serving(store, listening, settings, instance) as serving,
        announce(serving.archive.store, replace(serving.running, lasting=True)),
    ):
        serving.run(on_ready)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


@contextmanager
def announce(store: Path, running: Running) -> Iterator[None]:
    from localdandi.archive import write_secret

    file = store / _FILE
    write_secret(file, json.dumps(asdict(running)))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
