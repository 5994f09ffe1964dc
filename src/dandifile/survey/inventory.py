"""What `scan` writes down: a manifest line for every file here that can be an asset, judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dandifile.globs import matches
from dandifile.model import Finding, JsonObject, Record, Spec
from dandifile.survey import checks
from dandifile.survey.bids_stages import bids_entities, with_entities
from dandifile.survey.findings import split
from dandifile.survey.layout import Content
from dandifile.survey.manifest import Line
from dandifile.survey.naming import Named, names
from dandifile.survey.stages import Extracts, Runner, inspected
from dandifile.survey.tasks import tool_versions
from dandifile.survey.whose import sessions_of, subjects_of


@dataclass(frozen=True)
class Inventory:
    """The manifest's lines as they are now: of files `here`, and those `kept` of files elsewhere."""

    here: tuple[Line, ...]
    kept: tuple[Line, ...]
    named: Named


def inventory(
    spec: Spec, run: Runner, record: Record, listed: Sequence[Line], forget: Sequence[str]
) -> Inventory:
    """Looks at every file here. Lines of other files stay; those whose path a glob of `forget` takes go."""
    named = names(spec, run, record, listed)
    contents = [content for content, _ in named.files]
    extracts = inspected(contents, spec.vocabulary, run)
    found = checks.checked(contents, contents, extracts, run, {c.source: path for c, path in named.files})
    told = bids_entities(contents, contents, run)
    here = tuple(
        _line(content, path, extracts, told, _verdict(content, path, extracts, found[content.source], spec))
        for content, path in named.files
    )
    present = {content.source for content in contents}
    paths = {line.path for line in here}
    kept = tuple(
        line
        for line in listed
        if line.source not in present
        and line.source not in named.past.renamed
        and line.path not in paths
        and not any(matches(glob, line.path) for glob in forget)
    )
    return Inventory(here, kept, named)


def _line(
    content: Content, path: str, extracts: Extracts, told: Mapping[str, JsonObject], verdict: str
) -> Line:
    extracted = extracts.outputs.get(content.digest, {}).get("metadata", {})
    metadata = with_entities(content, extracted, told)
    return Line(
        path=path,
        source=content.source,
        size=content.file.size,
        digest=content.digest,
        subject=_joined(subjects_of(metadata)),
        session=_joined(sessions_of(metadata)),
        validation=verdict,
        tools=", ".join(f"{name} {tool_versions()[name]}" for name in checks.checkers(content)),
    )


def _verdict(content: Content, path: str, extracts: Extracts, found: tuple[Finding, ...], spec: Spec) -> str:
    """`invalid`: apply would not upload it, by the spec's own `validation`."""
    if not checks.checkers(content):
        return "unchecked"
    blocking, _, _ = split((*found, *checks.of_path(content, path)), spec.validation, path)
    return "invalid" if blocking or content.digest in extracts.failures else "valid"


def _joined(ids: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(ids))
