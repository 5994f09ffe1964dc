"""The files here: which can be assets, why others cannot, and what to say of those that are not here.

A file that something is wrong with blocks itself alone.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dandifile.kinds.assets.sides import NAME, DesiredAssets, ObservedAssets
from dandifile.kinds.outgoing import SchemaFit
from dandifile.model import Block, Finding, Key, Local, LocalAsset, Severity, Skipped
from dandifile.survey import alike
from dandifile.survey.asset_paths import PATH_CHARACTER, SUMMARY
from dandifile.survey.findings import split
from dandifile.survey.media import LOST_MEDIA
from dandifile.words import first_of, quantity

_IN_WORDS = frozenset({LOST_MEDIA, PATH_CHARACTER, SUMMARY, *alike.CHECKS})
"""Checks whose warnings are shown in words: nothing else shows what they are about."""

_MEND = "fix it, or ignore it with a reason under validation.ignore"


def usable_files(
    desired: DesiredAssets, observed: ObservedAssets
) -> tuple[list[LocalAsset], list[Block], list[str]]:
    """(the files that can be assets, why others cannot, what else the checks found)."""
    blocked = [
        Block(refusal.reason, refusal.fix, Key(NAME, refusal.source)) for refusal in desired.local.refused
    ]
    wanted: list[LocalAsset] = []
    harmless: list[Finding] = []
    for asset in desired.local.assets:
        blocking, _, others = split(asset.findings, desired.validation, asset.path)
        harmless += others
        reasons = [] if is_in_place(asset, observed) else [*_faults(blocking)]
        blocked += [Block(reason, fix, Key(NAME, asset.path)) for reason, fix in reasons]
        if not reasons:
            wanted.append(asset)
    return wanted, blocked, _notes(harmless)


def fit_to_schema(desired: DesiredAssets, observed: ObservedAssets) -> tuple[DesiredAssets, list[str]]:
    """The files here with the part of their metadata that fits the archive's schema; a note on the rest."""
    if all(asset.metadata is None for asset in desired.local.assets) or not (schema := observed.schema()):
        return desired, []
    fit = SchemaFit(schema)
    assets = tuple(
        asset if asset.metadata is None else replace(asset, metadata=fit.fit(asset.metadata))
        for asset in desired.local.assets
    )
    names = ", ".join(sorted(fit.lacking))
    note = (
        f"the archive's schema ({observed.versions.own}) has no field for {names}: left out of the metadata"
    )
    return replace(desired, local=replace(desired.local, assets=assets)), [note] if names else []


def is_in_place(asset: LocalAsset, observed: ObservedAssets) -> bool:
    """Whether the draft has this content at this path."""
    now = observed.assets.get(asset.path)
    return now is not None and now.digest == asset.digest


# --- What the plan says of files that are not taken, or not here --------------------------------


def absent_folders(local: Local) -> Iterator[str]:
    return (f"{source} is not on this machine; its assets stay as they are" for source in local.absent)


def pending_files(local: Local, observed: ObservedAssets) -> Iterator[tuple[str, str]]:
    """(path, what to say) of files on other machines that the archive lacks: nothing to do here."""
    for asset in local.pending:
        now = observed.assets.get(asset.path)
        if now is None or now.digest != asset.digest:
            state = "is not on the draft yet" if now is None else "has other content on the draft"
            yield asset.path, f"{asset.path} {state}, and its file {asset.source} is not on this machine"


def idle_entries(desired: DesiredAssets) -> Iterator[str]:
    """Entries of `paths` that take nothing, as with a wrong folder or globs that match no file."""
    local = desired.local
    known = [*local.absent, *(file.source for file in local.assets), *(file.source for file in local.refused)]
    known += [*(file.source for file in local.pending), *(file.source for file in local.gone)]
    for entry in desired.entries:
        folder = posixpath.normpath(entry.source)
        if folder.startswith("..") or Path(folder).is_absolute():
            continue  # files outside the spec's folder have whole paths
        if not any(folder in (".", source) or source.startswith(f"{folder}/") for source in known):
            yield f"{entry.source}: none of its files is used: it is empty, or `paths` leaves all of it out"


def files_left_out(skipped: Iterable[Skipped]) -> Iterator[str]:
    """Files that `paths` does not take: a reader could think that they are on the archive."""
    minor: list[str] = []
    for group in skipped:
        if group.minor:
            minor += group.sources
        else:
            yield f"{_files_are(group.sources)} left out: {group.reason} ({group.fix})"
    if minor:
        yield f"{_files_are(sorted(minor))} left out by `standard` (`standard: any` takes every file)"


def _files_are(sources: Sequence[str]) -> str:
    """`a.csv is`, `a.csv and 12 more files are`."""
    return f"{first_of(sources, 'file')} {'are' if sources[1:] else 'is'}"


# --- What the checks found ----------------------------------------------------------------------


def _faults(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """(reason, what to do) of what the checks found; what they found several times is given once."""
    found = Counter(finding.what for finding in findings)
    for reason, times in found.items():
        yield (reason if times == 1 else f"{reason} (in {times} places)"), _MEND


def _notes(findings: Iterable[Finding]) -> list[str]:
    """Failures of the tools themselves and of `_IN_WORDS`, in words; the rest is counted."""
    worded: Counter[str] = Counter()
    mild: Counter[Severity] = Counter()
    for finding in findings:
        if finding.severity is None or finding.check in _IN_WORDS:
            worded[finding.message] += 1
        else:
            mild[finding.severity] += 1
    notes = [
        message if times == 1 else f"{message} (in {times} files)"
        for message, times in sorted(worded.items())
    ]
    if mild:
        counts = ", ".join(_finding_count(severity, count) for severity, count in sorted(mild.items()))
        notes.append(f"the checks also found {counts} that do not block; `dandifile validate` shows them")
    return notes


def _finding_count(severity: Severity, count: int) -> str:
    """`2 warnings`; `info` has no plural."""
    return quantity(count, severity.value, severity.value if severity is Severity.INFO else "")
