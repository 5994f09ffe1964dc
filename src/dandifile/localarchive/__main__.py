"""`python -m dandifile.localarchive STORE`: a server for the process that started it.

It says where it is, or why it is not, in one line of JSON, and ends when its standard input does: with the
block that uses it, or with the process, however that dies.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from dandifile.errors import UserError
from dandifile.localarchive.server import announced
from dandifile.localarchive.serving import Serving, listen
from dandifile.model import JsonObject


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
    except UserError as error:
        _say({"what": error.what, "where": error.where, "fix": error.fix})
        return error.exit_code
    return 0


def _say(what: JsonObject) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _watch(serving: Serving) -> None:
    while sys.stdin.buffer.read(1024):
        pass
    serving.stop()


if __name__ == "__main__":
    sys.exit(main())
