"""What `scan` writes down: a manifest line for every file here that can be an asset, judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dandifile.globs import matches
from dandifile.model import Finding, Record, Spec
from dandifile.survey import findings
from dandifile.survey.layout import Content
from dandifile.survey.manifest import Line
from dandifile.survey.naming import Named, names
from dandifile.survey.scan import NWB
from dandifile.survey.stages import Extracts, Runner, inspected, validated
from dandifile.survey.tasks import tool_versions
from dandifile.survey.whose import sessions_of, subjects_of

_TOOLS = ("dandi", "nwbinspector", "pynwb")  # those that find something


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
    extracts = inspected(contents, run)
    found = validated(contents, extracts, run)
    here = tuple(
        _line(content, path, extracts, found.get(content.source, ()), spec) for content, path in named.files
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


def _line(content: Content, path: str, extracts: Extracts, found: tuple[Finding, ...], spec: Spec) -> Line:
    metadata = extracts.outputs.get(content.digest, {}).get("metadata", {})
    is_nwb = content.file.form == NWB
    return Line(
        path=path,
        source=content.source,
        size=content.file.size,
        digest=content.digest,
        subject=_joined(subjects_of(metadata)),
        session=_joined(sessions_of(metadata)),
        validation=_verdict(content, path, extracts, found, spec) if is_nwb else "unchecked",
        tools=", ".join(f"{name} {tool_versions()[name]}" for name in _TOOLS) if is_nwb else "",
    )


def _verdict(content: Content, path: str, extracts: Extracts, found: tuple[Finding, ...], spec: Spec) -> str:
    """`invalid`: apply would not upload it, by the spec's own `validation`."""
    found += findings.of_path(content.source, path)
    blocking, _, _ = findings.split(found, spec.validation, path)
    return "invalid" if blocking or content.digest in extracts.failures else "valid"


def _joined(ids: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(ids))
