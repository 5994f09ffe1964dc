"""What sending a file costs at least: to sum it up here, and to bring it over a socket to a disk.

Nothing but the bytes goes over the socket: no HTTP, no signatures, one connection. The other end
does what any object store does: it sums up what comes, writes it, and flushes it to the disk.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

_BLOCK = 1 << 20


def least(file: Path) -> float:
    """Seconds to hash `file` and then to copy it over loopback, next to itself; the copy is removed."""
    from dandifile.survey.digest import dandi_etag

    started = time.perf_counter()
    dandi_etag(file, file.stat().st_size)
    with TemporaryDirectory(dir=file.parent) as folder:
        _copy(file, Path(folder) / "copy")
        return time.perf_counter() - started


def _copy(file: Path, copy: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        receiver = threading.Thread(target=_receive, args=(server, copy))
        receiver.start()
        with socket.create_connection(server.getsockname()) as connection, file.open("rb") as opened:
            connection.sendfile(opened)
            connection.shutdown(socket.SHUT_WR)
            receiver.join()


def _receive(server: socket.socket, copy: Path) -> None:
    md5 = hashlib.md5(usedforsecurity=False)
    buffer = memoryview(bytearray(_BLOCK))
    connection, _ = server.accept()
    with connection, copy.open("wb") as out:
        while count := connection.recv_into(buffer):
            md5.update(buffer[:count])
            out.write(buffer[:count])
        out.flush()
        os.fsync(out.fileno())
