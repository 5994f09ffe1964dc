"""`dandifile resolve`: look up what the spec names, show what was found, and pin it in the lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from dandifile.desired.lock_facts import LockFacts
from dandifile.desired.regions_from_nwb import locations_to_pin
from dandifile.desired.spec_and_lock import SpecAndLock, all_lookups, ask_services
from dandifile.errors import Exit, SpecError, UserError
from dandifile.lookup.facts import Lock
from dandifile.lookup.lock import lock_changes, lock_file, save_lock
from dandifile.lookup.pinned_ids import mismatched_orcids, update_ids
from dandifile.lookup.rows import LookupRow, LookupState
from dandifile.lookup.terms.search import name_mismatch
from dandifile.lookup.wanted import Wanted, missing_from
from dandifile.model import JsonObject
from dandifile.session.opening import open_cache, read_spec
from dandifile.session.options import TRANSFERS
from dandifile.spec.forms import contributor_object
from dandifile.spec.need import LOOKUPS
from dandifile.terminal.screen import Flags, print_json, show, show_progress

if TYPE_CHECKING:
    from dandifile.lookup.resolution import Resolution


@dataclass(frozen=True)
class Asked:
    """`refresh` names what is looked up again; `check` writes nothing."""

    offline: bool = False
    refresh: tuple[str, ...] = ()
    check: bool = False


def resolve(flags: Flags, asked: Asked) -> int:
    """Blocked while something is unknown or ambiguous. What is certain is pinned even then."""
    refresh = _words_to_refresh(asked.refresh)
    if asked.offline and refresh:
        raise UserError("--offline and --refresh cannot be combined", fix="leave one of them out")
    spec = read_spec(flags, LOOKUPS)
    with open_cache(spec.file) as cache, show_progress(flags) as shown:
        wanted = replace(
            all_lookups(spec.declared), locations=locations_to_pin(spec, cache, TRANSFERS, shown.notify)
        )
        found = ask_services(wanted, spec.lock, cache, refresh=refresh, offline=asked.offline)
    changed = found.lock != spec.lock
    if changed and not asked.check:
        save_lock(lock_file(spec.file), found.lock)
    notes, refusal = _build(spec, found)
    _show(flags, asked, spec, found, notes)
    if refusal:
        raise refusal
    needed = replace(spec.needed, locations=wanted.locations)
    if missing_from(needed, found.lock) or any(_is_unsettled(row, wanted) for row in found.rows):
        return Exit.BLOCKED
    return Exit.CHANGES if asked.check and changed else Exit.DONE


ALL = "all"


def _words_to_refresh(words: Sequence[str]) -> frozenset[str]:
    """What is looked up again; a word that is not known is an error."""
    from dandifile.lookup.resolution import REFRESHABLE

    for word in words:
        if word not in {*REFRESHABLE, ALL}:
            known = ", ".join([*REFRESHABLE, ALL])
            raise UserError(
                f"--refresh {word} is not known", fix=f"use one of {known}; or --refresh alone for all"
            )
    return frozenset(REFRESHABLE) if ALL in words else frozenset(words)


def _build(spec: SpecAndLock, found: Resolution) -> tuple[tuple[str, ...], SpecError | None]:
    """Notes on the spec with these facts, or the errors that only they show."""
    try:
        return spec.spec_with(found.lock, found.rows).notes, None
    except SpecError as error:
        return (), error


def _is_unsettled(row: LookupRow, wanted: Wanted) -> bool:
    """What the spec itself says and no service confirms; errors of a paper are corrected without asking."""
    if row.what == "term":
        return row.state in (LookupState.MISSING, LookupState.DOUBTFUL)
    return row.state is LookupState.MISSING and row.asked in (*wanted.orcids, *wanted.rors)


def _show(flags: Flags, asked: Asked, spec: SpecAndLock, found: Resolution, notes: Sequence[str]) -> None:
    lines = lock_changes(spec.lock, found.lock)
    warnings = list(dict.fromkeys((*found.warnings, *_warnings(spec, found.lock), *notes)))
    review = list(_reviews(spec, found.lock))
    file = lock_file(spec.file).name
    if flags.format == "json":
        print_json(_document(found, lines, warnings, review) | {"lock": file, "written": not asked.check})
        return
    from dandifile.report.lookups_view import Lookups, lookups_text

    written, then = not asked.check, _next_step(asked, found.rows)
    shown = Lookups(found.rows, tuple(lines), tuple(warnings), tuple(review), file, written, then)
    show(flags, lookups_text, shown, verbose=flags.verbose)


def _next_step(asked: Asked, rows: Sequence[LookupRow]) -> str:
    """What to do where no service could be reached; "" where all could."""
    unasked = {row.what for row in rows if row.state is LookupState.UNKNOWN}
    if not unasked:
        return ""
    when = "without --offline" if asked.offline else "when the services can be reached"
    instead = ", or leave `doi` out of the spec" if "paper" in unasked else ""
    return f"Run `dandifile resolve` again {when}{instead}."


def _document(found: Resolution, lines: list[str], warnings: list[str], review: list[str]) -> JsonObject:
    rows = [{**asdict(row), "state": row.state.value, "notes": list(row.notes)} for row in found.rows]
    return {"rows": rows, "diff": lines, "warnings": warnings, "review": review, "changed": bool(lines)}


def _warnings(spec: SpecAndLock, lock: Lock) -> Iterator[str]:
    """What was corrected in the papers; ids in the spec of another person or name."""
    for doi in spec.needed.dois:
        if paper := lock.paper(doi):
            yield from update_ids(paper, lock)[1]
    yield from mismatched_orcids(spec.declared.references.called, lock)
    for named in spec.declared.references.terms:
        term = lock.term(named.asked, named.about)
        if named.name and term and (said := name_mismatch(named.name, term)):
            yield said


def _reviews(spec: SpecAndLock, lock: Lock) -> Iterator[str]:
    """Facts that a person should look at before they are trusted."""
    known = LockFacts(lock, spec.needed)
    merged = known.credits(spec.declared.value.get("contributors", ()), contributor_object)
    for each in merged.review if merged else ():
        yield f"{each.who}: {each.what} {each.value}: {each.reason}"
