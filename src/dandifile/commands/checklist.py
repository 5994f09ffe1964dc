"""`dandifile checklist`: what makes a dandiset easy to find, cite and reuse, and what is missing for it."""

from __future__ import annotations

from dandifile.checklist.rules import check_rules, evidence_of
from dandifile.checklist.verdict import Verdict
from dandifile.commands.common import Flags, opened
from dandifile.commands.showing import print_json
from dandifile.errors import Exit
from dandifile.kinds import metadata
from dandifile.kinds.special_fields import own_part
from dandifile.model import JsonObject, Local
from dandifile.report.checklist_view import checklist_json, checklist_text
from dandifile.spec.need import CHECKLIST
from dandifile.workspace import Workspace


def checklist(flags: Flags) -> int:
    """Judges the metadata as apply would leave it. Blocked where a rule of `policy.require` fails."""
    with opened(flags, writing=False, need=CHECKLIST) as workspace:
        spec, document = workspace.spec, _document(workspace)
        results = check_rules(document, evidence_of(spec))
        if flags.format == "json":
            print_json(checklist_json(workspace.identifier, results, spec.require))
        else:
            from dandifile.report.console import show, stdout, width

            console = stdout(no_color=flags.no_color)
            title = str(document.get("name") or "")
            text = checklist_text(title, _about(workspace), results, spec.require, width=width(console))
            show(console, text)
    failed = {result.rule for result in results if result.verdict is Verdict.FAILED}
    return Exit.BLOCKED if failed & {*spec.require} else Exit.DONE


def _document(workspace: Workspace) -> JsonObject:
    """The draft's metadata with the declared fields over it; these alone where there is no draft."""
    draft = workspace.reader.draft()["metadata"] if workspace.identifier else {}
    return metadata.outgoing(metadata.desired(workspace.spec, Local()), own_part(draft))


def _about(workspace: Workspace) -> str:
    if workspace.identifier is None:
        return f"{workspace.instance.name} · as the spec has it; there is no dandiset yet"
    return f"{workspace.instance.name} · {workspace.identifier} draft, as it would be after apply"
