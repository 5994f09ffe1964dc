"""The survey's stages for Zarrs: their checksums, and what the dandi package finds in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dandifile.errors import DataError
from dandifile.model import Finding, Refusal
from dandifile.survey.layout import Content
from dandifile.survey.scan import ZARR, ScannedFile
from dandifile.survey.stages import Digested, Runner, findings_of
from dandifile.survey.tasks import survey_step
from dandifile.survey.zarr import Root, contents, summed
from dandifile.survey.zarr_walk import AbsentError


def zarrs_digested(files: Iterable[ScannedFile], run: Runner) -> Digested:
    """Every Zarr's checksum and size; only files whose stats have changed are read."""
    zarrs = {Root(file.source, file.path): file for file in files if file.form == ZARR}
    taken: list[Content] = []
    refused: list[Refusal] = []
    pointers: list[str] = []
    for root, found in contents(zarrs, run):
        try:
            whole = summed(found)
        except DataError as error:
            refused.append(Refusal(root.source, error.what, error.fix))
        except AbsentError:
            pointers.append(root.source)
        else:
            if whole.count:
                taken.append(Content(replace(zarrs[root], size=whole.size), whole.digest))
            else:
                refused.append(
                    Refusal(root.source, "it is a Zarr without any file", "delete it, or exclude it")
                )
    return Digested(tuple(taken), tuple(refused), tuple(pointers))


def zarrs_validated(wanted: Iterable[Content], run: Runner) -> dict[str, tuple[Finding, ...]]:
    """What is found in the Zarrs among these, by source; equal ones are looked at once."""
    steps = {
        content.source: survey_step(
            "validate-zarr",
            content.digest,
            {"path": content.file.path, "size": content.file.size, "digest": content.digest},
        )
        for content in wanted
        if content.file.form == ZARR
    }
    unique = {step.id: step for step in steps.values()}
    results = run(tuple(unique.values())) if unique else {}
    return {source: findings_of(source, results[step.id]) for source, step in steps.items()}
