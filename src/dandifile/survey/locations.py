"""The locations of the files here: each is opened once for them, and again only when its stat has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dandifile.model import Json, Location, Result, Spec, Vocabulary
from dandifile.survey.scan import NWB, ScannedFile, scan
from dandifile.survey.stages import Runner, stat_params
from dandifile.survey.tasks import survey_step
from dandifile.taxa import normal_name, taxon_number

_MOUSE = "10090"


def locations(
    files: Iterable[ScannedFile], vocabulary: Vocabulary, run: Runner
) -> dict[str, tuple[Location, ...] | None]:
    """Of the NWB files among these, by source; None for one that cannot be read."""
    mice = sorted(
        normal_name(word) for word, id_ in vocabulary.species.items() if taxon_number(id_) == _MOUSE
    )
    more = {"mice": mice} if mice else {}
    steps = {
        file.source: survey_step("locations", file.source, stat_params(file) | more)
        for file in files
        if file.form == NWB
    }
    results: Mapping[str, Result] = run(tuple(steps.values())) if steps else {}
    return {source: _locations(results[step.id].output) for source, step in steps.items()}


def everywhere(spec: Spec, run: Runner) -> tuple[dict[str, tuple[Location, ...] | None], bool]:
    """Of all that the spec names and is here, by source, and whether that is all of it. Nothing is hashed."""
    scanned = scan(spec)
    found = locations(scanned.files, spec.vocabulary, run)
    return found, not scanned.absent and None not in found.values()


def _locations(output: Json) -> tuple[Location, ...] | None:
    return tuple(Location(word, output["mouse"]) for word in output["words"]) if output else None
