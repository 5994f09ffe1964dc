"""`dandifile pull`: from the archive to this folder."""

from __future__ import annotations

import time
from dataclasses import replace

from dandifile.errors import Exit
from dandifile.model import Status
from dandifile.session.opening import open_session
from dandifile.session.pull import Pull, PullOptions, carry_out, plan_pull
from dandifile.spec.need import PULL
from dandifile.terminal.screen import Flags, print_json, show, show_progress


def pull(flags: Flags, options: PullOptions, *, dry_run: bool) -> int:
    """Fetches what is lacking here; nothing where files here differ, unless they may be replaced."""
    from dandifile.report.pull_view import PullFile, PullSummary, pull_json, pull_text

    with open_session(replace(flags, offline=True), need=PULL) as session:
        with show_progress(flags) as shown:
            found = plan_pull(session, options, shown.notify)
        files = tuple(
            PullFile(one.asset.path, one.source, one.asset.size, one.over) for one in found.to_fetch
        )
        summary = PullSummary(
            identifier=found.identifier,
            version=found.version,
            files=files,
            here=found.found.here,
            differ=found.found.differ,
            renamed=found.found.renamed,
            left=found.found.left,
            refused=found.found.refused,
            idle=found.idle,
            unselected=found.found.unselected,
            blocked=found.is_blocked,
        )
        if not (dry_run or found.is_blocked):
            started = time.monotonic()
            with show_progress(flags, len(files), sum(file.size for file in files)) as shown:
                results = carry_out(session, found, shown.notify, shown.sent)
            failed = {
                one.step.partition(":")[2]: one.error for one in results if one.status is not Status.DONE
            }
            summary = replace(summary, failed=failed, seconds=time.monotonic() - started)
    if flags.format == "json":
        print_json(pull_json(summary))
    else:
        show(flags, pull_text, summary, verbose=flags.verbose)
    return _exit_code(found, failed=bool(summary.failed))


def _exit_code(found: Pull, *, failed: bool) -> Exit:
    if failed:
        return Exit.FAILED
    return Exit.BLOCKED if found.is_blocked or found.found.refused else Exit.DONE
