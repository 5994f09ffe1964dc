"""What the archive itself says of a draft, and what it does not say: whether it could be published.

A draft counts as Valid as soon as its own document is. What else keeps the archive from publishing it:
assets that are not valid or not validated yet, a summary of the files that cannot be made, and Zarrs, which
the archive does not publish yet (docs/archive-api.md 3.5, 3.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dandifile.archive.documents import strip_asset
from dandifile.kinds.assets.sides import ObservedAssets
from dandifile.kinds.forecast import fix_of, place_of
from dandifile.kinds.outgoing import MISSING
from dandifile.model import Complaint, Health, Json, JsonObject, RemoteAsset
from dandifile.words import first_of

_WAITING = "currently being validated"  # what the archive says of an asset that it has not validated yet
_PORTION = 1000  # documents in memory at a time


def health(
    dandiset: JsonObject,
    draft: JsonObject,
    observed: ObservedAssets,
    sources: Mapping[str, str],
    declared: Iterable[str],
) -> Health:
    """`sources` are the files here by the path of their asset, `declared` the fields that the spec sets."""
    errors = [error for error in draft["asset_validation_errors"] if isinstance(error, dict)]
    waiting = [error for error in errors if _WAITING in str(error.get("message"))]
    faulty = [_asset_complaint(error, sources) for error in errors if error not in waiting]
    own = [_draft_complaint(error, set(declared)) for error in draft["version_validation_errors"]]
    status = draft["status"]
    unsummed = "" if waiting or faulty or status != "Valid" else _summary_fault(draft, observed)
    return Health(
        status=status,
        complaints=(*own, *faulty),
        waiting=len(waiting),
        in_the_way=tuple(_obstacles(dandiset, observed, unsummed)),
    )


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


def _obstacles(dandiset: JsonObject, observed: ObservedAssets, unsummed: str) -> Iterator[str]:
    if unsummed:
        yield unsummed
    if zarrs := sorted(path for path, asset in observed.assets.items() if asset.zarr):
        yield f"the archive does not publish dandisets with Zarrs yet: {first_of(zarrs)}"
    if dandiset["embargo_status"] != "OPEN":
        yield "it is under embargo: only open dandisets are published"


def _summary_fault(draft: JsonObject, observed: ObservedAssets) -> str:
    """Why the archive cannot sum up the files of a draft that it calls Valid; "" where it has, or can.

    It makes the summary again when it publishes, and where that fails it never ends publishing. An empty
    summary proves nothing: it is also what the archive has between a change and its next look.
    """
    summary = draft["metadata"].get("assetsSummary")
    count = summary.get("numberOfFiles") if isinstance(summary, dict) else None
    if count == len(observed.assets) or not observed.assets:
        return ""
    from dandischema.metadata import aggregate_assets_summary

    last: list[str] = []
    documents = _documents(observed, last)
    try:
        aggregate_assets_summary(documents)
    except Exception as error:  # noqa: BLE001 - it fails in many ways, here and on the archive
        ended = next(documents, None) is None
        what = "the archive cannot make a summary of the files, and publishing would never end"
        if isinstance(error, AssertionError) or (ended and not last):
            return f"{what}: {_too_many_subjects(observed)}"
        said = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else str(error)
        return f"{what}: {last[-1] if last else 'an asset'}: {said}"
    return ""


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


def _too_many_subjects(observed: ObservedAssets) -> str:
    """Subjects are counted by the files' own word and by their names: where these differ, twice."""
    from dandischema.utils import sanitize_value

    for document in _documents(observed, []):
        name = document["path"].rpartition("/")[2].split(".")[0]
        named = {part.removeprefix("sub-") for part in name.split("_") if part.startswith("sub-")}
        for one in document.get("wasAttributedTo") or ():
            said = str(one.get("identifier") or "") if isinstance(one, dict) else ""
            if said and named and sanitize_value(said) not in named:
                return (
                    f"it counts more subjects than files: the name of {document['path']} has the subject "
                    f"{min(named)} and its metadata {said!r}: use the same subject in both"
                )
    return "it counts more subjects than files: name files and folders after the subjects that the files have"
