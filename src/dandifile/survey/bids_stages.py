"""The survey's stages for BIDS: each dataset is looked at as a whole, and told file by file."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from dandifile.model import Finding, JsonObject, Step
from dandifile.survey.bids_tree import tree
from dandifile.survey.findings import of_content
from dandifile.survey.layout import Content
from dandifile.survey.scan import BIDS_MARKER, NWB
from dandifile.survey.stages import Runner, findings_of
from dandifile.survey.tasks import survey_step

Dataset: TypeAlias = Mapping[str, Content]
"""The files of one dataset that are taken up, by their paths in it."""


def bids_validated(
    contents: Iterable[Content], wanted: Iterable[Content], run: Runner, elsewhere: Collection[str] = ()
) -> dict[str, tuple[Finding, ...]]:
    """What is found in the datasets that `wanted` files are in, by source.

    What is said of a dataset as a whole is told of its dataset_description.json. `contents` are
    all files that are taken up: a dataset is remembered by what all of them hold. `elsewhere` are
    absolute paths of files that are on another machine: nothing counts as missing for them.
    """
    datasets = _datasets(contents, wanted)
    steps = {root: _validating(root, dataset, elsewhere) for root, dataset in datasets.items()}
    results = run(tuple(steps.values())) if steps else {}
    found: dict[str, tuple[Finding, ...]] = {}
    for root, step in steps.items():
        result, dataset = results[step.id], datasets[root]
        if result.output:
            items: Mapping[str, list[JsonObject]] = defaultdict(list)
            for item in result.output["findings"]:
                for owner in _owners(item, dataset):
                    items[owner].append(item)
            found |= {source: of_content(source, {"findings": own}) for source, own in items.items()}
        elif BIDS_MARKER in dataset:
            source = dataset[BIDS_MARKER].source
            found[source] = findings_of(source, result)
    return found


def bids_entities(
    contents: Iterable[Content], described: Iterable[Content], run: Runner
) -> dict[str, JsonObject]:
    """By source: the subject and session, as DANDI metadata, that a file's path in its dataset tells."""
    datasets = _datasets(contents, described)
    steps = {
        root: survey_step(
            "bids-entities", root, {"path": root, "size": _size(dataset), "digest": _hashed(sorted(dataset))}
        )
        for root, dataset in datasets.items()
    }
    results = run(tuple(steps.values())) if steps else {}
    return {
        dataset[path].source: metadata
        for root, dataset in datasets.items()
        for path, metadata in (results[steps[root].id].output or {"entities": {}})["entities"].items()
        if path in dataset
    }


def with_entities(content: Content, metadata: JsonObject, entities: Mapping[str, JsonObject]) -> JsonObject:
    """Metadata with what the path tells: an NWB file knows better, other files know nothing else."""
    told = entities.get(content.source, {})
    if content.file.form == NWB:
        return {**metadata, **{key: value for key, value in told.items() if not metadata.get(key)}}
    generated = [*told.get("wasGeneratedBy", []), *metadata.get("wasGeneratedBy", [])]
    return {**metadata, **told, "wasGeneratedBy": generated}


def _datasets(contents: Iterable[Content], wanted: Iterable[Content]) -> dict[str, dict[str, Content]]:
    """By their folders, the datasets that any of the wanted files is in."""
    roots = {content.file.dataset for content in wanted if content.file.dataset}
    datasets: dict[str, dict[str, Content]] = {root: {} for root in sorted(roots)}
    for content in contents:
        if content.file.dataset in datasets:
            datasets[content.file.dataset][_below(content.file.dataset, content.file.path)] = content
    return datasets


def _below(root: str, path: str) -> str:
    return path.removeprefix(root).lstrip(os.sep).replace(os.sep, "/")


def _validating(root: str, dataset: Dataset, elsewhere: Collection[str]) -> Step:
    away = sorted(_below(root, path) for path in elsewhere if path.startswith(root.rstrip(os.sep) + os.sep))
    nested = [path.removesuffix(f"/{BIDS_MARKER}") for path in dataset if path.endswith(f"/{BIDS_MARKER}")]
    known = {path: content.digest for path, content in dataset.items()}
    listed = [[path, known.get(path) or stat] for path, stat in tree(root)]
    params = {
        "path": root,
        "size": _size(dataset),
        "nested": sorted(nested),
        "elsewhere": away,
        "digest": _hashed(listed),
    }
    return survey_step("validate-bids", root, params)


def _size(dataset: Dataset) -> int:
    return sum(content.file.size for content in dataset.values())


def _owners(item: JsonObject, dataset: Dataset) -> Iterator[str]:
    """The source of the file that a finding is about: none where it is left out, else the description."""
    path = item["path"]
    while path and path not in dataset:
        path = path.rpartition("/")[0]  # inside a Zarr
    if path:
        yield dataset[path].source
    elif not item["is_file"] and BIDS_MARKER in dataset:
        yield dataset[BIDS_MARKER].source


def _hashed(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
