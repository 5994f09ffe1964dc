"""Zarrs: folders that are one asset each."""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH119, PTH122

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from dandifile.errors import DataError
from dandifile.model import Finding, Json, JsonObject, Refusal
from dandifile.reading.jsontext import one_of
from dandifile.survey.asset_metadata import metadata_by_name
from dandifile.survey.digest import POINTER, md5s
from dandifile.survey.findings import FINDINGS, findings_in_result
from dandifile.survey.format import Format
from dandifile.survey.scanned_file import Content, Digested, Glimpse, Look, Objection, Runner, ScannedFile
from dandifile.survey.task import Task, content_key, run_steps, stats_key, survey_step
from dandifile.survey.zarr.checksum import AbsentError, Root, contents_of, sum_up

SUFFIXES = frozenset({".zarr", ".ngff"})
_MARKERS = (".zgroup", "zarr.json")  # in the folder of a Zarr, version 2 and 3
_MISNAMED = ".nwb"
_MD5 = re.compile(r"[0-9a-f]{32}")


def _validate(params: JsonObject) -> Json:
    from dandifile.survey.zarr.validation import validate

    return validate(params)


def _is_complete(params: JsonObject, output: Json) -> bool:
    return "md5" not in output or len(output["md5"]) == len(params["files"])


class Zarr(Format):
    NAME = "zarr"
    LABEL = "Zarr"
    LABELS = "Zarrs"
    TASKS: Mapping[str, Task] = {
        "md5": Task(md5s, stats_key, "threads", one_of({"md5": [_MD5]}, POINTER), _is_complete),
        "validate-zarr": Task(_validate, content_key, "processes", FINDINGS),
    }
    TOOLS = ("dandi", "zarr")
    ENCODING = "application/x-zarr"
    KEYS_OF_ARCHIVE = frozenset({"encodingFormat"})
    HAS_GLIMPSE = True

    def is_folder(self, path: str) -> bool:
        return os.path.splitext(path)[1] in SUFFIXES

    def misnamed_folder(self, path: str) -> Objection | None:
        if not path.endswith(_MISNAMED) or not any(
            map(os.path.exists, (f"{path}/{name}" for name in _MARKERS))
        ):
            return None
        name = os.path.basename(path)  # strings, as in the scan
        return (
            "it is a Zarr, and the archive recognises a Zarr only by its ending",
            f"rename it to {name}.zarr",
        )

    @staticmethod
    def digest(files: Sequence[ScannedFile], run: Runner) -> Digested:
        """Every Zarr's checksum and size; only files whose stats have changed are read."""
        zarrs = {Root(file.source, file.path): file for file in files}
        taken: list[Content] = []
        refused: list[Refusal] = []
        pointers: list[str] = []
        for root, found in contents_of(zarrs, run):
            try:
                whole = sum_up(found)
            except DataError as error:
                refused.append(Refusal(root.source, error.what, error.fix))
            except AbsentError:
                pointers.append(root.source)
            else:
                if whole.count:
                    taken.append(Content(replace(zarrs[root], size=whole.size), whole.digest))
                else:
                    refused.append(
                        Refusal(root.source, "it is a Zarr without files", "delete it, or exclude it")
                    )
        return Digested(tuple(taken), tuple(refused), tuple(pointers))

    def metadata(self, contents: Iterable[Content], look: Look) -> dict[str, JsonObject]:  # noqa: ARG002
        return {content.source: metadata_by_name(content.file.below, self.ENCODING) for content in contents}

    def validate(self, contents: Collection[Content], look: Look) -> dict[str, tuple[Finding, ...]]:
        """Equal Zarrs are looked at once."""
        steps = {
            content.source: survey_step(
                "validate-zarr",
                content.digest,
                {"path": content.file.path, "size": content.file.size, "digest": content.digest},
            )
            for content in contents
        }
        results = run_steps(steps.values(), look.run)
        return {source: findings_in_result(source, results[step.id]) for source, step in steps.items()}

    def glimpse(self, path: str) -> Glimpse | None:
        from dandifile.survey.zarr.neurodata import glimpse_zarr

        return glimpse_zarr(path)
