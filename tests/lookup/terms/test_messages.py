"""Every outcome but a match says what is wrong and what to write."""

from __future__ import annotations

import pytest

from dandifile.lookup.terms.messages import complaint, renamed
from dandifile.lookup.terms.outcome import (
    Absent,
    Candidate,
    Choice,
    Foreign,
    Kind,
    Matched,
    Outcome,
    Retired,
    Unchecked,
)
from tests.lookup.terms.asking import offline

HEART = Candidate("UBERON:0000948", "heart", "related")
LIVER = Candidate("UBERON:0002107", "liver")
REGION = Kind.REGION


@pytest.mark.parametrize(("outcome", "what", "fix"), [
    (
        Choice("cardium", REGION, "no exact name of any term", (HEART, LIVER)),
        "'cardium' is not taken for a brain region: no exact name of any term",
        "write the id of the one that is meant: UBERON:0000948 (heart, related), UBERON:0002107 (liver)",
    ),
    (
        Choice("HVC", REGION, "a nucleus of songbirds"),
        "'HVC' is not taken for a brain region: a nucleus of songbirds",
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
        Absent("xyz", Kind.CELL_TYPE),
        "CL has no cell type 'xyz'",
        "look for it at https://www.ebi.ac.uk/ols4 and write its id (CL:…)",
    ),
    (
        Absent("livr", REGION, (LIVER,)),
        "UBERON has no brain region 'livr'",
        "write the id of the one that is meant: UBERON:0002107 (liver)",
    ),
    (
        Unchecked("xyz", Kind.DISORDER, "OLS: no answer in time"),
        "no disorder 'xyz' is known here, and nobody else could be asked",
        "run again when the service can be reached",
    ),
    (
        Unchecked("livr", REGION, "OLS: not asked (offline)", (LIVER,)),
        "no brain region 'livr' is known here, and nobody else could be asked",
        "write the id of the one that is meant: UBERON:0002107 (liver)",
    ),
    (
        Foreign("ilx:1", Kind.PHENOTYPE),
        "'ilx:1' is kept as it is: only ids of OBO ontologies can be checked",
        "where HP has the phenotype, write that id",
    ),
])  # fmt: skip
def test_what_and_fix(outcome: Outcome, what: str, fix: str) -> None:
    assert complaint(outcome) == (what, fix)


def test_a_match_is_no_complaint() -> None:
    assert complaint(offline("hippocampus", REGION)) is None


def test_another_name_beside_an_id_is_told() -> None:
    found = offline("UBERON:0002421", REGION)
    assert isinstance(found, Matched)
    assert (
        renamed("amygdala", found)
        == "UBERON:0002421 is 'hippocampal formation'; the spec calls it 'amygdala'"
    )
