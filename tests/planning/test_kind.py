"""Where a change of a saved plan stands: due, done or stale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dandifile.model import Json
from dandifile.planning.kind import Standing, standing_of

TERM = {"schemaKey": "Anatomy", "identifier": "UBERON:0003881"}
AS_THE_ARCHIVE_HAS_IT = {
    "schemaKey": "Anatomy",
    "identifier": "http://purl.obolibrary.org/obo/UBERON_0003881",
    "name": "CA1",
}


@pytest.mark.parametrize(
    ("before", "after", "now", "expected"),
    [
        pytest.param("old", "new", "old", Standing.DUE, id="as it was"),
        pytest.param("old", "new", "new", Standing.DONE, id="as it shall be"),
        pytest.param("old", "new", "other", Standing.STALE, id="somebody made it something else"),
        pytest.param(None, "new", None, Standing.DUE, id="still not there"),
        pytest.param(None, "new", "other", Standing.STALE, id="somebody made it first, and otherwise"),
        pytest.param("old", None, None, Standing.DONE, id="gone already"),
        pytest.param("old", None, "other", Standing.STALE, id="changed since it was to go"),
        pytest.param(None, [TERM], [AS_THE_ARCHIVE_HAS_IT], Standing.DONE, id="done, in the archive's words"),
        pytest.param([AS_THE_ARCHIVE_HAS_IT], [], [AS_THE_ARCHIVE_HAS_IT], Standing.DUE, id="to be emptied"),
        pytest.param("same", "same ", "same", Standing.DONE, id="nothing to do is done"),
    ],
)
def test_where_a_change_stands(before: Json, after: Json, now: Json, expected: Standing) -> None:
    assert standing_of(before, after, now) is expected


@given(st.text(max_size=3), st.text(max_size=3), st.text(max_size=3))
def test_what_is_done_is_never_due_again(before: str, after: str, now: str) -> None:
    assert standing_of(before, after, after) is Standing.DONE
    assert (standing_of(before, after, now) is Standing.STALE) == (
        now.strip() not in (before.strip(), after.strip())
    )
