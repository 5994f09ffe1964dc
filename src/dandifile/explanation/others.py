"""Why a change of another kind is planned, or not: the dandiset itself, its owners, its embargo. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.explanation.view import View
from dandifile.kinds import KINDS, dandiset, owners
from dandifile.model import Block, Change, Explanation, Json, Saying, Verdict, Voice


def explain_kind(view: View, kind: str) -> list[Explanation]:
    """One explanation for each change of a kind; without any, one that says why there is none."""
    changes = [change for change in view.plan.changes if change.key.kind == kind]
    return [_of_change(view, kind, change) for change in changes] or [_without_change(view, kind)]


def _without_change(view: View, kind: str) -> Explanation:
    declared = list(_declarations(view, kind))
    said = [*declared, *_on_archive(view, kind)]
    if blocks := view.blocks():
        said += _blocked(blocks)
        return Explanation(kind, kind, Verdict.BLOCKED, tuple(said), _fixes(blocks))
    if declared and view.plan.target.identifier is None:
        said.append(Saying(Voice.RULE, "it comes with the dandiset, when that is created"))
        return Explanation(kind, kind, Verdict.CREATE, tuple(said), _edits(view, kind))
    if declared:
        said.append(Saying(Voice.RULE, "the archive has what is declared"))
        return Explanation(kind, kind, Verdict.UNCHANGED, tuple(said), _edits(view, kind))
    keys = " or ".join(f"`{key}`" for key in KINDS[kind].TRAITS.reads)
    said.append(Saying(Voice.RULE, "the spec does not declare it, so it stays as it is"))
    remedies = (f"declare {keys} in {view.places.file}",) if keys else ()
    return Explanation(kind, kind, Verdict.NOT_DECLARED, tuple(said), remedies)


def _of_change(view: View, kind: str, change: Change) -> Explanation:
    blocks = view.blocks(change.key)
    said = [*_declarations(view, kind), *_on_archive(view, kind)]
    if change.reason:
        said.append(Saying(Voice.RULE, str(change.reason)))
    said += _blocked(blocks)
    verdict = view.verdict(change, blocks)
    remedies = _fixes(blocks) or _edits(view, kind)
    if verdict is Verdict.HELD:
        remedies = (f"run apply with --allow {change.permit} to do it", *remedies)
    return Explanation(kind, change.key.name, verdict, tuple(said), remedies, change)


def _declarations(view: View, kind: str) -> Iterator[Saying]:
    """What the spec says under the keys that the kind reads."""
    for key in KINDS[kind].TRAITS.reads:
        path = key.split(".")
        value = view.places.declared(*path)
        if value is not None:
            yield Saying(Voice.SPEC, f"`{key}`", view.places.of_spec(*path), value)


def _edits(view: View, kind: str) -> tuple[str, ...]:
    """The keys of the spec to change."""
    declared = [key for key in KINDS[kind].TRAITS.reads if view.places.declared(*key.split(".")) is not None]
    keys = " or ".join(f"`{key}:`" for key in declared)
    return (f"change {keys} in {view.places.file}",) if keys else ()


def _on_archive(view: View, kind: str) -> Iterator[Saying]:
    """What is there now, where the kind has one value for it."""
    target, now = view.plan.target, _now(view, kind)
    if target.identifier is None:
        yield Saying(Voice.DRAFT, "there is no dandiset yet", view.page)
    elif now is not None:
        yield Saying(Voice.DRAFT, "has", view.page, now)


def _now(view: View, kind: str) -> Json:
    if kind == owners.NAME:
        return sorted(view.observed[kind].logins())
    if kind == dandiset.NAME:
        return view.plan.target.identifier
    return view.plan.target.embargo_status.lower() if kind == "embargo" else None


def _blocked(blocks: list[Block]) -> Iterator[Saying]:
    return (Saying(Voice.RULE, f"blocked: {block.reason}") for block in blocks)


def _fixes(blocks: list[Block]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(block.fix for block in blocks if block.fix))
