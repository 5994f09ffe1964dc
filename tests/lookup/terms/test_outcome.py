"""Every outcome but a match says what is wrong and what to write."""

from __future__ import annotations

import pytest

from dandifile.lookup.terms.outcome import (
    Absent,
    Candidate,
    Choice,
    Foreign,
    Matched,
    Retired,
    TermKind,
    TermOutcome,
    Unchecked,
    message_of,
)
from dandifile.lookup.terms.search import name_mismatch
from tests.lookup.terms.asking import offline

HEART = Candidate("UBERON:0000948", "heart", "related")
LIVER = Candidate("UBERON:0002107", "liver")
REGION = TermKind.REGION


@pytest.mark.parametrize(("outcome", "what", "fix"), [
    (
        Choice("cardium", REGION, "no exact name of any term", (HEART, LIVER)),
        "'cardium' does not identify a brain region: no exact name of any term",
        "write the id of the one that you mean: UBERON:0000948 (heart, related), UBERON:0002107 (liver)",
    ),
    (
        Choice("HVC", REGION, "a nucleus of songbirds"),
        "'HVC' does not identify a brain region: a nucleus of songbirds",
        "look for it at https://www.ebi.ac.uk/ols4 and write its id (UBERON:…)",
    ),
    (
        Retired("gizzard", REGION, "UBERON:1", "obsolete gizzard", (LIVER,), replaced=True),
        "'gizzard' is UBERON:1 (obsolete gizzard), which is obsolete",
        "it was replaced: write UBERON:0002107 (liver)",
    ),
    (
        Retired("UBERON:1", REGION, "UBERON:1", "", (HEART, LIVER)),
        "UBERON:1 is obsolete",
        "write one that its ontology suggests: UBERON:0000948 (heart, related), UBERON:0002107 (liver)",
    ),
    (
        Retired("UBERON:1", REGION, "UBERON:1", "old"),
        "UBERON:1 (old) is obsolete",
        "look for it at https://www.ebi.ac.uk/ols4 and write its id (UBERON:…)",
    ),
    (
        Absent("xyz", TermKind.CELL_TYPE),
        "CL has no cell type 'xyz'",
        "look for it at https://www.ebi.ac.uk/ols4 and write its id (CL:…)",
    ),
    (
        Absent("livr", REGION, (LIVER,)),
        "UBERON has no brain region 'livr'",
        "write the id of the one that you mean: UBERON:0002107 (liver)",
    ),
    (
        Unchecked("xyz", TermKind.DISORDER, "OLS: no answer in time"),
        "dandifile's tables have no disorder 'xyz', and OLS could not be reached",
        "run again when OLS can be reached",
    ),
    (
        Unchecked("livr", REGION, "OLS: not asked (offline)", (LIVER,)),
        "dandifile's tables have no brain region 'livr', and OLS could not be reached",
        "write the id of the one that you mean: UBERON:0002107 (liver)",
    ),
    (
        Foreign("ilx:1", TermKind.PHENOTYPE),
        "'ilx:1' is used as written: only ids of OBO ontologies can be checked",
        "if HP has this phenotype, write the id from there",
    ),
])  # fmt: skip
def test_what_and_fix(outcome: TermOutcome, what: str, fix: str) -> None:
    assert message_of(outcome) == (what, fix)


def test_a_match_has_no_message() -> None:
    assert message_of(offline("hippocampus", REGION)) is None


def test_another_name_next_to_an_id_gives_a_warning() -> None:
    found = offline("UBERON:0002421", REGION)
    assert isinstance(found, Matched)
    warning = "UBERON:0002421 is 'hippocampal formation', but the spec calls it 'amygdala'"
    assert name_mismatch("amygdala", found.term) == warning
