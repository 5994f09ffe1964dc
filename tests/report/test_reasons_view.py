from __future__ import annotations

from dandifile.model import Effect, Reason, Step, Why
from dandifile.report.reasons_view import reason_json, reasons_text, tally


def lines(*ran: tuple[str, Reason | None], width: int = 100) -> list[str]:
    steps = [
        Step(f"s{n}", kind, {}, effect=Effect.NONE, reason=reason) for n, (kind, reason) in enumerate(ran)
    ]
    return [str(line) for line in reasons_text(tally(steps), width)]


NEW = Reason(Why.NEW_FILE)
TOOL = Reason(Why.TOOLS_CHANGED, "nwbinspector 0.7.1 → 0.7.2")


def test_steps_with_the_same_reason_share_a_line() -> None:
    assert lines(("digest", NEW), *[("validate", TOOL)] * 1212, ("digest", NEW)) == [
        "why: digest 2 files: new file",
        "why: validate 1,212 files: nwbinspector 0.7.1 → 0.7.2",
    ]


def test_the_first_detail_stands_for_all() -> None:
    needed = [("upload", Reason(Why.CONTENT_NEEDED, f"{n}.nwb")) for n in range(3)]
    assert lines(*needed) == ["why: upload 3 files: its content is needed by 0.nwb and 2 more"]


def test_a_step_that_only_waits_has_no_line() -> None:
    assert lines(("join", None)) == []


def test_each_thing_is_counted_by_its_own_noun() -> None:
    assert lines(("md5", NEW), ("md5", NEW), ("metadata", Reason(Why.METADATA_DIFFERS, "name"))) == [
        "why: md5 2 parts of Zarrs: new file",
        "why: metadata: different on the draft: name",
    ]


def test_every_code_has_words() -> None:
    assert all(str(Reason(code, "x")) for code in Why)


def test_json_has_code_and_detail() -> None:
    assert reason_json(TOOL) == {"code": "tools_changed", "detail": "nwbinspector 0.7.1 → 0.7.2"}
    assert reason_json(None) is None
