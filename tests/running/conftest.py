"""What runs in other processes is imported there, and nothing is imported from the current folder."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the checkout, so that its `tests` can be imported."""
    monkeypatch.chdir(tmp_path)
