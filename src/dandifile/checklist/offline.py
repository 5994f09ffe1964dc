"""Rules of the checklist where only the spec and its lock are at hand. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from dandifile.checklist.rules import checked
from dandifile.checklist.verdict import Facts, Result, Verdict
from dandifile.model import JsonObject

_LOOK = "run `dandifile plan` or `dandifile checklist`: they look at the draft and at what is not in the lock"


class _Read(dict[str, Any]):
    """A document that notes which of its fields were asked for."""

    def __init__(self, document: JsonObject) -> None:
        super().__init__(document)
        self.fields: dict[str, None] = {}

    def get(self, key: str, default: Any = None) -> Any:
        self.fields[key] = None
        return super().get(key, default)


def judged(
    document: JsonObject, facts: Facts, required: Iterable[str], settled: Callable[[str], bool]
) -> tuple[Result, ...]:
    """The required rules, a row each. `settled` says whether a field of the draft will be as it is here.

    A rule that fails for want of a field that is not settled is unknown: the draft may have it.
    """
    return tuple(_judged(document, facts, rule, settled) for rule in required)


def _judged(document: JsonObject, facts: Facts, rule: str, settled: Callable[[str], bool]) -> Result:
    read = _Read(document)
    [result] = checked(read, facts, (rule,))
    open_ = [field for field in read.fields if not settled(field)]
    if result.verdict is not Verdict.FAILED or not open_:
        return result
    found = f"it rests on {', '.join(open_)}, which the spec alone does not tell"
    return replace(result, verdict=Verdict.UNKNOWN, found=found, fix=_LOOK)
