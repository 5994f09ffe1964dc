"""Folders and patterns: what can lie where, and what can match at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dandifile.globs import fault_of
from dandifile.model import JsonObject
from dandifile.spec.fault import Fault, Path

# What the archive takes between two slashes; the range A-z, brackets and backslash included, is its own.
_SEGMENT = re.compile(r"\.?[A-z0-9(),&\s#+~_=-]+(\.[A-z0-9(),&\s#+~_=-]+)*")

_LONGEST_NAME = 255  # bytes, on all common file systems
_LONGEST_PATH = 4000
_LONG = 60  # characters of a pattern that are shown


def path_faults(raw: JsonObject) -> Iterator[Fault]:
    for index, entry in enumerate(raw.get("paths") or ()):
        path: Path = ("paths", index)
        if isinstance(entry, str):
            yield from _source(entry, path)
        elif isinstance(entry, dict):
            yield from _source(entry.get("source", ""), (*path, "source"))
            yield from _into(entry.get("into", ""), (*path, "into"))
            yield from _layout(entry, path)
    for path, pattern in _globs(raw):
        yield from _glob(pattern, path)
    yield from _sessions(raw)


def _source(source: str, path: Path) -> Iterator[Fault]:
    if too_long := _too_long(source):
        yield Fault(path, too_long, "check for text that was pasted into it by mistake")
    elif "\\" in source:
        yield Fault(
            path, f"{source!r} has backslashes", f"write {source.replace(chr(92), '/')}, on Windows too"
        )
    elif source.startswith("~"):
        yield Fault(
            path,
            f"{source!r}: `~` is not a home folder here",
            "write the path from this file, or the whole path",
        )


def _too_long(path: str) -> str:
    """Why no system has such a path, in words; "" where it may."""
    longest = max((_bytes(part) for part in path.split("/")), default=0)
    if longest > _LONGEST_NAME:
        return f"a name of {longest:,} bytes is in it, and no file's is longer than {_LONGEST_NAME}"
    if _bytes(path) > _LONGEST_PATH:
        return f"it has {len(path):,} characters, and no path is longer than {_LONGEST_PATH:,}"
    return ""


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _into(into: str, path: Path) -> Iterator[Fault]:
    if into.startswith("/") or re.match(r"[A-Za-z]:", into):
        yield Fault(path, f"{into!r} is absolute", "write the folder in the dandiset, like sourcedata/raw")
        return
    for segment in into.removesuffix("/").split("/") if into else ():
        if not _SEGMENT.fullmatch(segment) or "\\" in segment:
            what = f"{into!r} holds {segment!r}, which the archive does not take as the name of a folder"
            yield Fault(
                path, what, "letters without accents, digits, blanks and ( ) , & # + ~ _ = - . can be used"
            )


def _layout(entry: JsonObject, path: Path) -> Iterator[Fault]:
    standard = entry.get("standard", "auto")
    if entry.get("layout") == "organize" and standard not in {"auto", "nwb"}:
        what = f"`layout: organize` makes names for NWB files, and this entry is {standard}"
        yield Fault((*path, "layout"), what, "write `layout: as-is`, or leave it out")


def _globs(raw: JsonObject) -> Iterator[tuple[Path, str]]:
    """Every pattern over paths in the dandiset, or inside a source."""
    regions = raw.get("regions")
    if isinstance(regions, dict):
        yield from ((("regions", "paths", glob), glob) for glob in regions.get("paths") or {})
    lists = [("assets", "match", raw.get("assets"))]
    lists.append(("validation", "paths", (raw.get("validation") or {}).get("ignore")))
    for key, of, entries in lists:
        above: Path = (key, "ignore") if key == "validation" else (key,)
        for index, entry in enumerate(entries or ()):
            if entry is not None and of in entry:
                yield (*above, index, of), entry[of]
    for index, entry in enumerate(raw.get("paths") or ()):
        for of in ("include", "exclude") if isinstance(entry, dict) else ():
            for inner, glob in enumerate(entry.get(of) or ()):
                if glob is not None:
                    yield ("paths", index, of, inner), glob


def _glob(pattern: str, path: Path) -> Iterator[Fault]:
    if not pattern.strip("/ "):
        yield Fault(path, f"the pattern {pattern!r} is empty", "write ** for everything")
    elif meant := re.fullmatch(r"(?:\.?/)+(.*)", pattern):
        yield Fault(path, f"the pattern {pattern!r} matches nothing", f"write {meant[1] or '**'}")
    elif why := fault_of(pattern):
        shown = pattern if len(pattern) <= _LONG else f"{pattern[:_LONG]}…"
        yield Fault(path, f"the pattern {shown!r} {why}", "write * for what varies, or several patterns")


def _sessions(raw: JsonObject) -> Iterator[Fault]:
    regions = raw.get("regions")
    for name in (regions.get("sessions") or {}) if isinstance(regions, dict) else ():
        if not re.fullmatch(r"[^/]+/[^/]+", name):
            what = f"{name!r} does not name a session"
            yield Fault(
                ("regions", "sessions", name), what, "write subject/session, ids as in the files", at_key=True
            )
