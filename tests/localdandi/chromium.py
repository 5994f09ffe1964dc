"""Headless Chromium, spoken to over its own pipe: no driver, no port."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


def program() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


class Page:
    """One tab."""

    def __init__(self, send: IO[bytes], receive: IO[bytes]) -> None:
        self._send, self._receive, self._last = send, receive, 0
        self._session: str | None = None
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")

    def _call(self, method: str, **params: Any) -> Any:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._send.write(json.dumps(message).encode() + b"\0")
        self._send.flush()
        return self._until(lambda one: one.get("id") == self._last)["result"]

    def _until(self, wanted: Any) -> Any:
        while True:
            text = b""
            while not text.endswith(b"\0"):
                byte = self._receive.read(1)
                if not byte:
                    raise EOFError("the browser ended")
                text += byte
            message = json.loads(text[:-1])
            if wanted(message):
                return message

    def look(self, url: str, *, width: int, theme: str, script: bool = True) -> None:
        """Opens a page in a window of that width, for a reader who prefers light or dark."""
        self._call("Emulation.setScriptExecutionDisabled", value=not script)
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        self._call("Page.navigate", url=url)
        self._until(lambda one: one.get("method") == "Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        found = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")


# The browser reads from descriptor 3 and writes to 4: they are put there before it takes over.
_LAUNCH = """
import os, sys
for end, place in ((int(sys.argv[1]), 30), (int(sys.argv[2]), 31), (30, 3), (31, 4)):
    os.dup2(end, place)
os.execv(sys.argv[3], sys.argv[3:])
"""


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    command = program()
    assert command
    to_browser, ours = os.pipe()
    theirs, from_browser = os.pipe()

    launch = [sys.executable, "-c", _LAUNCH, str(to_browser), str(from_browser), command]
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--remote-debugging-pipe",
        f"--user-data-dir={profile}",
    ]
    pipes = (to_browser, from_browser)
    process = subprocess.Popen([*launch, *options], pass_fds=pipes, stderr=subprocess.DEVNULL)
    os.close(to_browser)
    os.close(from_browser)
    try:
        with os.fdopen(ours, "wb") as send, os.fdopen(theirs, "rb", buffering=0) as receive:
            yield Page(send, receive)
    finally:
        process.kill()
        process.wait()
