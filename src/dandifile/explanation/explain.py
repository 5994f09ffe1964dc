"""Finds out what a word of the command line is about, an asset, a file or a field, and explains it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.errors import UserError
from dandifile.explanation.asset import explain_asset
from dandifile.explanation.entries import NAME as ASSETS
from dandifile.explanation.entries import explain_untaken
from dandifile.explanation.field import explain_field
from dandifile.explanation.view import View
from dandifile.kinds import KINDS
from dandifile.kinds.metadata import NAME as METADATA
from dandifile.model import Change, Explanation, Saying, Verdict, Voice
from dandifile.reading.document import KeyPath
from dandifile.spec.fields import COMPUTED_DANDISET_FIELDS, DANDISET_FIELDS, FIELD_OF_KEY
from dandifile.spelling import near_words

_MOST = 5  # near misses that are named


def explain(view: View, asked: str, source: str, *, exists: bool) -> list[Explanation]:
    """What there is to say about `asked`.

    `source` is the same as the name of a file: relative to the spec's folder. `exists`: there is such a file.
    UserError, with what may have been meant, for a word that is about nothing.
    """
    if found := _asset(view, asked, source):
        return [found]
    if field := _field(view, asked):
        return [explain_field(view, *field)]
    if asked in KINDS.keys() - {ASSETS, METADATA}:
        return _of_kind(view, asked)
    if exists or _is_known(view, source):
        return [explain_untaken(view, source, exists=exists)]
    raise _unknown_error(view, asked)


# --- Assets and files -------------------------------------------------------------------------------


def _asset(view: View, asked: str, source: str) -> Explanation | None:
    local = view.local
    sources = {one.source: one.path for one in local.assets}
    sources |= {one.source: one.path for one in local.pending} | {one.source: one.path for one in local.gone}
    if asked in view.draft.assets or asked in sources.values():
        return explain_asset(view, asked)
    for name in (source, asked):
        if name in sources:
            return explain_asset(view, sources[name])
    return None


def _is_known(view: View, source: str) -> bool:
    """Whether the survey has something to say about a file that may not be here."""
    refused = {one.source for one in view.local.refused}
    skipped = {name for one in view.local.skipped for name in one.sources}
    absent = [one.removeprefix("./").rstrip("/") for one in view.local.absent]
    return source in refused | skipped or any(f"{source}/".startswith(f"{folder}/") for folder in absent)


# --- Fields -----------------------------------------------------------------------------------------


def _field(view: View, asked: str) -> tuple[str, KeyPath] | None:
    """DANDI's name of a field, from that name or the spec's key, and what is asked about inside it."""
    head, *inside = asked.strip("/").split("/")
    head = head.removeprefix("metadata.")
    if head == "metadata" and inside:
        head, *inside = inside
    field = FIELD_OF_KEY.get(head, head)
    known = {*DANDISET_FIELDS, *COMPUTED_DANDISET_FIELDS, *view.spec.fields, *view.document.document}
    if field not in known:
        return None
    return field, tuple(int(part) if part.isdecimal() else part for part in inside)


# --- Other kinds ------------------------------------------------------------------------------------


def _of_kind(view: View, kind: str) -> list[Explanation]:
    """One explanation for each change of a kind; one that says that there is none."""
    changes = [change for change in view.plan.changes if change.key.kind == kind]
    if changes:
        return [_of_change(view, kind, change) for change in changes]
    said = list(_declarations(view, kind))
    verdict = Verdict.UNCHANGED if said else Verdict.NOT_DECLARED
    rule = "it is as declared" if said else "the spec does not declare it, so it stays as it is"
    notes = [Saying(Voice.RULE, f"blocked: {block.reason}") for block in view.blocks() if block.key is None]
    return [Explanation(kind, kind, verdict, (*said, Saying(Voice.RULE, rule), *notes))]


def _of_change(view: View, kind: str, change: Change) -> Explanation:
    blocks = view.blocks(change.key)
    said = list(_declarations(view, kind))
    said.append(
        Saying(Voice.DRAFT, "has nothing there" if change.before is None else "has", view.page, change.before)
    )
    if change.reason:
        said.append(Saying(Voice.RULE, str(change.reason)))
    said += [Saying(Voice.RULE, f"blocked: {block.reason}") for block in blocks]
    remedies = [block.fix for block in blocks if block.fix]
    verdict = view.verdict(change, blocks)
    if verdict is Verdict.HELD:
        remedies.append(f"run apply with --allow {change.permit} to have it done")
    return Explanation(kind, change.key.name, verdict, tuple(said), tuple(remedies), change)


def _declarations(view: View, kind: str) -> Iterator[Saying]:
    """What the spec says under the keys that the kind reads."""
    for key in KINDS[kind].TRAITS.reads:
        path = key.split(".")
        value = view.places.declared(*path)
        if value is not None:
            yield Saying(Voice.SPEC, f"`{key}`", view.places.of_spec(*path), value)


# --- What is about nothing ---------------------------------------------------------------------------


def _unknown_error(view: View, asked: str) -> UserError:
    paths = [
        *view.draft.assets,
        *(one.path for one in view.local.assets),
        *(one.source for one in view.local.assets),
    ]
    fields = [*FIELD_OF_KEY, *DANDISET_FIELDS, *view.document.document, *KINDS.keys() - {ASSETS, METADATA}]
    ends = [path for path in paths if path.endswith(f"/{asked}")]
    near = ends or near_words(asked, dict.fromkeys([*fields, *paths]))
    meant = " or ".join(dict.fromkeys(near[:_MOST]))
    forms = "an asset by its path in the dandiset, a file, or a field such as keywords or contributor/0/email"
    fix = f"did you mean {meant}?" if near else f"name {forms}"
    return UserError(
        f"'{asked}' is no asset, no file of `paths` and no field", where=view.places.file, fix=fix
    )
