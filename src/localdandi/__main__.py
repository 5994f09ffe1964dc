"""`python -m localdandi STORE`: a server for the process that started it.

It says where it is, or why it is not, in one line of JSON, and ends when its standard input does: with the
block that uses it, or with the process, however that dies. What the archive calls itself and which schema it
speaks are options, or variables of the environment such as `LOCALDANDI_SCHEMA_VERSION`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from localdandi.document import JsonObject, StartError
from localdandi.instance import OPTIONS, PREFIX, Instance
from localdandi.server import announce
from localdandi.serving import Serving, listen


def main() -> int:
    given = vars(_parser().parse_args())
    store = given.pop("store")
    try:
        instance = Instance.of_environment(os.environ, **given)
        with (
            listen("127.0.0.1", 0) as listening,
            Serving(store, listening, instance=instance) as serving,
            announce(serving.archive.store, serving.running),
        ):
            threading.Thread(target=_watch, args=(serving,), daemon=True).start()
            serving.run(lambda running: _say(asdict(running)))
    except StartError as error:
        _say({"what": error.what, "where": error.where, "fix": error.fix})
        return 3
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localdandi", description=(__doc__ or "").partition("\n")[2]
    )
    parser.add_argument("store", type=Path, help="the folder that holds the archive; made if it is not there")
    for name, text in OPTIONS.items():
        option, variable = f"--{name.replace('_', '-')}", PREFIX + name.upper()
        parser.add_argument(option, default="", metavar="TEXT", help=f"{text} (variable: {variable})")
    return parser


def _say(what: JsonObject) -> None:
    with contextlib.suppress(BrokenPipeError):  # the parent is gone: then our standard input ends, too
        os.write(sys.stdout.fileno(), json.dumps(what).encode() + b"\n")


def _watch(serving: Serving) -> None:
    while os.read(sys.stdin.fileno(), 1024):  # no buffer: waiting in one would delay the interpreter's end
        pass
    serving.stop()


if __name__ == "__main__":
    sys.exit(main())
