"""Whether a draft can be published now, and every reason why not. Pure.

The archive names one reason at a time, and some never: it accepts a request to publish and then does not end
it. So everything that its rules ask for (docs/archive-api.md 3.6) is looked at together, and what the spec
asks for as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from dandifile.checklist.people_rules import cited_authors, contact_email
from dandifile.checklist.rules import evidence_of, policy_blocks
from dandifile.kinds import embargo
from dandifile.kinds.forecast import NO_FILES, fix_of
from dandifile.kinds.health import LISTED, WAITING
from dandifile.kinds.outgoing import VERSION_KEY, SchemaVersions, faults
from dandifile.model import (
    EMBARGOED,
    OPEN,
    RELEASING,
    Block,
    Blocker,
    Complaint,
    EmbargoState,
    Health,
    JsonObject,
    Local,
    Obstacle,
    Plan,
    Readiness,
    Spec,
)
from dandifile.spec.fields import FIELD_OF_KEY
from dandifile.words import first_of, quantity

_IN_WORK = ("Pending", "Validating")
_SOUND = ("Valid", "Published", "Publishing")
_KNOWN = (*_IN_WORK, *_SOUND, "Invalid")
_NOT_PUBLISHABLE = "not publishable"  # in the archive's word for a dandiset without files
_UNKNOWN_VERSION = "Metadata version"  # how its word for a schema version begins


@dataclass(frozen=True)
class DraftFacts:
    """What the archive says of a dandiset, as far as publishing depends on it.

    `zarrs` are the names of all Zarrs that it ever had, `rights` why this user may not write, `summary` what
    `health.summary_fault` gives, `lacking` the paths that only other machines have the files of.
    """

    dandiset: JsonObject
    draft: JsonObject
    health: Health
    page: str = ""
    asset_count: int = 0
    schema: JsonObject = field(default_factory=dict)  # the server's, of a dandiset
    versions: SchemaVersions = field(default_factory=SchemaVersions)
    zarrs: tuple[str, ...] = ()
    rights: tuple[Block, ...] = ()
    summary: tuple[str, str, str] | None = None
    lacking: tuple[str, ...] = ()
    uploads: int = 0


def readiness(facts: DraftFacts, plan: Plan, spec: Spec, local: Local) -> Readiness:
    """`plan` is the whole one, made from the same look at the draft and from `local`."""
    # The spec's own rules hold for what is published, which is the draft as it is.
    policy = policy_blocks(facts.draft["metadata"], evidence_of(spec, local), spec.require)
    exposed = _exposed(facts, spec)
    said = {block.reason for block in (*policy, *exposed)}
    found = (
        *_rights_blockers(facts.rights),
        *_embargo_blockers(facts),
        *(Blocker(Obstacle.EMBARGO, one.reason, "`embargo` in the spec", one.fix) for one in exposed),
        *_zarr_blockers(facts.zarrs),
        *_plan_blockers(plan, facts.lacking, spec, said),
        *(Blocker(Obstacle.POLICY, one.reason, "`policy` in the spec", one.fix) for one in policy),
        *_metadata_blockers(facts, spec),
        *_file_blockers(facts),
        *_progress_blockers(facts, plan),
    )
    return Readiness(facts.health.status, tuple(dict.fromkeys(found)), tuple(_notes(facts)))


def work_left(draft: JsonObject, embargo_status: str) -> str:
    """What the archive is still doing with a draft, in words; "" where it has ended or found a fault.

    Reads only what one request gives, so that it can be asked again and again.
    """
    if embargo_status == RELEASING:
        return "releases the embargo"
    status = draft["status"]
    if status == "Publishing":
        return "publishes the draft"
    if status in _IN_WORK:
        return "validates the draft"
    errors = [error for error in draft["asset_validation_errors"] if isinstance(error, dict)]
    waiting = sum(WAITING in str(error.get("message")) for error in errors)
    if status != "Valid" or not waiting or waiting < len(errors):
        return ""
    return f"validates {quantity(waiting, 'asset')}{' or more' if waiting >= LISTED else ''}"


# --- The dandiset --------------------------------------------------------------------------------


def _rights_blockers(rights: Iterable[Block]) -> Iterator[Blocker]:
    for block in rights:
        yield Blocker(Obstacle.RIGHTS, block.reason, "your account", block.fix)


def _embargo_blockers(facts: DraftFacts) -> Iterator[Blocker]:
    status = facts.dandiset["embargo_status"]
    if status == EMBARGOED:
        fix = "write `embargo: false` into the spec and run `dandifile apply --allow unembargo`"
        if facts.uploads:
            what = quantity(facts.uploads, "upload is", "uploads are")
            fix += f"; {what} unfinished, which must be completed or dropped before that"
        what = "the dandiset is under embargo: only open dandisets are published"
        yield Blocker(Obstacle.EMBARGO, what, "`embargo` in the spec", fix)
    elif status != OPEN:
        what = "the archive is releasing the embargo: only open dandisets are published"
        fix = "wait until that has ended; `dandifile status` shows it"
        yield Blocker(Obstacle.RELEASING, what, facts.page, fix)


def _exposed(facts: DraftFacts, spec: Spec) -> tuple[Block, ...]:
    """A spec that asks for an embargo: then not even the draft as it is may be published."""
    state = EmbargoState(facts.dandiset["embargo_status"])
    return embargo.exposure(spec, embargo.ObservedEmbargo(facts.dandiset.get("identifier", ""), state))


def _zarr_blockers(zarrs: tuple[str, ...]) -> Iterator[Blocker]:
    if zarrs:
        yield Blocker(
            Obstacle.ZARR,
            "the archive does not publish dandisets that have, or once had, a Zarr",
            first_of(zarrs),
            "publish the other files from a dandiset of their own; deleting the asset does not help",
            assets=zarrs,
        )


# --- The spec ------------------------------------------------------------------------------------


def _plan_blockers(
    plan: Plan, lacking: tuple[str, ...], spec: Spec, said: Collection[str]
) -> Iterator[Blocker]:
    file = spec.file.name
    if plan.changes:
        kinds = Counter(change.key.kind for change in plan.changes)
        counts = ", ".join(f"{count} in {kind}" for kind, count in kinds.items())
        yield Blocker(
            Obstacle.PLAN,
            f"the draft is not as the spec declares: {quantity(len(plan.changes), 'change')} ({counts})",
            file,
            "run `dandifile apply` (`dandifile plan` shows what differs); "
            "or `dandifile publish --as-is` to publish the draft as it is",
        )
    for block in plan.blocked:
        if not block.about and block.reason not in said:
            where = block.key.name if block.key else file
            yield Blocker(Obstacle.PLAN, f"the plan is blocked: {block.reason}", where, block.fix)
    if plan.unpinned:
        what = f"not in the lock: {', '.join(plan.unpinned)}"
        yield Blocker(Obstacle.PLAN, what, file, "run `dandifile resolve`, look at the lock, and commit it")
    if lacking:
        what = f"{quantity(len(lacking), 'file')} of the manifest not on the draft, nor on this machine"
        fix = "run `dandifile apply` where the data is"
        yield Blocker(Obstacle.PLAN, what, first_of(lacking), fix, assets=lacking)


# --- What the archive validates ------------------------------------------------------------------


def _metadata_blockers(facts: DraftFacts, spec: Spec) -> Iterator[Blocker]:
    """What is wrong with the dandiset's metadata: by its rules, applied here, and by its own verdict.

    Its verdict is an older draft's while it is still validating, and stops at the first rule that fails.
    """
    status = facts.health.status
    if status in _SOUND:
        return
    document = facts.draft["metadata"]
    own_version = str(document.get(VERSION_KEY) or "")
    is_refused = facts.versions.refuses(own_version)
    if is_refused:
        yield Blocker(
            Obstacle.SCHEMA,
            f"its metadata is in schema version {own_version}, which the archive does not accept",
            "the dandiset's metadata",
            f"change any field in the spec, and apply: dandifile then writes it in {facts.versions.own}",
        )
    found = faults(document, facts.schema)
    declared = spec.fields.keys()
    contact = contact_email(document).fix
    for name, message in found:
        is_contact = name == "contributor" and "ontact person" in message
        fix = contact if contact and is_contact else fix_of(name, message, declared)
        yield _metadata_blocker(name, message, fix, spec)
    if status == "Invalid":
        yield from _other_complaints(facts, found, spec, is_refused=is_refused)


def _other_complaints(
    facts: DraftFacts, found: list[tuple[str, str]], spec: Spec, *, is_refused: bool
) -> Iterator[Blocker]:
    """What the archive found that the rules here do not show."""
    own = [one for one in facts.health.complaints if not one.asset and not _is_about_files(one, facts)]
    own = [one for one in own if not (is_refused and _UNKNOWN_VERSION in one.message)]
    seen, said = Counter(name for name, _ in found), Counter(one.field for one in own)
    for one in own:
        if said[one.field] > seen[one.field]:
            yield _metadata_blocker(one.field, one.message, one.fix, spec)
    if not (own or found or is_refused or facts.asset_count == 0):
        what = "the archive calls the draft Invalid and gives no reason"
        fix = "run `dandifile status` again in a moment; if it stays so, write to the archive's help desk"
        yield Blocker(Obstacle.METADATA, what, facts.page, fix)


def _is_about_files(one: Complaint, facts: DraftFacts) -> bool:
    return facts.asset_count == 0 and (one.field == NO_FILES or _NOT_PUBLISHABLE in one.message)


def _metadata_blocker(name: str, message: str, fix: str, spec: Spec) -> Blocker:
    key = next((short for short, long in FIELD_OF_KEY.items() if long == name), name)
    where = f"{key} in {spec.file.name}" if name in spec.fields else name
    is_named = message.startswith((f"{name}.", f"{name}:"))
    what = message if is_named or not name else f"{name}: {message}"
    return Blocker(Obstacle.METADATA, what, where if name else "the dandiset's metadata", fix)


def _file_blockers(facts: DraftFacts) -> Iterator[Blocker]:
    if facts.asset_count == 0:
        what = "the draft has no files, and the archive does not publish an empty dandiset"
        yield Blocker(
            Obstacle.NO_FILES,
            what,
            "`paths` in the spec",
            "name the folders of data there, and run `dandifile apply`",
        )
    groups: dict[tuple[str, str], list[Complaint]] = {}
    for one in facts.health.complaints:
        if one.asset:
            groups.setdefault((one.field, one.message), []).append(one)
    for (name, message), same in groups.items():
        yield Blocker(
            Obstacle.ASSETS,
            f"{quantity(len(same), 'asset is', 'assets are')} not valid: "
            f"{f'{name}: ' if name else ''}{message}",
            first_of([one.asset for one in same]),
            same[0].fix,
            assets=tuple(one.asset for one in same),
            sources=tuple(one.source for one in same if one.source),
        )
    if facts.summary:
        cause, where, fix = facts.summary
        what = f"the archive cannot make a summary of the files, and publishing would never end: {cause}"
        yield Blocker(Obstacle.SUMMARY, what, where, fix)


def _progress_blockers(facts: DraftFacts, plan: Plan) -> Iterator[Blocker]:
    status, waiting = facts.health.status, facts.health.waiting
    wait = "wait with `dandifile publish --wait`, or run again in a few minutes"
    if status in _IN_WORK:
        what = "the archive has not validated the draft yet"
        yield Blocker(Obstacle.PENDING, what, f"the draft is {status}", wait)
    if waiting:
        more = " or more" if waiting >= LISTED else ""
        what = f"the archive has not validated {quantity(waiting, 'asset')}{more} yet"
        yield Blocker(Obstacle.PENDING, what, f"{facts.asset_count:,} assets in all", wait)
    if status == "Publishing":
        fix = (
            "change nothing until it is done; if it takes more than an hour, any change to the draft ends it"
        )
        yield Blocker(Obstacle.PUBLISHING, "the archive is publishing the draft", facts.page, fix)
    if status == "Published":
        last = (facts.dandiset.get("most_recent_published_version") or {}).get("version", "")
        what = f"there is nothing to publish: the draft has not changed since version {last}"
        fix = "run `dandifile apply` first" if plan.changes else "there is nothing to do"
        yield Blocker(Obstacle.UNCHANGED, what, facts.page, fix)
    if status not in _KNOWN:
        what = f"the archive calls the draft {status}, which this version of dandifile does not know"
        yield Blocker(Obstacle.PENDING, what, facts.page, "look at its page, and update dandifile")


def _notes(facts: DraftFacts) -> Iterator[str]:
    document, versions = facts.draft["metadata"], facts.versions
    version = str(document.get(VERSION_KEY) or "")
    if facts.health.status in _IN_WORK and version and versions.own and version != versions.own:
        yield (
            f"the dandiset's metadata is in schema version {version}, and the archive's own is "
            f"{versions.own}: validation can take long or never end; any change that apply makes ends that"
        )
    cited = cited_authors(document)
    if cited.fix:
        yield f"{cited.found}: the citation of the version will have no authors ({cited.fix})"
    if facts.uploads and facts.dandiset["embargo_status"] == OPEN:
        what = quantity(facts.uploads, "upload was", "uploads were")
        yield f"{what} begun and not finished: what they hold will not be in the version"
    if facts.health.unlisted:
        yield "more assets may be invalid: the archive lists 50, and only some of the others were asked"
