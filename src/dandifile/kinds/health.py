"""What the archive itself says of a draft and its assets, with the files here and what to do.

A draft counts as Valid as soon as its own document is: its assets have verdicts of their own. The archive
lists those of at most 50 assets that are invalid and 50 that wait (docs/archive-api.md 3.5); where its list
is full, the other assets are asked one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from dandifile.archive.documents import strip_asset
from dandifile.kinds.assets.sides import ObservedAssets
from dandifile.kinds.forecast import fix_of, place_of
from dandifile.kinds.outgoing import MISSING
from dandifile.model import Complaint, Health, Json, JsonObject, RemoteAsset

WAITING = "currently being validated"
"""What the archive says of an asset that it has not validated yet."""

LISTED = 50
"""Assets of each sort that the archive lists."""

_PORTION = 1000  # documents in memory at a time
_MOST_ASKED = 5000  # assets that are asked one by one: a minute


def health(
    draft: JsonObject,
    observed: ObservedAssets,
    sources: Mapping[str, str],
    declared: Iterable[str],
    ask: Callable[[Iterable[str]], Iterable[JsonObject]],
) -> Health:
    """`sources` are the files here by the path of their asset, `declared` the fields that the spec sets.

    `ask` gives the archive's verdicts on assets by their ids, in the same order.
    """
    errors = [error for error in draft["asset_validation_errors"] if isinstance(error, dict)]
    waiting = [error for error in errors if WAITING in str(error.get("message"))]
    faulty = [error for error in errors if error not in waiting]
    invalid = {str(error.get("path") or "") for error in faulty}
    unlisted = False
    if len(invalid) >= LISTED:
        known = invalid | {str(error.get("path") or "") for error in waiting}
        rest = [asset for path, asset in observed.assets.items() if path not in known]
        unlisted = len(rest) > _MOST_ASKED
        faulty += _unlisted_errors(rest[:_MOST_ASKED], ask)
    own = [_draft_complaint(error, set(declared)) for error in draft["version_validation_errors"]]
    return Health(
        status=draft["status"],
        complaints=(*own, *(_asset_complaint(error, sources) for error in faulty)),
        waiting=len(waiting),
        unlisted=unlisted,
    )


def _unlisted_errors(
    rest: list[RemoteAsset], ask: Callable[[Iterable[str]], Iterable[JsonObject]]
) -> Iterator[JsonObject]:
    for asset, verdict in zip(rest, ask([asset.asset_id for asset in rest]), strict=True):
        if verdict["status"] == "Invalid":
            for error in verdict["validation_errors"]:
                yield {**(error if isinstance(error, dict) else {"message": str(error)}), "path": asset.path}


def _draft_complaint(error: Json, declared: set[str]) -> Complaint:
    field, message = place_of(error)
    return Complaint(field, message, fix_of(field, message, declared))


def _asset_complaint(error: JsonObject, sources: Mapping[str, str]) -> Complaint:
    path = str(error.get("path") or "")
    field, message = place_of(error)
    if not field:
        fix = "run `dandifile plan --refresh-metadata`: it compares the asset with what its file says today"
    else:
        verb = "add" if message == MISSING else "correct"
        overlay = f"`assets: [{{match: {path!r}, metadata: {{{field}: …}}}}]`"
        fix = f"{verb} it in the file, or in the spec: {overlay}"
    return Complaint(field, message, fix, asset=path, source=sources.get(path, ""))


# --- The summary of the files --------------------------------------------------------------------


def summary_fault(draft: JsonObject, observed: ObservedAssets) -> tuple[str, str, str] | None:
    """Why the archive cannot sum up the files of a draft: the cause, the asset, and what to do.

    None where it has, or can. It makes the summary again when it publishes, and where that fails it never
    ends publishing. An empty summary proves nothing: it is also what the archive has between a change and
    its next look.
    """
    summary = draft["metadata"].get("assetsSummary")
    count = summary.get("numberOfFiles") if isinstance(summary, dict) else None
    if count == len(observed.assets) or not observed.assets:
        return None
    from dandischema.metadata import aggregate_assets_summary

    last: list[str] = []
    documents = _documents(observed, last)
    try:
        aggregate_assets_summary(documents)
    except Exception as error:  # noqa: BLE001 - it fails in many ways, here and on the archive
        ended = next(documents, None) is None
        if isinstance(error, AssertionError) or (ended and not last):
            return _too_many_subjects(observed)
        said = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else str(error)
        return (
            said,
            last[-1] if last else "an asset",
            "correct it in the file, or in the spec under `assets:`",
        )
    return None


def _documents(observed: ObservedAssets, last: list[str]) -> Iterator[JsonObject]:
    """The assets' documents as the archive sums them up; `last` holds the path of the one it is at."""
    for some in _portions(list(observed.assets.values())):
        metadata = observed.metadata([asset.asset_id for asset in some])
        for asset in some:
            last[:] = [asset.path]
            whole = strip_asset(metadata[asset.asset_id])
            yield {**whole, "path": asset.path, "contentSize": asset.size}


def _portions(assets: list[RemoteAsset]) -> Iterator[list[RemoteAsset]]:
    for start in range(0, len(assets), _PORTION):
        yield assets[start : start + _PORTION]


def _too_many_subjects(observed: ObservedAssets) -> tuple[str, str, str]:
    """Subjects are counted by the files' own word and by their names: where these differ, twice."""
    from dandischema.utils import sanitize_value

    for document in _documents(observed, []):
        name = document["path"].rpartition("/")[2].split(".")[0]
        named = {part.removeprefix("sub-") for part in name.split("_") if part.startswith("sub-")}
        for one in document.get("wasAttributedTo") or ():
            said = str(one.get("identifier") or "") if isinstance(one, dict) else ""
            if said and named and sanitize_value(said) not in named:
                what = (
                    "it counts more subjects than files: the file's name has the subject "
                    f"{min(named)} and its metadata {said!r}"
                )
                return what, document["path"], "use the same subject in both"
    what = "it counts more subjects than files"
    return what, "the names of files", "name files and folders after the subjects that the files have"
