"""What holds for the project as a whole: its launcher, its layers, its files."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
