"""An embedded archive in a process of its own, for both clients alike."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import program


@dataclass(frozen=True)
class Archive:
    store: Path
    web: str
    api: str
    key: str

    @property
    def dandi_variable(self) -> str:
        """Where the dandi client looks for the key of an archive that it knows by URL only."""
        return f"{self.web.removeprefix('http://')}_API_KEY"

    def new_dandiset(self, name: str) -> str:
        """Makes an empty draft; gives its identifier."""
        metadata = {"name": name, "description": name, "license": ["spdx:CC-BY-4.0"]}
        made = self._ask("POST", f"{self.api}/dandisets/", {"name": name, "metadata": metadata})
        return str(made["identifier"])

    def requests(self) -> int:
        """Requests since the last reset, uploads to the object store included."""
        counted = self._ask("GET", f"{self.web}/_test/counts")
        return sum(row["count"] for row in counted["counts"])

    def reset_requests(self) -> None:
        self._ask("DELETE", f"{self.web}/_test/counts")

    def _ask(self, method: str, url: str, body: object = None) -> Any:
        headers = {"Authorization": f"token {self.key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@contextmanager
def served(store: Path) -> Iterator[Archive]:
    """A fresh archive in `store`, until the block ends."""
    command = [program("dandifile"), "archive", "serve"]
    command += ["--port", "0", "--store", str(store), "--format", "json"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the embedded archive did not start")
        yield Archive(store=store, **json.loads(line))
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
