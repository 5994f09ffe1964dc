"""BIDS datasets: each is looked at as a whole, and what is found in it belongs to its files.

A file in one has its own format as well: see `Format` about both.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from dandifile.model import Finding, JsonObject, Step
from dandifile.reading.jsontext import Shape, each, optional_shape
from dandifile.survey.bids.validator import entities, tree, validate
from dandifile.survey.findings import FINDING, findings_in_output, findings_in_result
from dandifile.survey.format import Format
from dandifile.survey.scanned_file import Content, Look, Objection
from dandifile.survey.task import Task, content_key, run_steps, survey_step

MARKER = "dataset_description.json"

Files: TypeAlias = Mapping[str, Content]
"""The files of one dataset that are assets, by their paths in it."""


_FOUND: Shape = {"findings": [{**FINDING, "path": str, "is_file": bool}]}
_NAMED: Shape = {
    "entities": each(
        {
            "wasAttributedTo": optional_shape(([dict], None)),
            "wasGeneratedBy": optional_shape(([dict], None)),
            "about": optional_shape(([dict], None)),
        }
    )
}


class Bids(Format):
    NAME = "bids"
    LABEL = "file of a BIDS dataset"
    LABELS = "files of BIDS datasets"
    TASKS: Mapping[str, Task] = {
        "validate-bids": Task(validate, content_key, "processes", _FOUND),
        "bids-entities": Task(entities, content_key, "processes", _NAMED),
    }
    TOOLS = ("bids-validator-deno",)
    HIDDEN = frozenset({".bidsignore"})
    MARKER = MARKER

    def nothing_found(self) -> Objection | None:
        return (
            f"`standard: bids` is declared for it, and there is no {MARKER} in it",
            f"add {MARKER} to the dataset's folder, or take `standard: bids` away",
        )

    def metadata(self, contents: Iterable[Content], look: Look) -> dict[str, JsonObject]:
        """What a file's own format made, with the subject and session that its path in the dataset names."""
        contents = tuple(contents)
        datasets = _datasets(contents, look.contents)
        steps = {root: _entities_step(root, files) for root, files in datasets.items()}
        results = run_steps(steps.values(), look.run)
        named = {
            files[path].source: about
            for root, files in datasets.items()
            for path, about in (results[steps[root].id].output or {"entities": {}})["entities"].items()
            if path in files
        }
        return {
            content.source: _merge(content, look.made.get(content.source, {}), named.get(content.source, {}))
            for content in contents
        }

    def validate(self, contents: Collection[Content], look: Look) -> dict[str, tuple[Finding, ...]]:
        """What is found in the datasets that these are in.

        What is said of a dataset as a whole is said of its dataset_description.json. A dataset is
        remembered by what all its files hold.
        """
        datasets = _datasets(contents, look.contents)
        steps = {root: _validate_step(root, files, look.away) for root, files in datasets.items()}
        results = run_steps(steps.values(), look.run)
        found: dict[str, tuple[Finding, ...]] = {}
        for root, step in steps.items():
            result, files = results[step.id], datasets[root]
            if result.output:
                items: Mapping[str, list[JsonObject]] = defaultdict(list)
                for item in result.output["findings"]:
                    for owner in _owners(item, files):
                        items[owner].append(item)
                found |= {
                    source: findings_in_output(source, {"findings": own}) for source, own in items.items()
                }
            elif MARKER in files:
                source = files[MARKER].source
                found[source] = findings_in_result(source, result)
        return found


def _merge(content: Content, made: JsonObject, named: JsonObject) -> JsonObject:
    """A file that was read knows better than its path; of any other file nothing else is known."""
    if content.file.format.READS_CONTENT:
        return {**made, **{key: value for key, value in named.items() if not made.get(key)}}
    generated = [*named.get("wasGeneratedBy", []), *made.get("wasGeneratedBy", [])]
    return {**made, **named, "wasGeneratedBy": generated}


def _datasets(wanted: Iterable[Content], contents: Sequence[Content]) -> dict[str, dict[str, Content]]:
    """By their folders, the datasets that any of the wanted files is in, with all their files."""
    roots = {content.file.dataset.folder for content in wanted if content.file.dataset}
    datasets: dict[str, dict[str, Content]] = {root: {} for root in sorted(roots)}
    for content in contents:
        if content.file.dataset and content.file.dataset.folder in datasets:
            root = content.file.dataset.folder
            datasets[root][_relative_path(root, content.file.path)] = content
    return datasets


def _relative_path(root: str, path: str) -> str:
    return path.removeprefix(root).lstrip(os.sep).replace(os.sep, "/")


def _entities_step(root: str, files: Files) -> Step:
    params = {"path": root, "size": _size(files), "digest": _hash(sorted(files))}
    return survey_step("bids-entities", root, params)


def _validate_step(root: str, files: Files, elsewhere: Collection[str]) -> Step:

    away = sorted(
        _relative_path(root, path) for path in elsewhere if path.startswith(root.rstrip(os.sep) + os.sep)
    )
    nested = [path.removesuffix(f"/{MARKER}") for path in files if path.endswith(f"/{MARKER}")]
    known = {path: content.digest for path, content in files.items()}
    listed = [[path, known.get(path) or stat] for path, stat in tree(root)]
    params = {
        "path": root,
        "size": _size(files),
        "nested": sorted(nested),
        "elsewhere": away,
        "digest": _hash(listed),
    }
    return survey_step("validate-bids", root, params)


def _size(files: Files) -> int:
    return sum(content.file.size for content in files.values())


def _owners(item: JsonObject, files: Files) -> Iterator[str]:
    """The source of the file that a finding is about: none where it is left out, else the description."""
    path = item["path"]
    while path and path not in files:
        path = path.rpartition("/")[0]  # inside a Zarr
    if path:
        yield files[path].source
    elif not item["is_file"] and MARKER in files:
        yield files[MARKER].source


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
