"""The `paths` of a spec that is made from a dandiset: where its files are, or will be once they are pulled.

With such entries the plan is empty: before there are any files here, and once they are here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dandifile.globs import exact_pattern, is_match, narrowest_patterns
from dandifile.model import Json, JsonObject, PathEntry, Record, RemoteAsset, Spec
from dandifile.survey.layout import Draft, assign
from dandifile.survey.placing import Placing
from dandifile.survey.scan import entry_path, scan, source_name
from dandifile.survey.scanned_file import Content, Known, Runner
from dandifile.survey.stages import digest_all

FOLDER = "data"
"""Where pulled files go."""

_SIMPLEST_FIRST = (
    PathEntry(FOLDER),
    PathEntry(FOLDER, layout="as-is"),
    PathEntry(FOLDER, standard="any"),
    PathEntry(FOLDER, standard="any", layout="as-is"),
)
_MOST_FOLDERS = 3  # values of `into` that are tried
_DEEPEST = 2  # levels of subfolders that may become entries of their own


@dataclass(frozen=True)
class ImportedPaths:
    """Entries of `paths` as a spec has them, and how the files here and the assets there go together.

    `left` are assets that no entry takes. The rest is only known where folders with data were given, as pairs
    (source, path of the asset): files whose content is at its path (`matched`), files that `differ` from the
    asset at their path, and files whose content is there under a name that these rules do not give
    (`renamed`). Then files that are `only_here`, and assets `only_there`, which `dandifile pull` would bring.
    The entries exclude all files but the matched ones, so that the first plan uploads nothing; a folder
    without any of these is `unused`.
    """

    entries: tuple[Json, ...]
    left: tuple[str, ...] = ()
    matched: tuple[tuple[str, str], ...] = ()
    differ: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    only_here: tuple[str, ...] = ()
    only_there: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


# --- Without data ---------------------------------------------------------------------------------


def paths_to_pull(assets: Mapping[str, RemoteAsset], folder: str = FOLDER) -> ImportedPaths:
    """The simplest entry that takes all assets of a draft, in a folder that is not there yet, or empty."""
    if not assets:
        return ImportedPaths(())
    entries = [replace(entry, source=folder) for entry in _SIMPLEST_FIRST]
    tried = [(_left_by([entry], assets, by_content=False), entry) for entry in entries]
    left, entry = min(tried, key=lambda pair: len(pair[0]))  # the first of those that leave the fewest
    return ImportedPaths((entry_value(entry),), tuple(left))


def _left_by(
    entries: Sequence[PathEntry], assets: Mapping[str, RemoteAsset], *, by_content: bool
) -> list[str]:
    """The assets that have no place in the entries' folders; `by_content`: one that names files will do."""
    placing = Placing(Spec(_NOWHERE / "dandiset.yaml", "", None, paths=tuple(entries)), assets.keys())
    places = {path: placing.place_of(path, zarr=asset.zarr is not None) for path, asset in assets.items()}
    return [path for path, place in places.items() if place is None or (place.by_content and not by_content)]


_NOWHERE = Path("/nowhere")
"""A folder without files: what is on this machine must not matter."""


def entry_value(entry: PathEntry) -> Json:
    """An entry as a spec has it: its folder alone where everything else is the default."""
    usual, value = PathEntry(entry.source), {"source": entry.source}
    given: JsonObject = {
        name: list(now) if isinstance(now, tuple) else now
        for name in ("standard", "layout", "into", "include", "exclude")
        if (now := getattr(entry, name)) != getattr(usual, name)
    }
    return {**value, **given} if given else entry.source


# --- With data ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    """One way to take a folder, and what it makes of the files there: paths by source."""

    entry: PathEntry
    matched: dict[str, str] = field(default_factory=dict)
    differ: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    only_here: list[str] = field(default_factory=list)
    below: dict[str, str] = field(default_factory=dict)  # by source: its place in the folder

    @property
    def rank(self) -> tuple[int, int, int, int, int]:
        """Most matches first, then fewest files left out, most at the place of their asset, the simplest.

        Where nothing matches, what sees most contents of the archive comes first.
        """
        entry = self.entry
        start = f"{entry.into}/" if entry.into else ""
        in_place = sum(path == f"{start}{self.below[source]}" for source, path in self.matched.items())
        said = sum((entry.standard != "auto", entry.layout is not None, entry.into != ""))
        seen = 0 if self.matched else len(self.renamed)
        return (-len(self.matched), -seen, len(self.below) - len(self.matched), -in_place, said)

    @property
    def value(self) -> Json:
        """The entry, without the files that are not on the archive in this form."""
        wanted = {self.below[source] for source in self.matched}
        unwanted = sorted({*self.below.values()} - wanted)
        patterns = narrowest_patterns(unwanted)
        if any(is_match(pattern, path) for pattern in patterns for path in wanted):
            patterns = [exact_pattern(path) for path in unwanted]
        return entry_value(replace(self.entry, exclude=tuple(patterns)))


def match_data(
    spec_file: Path, sources: Sequence[str], assets: Mapping[str, RemoteAsset], run: Runner
) -> ImportedPaths:
    """Entries for folders with data, relative to the spec's, that give files the paths of their assets.

    Every file is hashed, through the cache. Content decides: files are matched under any name. A folder whose
    subfolders are at different places of the dandiset becomes an entry for each.
    """
    matching = _Matching(spec_file, assets, paths_by_content(assets.values()), run)
    fits = [fit for source in sources for fit in matching.fits_of(source, _DEEPEST)]
    _set_copies_aside(fits)
    used = [fit for fit in fits if fit.matched]
    here = {path for fit in used for path in (*fit.matched.values(), *fit.differ.values())}
    only_there = {path: asset for path, asset in assets.items() if path not in here}
    return ImportedPaths(
        entries=tuple(fit.value for fit in used),
        left=tuple(_left_by([fit.entry for fit in used], only_there, by_content=True)),
        matched=_pairs(fit.matched for fit in fits),
        differ=_pairs(fit.differ for fit in fits),
        renamed=_pairs(fit.renamed for fit in fits),
        only_here=tuple(sorted(source for fit in fits for source in fit.only_here)),
        only_there=tuple(only_there),
        unused=tuple(fit.entry.source for fit in fits if not fit.matched),
    )


def paths_by_content(assets: Iterable[RemoteAsset]) -> dict[str, tuple[str, ...]]:
    """The paths of a draft by digest, sorted. An asset without a digest is not known by its content."""
    known: dict[str, list[str]] = defaultdict(list)
    for asset in assets:
        if asset.digest:
            known[asset.digest].append(asset.path)
    return {digest: tuple(sorted(paths)) for digest, paths in known.items()}


def _set_copies_aside(fits: Iterable[_Fit]) -> None:
    """An asset has one file: what other folders have of it is left out."""
    taken: set[str] = set()
    for fit in fits:
        copies = {source: path for source, path in fit.matched.items() if path in taken}
        taken |= set(fit.matched.values())
        fit.renamed.update(copies)
        for source in copies:
            del fit.matched[source]


def _pairs(found: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for each in found for pair in each.items()))


@dataclass(frozen=True)
class _Matching:
    """Looks at folders; `known` are the draft's paths by digest."""

    spec_file: Path
    assets: Mapping[str, RemoteAsset]
    known: Known
    run: Runner

    def fits_of(self, source: str, depth: int) -> list[_Fit]:
        """The best way to take a folder as a whole, or its subfolders one by one where that matches more."""
        whole = self._best_fit(source)
        if not (whole.renamed and depth):
            return [whole]
        parts = [fit for folder in self._subfolders(source) for fit in self.fits_of(folder, depth - 1)]
        if sum(len(part.matched) for part in parts) <= len(whole.matched):
            return [whole]
        inside = {name for part in parts for name in part.below}
        loose = whole.below.keys() - inside
        known = whole.matched | whole.renamed
        parts[0].renamed.update({name: known[name] for name in loose if name in known})
        parts[0].only_here.extend(sorted(loose - known.keys()))
        return parts

    def _subfolders(self, source: str) -> list[str]:
        folder = self.spec_file.parent / source
        names = sorted(one.name for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
        return [name if source in (".", "") else f"{source}/{name}" for name in names]

    def _best_fit(self, source: str) -> _Fit:
        fits: list[_Fit] = []
        for standard in ("auto", "any"):
            found = scan(Spec(self.spec_file, "", None, paths=(PathEntry(source, standard=standard),)))
            contents = digest_all(found.files, self.run).contents
            refused = self._below(source, [refusal.source for refusal in found.refused])
            for into in ("", *_folders(contents, self.known)):
                for layout in (None, "as-is", "organize"):
                    entry = PathEntry(source, standard=standard, layout=layout, into=into)
                    fit = _fit(entry, contents, self.assets, self.known)
                    fit.below.update(refused)
                    fit.only_here.extend(refused)
                    fits.append(fit)
        return min(fits, key=lambda fit: fit.rank)

    def _below(self, source: str, names: Iterable[str]) -> dict[str, str]:
        """The places of files in a folder, by their sources; what is not in it is left out."""
        root = str(self.spec_file.parent)
        start = "" if source in (".", "") else f"{source_name(root, entry_path(root, PathEntry(source)))}/"
        return {name: name.removeprefix(start) for name in names if name.startswith(start)}


def _folders(contents: Sequence[Content], known: Known) -> list[str]:
    """The values of `into` with which most files have the paths of their assets."""
    counts = Counter(
        path.removesuffix(f"/{content.file.below}")
        for content in contents
        for path in known.get(content.digest, ())
        if path.endswith(f"/{content.file.below}")
    )
    return [folder for folder, _ in counts.most_common(_MOST_FOLDERS)]


def _fit(
    entry: PathEntry, contents: Sequence[Content], assets: Mapping[str, RemoteAsset], known: Known
) -> _Fit:
    """What an entry makes of files, by the rules of names; a file without an asset needs no name yet."""
    there = [replace(content, file=replace(content.file, entry=entry)) for content in contents]
    paths, _ = assign(there, Draft(known, Record()))
    fit = _Fit(entry, below={content.source: content.file.below for content in there})
    for content in there:
        path = paths.get(content.source, "")
        if path in known.get(content.digest, ()):
            fit.matched[content.source] = path
        elif content.digest in known:
            fit.renamed[content.source] = known[content.digest][0]
        elif path in assets:
            fit.differ[content.source] = path
        else:
            fit.only_here.append(content.source)
    return fit
