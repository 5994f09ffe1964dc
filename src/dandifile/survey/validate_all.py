"""Everything that a spec names, judged as if the draft had none of it."""

from __future__ import annotations

from dandifile.model import Finding, Local, Record, Spec
from dandifile.survey.scan import NWB, scan
from dandifile.survey.stages import Runner, digested, inspected, validated
from dandifile.survey.survey import survey


def validate_all(spec: Spec, run: Runner) -> tuple[Local, tuple[Finding, ...]]:
    """What is here with its findings, and the findings of NWB files that are refused.

    A file without a name or metadata is no asset yet, but its findings may say why.
    """
    local = survey(spec, run, known={}, record=Record())
    refused = {refusal.source: refusal.reason for refusal in local.refused}
    if not refused:
        return local, ()
    files = [file for file in scan(spec).files if file.form == NWB and file.source in refused]
    read = digested(files, run)
    found = validated(read.contents, inspected(read.contents, spec.vocabulary, run), run)
    return local, tuple(
        finding
        for source in sorted(found)
        for finding in found[source]
        if not finding.message.startswith(refused[source])  # it is said already
    )
