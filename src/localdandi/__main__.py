"""`python -m localdandi STORE`: a server for the process that started it.

It says where it is, or why it is not, in one line of JSON, and ends when its standard input does: with the
block that uses it, or with the process, however that dies.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from localdandi.document import JsonObject, StartError
from localdandi.server import announced
from localdandi.serving import Serving, listen


def main() -> int:
    store = Path(sys.argv[1])
    try:
        with (
            listen("127.0.0.1", 0) as listening,
            Serving(store, listening) as serving,
            announced(serving.archive.store, serving.running),
        ):
            threading.Thread(target=_watch, args=(serving,), daemon=True).start()
            serving.run(lambda running: _say(asdict(running)))
    except StartError as error:
        _say({"what": error.what, "where": error.where, "fix": error.fix})
        return 3
    return 0


def _say(what: JsonObject) -> None:
    with contextlib.suppress(BrokenPipeError):  # whoever asked is gone: then our standard input ends, too
        os.write(sys.stdout.fileno(), json.dumps(what).encode() + b"\n")


def _watch(serving: Serving) -> None:
    while os.read(sys.stdin.fileno(), 1024):  # no buffer: whoever waits in one holds up the interpreter's end
        pass
    serving.stop()


if __name__ == "__main__":
    sys.exit(main())
