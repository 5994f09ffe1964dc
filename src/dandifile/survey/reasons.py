"""Why a step of the survey runs: what its result is kept by, compared with what it was last kept by. Pure.

Next to each result the cache keeps what its key was made of (`Inputs`). The key alone is a checksum: it says
that something is different, and not what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dandifile.model import Json, JsonObject, Reason, Why
from dandifile.reading.jsontext import Shape, each, misfit

_SHAPE: Shape = {"content": dict, "tools": each(str), "options": each(str), "rules": int}
_STAT = {"size": "size", "mtime_ns": "modification time", "ctime_ns": "change time", "inode": "inode"}
_FILES = "size or time of its files"
_OPTIONS = {
    "vocabulary": "vocabulary",
    "mice": "vocabulary",
    "missing_media": "media files",
    "elsewhere": "files on other machines",
    "nested": "nested datasets",
}


@dataclass(frozen=True)
class Inputs:
    """What a result is kept by.

    `content` is a digest, or the parts of a stat; `tools` are versions by package; `options` are checksums of
    whatever else the step is given; `rules` is the version of what dandifile makes of the tools' output.
    """

    content: Mapping[str, Json] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    rules: int = 0

    @property
    def is_by_digest(self) -> bool:
        return "digest" in self.content

    def as_json(self) -> JsonObject:
        return dict(vars(self))

    @classmethod
    def of(cls, kept: Json) -> Inputs | None:
        """From JSON; None where it has another form."""
        return None if misfit(kept, _SHAPE) else cls(**{name: kept[name] for name in _SHAPE})


def reason_of(
    now: Inputs,
    before: Inputs | None,
    *,
    is_complete: bool = True,
    of_file: Reason | None = None,
    asked: Reason | None = None,
) -> Reason:
    """Why a step runs whose result is not in the cache.

    `before` are the last inputs of the same subject, None where there are none. `is_complete`: had there been
    some, they would be in the cache. `of_file` is why the same file was hashed in this run, and `asked` what
    the command line asks for.
    """
    if before is not None:
        return next(_changes(before, now), Reason(Why.NOT_CACHED))
    if of_file is not None and of_file.code is not Why.NOT_CACHED:
        return Reason(Why.CONTENT_CHANGED) if of_file.code is Why.STAT_CHANGED else of_file
    if asked is not None:
        return asked
    return Reason(Why.NEW_FILE if is_complete and not now.is_by_digest else Why.NOT_CACHED)


def merge_reasons(first: Reason | None, second: Reason) -> Reason:
    """Why a folder is hashed of which several parts are: it is new only if all parts are."""
    if first is None or first.code is second.code:
        return second
    return Reason(Why.STAT_CHANGED, _FILES)


def _changes(before: Inputs, now: Inputs) -> Iterator[Reason]:
    """What is different, the first cause first: other content makes the rest irrelevant."""
    if now.content != before.content:
        yield Reason(Why.CONTENT_CHANGED) if now.is_by_digest else _stat_change(before, now)
    if now.tools != before.tools:
        yield Reason(Why.TOOLS_CHANGED, ", ".join(_tool_changes(before.tools, now.tools)))
    if now.rules != before.rules:
        yield Reason(Why.RULES_CHANGED)
    if other := _different(before.options, now.options):
        labels = dict.fromkeys(_OPTIONS.get(name, name) for name in other)
        yield Reason(Why.OPTIONS_CHANGED, ", ".join(labels))


def _stat_change(before: Inputs, now: Inputs) -> Reason:
    other = _different(before.content, now.content)
    if "mtime_ns" in other:
        other = [name for name in other if name != "ctime_ns"]  # which always changes with it
    return Reason(Why.STAT_CHANGED, ", ".join(_STAT[name] for name in _STAT if name in other) or _FILES)


def _tool_changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in _different(before, now):
        if name not in before:
            yield f"{name} {now[name]} was installed"
        elif name not in now:
            yield f"{name} {before[name]} was removed"
        else:
            yield f"{name} {before[name]} → {now[name]}"


def _different(before: Mapping[str, Json], now: Mapping[str, Json]) -> list[str]:
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
