"""`dandifile status`: how far the draft is from the spec, and what the archive itself says of it."""

from __future__ import annotations

from dataclasses import replace

from dandifile import workspace as at
from dandifile.commands.common import Flags, opened
from dandifile.commands.showing import print_json, watching
from dandifile.errors import Exit, UserError
from dandifile.kinds import assets, wordings
from dandifile.model import Health, JsonObject
from dandifile.planning.kind import Options
from dandifile.planning.planfile import to_json
from dandifile.workspace import Planned, Workspace


def status(flags: Flags) -> int:
    """Reads only. Exit code 0: drift is what plan is for."""
    from dandifile.report.console import show, stdout, width
    from dandifile.report.plan_view import plan_json
    from dandifile.report.status_view import status_json, status_text

    with opened(flags, writing=False) as workspace:
        if workspace.identifier is None:
            raise UserError(
                f"there is no dandiset yet on {workspace.instance.name} for this spec",
                fix="apply --create makes it",
            )
        with watching(flags) as (notify, _):
            planned = at.plan(workspace, Options(), notify)
        health, draft = _health(workspace, planned)
        plan, paths = planned.plan, sorted(planned.observed[assets.NAME].assets)
        if flags.format == "json":
            print_json({**plan_json(plan, to_json(plan)), "draft": draft, "validation": status_json(health)})
        else:
            if health.complaints:  # the archive itself says what is wrong already
                plan = replace(plan, forecast=tuple(one for one in plan.forecast if not one.before))
            console = stdout(no_color=flags.no_color)
            how = {"width": width(console), "fields": len(workspace.spec.fields)}
            show(console, status_text(plan, health, paths, wordings=wordings(), verbose=flags.verbose, **how))
        return Exit.DONE


def _health(workspace: Workspace, planned: Planned) -> tuple[Health, JsonObject]:
    """The archive's verdict, and the draft as the archive gives it."""
    from dandifile.kinds.health import health

    reader = workspace.reader
    draft = reader.draft()
    sources = {asset.path: asset.source for asset in planned.local.assets}
    observed = planned.observed[assets.NAME]
    return health(reader.dandiset(), draft, observed, sources, workspace.spec.fields), draft
