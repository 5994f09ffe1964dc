from __future__ import annotations

from dataclasses import replace

from dandifile.lookup import openalex
from dandifile.lookup.facts import (
    Institution,
    InstitutionStatus,
    Lock,
    Person,
    PersonStatus,
    Related,
    Relation,
)
from dandifile.lookup.pinned_ids import update_ids
from dandifile.lookup.resolution import paper_warnings
from tests.lookup.made_up import (
    COLUMBIA,
    DOI,
    JANE,
    NIH,
    OTHER,
    PREPRINT,
    RICHARD,
    SIMONS,
    TOULOUSE,
    TOULOUSE_NOW,
    openalex_work,
)

PAPER = openalex.paper(openalex_work())


def verdicts() -> Lock:
    return Lock(
        people=(
            Person(RICHARD, PersonStatus.DEPRECATED, successor=OTHER),
            Person(JANE, PersonStatus.UNKNOWN),
        ),
        institutions=(
            Institution(COLUMBIA, InstitutionStatus.WITHDRAWN, "Columbia", (TOULOUSE_NOW,)),
            Institution(NIH, InstitutionStatus.ACTIVE, "The National Institutes"),
            Institution(SIMONS, InstitutionStatus.UNKNOWN),
            Institution(TOULOUSE, InstitutionStatus.INACTIVE, "UPS", (TOULOUSE_NOW,)),
        ),
    )


def test_ids_that_do_not_hold_are_replaced_or_left_out() -> None:
    paper, warnings = update_ids(PAPER, verdicts())
    jane, richard, _ = paper.authors
    assert (jane.orcid, richard.orcid) == ("", OTHER)
    assert [each.ror for each in jane.affiliations] == [TOULOUSE_NOW, TOULOUSE]
    assert [(each.name, each.ror) for each in paper.funders] == [
        ("The National Institutes", NIH),
        ("Simons Foundation", ""),
    ]
    assert len(warnings) == 4


def test_what_could_not_be_asked_stays() -> None:
    lock = Lock(
        people=(Person(JANE, PersonStatus.UNREACHABLE),),
        institutions=(Institution(NIH, InstitutionStatus.UNREACHABLE),),
    )
    assert update_ids(PAPER, lock) == (PAPER, [])


def test_a_paper_that_belongs_to_it_and_is_not_named_is_reported() -> None:
    paper = replace(PAPER, related=(Related(PREPRINT, Relation.PREPRINT),), warnings=("odd",))
    assert paper_warnings([paper]) == [
        f"{DOI}: odd",
        f"{DOI}: has a preprint {PREPRINT}; name it under `doi` too if the dandiset belongs to both",
    ]
    assert paper_warnings([paper, replace(PAPER, doi=PREPRINT)]) == [f"{DOI}: odd"]
