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
from dandifile.survey.scan import scan
from dandifile.survey.scanned_file import Content, Known, Runner
from dandifile.survey.stages import digest_all

FOLDER = "data"
"""Where files go that are to be pulled."""

_SIMPLEST_FIRST = (
    PathEntry(FOLDER),
    PathEntry(FOLDER, layout="as-is"),
    PathEntry(FOLDER, standard="any"),
    PathEntry(FOLDER, standard="any", layout="as-is"),
)
_MOST_FOLDERS = 3  # values of `into` that are tried


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
    def rank(self) -> tuple[int, int, int, int]:
        """Most matches first, then fewest files left out, most at the place of their asset, the simplest."""
        entry = self.entry
        start = f"{entry.into}/" if entry.into else ""
        in_place = sum(path == f"{start}{self.below[source]}" for source, path in self.matched.items())
        said = sum((entry.standard != "auto", entry.layout is not None, entry.into != ""))
        return (-len(self.matched), len(self.below) - len(self.matched), -in_place, said)

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

    Every file is hashed, through the cache. Content decides: files are matched under any name.
    """
    known = paths_by_content(assets.values())
    fits = [_best_fit(spec_file, source, assets, known, run) for source in sources]
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


def _pairs(found: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for each in found for pair in each.items()))


def _best_fit(
    spec_file: Path, source: str, assets: Mapping[str, RemoteAsset], known: Known, run: Runner
) -> _Fit:
    fits: list[_Fit] = []
    for standard in ("auto", "any"):
        found = scan(Spec(spec_file, "", None, paths=(PathEntry(source, standard=standard),)))
        contents = digest_all(found.files, run).contents
        for into in ("", *_folders(contents, known)):
            for layout in (None, "as-is", "organize"):
                entry = PathEntry(source, standard=standard, layout=layout, into=into)
                fits.append(_fit(entry, contents, assets, known))
    return min(fits, key=lambda fit: fit.rank)


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
