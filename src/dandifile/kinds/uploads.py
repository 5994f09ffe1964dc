"""Uploads to the dandiset that were begun and never finished, as a killed run leaves them behind.

No run continues them: to send the content again begins a new upload. They stay until they are dropped, and
the archive releases no embargo while there are any. It drops all uploads of a dandiset at once, and doesn't
say whose they are. So they are only dropped where none can be one that another owner is sending now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dandifile.archive.lost_answers import lost_answers
from dandifile.errors import BlockedError, CredentialsError
from dandifile.model import (
    Block,
    Change,
    ChangeLine,
    Json,
    JsonObject,
    Key,
    Local,
    Reason,
    Spec,
    Step,
    Target,
    Why,
    Wording,
)
from dandifile.planning.kind import Difference, Standing, Traits
from dandifile.survey.findings import split
from dandifile.words import quantity, size

if TYPE_CHECKING:
    from dandifile.archive.reader import Reader
    from dandifile.planning.kind import Options, StepContext

NAME = "uploads"
PERMIT = "delete-uploads"

_KEY = Key(NAME, "unfinished")
_LIFETIME = timedelta(days=7)  # of an upload's URLs: no parts of an older one can be sent


@dataclass(frozen=True)
class DesiredUploads:
    """The digests of the files here that can be assets; `coming` makes them up when asked."""

    coming: Callable[[], Collection[str]] = tuple


@dataclass(frozen=True)
class UnfinishedUpload:
    """`ours`: it was begun from this folder, or this user is the only owner."""

    id: str
    digest: str
    size: int
    begun: datetime | None
    ours: bool = False


@dataclass(frozen=True)
class ObservedUploads:
    """The open uploads, and the content that the draft has. `hidden` counts those that only owners see."""

    uploads: tuple[UnfinishedUpload, ...] = ()
    there: frozenset[str] = frozenset()
    hidden: int = 0
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def observe(reader: Reader) -> ObservedUploads:
    if reader.identifier is None or not (count := reader.active_uploads()):
        return ObservedUploads()
    try:
        found = reader.open_uploads() if reader.key else None
    except CredentialsError:
        found = None
    if found is None:
        return ObservedUploads(hidden=count)
    uploads = tuple(_upload(item) for item in found)
    ours = {*reader.cache.get_many("begun", [upload.id for upload in uploads])}
    ours |= lost_answers(reader, ((upload.id, upload.digest, upload.begun) for upload in uploads))
    alone = reader.owners() == (reader.me(),)
    uploads = tuple(replace(upload, ours=alone or upload.id in ours) for upload in uploads)
    return ObservedUploads(uploads, frozenset(asset.digest for asset in reader.assets().values()))


def _upload(item: JsonObject) -> UnfinishedUpload:
    try:
        begun = datetime.fromisoformat(item["created"])
    except (KeyError, TypeError, ValueError):
        begun = None
    aware = begun if begun is None or begun.tzinfo else begun.replace(tzinfo=UTC)
    return UnfinishedUpload(item["upload_id"], item["etag"], item["size"], aware)


def desired(spec: Spec, local: Local) -> DesiredUploads:
    def coming() -> Collection[str]:
        files = local.assets
        return {file.digest for file in files if not split(file.findings, spec.validation, file.path)[0]}

    return DesiredUploads(coming)


def diff(desired: DesiredUploads, observed: ObservedUploads, options: Options) -> Difference:
    """Dropped without a flag where the draft has all of their content, now or once this plan is done."""
    uploads = observed.uploads
    if not uploads:
        return Difference(notes=_hidden_notes(observed.hidden))
    others = [upload for upload in uploads if not _is_free(upload, observed.now)]
    bounded = bool(options.paths or options.exclude or options.only)
    sent = observed.there if bounded else observed.there | set(desired.coming())
    finished = all(upload.digest in sent for upload in uploads)
    if not others and (finished or PERMIT in options.allow):
        return Difference(changes=(_change(uploads, finished=finished),))
    text = _unfinished_text(uploads, observed.now)
    if not others:
        return Difference(notes=(f"{text}; `apply --allow {PERMIT}` drops them",))
    why = f"{len(others)} of them may be of another owner who is still sending"
    fix = f"ask the other owners; {_LIFETIME.days} days after it was begun, an upload cannot be continued"
    if PERMIT in options.allow:
        return Difference(blocked=(Block(f"{text}; {why}", fix, _KEY),))
    return Difference(notes=(f"{text}; {why}: {fix}",))


def _is_free(upload: UnfinishedUpload, now: datetime) -> bool:
    """Whether dropping it takes nothing from another owner."""
    return upload.ours or (upload.begun is not None and now - upload.begun > _LIFETIME)


def _change(uploads: Iterable[UnfinishedUpload], *, finished: bool) -> Change:
    ordered = sorted(uploads, key=lambda upload: upload.id)
    before = {
        "uploads": [upload.id for upload in ordered],
        "size": sum(upload.size for upload in ordered),
        "finished": finished,
    }
    return Change(_KEY, before, None, permit="" if finished else PERMIT)


def _unfinished_text(uploads: Collection[UnfinishedUpload], now: datetime) -> str:
    count, amount = len(uploads), size(sum(upload.size for upload in uploads))
    what = quantity(count, f"upload ({amount}) was", f"uploads ({amount}) were")
    oldest = min((upload.begun for upload in uploads if upload.begun), default=None)
    since = f", the oldest on {oldest:%Y-%m-%d}" if oldest and count > 1 else ""
    since = f" on {oldest:%Y-%m-%d}" if oldest and count == 1 else since
    days = (now - oldest).days if oldest else 0
    ago = f" ({quantity(days, 'day')} ago)" if days > 1 else ""
    return f"{what} begun{since}{ago} and never finished; an embargo cannot be released until then"


def _hidden_notes(count: int) -> tuple[str, ...]:
    what = quantity(count, "upload was begun and is", "uploads were begun and are")
    return (f"{what} not finished; only the dandiset's owners can see more",) if count else ()


def steps(changes: tuple[Change, ...]) -> tuple[Step, ...]:
    why, kept = Reason(Why.UNFINISHED), ("uploads", "finished")
    return tuple(
        Step(NAME, NAME, {key: change.before[key] for key in kept}, reason=why) for change in changes
    )


def standing(change: Change, observed: ObservedUploads) -> Standing:
    """Due while there are some of those that were reviewed and no others, since all are dropped at once."""
    now = {upload.id for upload in observed.uploads}
    return Standing.DUE if now and now <= set(change.before["uploads"]) else Standing.DONE


def rebase(change: Change, observed: object) -> Change:
    return change


def perform(step: Step, context: StepContext, inputs: Mapping[str, Json]) -> JsonObject:
    """Drops them, unless another upload was begun since, or some content is not on the draft."""
    reader = context.writer.reader.fresh()
    now = {item["upload_id"]: item["etag"] for item in reader.open_uploads()}
    if now.keys() - set(step.params["uploads"]):
        raise BlockedError(
            "an upload was begun since the plan was made, and uploads can only be dropped all at once",
            fix="run plan again when it has ended",
        )
    if step.params["finished"] and set(now.values()) - _on_draft(reader):
        raise BlockedError(
            "the content of some unfinished uploads is not on the draft yet", fix="run apply again"
        )
    if now:
        context.writer.drop_uploads()
    return {"dropped": len(now)}


def _on_draft(reader: Reader) -> set[str]:
    return {asset.digest for asset in reader.assets().values()}


def _line(change: Change, target: Target) -> ChangeLine:
    remark = "dropped: the draft has their content then" if change.before["finished"] else "dropped"
    return ChangeLine(
        f"{len(change.before['uploads']):,} {change.key.name}", remark, int(change.before["size"])
    )


TRAITS = Traits(
    docs="docs/how-to/reading-a-plan.md",
    permits=(PERMIT,),
    wording=Wording(line=_line),
)
