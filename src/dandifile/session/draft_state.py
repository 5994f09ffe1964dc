"""How the draft of a session is now: the archive's verdict on it, and whether it can be published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dandifile.archive.listing import map_in_parallel
from dandifile.archive.rights import unchecked_notes, write_blocks
from dandifile.kinds import assets
from dandifile.kinds.health import health, summary_fault
from dandifile.kinds.outgoing import SchemaVersions
from dandifile.kinds.readiness import DraftFacts, readiness
from dandifile.model import Health, JsonObject, Local, Readiness, RemoteAsset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dandifile.session.session import Planned, Session


@dataclass(frozen=True)
class DraftState:
    """The draft's `info` as the archive gives it, the verdict in it, and what prevents publishing."""

    draft: JsonObject
    health: Health
    readiness: Readiness


def draft_state(session: Session, planned: Planned) -> DraftState:
    """Asks the archive about the draft that a plan was made for. Writes nothing."""
    reader, spec, observed = session.reader, session.spec, planned.observed[assets.NAME]
    draft, dandiset = reader.draft(), reader.dandiset()

    def ask(ids: Iterable[str]) -> Iterator[JsonObject]:
        return map_in_parallel(reader.asset_verdict, list(ids))

    sources = {asset.path: asset.source for asset in planned.local.assets}
    verdict = health(draft, observed, sources, spec.fields, ask)
    settled = draft["status"] == "Valid" and not (verdict.waiting or verdict.complaints)
    facts = DraftFacts(
        dandiset,
        draft,
        verdict,
        page=planned.plan.target.page or f"dandiset {session.identifier}",
        asset_count=len(observed.assets),
        schema=reader.schema("Dandiset"),
        versions=SchemaVersions.of(reader),
        zarrs=tuple(reader.zarr_names()),
        rights=write_blocks(reader, "", session.state),
        summary=summary_fault(draft, observed) if settled else None,
        lacking=tuple(_lacking(planned.local, observed.assets)),
        uploads=reader.active_uploads(),
    )
    ready = readiness(facts, planned.plan, spec, planned.local)
    unchecked = unchecked_notes(reader, "")
    return DraftState(draft, verdict, Readiness(ready.status, ready.blockers, (*ready.notes, *unchecked)))


def _lacking(local: Local, there: Mapping[str, RemoteAsset]) -> Iterator[str]:
    """Paths of assets that only another machine can send."""
    for asset in local.pending:
        if asset.path not in there or there[asset.path].digest != asset.digest:
            yield asset.path
