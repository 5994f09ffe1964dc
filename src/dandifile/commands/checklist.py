"""`dandifile checklist`: what would make a dandiset easier to find, cite and reuse."""

from __future__ import annotations

from dandifile.checklist.rules import check_rules, evidence_of
from dandifile.checklist.verdict import Verdict
from dandifile.errors import Exit
from dandifile.kinds import metadata
from dandifile.kinds.special_fields import own_part
from dandifile.model import JsonObject, Local
from dandifile.report.checklist_view import checklist_json, checklist_text
from dandifile.session.opening import open_session
from dandifile.session.session import Session
from dandifile.spec.need import CHECKLIST
from dandifile.terminal.screen import Flags, print_json, show


def checklist(flags: Flags) -> int:
    """Checks the metadata as apply would leave it. Blocked where a rule of `policy.require` fails."""
    with open_session(flags, need=CHECKLIST) as session:
        spec, document = session.spec, _document(session)
        results = check_rules(document, evidence_of(spec))
        if flags.format == "json":
            print_json(checklist_json(session.identifier, results, spec.require))
        else:
            title = str(document.get("name") or "")
            show(flags, checklist_text, title, _about(session), results, spec.require)
    failed = {result.rule for result in results if result.verdict is Verdict.FAILED}
    return Exit.BLOCKED if failed & {*spec.require} else Exit.DONE


def _document(session: Session) -> JsonObject:
    """The draft's metadata with the declared fields over it; these alone where there is no draft."""
    draft = session.reader.draft()["metadata"] if session.identifier else {}
    return metadata.document_after_apply(metadata.desired(session.spec, Local()), own_part(draft))


def _about(session: Session) -> str:
    if session.identifier is None:
        return f"{session.instance.name} · from the spec; there is no dandiset yet"
    return f"{session.instance.name} · {session.identifier} draft, as it would be after apply"
