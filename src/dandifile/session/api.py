"""What `import dandifile` gives: a session, and plan and apply in one call each. See `docs/python.md`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from dandifile.archive.listing import DRAFT
from dandifile.errors import UserError
from dandifile.model import Plan, Publication
from dandifile.run.execute import Notify
from dandifile.session.apply_steps import ApplyResult
from dandifile.session.opening import open_session
from dandifile.session.options import Setup, plan_options, refuse_undeclared
from dandifile.session.publish import Terms, check_notes, look_ahead, recognise, refuse_unpermitted
from dandifile.session.publish import publish as publish_prospect
from dandifile.session.pull import PullResult, carry_out, plan_pull, pull_options
from dandifile.session.session import Session, ignore_bytes, ignore_step
from dandifile.session.watching import MINUTES
from dandifile.spec.need import PULL


def open_spec(  # noqa: PLR0913 - one a flag
    file: str | Path | None = None,
    *,
    environment: str = "",
    writing: bool = False,
    locked: bool = False,
    offline: bool = False,
    jobs: int | None = None,
    executor: str = "local",
    step_timeout: float | None = None,
) -> AbstractContextManager[Session]:
    """A session on a spec, for a `with` block: its lock, its cache and its archive, opened together.

    `file` is the spec or its folder; without it, the current folder or a parent has the spec. `writing=True`
    needs an API key, and keeps other applies of the spec out until the block ends. The others are as the
    flags of `dandifile plan`.
    """
    named = None if file is None else Path(file)
    setup = Setup(named, environment, jobs, executor, step_timeout, locked, offline)
    return open_session(setup, writing=writing)


def plan(  # noqa: PLR0913 - one a flag
    file: str | Path | None = None,
    *,
    environment: str = "",
    allow: Collection[str] = (),
    only: Collection[str] = (),
    paths: Collection[str] = (),
    exclude: Collection[str] = (),
    rename: bool = False,
    refresh_metadata: bool = False,
    overwrite_remote: Collection[str] = (),
    locked: bool = False,
    offline: bool = False,
    jobs: int | None = None,
    notify: Notify = ignore_step,
) -> Plan:
    """What apply would do. Changes nothing, on the archive or here, but its cache.

    The arguments are the flags of `dandifile plan`. `notify` is called with every step of the survey: with
    None when it starts, with its result when it ended. Calls can come from other threads.
    """
    options = plan_options(
        allow=allow,
        only=only,
        paths=paths,
        exclude=exclude,
        rename=rename,
        refresh_metadata=refresh_metadata,
        overwrite_remote=overwrite_remote,
    )
    with open_spec(file, environment=environment, locked=locked, offline=offline, jobs=jobs) as session:
        refuse_undeclared(options, session.spec)
        made = session.plan(options, notify).plan
        return replace(made, spec=str(session.spec.file))


def apply(  # noqa: PLR0913 - what to do, and what may be done
    plan: Plan,
    *,
    allow: Collection[str] = (),
    create: bool = False,
    jobs: int | None = None,
    notify: Notify = ignore_step,
    sent: Callable[[int], None] = ignore_bytes,
) -> ApplyResult:
    """Does what a plan of `dandifile.plan` says, and nothing else; checks afterwards that the draft is so.

    What cannot be undone is only done where both the plan was made with the word in `allow` and `apply` is
    given it again. `create=True` lets it make the dandiset. BlockedError, and nothing is written, where a
    permission is missing, where the plan is blocked as a whole, and where the spec, a file or the archive has
    changed since the plan was made.

    A step that fails raises nothing: it is in `ApplyResult.failed`, and the others were done. `notify` is
    called with every step, `sent` with each number of bytes that went out.
    """
    if not plan.spec:
        raise UserError(
            "the plan does not say which spec it was made from",
            fix="make it with dandifile.plan, or apply it in the session that made it",
        )
    with open_spec(plan.spec, environment=plan.environment, jobs=jobs, writing=True) as session:
        planned = session.resume(plan, notify)
        return session.apply(planned, allow=allow, create=create, notify=notify, sent=sent)


def pull(  # noqa: PLR0913 - one a flag
    file: str | Path | None = None,
    *,
    environment: str = "",
    paths: Collection[str] = (),
    exclude: Collection[str] = (),
    version: str = DRAFT,
    to: str | Path | None = None,
    overwrite: bool = False,
    jobs: int | None = None,
    notify: Notify = ignore_step,
    got: Callable[[int], None] = ignore_bytes,
) -> PullResult:
    """Fetches what a version has and the folder lacks. The arguments are the flags of `dandifile pull`.

    BlockedError, and nothing is fetched, where files here have other content, unless `overwrite`. An asset
    that cannot be fetched raises nothing: it is in `PullResult.failed`, and the others are here.
    """
    options = pull_options(
        paths=paths, exclude=exclude, version=version, to=Path(to) if to else None, overwrite=overwrite
    )
    named = None if file is None else Path(file)
    with open_session(Setup(named, environment, jobs, offline=True), need=PULL) as session:
        found = plan_pull(session, options, notify)
        found.refuse_differing()
        return PullResult(found.found, carry_out(session, found, notify, got))


def publish(  # noqa: PLR0913 - one a flag
    file: str | Path | None = None,
    *,
    environment: str = "",
    allow: Collection[str] = (),
    notes: str = "",
    as_is: bool = False,
    wait: bool = False,
    minutes: float = MINUTES,
    notify: Notify = ignore_step,
) -> Publication:
    """Publishes the draft, and gives the version; the last one where nothing has changed since.

    A version can never be changed, so `allow` must hold "publish". BlockedError, and nothing is written, if
    anything prevents it: its text names everything. UnfinishedError if the archive made no version, or not
    the one that was looked at. The others are as the flags of `dandifile publish`; `notes` is their text.
    """
    refuse_unpermitted(allow)
    text, terms = check_notes(notes, "notes"), Terms(as_is, wait, minutes)
    with open_spec(file, environment=environment, writing=True) as session:
        found = look_ahead(session, terms, notify)
        if found.is_done:
            return recognise(session, found).publication
        return publish_prospect(session, found, text, terms, notify).publication
