"""JSON, as it crosses the network, the database and a process; and what a caller did wrong."""

from __future__ import annotations

import sys
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""What `json.loads` can give: None, bool, int, float, str, list of Json, dict of str to Json."""
JsonObject: TypeAlias = dict[str, Any]


class StartError(Exception):
    """The archive cannot be started or used as asked: what is wrong, where, and what to do about it."""

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix


ISOLATED = (sys.executable, "-I", "-m")
"""The start of a command that runs one of our modules. `-I` keeps the current folder, PYTHONPATH and the
user's site packages away: a lab's `secrets.py` would otherwise be run in place of Python's own."""
