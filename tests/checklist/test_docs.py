"""The page about the checklist names every rule, in the order in which they are printed."""

from __future__ import annotations

import re
from pathlib import Path

from dandifile.checklist.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "checklist.md"


def test_every_rule_has_its_row() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE) == list(RULES)
