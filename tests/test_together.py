"""Several applies of one spec at the same time."""

from __future__ import annotations

from dandifile.errors import Exit
from tests.conftest import CONTACT, Lab

SPEC = f"keywords: [rat]\n{CONTACT}\npaths: [{{source: data, standard: any, layout: as-is}}]\n"
FILES = {"a.csv": "a", "b.csv": "bb"}


def test_applies_that_start_together_make_one_dandiset(lab: Lab) -> None:
    """Every request is slow, so that each would look before the others have written."""
    lab.spec(SPEC)
    lab.files(FILES)
    lab.archive.misbehave(latency=0.1, times=-1)
    together = [lab.start("apply", "--create", "--yes") for _ in range(3)]
    codes = sorted(process.wait(60) for process in together)
    lab.archive.behave()
    assert codes == [Exit.DONE, Exit.BLOCKED, Exit.BLOCKED]
    assert len(lab.get("/dandisets/?page_size=1000")["results"]) == 1
    assert set(lab.assets()) == set(FILES)
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE


def test_two_clones_that_do_the_same_end_in_the_same_state(lab: Lab) -> None:
    lab.spec(SPEC)
    lab.files(FILES)
    assert lab.run("apply", "--create", "--yes").code == Exit.DONE
    clone = Lab(lab.folder.parent / "clone", lab.archive, lab.environ)
    clone.folder.mkdir()
    for one in (lab, clone):
        one.spec(f"identifier: '000001'\n{SPEC}")
        one.files({**FILES, "a.csv": "changed", "c.csv": "new"})
    for process in [one.start("apply", "--yes") for one in (lab, clone)]:
        assert process.wait(60) in (Exit.DONE, Exit.FAILED, Exit.BLOCKED)
    for one in (lab, clone):
        assert one.run("apply", "--yes").code == Exit.DONE
        assert one.run("plan", "--detailed-exitcode").code == Exit.DONE
    assert {path: asset["size"] for path, asset in lab.assets().items()} == {
        "a.csv": 7,
        "b.csv": 2,
        "c.csv": 3,
    }
