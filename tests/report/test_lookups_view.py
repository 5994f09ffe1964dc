from __future__ import annotations

from dataclasses import replace

from dandifile.lookup.rows import LookupRow, LookupState
from dandifile.report.lookups_view import Lookups, lookups_text

FOUND = LookupRow("term", "CA1", LookupState.FOUND, "field CA1 (UBERON:1)", "UBERON v1", "label")
PINNED = LookupRow(
    "ORCID iD", "0000-0002-1825-0097", LookupState.FOUND, "Doe, Jane", "ORCID", "id", pinned=True
)
OPEN = LookupRow("term", "EC", LookupState.DOUBTFUL, notes=("write UBERON:2 or UBERON:3",))
NOTHING = Lookups((), (), (), (), "dandiset.lock.yaml", written=True)


def shown(rows: tuple[LookupRow, ...], *, verbose: bool = False, **more: object) -> str:
    return lookups_text(replace(NOTHING, rows=rows, **more), verbose=verbose).plain  # type: ignore[arg-type]  # any field


def test_new_facts_and_open_ones_have_a_row_and_pinned_ones_are_counted() -> None:
    text = shown((FOUND, PINNED, OPEN))
    assert "+ term      CA1" in text
    assert "UBERON v1 · label" in text
    assert "~ term      EC" in text
    assert "write UBERON:2 or UBERON:3" in text
    assert "0000-0002-1825-0097" not in text
    assert "1 fact pinned already" in text


def test_verbose_shows_all_and_so_does_a_note() -> None:
    assert "0000-0002-1825-0097" in shown((PINNED,), verbose=True)
    assert "0000-0002-1825-0097" in shown((replace(PINNED, notes=("closed by its owner",)),))


def test_the_last_line_says_how_it_ended() -> None:
    assert shown((FOUND, OPEN)).splitlines()[-1] == "1 found · 1 to look at · dandiset.lock.yaml is unchanged"
    assert shown((FOUND,)).endswith("1 found · dandiset.lock.yaml is up to date")
    assert shown((OPEN,), then="Run it again.").splitlines()[-1] == "Run it again."
    diff = ("+ term regions CA1", "~ paper 10.1/x", "    title: a → b")
    assert shown((FOUND,), diff=diff).endswith("1 found · dandiset.lock.yaml written")
    assert shown((FOUND,), diff=diff, written=False).endswith("1 found · dandiset.lock.yaml would change")
    assert "\n      title: a → b\n" in shown((FOUND,), diff=diff)


def test_what_a_name_holds_never_reaches_the_terminal_as_a_command() -> None:
    assert "\x1b" not in shown((replace(FOUND, asked="\x1b[2J"),), warnings=("\x1b[2J",), diff=("+ \x1b",))
