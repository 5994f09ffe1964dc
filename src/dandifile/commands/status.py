"""`dandifile status`: how far the draft is from the spec, and what the archive itself says of it."""

from __future__ import annotations

from dandifile import workspace as at
from dandifile.commands.common import Flags, opened
from dandifile.commands.showing import print_json, watching
from dandifile.errors import Exit, UserError
from dandifile.plan.kind import Options
from dandifile.plan.planfile import to_json


def status(flags: Flags) -> int:
    """Reads only. Exit code 0: drift is what plan is for."""
    from dandifile.report.console import show, stdout, width
    from dandifile.report.jsonform import plan_json
    from dandifile.report.status import status_text

    with opened(flags, writing=False) as workspace:
        if workspace.identifier is None:
            raise UserError(
                f"there is no dandiset yet on {workspace.instance.name} for this spec",
                fix="apply --create makes it",
            )
        with watching(flags) as (notify, _):
            planned = at.plan(workspace, Options(), notify)
        draft = workspace.reader.draft()
        paths = sorted(planned.observed["assets"].assets)
        if flags.format == "json":
            print_json({**plan_json(planned.plan, to_json(planned.plan)), "draft": draft})
        else:
            console = stdout(no_color=flags.no_color)
            fields = len(workspace.spec.fields)
            show(console, status_text(planned.plan, draft, paths, width=width(console), fields=fields))
        return Exit.DONE
