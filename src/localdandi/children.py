"""How a Python of our own is started: what lies in the current folder is data, and never code."""

from __future__ import annotations

import sys

ISOLATED = (sys.executable, "-I", "-m")
"""The start of a command that runs one of our modules. `-I` keeps the current folder, PYTHONPATH and the
user's site packages away: a lab's `secrets.py` would otherwise be run in place of Python's own."""
