"""Why an asset is written, moved, deleted or left alone: its content, its name, its checks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dandifile.explanation.entries import NAME, taken_by, taking_entry
from dandifile.explanation.names import keeps_name, name_sayings
from dandifile.explanation.overlays import overlay_sayings
from dandifile.explanation.view import View
from dandifile.kinds.assets.deletions import is_below
from dandifile.model import (
    Action,
    Block,
    Change,
    Explanation,
    JsonObject,
    Key,
    LocalAsset,
    RemoteAsset,
    Saying,
    Validation,
    Verdict,
    Voice,
)
from dandifile.survey.findings import split
from dandifile.words import size


def explain_asset(view: View, path: str) -> Explanation:
    """An asset by its path in the dandiset: on the draft, or as a file here is to become it."""
    file = next((one for one in view.local.assets if one.path == path), None)
    there = view.draft.assets.get(path)
    change = _change_at(view, path)
    blocks = view.blocks(*(Key(NAME, name) for name in (path, file.source if file else path)))
    said = [*_file(view, path, file), *_draft(view, there, file), *_decision(view, path, change, file, there)]
    metadata = _metadata(view, file, there)
    said += overlay_sayings(view, path, metadata)
    said += _checks(view, file) if file else []
    said += [Saying(Voice.RULE, f"blocked: {block.reason}") for block in blocks]
    verdict = _verdict(view, change, blocks, file, there)
    remedies = dict.fromkeys(_remedies(view, path, change, blocks, file))
    return Explanation(NAME, path, verdict, tuple(said), tuple(remedies), change)


def _change_at(view: View, path: str) -> Change | None:
    """The change of this path; the move away from it, if there is none."""
    away = (change for change in view.plan.changes if _leaves(change, path))
    return view.change(Key(NAME, path)) or next(away, None)


def _leaves(change: Change, path: str) -> bool:
    return change.key.kind == NAME and change.action is Action.MOVE and change.before["path"] == path


def _verdict(
    view: View, change: Change | None, blocks: list[Block], file: LocalAsset | None, there: RemoteAsset | None
) -> Verdict:
    if file is None and (there is None or not (change or blocks)):
        return Verdict.ELSEWHERE
    return view.verdict(change, blocks)


def _metadata(view: View, file: LocalAsset | None, there: RemoteAsset | None) -> JsonObject:
    """The metadata by which rules match: the draft's, else the file's."""
    if there is not None:
        return view.draft.metadata([there.asset_id])[there.asset_id]
    return (file.metadata if file else None) or {}


# --- Here and there -------------------------------------------------------------------------------


def _file(view: View, path: str, file: LocalAsset | None) -> Iterator[Saying]:
    if file is not None:
        yield Saying(Voice.FILE, f"{size(file.size)}, digest {file.digest}", file.source)
        yield from taken_by(view, file.source)
        yield from name_sayings(view, file)
        return
    for pending in (one for one in view.local.pending if one.path == path):
        yield Saying(
            Voice.MANIFEST, f"its file {pending.source} is on another machine, digest {pending.digest}"
        )
    for gone in (one for one in view.local.gone if one.path == path):
        yield Saying(
            Voice.RECORD, f"its file {gone.source or 'here'} was on this machine, and is gone", gone.source
        )
    if path not in {*(one.path for one in view.local.pending), *(one.path for one in view.local.gone)}:
        yield Saying(Voice.FILE, "no file here becomes this asset, and none is known to have done so")


def _draft(view: View, there: RemoteAsset | None, file: LocalAsset | None) -> Iterator[Saying]:
    if there is None:
        yield Saying(Voice.DRAFT, "has nothing at this path", view.page)
    else:
        yield Saying(Voice.DRAFT, f"{size(there.size)}, digest {there.digest or 'not known yet'}", view.page)
    if file is not None:
        others = [one.path for one in view.draft.assets.values() if one.digest == file.digest]
        others = [path for path in others if path != file.path]
        if others:
            yield Saying(Voice.DRAFT, f"has the file's content at {', '.join(others[:3])}", view.page)


def _decision(
    view: View, path: str, change: Change | None, file: LocalAsset | None, there: RemoteAsset | None
) -> Iterator[Saying]:
    """What the two digests, and the record, mean."""
    if change is not None and change.action in (Action.MOVE, Action.DELETE):
        yield Saying(Voice.RULE, _departure(change, path))
    elif file is None and there is not None:
        yield from _staying(view, path)
    elif file is not None and there is None:
        after: Mapping[str, object] = (change.after if change else None) or {}
        sent = "the archive has this content already, so no bytes are sent"
        if not (after.get("blob") or after.get("on_archive")):
            sent = f"{size(file.size)} are sent"
        yield Saying(Voice.RULE, f"the draft lacks it: {sent}")
    elif file is not None and there is not None and file.digest != there.digest:
        yield Saying(Voice.RULE, "the digests differ: the content is replaced; times of files do not count")
    elif file is not None:
        yield Saying(
            Voice.RULE, "the digests are the same: no bytes are sent, and the metadata there are kept"
        )


def _departure(change: Change, path: str) -> str:
    if change.action is Action.DELETE:
        return "no file here is this asset any more, and its entry has `prune: true`: it is deleted"
    old, new = change.before["path"], change.after["path"]
    at = "" if path == new else f" to {new}"
    return (
        f"the last apply made {old} from a file here that is gone, or holds other content now, and the same "
        f"content is here under another name: it moves{at}, without any bytes sent"
    )


def _staying(view: View, path: str) -> Iterator[Saying]:
    """Why an asset without a file here is not deleted."""
    if any(one.path == path for one in view.local.pending):
        yield Saying(
            Voice.RULE,
            "its file is on another machine, so nothing is known of it here, and it stays as it is",
        )
        return
    for number, entry in enumerate(view.spec.paths):
        if is_below(entry.into, path) and entry.prune:
            where = view.places.of_spec("paths", number, "prune")
            yield Saying(Voice.SPEC, f"`prune: true` of {entry.source} does not delete it now", where)
            yield from (
                Saying(Voice.RULE, note)
                for note in view.plan.notes
                if note.startswith(f"{entry.source}: nothing is deleted")
            )
    yield Saying(
        Voice.RULE, "data that is not here is unknown, not gone: without `prune: true` it stays as it is"
    )


# --- What the checks say --------------------------------------------------------------------------


def _checks(view: View, file: LocalAsset) -> Iterator[Saying]:
    blocking, ignored, others = split(file.findings, view.spec.validation, file.path)
    for finding in blocking:
        limit = (
            view.places.of_spec("validation", "fail_on")
            if view.places.declared("validation", "fail_on")
            else ""
        )
        at = f", as `fail_on: {view.spec.validation.fail_on}` says" if limit else ""
        yield Saying(Voice.CHECK, f"{finding.what} (blocks{at})", limit or file.source)
    for finding in ignored:
        names = [
            number
            for number, ignore in enumerate(view.spec.validation.ignore)
            if split((finding,), _only(view, number), file.path)[1]
        ]
        reason = view.spec.validation.ignore[names[0]].reason
        where = view.places.of_spec("validation", "ignore", names[0])
        yield Saying(Voice.CHECK, f"{finding.what} (accepted: {reason})", where)
    for finding in others:
        yield Saying(Voice.CHECK, f"{finding.what} (does not block)", file.source)


def _only(view: View, number: int) -> Validation:
    """The validation policy with one of its accepted findings."""
    return replace(view.spec.validation, ignore=view.spec.validation.ignore[number : number + 1])


# --- What would change it -------------------------------------------------------------------------


def _remedies(
    view: View, path: str, change: Change | None, blocks: list[Block], file: LocalAsset | None
) -> Iterator[str]:
    if blocks:
        yield from (block.fix for block in blocks if block.fix)
        return
    if change is not None and view.verdict(change, blocks) is Verdict.HELD:
        yield f"run apply with --allow {change.permit} to do it"
    if change is not None and change.action is Action.DELETE:
        yield "set `prune: false` to keep it"
    elif change is not None and change.action is Action.MOVE:
        yield "give the file its old name back to keep the path"
    elif file is None:
        yield from _remedies_without_file(view, path)
    elif change is not None and change.action is Action.UPDATE:
        yield "change the lines of the spec that set its metadata"
    elif change is None:
        yield "change the file, or declare metadata for it under `assets`"
    else:
        entry = taking_entry(view, file.source)
        below = entry.below if entry else file.source
        yield f"write `exclude: [{below!r}]` into its entry of `paths` to leave the file out"
    if file is not None and keeps_name(view, file):
        yield "run plan with --rename to give it the name that it would get today"


def _remedies_without_file(view: View, path: str) -> Iterator[str]:
    if any(one.path == path for one in view.local.pending):
        yield "run plan where the data is"
    else:
        yield "to delete it, write `prune: true` in its entry of `paths`, and run apply with --allow delete"
