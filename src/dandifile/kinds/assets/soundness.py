"""Which files here can be assets, and what is to be said of the others: a file blocks itself alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from dandifile.kinds.assets.gather import NAME, Desired, Observed
from dandifile.model import Block, Finding, Key, LocalAsset, Severity
from dandifile.survey import alike
from dandifile.survey.findings import split
from dandifile.survey.media import LOST
from dandifile.survey.path_findings import PATH_CHARACTER, SUMMARY

_TOLD = frozenset({LOST, PATH_CHARACTER, SUMMARY, *alike.CHECKS})
"""Warnings that are told in words: nothing else shows what they are about."""

_MEND = "fix it, or ignore it with a reason under validation.ignore"


def sound(desired: Desired, observed: Observed) -> tuple[list[LocalAsset], list[Block], list[str]]:
    """(the files that can be assets, why others cannot, what else the checks found)."""
    blocked = [
        Block(refusal.reason, refusal.fix, Key(NAME, refusal.source)) for refusal in desired.local.refused
    ]
    wanted: list[LocalAsset] = []
    harmless: list[Finding] = []
    for asset in desired.local.assets:
        blocking, _, others = split(asset.findings, desired.validation, asset.path)
        harmless += others
        reasons = [] if in_place(asset, observed) else [*_faults(blocking)]
        blocked += [Block(reason, fix, Key(NAME, asset.path)) for reason, fix in reasons]
        if not reasons:
            wanted.append(asset)
    return wanted, blocked, _notes(harmless)


def in_place(asset: LocalAsset, observed: Observed) -> bool:
    """Whether the draft has this content at this path."""
    now = observed.assets.get(asset.path)
    return now is not None and now.digest == asset.digest


def _faults(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """(reason, what to do) of what the checks found; what they found several times is said once."""
    found = Counter(finding.what for finding in findings)
    for reason, times in found.items():
        yield (reason if times == 1 else f"{reason} (in {times} places)"), _MEND


def _named(severity: Severity, count: int) -> str:
    return severity.value if count == 1 or severity is Severity.INFO else f"{severity}s"


def _notes(findings: Iterable[Finding]) -> list[str]:
    """Failures of the tools themselves and what is in `_TOLD`, in words; the rest is counted."""
    told: Counter[str] = Counter()
    mild: Counter[Severity] = Counter()
    for finding in findings:
        if finding.severity is None or finding.check in _TOLD:
            told[finding.message] += 1
        else:
            mild[finding.severity] += 1
    notes = [
        message if times == 1 else f"{message} (in {times} files)" for message, times in sorted(told.items())
    ]
    if mild:
        counts = ", ".join(f"{count:,} {_named(severity, count)}" for severity, count in sorted(mild.items()))
        notes.append(f"the checks also found what does not block: {counts}")
    return notes
