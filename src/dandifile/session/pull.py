"""From the archive to this folder: what a version has and the folder lacks, put where `paths` wants it.

Pulling writes no record of what it fetched. The record says what this folder answers for: a recorded file
that is gone may be moved or deleted on the archive. Whoever pulls a file to look at it, and deletes it again,
must not cause that. The next `apply` notes the files that it finds here, pulled ones too.
"""

# Strings, not Path objects, as in the scan.
# ruff: noqa: PTH100, PTH112

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dandifile.archive.listing import DRAFT
from dandifile.archive.object_urls import ObjectUrls
from dandifile.archive.versions import find_version, list_versions
from dandifile.errors import BlockedError, UserError
from dandifile.globs import is_match
from dandifile.locking import hold
from dandifile.model import OPEN, Effect, Json, PathEntry, RemoteAsset, Result, Spec, Status, Step
from dandifile.pulling.comparison import Fetch, Here, LocalFile, PullComparison, Selection, compare
from dandifile.pulling.disk import RealDisk, refuse_without_space
from dandifile.pulling.fetch import Fetcher, bytes_here, mark_incomplete, unmark
from dandifile.run.execute import Notify, execute
from dandifile.run.state import load_record
from dandifile.run.survey_runner import survey_runner
from dandifile.session.options import refuse_globs
from dandifile.survey import tasks
from dandifile.survey.inventory import Named, names
from dandifile.survey.manifest import load, manifest_file
from dandifile.survey.placing import Placing
from dandifile.survey.scan import entry_path

if TYPE_CHECKING:
    from dandifile.session.session import Session


@dataclass(frozen=True)
class PullOptions:
    """`to` is a folder for assets that no entry of `paths` takes; None: they stay on the archive."""

    selection: Selection = field(default_factory=Selection)
    version: str = DRAFT
    to: Path | None = None


def pull_options(
    *,
    paths: Collection[str] = (),
    exclude: Collection[str] = (),
    version: str = DRAFT,
    to: Path | None = None,
    overwrite: bool = False,
) -> PullOptions:
    """What bounds a pull, as the flags of `dandifile pull` do. UserError for a malformed glob."""
    refuse_globs("--path", paths)
    refuse_globs("--exclude", exclude)
    return PullOptions(Selection(tuple(paths), tuple(exclude), overwrite), version, to)


@dataclass(frozen=True)
class Pull:
    """What would be fetched of which version, and what is in its way. `idle`: globs that match no asset."""

    identifier: str
    version: str
    spec: Spec  # with an entry for `--to`
    found: PullComparison
    overwrite: bool
    idle: tuple[str, ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether nothing is fetched: files here differ, and must not be written over."""
        return bool(self.found.differ) and not self.overwrite

    def refuse_differing(self) -> None:
        """BlockedError, with every file, where nothing is fetched."""
        if self.is_blocked:
            names = ", ".join(source for _, source in self.found.differ)
            raise BlockedError(
                f"files here differ from the archive: {names}",
                fix="overwrite=True replaces them by what the archive has; exclude leaves assets out",
            )

    @property
    def to_fetch(self) -> tuple[Fetch, ...]:
        return () if self.is_blocked else self.found.fetch


@dataclass(frozen=True)
class PullResult:
    """What came of a pull: how all assets compare, and a result for each that was to be fetched."""

    found: PullComparison
    results: tuple[Result, ...]

    @property
    def fetched(self) -> tuple[str, ...]:
        """The paths of the assets that are here now."""
        done = {result.step for result in self.results if result.status is Status.DONE}
        return tuple(one.asset.path for one in self.found.fetch if _step(one).id in done)

    @property
    def failed(self) -> tuple[Result, ...]:
        """The steps that failed. Pull again to go on."""
        return tuple(result for result in self.results if result.status is not Status.DONE)


def plan_pull(session: Session, options: PullOptions, notify: Notify) -> Pull:
    """Compares a version with what is here. Writes nothing but the cache."""
    identifier = session.access.require_identifier()
    spec = _spec_with_folder(session.spec, options.to)
    if not spec.paths:
        raise UserError(
            "the spec has no `paths`, so that nothing says where files belong",
            where=str(spec.file),
            fix="add `paths: [data]`, or name a folder with --to",
        )
    assets = _assets(session, options.version)
    selection = options.selection
    here = _files_here(session, spec, assets, notify)
    found = compare(assets, here, Placing(spec, assets.keys()), RealDisk(), selection)
    idle = tuple(glob for glob in selection.paths if not any(is_match(glob, path) for path in assets))
    pull = Pull(identifier, options.version, spec, found, selection.overwrite, idle)
    refuse_without_space((one.file, one.asset.size - bytes_here(one)) for one in pull.to_fetch)
    return pull


def carry_out(session: Session, pull: Pull, notify: Notify, got: Callable[[int], None]) -> tuple[Result, ...]:
    """Fetches what is lacking, several assets at once; one that fails stops no other.

    BlockedError while another pull into this folder runs.
    """
    lock = session.state / f"{session.spec.file.stem}.pull.lock"
    other = BlockedError("another pull of this spec is running", fix="wait until it has ended")
    with hold(lock, held=other):
        wanted = {one.asset.path: one for one in pull.to_fetch}
        for folder in {one.folder for one in pull.to_fetch}:
            mark_incomplete(folder)
        reader = session.reader
        fetcher = Fetcher(reader, ObjectUrls(is_open=reader.dandiset()["embargo_status"] == OPEN))

        def perform(step: Step, inputs: Mapping[str, Json]) -> Json:  # noqa: ARG001 - no step needs another
            fetcher.fetch(wanted[step.params["path"]], got)
            return None

        with ThreadPoolExecutor(session.jobs) as pool:
            results = tuple(execute(map(_step, pull.to_fetch), perform, pool, notify).values())
        _mark_folders(pull, results)
        return results


def _step(one: Fetch) -> Step:
    params = {"path": one.asset.path, "source": one.source, "size": one.asset.size, "do": "fetch"}
    return Step(f"fetch:{one.asset.path}", "pull", params, effect=Effect.LOCAL)


def _mark_folders(pull: Pull, results: tuple[Result, ...]) -> None:
    """Folders that hold all of the draft lose the mark; those that lack something, or may, have it."""
    folder_of = {_step(one).id: one.folder for one in pull.to_fetch}
    failed = {folder_of[one.step] for one in results if one.status is not Status.DONE}
    lacking = failed | set(pull.found.lacking)
    root = os.path.abspath(pull.spec.root)
    for folder in {entry_path(root, entry) for entry in pull.spec.paths} | set(folder_of.values()):
        if folder not in lacking and pull.version == DRAFT:
            unmark(folder)
        elif os.path.isdir(folder) and (folder in lacking or folder in folder_of.values()):
            mark_incomplete(folder)


def _spec_with_folder(spec: Spec, to: Path | None) -> Spec:
    """The spec with an entry, after all others, that takes anything into a folder of its own."""
    if to is None:
        return spec
    source = os.path.relpath(os.path.abspath(to), os.path.abspath(spec.root)).replace(os.sep, "/")
    return replace(spec, paths=(*spec.paths, PathEntry(source, standard="any", layout="as-is")))


def _assets(session: Session, version: str) -> Mapping[str, RemoteAsset]:
    reader = session.reader
    reader.check_instance()
    reader.dandiset()  # says so where there is none, or where this user may not see it
    if version == DRAFT:
        return reader.assets()
    return find_version(reader, list_versions(reader), version).assets()


def _files_here(session: Session, spec: Spec, assets: Mapping[str, RemoteAsset], notify: Notify) -> Here:
    """The files here under the names that plan would give them, with this version as the draft."""
    known: dict[str, list[str]] = {}
    for asset in assets.values():
        known.setdefault(asset.digest, []).append(asset.path)
    draft = {digest: tuple(sorted(paths)) for digest, paths in known.items() if digest}
    record = load_record(session.state, session.instance.home, str(session.identifier))
    listed = load(manifest_file(spec.file))
    with survey_runner(tasks, session.cache, session.jobs, notify, session.engine, session.limit) as run:
        return _here(spec, names(spec, run, record, listed, known=draft))


def _here(spec: Spec, named: Named) -> Here:
    root = os.path.abspath(spec.root)
    files = {
        path: LocalFile(
            content.source, content.file.path, entry_path(root, content.file.entry), content.digest
        )
        for content, path in named.files
    }
    return Here(files, frozenset(named.absent))
