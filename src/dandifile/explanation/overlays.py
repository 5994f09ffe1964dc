"""Which of the spec's rules for assets decides which key of an asset's metadata. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dandifile.explanation.view import View
from dandifile.globs import is_match
from dandifile.kinds.assets.sides import FROM_NWB
from dandifile.model import JsonObject, Saying, Voice
from dandifile.survey.formats import keys_of_archive

_ABOUT = "about"


def overlay_sayings(view: View, path: str, metadata: JsonObject) -> Iterator[Saying]:
    """Key by key: the overlay that wins, those that it wins over, and where brain regions come from."""
    matching = [
        (number, overlay)
        for number, overlay in enumerate(view.spec.overlays)
        if is_match(overlay.match, path)
    ]
    closed = keys_of_archive(metadata)
    keys = dict.fromkeys(key for _, overlay in matching for key in overlay.metadata)
    for key in keys:
        *others, (number, overlay) = [one for one in matching if key in one[1].metadata]
        where = view.places.of_spec("assets", number, "metadata", key)
        before = ", ".join(f"`match: {one.match}`" for _, one in others)
        over = f" (it comes after {before}, and the last one wins)" if before else ""
        effect = "has no effect: the archive writes this key itself" if key in closed else f"sets {key}{over}"
        value = overlay.metadata[key]
        back = " back to what the file says" if value is None else ""
        yield Saying(Voice.SPEC, f"`assets: match: {overlay.match}` {effect}{back}", where, value)
    yield from _regions(view, path, metadata, overlaid=_ABOUT in keys)


def _regions(view: View, path: str, metadata: JsonObject, *, overlaid: bool) -> Iterator[Saying]:
    rules = view.files.rules
    rule, names = rules.region_rule(path, metadata)
    if not rule:
        return
    says = f"`regions.{rule}`" + ("" if rule == FROM_NWB else f": {', '.join(names)}")
    says += ", which an overlay replaces" if overlaid else ", the most specific rule for this asset"
    found = [dict(region) for region in rules.regions_by(rule, names)]
    place = ("regions", rule) if rule == FROM_NWB else ("regions", rule, names[0])
    yield Saying(Voice.SPEC, says, view.places.of_spec(*place), found)
