"""NWB files: what one is, what it says of its subject, session and papers, and what is wrong with it."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dandifile.model import Finding, Json, JsonObject, Location, Severity, Vocabulary
from dandifile.reading.jsontext import Shape, each, one_of, optional_shape
from dandifile.survey.asset_paths import organized_faults
from dandifile.survey.digest import check_same_content, check_unchanged
from dandifile.survey.findings import FINDING, FINDINGS, findings_in_output, findings_in_result
from dandifile.survey.format import Format
from dandifile.survey.media import missing_media
from dandifile.survey.scanned_file import (
    Content,
    Extracts,
    Glimpse,
    Look,
    Objection,
    Runner,
    ScannedFile,
    content_params,
    stat_params,
)
from dandifile.survey.task import AGAIN, Task, content_key, has_failed, run_steps, stat_key, survey_step
from dandifile.taxa import normal_name, taxon_number

SUFFIX = ".nwb"
_HDF5 = frozenset({".h5", ".hdf5", ".hdf"})
_FILTERS = "hdf5plugin"
_MOUSE = "10090"


def _extract(params: JsonObject) -> Json:
    from dandifile.survey.nwb.extract import extract

    _load_filters()
    with check_same_content(params):
        return extract(params)


def _inspect(params: JsonObject) -> Json:
    from dandifile.survey.nwb.validate import inspect

    _load_filters()
    with check_same_content(params):
        return inspect(params)


def _validate(params: JsonObject) -> Json:
    from dandifile.survey.nwb.validate import validate

    _load_filters()
    with check_same_content(params):
        return validate(params)


def _read_locations(params: JsonObject) -> Json:
    from dandifile.survey.nwb.glimpse import read_locations

    with check_unchanged(params):
        return read_locations(params)


def _load_filters() -> None:
    """Lets HDF5 read what is packed with filters of the package hdf5plugin, where that is installed."""
    with suppress(ImportError):
        importlib.import_module(_FILTERS)


def _locations_key(params: JsonObject) -> str | None:
    """By the file's stat, and by what else the lab calls a mouse."""
    key = stat_key(params)
    return key and key + json.dumps(params.get("mice", "")).strip('"')


METADATA: Shape = {
    "wasAttributedTo": optional_shape(([dict], None)),
    "wasGeneratedBy": optional_shape(([dict], None)),
    "about": optional_shape(([dict], None)),
}
_EXTRACT: Shape = one_of(
    {
        "metadata": METADATA,
        "labels": {"entities": each((str, None)), "modalities": (str, None), "ids": each((str, None))},
        "media": [str],
        "findings": [FINDING],
        "settled": [str],
    },
    {"refused": {"reason": str, "fix": str}},
)
_LOCATIONS: Shape = ({"words": [str], "mouse": bool}, None)
_INSPECTION: Shape = {"extract": _EXTRACT, "validate": (FINDINGS, None), "missing_media": [str]}


class Nwb(Format):
    NAME = "nwb"
    LABEL = "NWB file"
    LABELS = "NWB files"
    TASKS: Mapping[str, Task] = {
        "extract": Task(_extract, content_key, "processes", _EXTRACT),
        "inspect": Task(_inspect, content_key, "processes", _INSPECTION),
        "validate": Task(_validate, content_key, "processes", FINDINGS),
        "locations": Task(_read_locations, _locations_key, "processes", _LOCATIONS),
    }
    TOOLS = ("dandi", "nwbinspector", "pynwb")
    ENCODING = "application/x-nwb"
    READS_CONTENT = True
    NAMED_BY_CONTENT = True
    HAS_LOCATIONS = True
    HAS_GLIMPSE = True

    def is_file(self, name: str) -> bool:
        return name.endswith(SUFFIX)

    def near_miss(self, name: str) -> Objection | None:
        ending = os.path.splitext(name)[1]  # noqa: PTH122  # a name, not a path
        if f"{SUFFIX}." in name.lower() and ending.lower() in _HDF5:
            return f"its ending is {ending}, so that it is not read as NWB", f"rename it to end in {SUFFIX}"
        return super().near_miss(name)

    def extract(self, contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
        done, failures = _read_contents("extract", contents, vocabulary, run)
        return _extracts(done, failures)

    def inspect(self, contents: Iterable[Content], vocabulary: Vocabulary, run: Runner) -> Extracts:
        """Each file is opened once for the extraction and for the tools."""
        done, failures = _read_contents("inspect", contents, vocabulary, run)
        extracts = _extracts({digest: output["extract"] for digest, output in done.items()}, failures)
        return replace(extracts, inspected=done)

    def metadata(self, contents: Iterable[Content], look: Look) -> dict[str, JsonObject]:
        outputs = look.extracts.outputs
        return {c.source: outputs[c.digest]["metadata"] for c in contents if c.digest in outputs}

    def validate(self, contents: Collection[Content], look: Look) -> dict[str, tuple[Finding, ...]]:
        """What the tools and the extraction find.

        A content that was inspected is validated again only where other media files are missing for
        this copy of it: that is a finding, but not a part of the content.
        """
        known, steps = {}, {}
        for content in contents:
            extract = look.extracts.outputs.get(content.digest)
            inspected = look.extracts.inspected.get(content.digest)
            missing = missing_media(content.file.path, look.extracts.media(content))
            if inspected and inspected["missing_media"] == missing:
                known[content.source] = findings_in_output(content.source, inspected["validate"])
            elif extract is not None:
                params = content_params(content) | {"missing_media": missing}
                subject = " ".join([content.digest, *missing])
                steps[content.source] = survey_step("validate", subject, params)
        results = run_steps(steps.values(), look.run)
        found = known | {
            source: findings_in_result(source, results[step.id]) for source, step in steps.items()
        }
        outputs = {content.source: look.extracts.outputs.get(content.digest, {}) for content in contents}
        return {source: _add_remarks(source, those, outputs[source]) for source, those in found.items()}

    def layout_faults(self, path: str) -> list[tuple[str, str]]:
        return organized_faults(path)

    def rewrite_references(self, file: Path, path: str) -> dict[str, str]:
        from dandifile.survey.nwb.rewrite import rewrite

        return rewrite(file, path)

    def restore_references(self, file: Path, references: Mapping[str, str]) -> None:
        from dandifile.survey.nwb.rewrite import restore

        restore(file, references)

    def locations(
        self, files: Iterable[ScannedFile], vocabulary: Vocabulary, run: Runner
    ) -> dict[str, tuple[Location, ...] | None]:
        """Each file is opened once for them, and again only when its stat has changed."""
        mice = sorted(
            normal_name(word) for word, id_ in vocabulary.species.items() if taxon_number(id_) == _MOUSE
        )
        more = {"mice": mice} if mice else {}
        steps = {
            file.source: survey_step("locations", file.source, stat_params(file) | more) for file in files
        }
        results = run_steps(steps.values(), run)
        return {source: _as_locations(results[step.id].output) for source, step in steps.items()}

    def glimpse(self, path: str) -> Glimpse | None:
        from dandifile.survey.nwb.glimpse import glimpse

        return glimpse(path)


def _read_contents(
    kind: str, contents: Iterable[Content], vocabulary: Vocabulary, run: Runner
) -> tuple[dict[str, JsonObject], dict[str, str]]:
    """By digest: the outputs of steps of a kind on these, and the errors."""
    meanings = vocabulary.as_params()
    more = {"vocabulary": meanings} if meanings else {}  # part of what the result is kept by
    steps = {
        content.digest: survey_step(kind, content.digest, content_params(content) | more)
        for content in contents
    }
    results = run_steps(steps.values(), run)
    failures = {d: results[step.id].error for d, step in steps.items() if has_failed(results[step.id])}
    done = {d: results[step.id].output for d, step in steps.items() if d not in failures}
    return done, failures


def _extracts(done: Mapping[str, JsonObject], failures: Mapping[str, str]) -> Extracts:
    refused = {digest: output["refused"] for digest, output in done.items() if "refused" in output}
    return Extracts(
        {digest: output for digest, output in done.items() if digest not in refused},
        {digest: (error, AGAIN) for digest, error in failures.items()}
        | {digest: (refusal["reason"], refusal["fix"]) for digest, refusal in refused.items()},
    )


def _add_remarks(source: str, found: tuple[Finding, ...], extract: JsonObject) -> tuple[Finding, ...]:
    """Adds what extraction remarks; a check that objects to a word whose meaning is known is only a hint."""
    settled = extract.get("settled", ())
    milder = (replace(each, severity=Severity.HINT) if each.check in settled else each for each in found)
    return (*milder, *findings_in_output(source, {"findings": extract.get("findings", ())}))


def _as_locations(output: Json) -> tuple[Location, ...] | None:
    return tuple(Location(word, output["mouse"]) for word in output["words"]) if output else None
