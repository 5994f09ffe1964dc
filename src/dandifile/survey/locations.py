"""The locations of the files here: each is opened once for them, and again only when its stat has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dandifile.model import Json, Location, Result, Spec
from dandifile.survey.scan import NWB, ScannedFile, scan
from dandifile.survey.stages import Runner, stat_params
from dandifile.survey.tasks import survey_step


def locations(files: Iterable[ScannedFile], run: Runner) -> dict[str, tuple[Location, ...] | None]:
    """Of the NWB files among these, by source; None for one that cannot be read."""
    steps = {
        file.source: survey_step("locations", file.source, stat_params(file))
        for file in files
        if file.form == NWB
    }
    results: Mapping[str, Result] = run(tuple(steps.values())) if steps else {}
    return {source: _locations(results[step.id].output) for source, step in steps.items()}


def everywhere(spec: Spec, run: Runner) -> tuple[dict[str, tuple[Location, ...] | None], bool]:
    """Of all that the spec names and is here, by source, and whether that is all of it. Nothing is hashed."""
    scanned = scan(spec)
    found = locations(scanned.files, run)
    return found, not scanned.absent and None not in found.values()


def _locations(output: Json) -> tuple[Location, ...] | None:
    return tuple(Location(word, output["mouse"]) for word in output["words"]) if output else None
