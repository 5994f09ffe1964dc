"""What a session and a plan are asked for: the flags of the command line as values, each of them checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from dandifile.errors import UserError
from dandifile.model import Spec
from dandifile.planning.kind import Options

TRANSFERS = 8
"""How many steps run at once unless it is said: more API writes to one draft gain nothing."""


@dataclass(frozen=True)
class Setup:
    """Which spec a session is about, and how it works. The names are those of the flags."""

    file: Path | None = None  # the spec, or its folder; None: in the current folder or above
    environment: str = ""
    jobs: int | None = None
    executor: str = "local"  # where survey steps and uploads run, as `run.engines` names it
    step_timeout: float | None = None  # minutes; None: as the spec says
    locked: bool = False  # nothing is looked up; what the lock lacks is an error
    offline: bool = False  # no service is asked; what the lock lacks stays unknown


def plan_options(  # noqa: PLR0913 - one a flag
    *,
    allow: Collection[str] = (),
    only: Collection[str] = (),
    paths: Collection[str] = (),
    exclude: Collection[str] = (),
    rename: bool = False,
    refresh_metadata: bool = False,
    overwrite_remote: Collection[str] = (),
) -> Options:
    """What bounds a plan, as the flags of `dandifile plan` do. UserError for a word that is not known."""
    from dandifile.kinds import KINDS, permits

    flags = {"--allow": allow, "--only": only, "--path": paths, "--exclude": exclude}
    for flag, given in {**flags, "--overwrite-remote": overwrite_remote}.items():
        if isinstance(given, str):  # from Python: it would be taken for its letters
            raise UserError(f"{flag}: {given!r} is one text, not a list", fix=f"write [{given!r}]")
    _refuse_unknown("--allow", allow, permits())
    _refuse_unknown("--only", only, KINDS)
    refuse_globs("--path", paths)
    refuse_globs("--exclude", exclude)
    words = (frozenset(allow), frozenset(only), tuple(paths), tuple(exclude))
    return Options(*words, rename, refresh_metadata, frozenset(overwrite_remote))


def refuse_undeclared(options: Options, spec: Spec) -> None:
    """A field to overwrite must be one that the spec sets: a misspelt one would overwrite nothing."""
    from_files = ("about",) if spec.regions.from_nwb_to_dandiset else ()
    _refuse_unknown("--overwrite-remote", sorted(options.overwrite), sorted({*spec.fields, *from_files}))


def refuse_globs(flag: str, patterns: Iterable[str]) -> None:
    """UserError for a pattern that is malformed, and so matches nothing."""
    from dandifile.globs import fault_of

    for pattern in patterns:
        if why := fault_of(pattern):
            raise UserError(f"{flag}: the pattern {pattern[:60]!r} {why}", fix="write * for what varies")


def _refuse_unknown(flag: str, words: Iterable[str], known: Iterable[str]) -> None:
    known = tuple(known)
    unknown = [word for word in words if word not in known]
    if unknown:
        allowed = f"one of {', '.join(known)}" if len(known) > 1 else f"{flag} {''.join(known)}"
        raise UserError(f"{flag} {unknown[0]} is not known", fix=f"use {allowed}")
