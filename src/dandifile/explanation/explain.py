"""Finds out what a word of the command line is about, an asset, a file or a field, and explains it. Pure."""

from __future__ import annotations

from dandifile.errors import UserError
from dandifile.explanation.asset import explain_asset
from dandifile.explanation.entries import NAME as ASSETS
from dandifile.explanation.entries import explain_untaken
from dandifile.explanation.field import explain_field
from dandifile.explanation.others import explain_kind
from dandifile.explanation.view import View
from dandifile.kinds import KINDS
from dandifile.kinds.metadata import NAME as METADATA
from dandifile.model import Explanation
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
        return explain_kind(view, asked)
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
