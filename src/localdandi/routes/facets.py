"""Dandisets by what their assets are: type, size, species, genotype, technique."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localdandi import errors, fields, search, shapes
from localdandi.errors import json_response
from localdandi.http import Call, resource
from localdandi.paging import paginated, paging
from localdandi.store import dandisets, facets
from localdandi.store.dandisets import dump

if TYPE_CHECKING:
    from starlette.responses import Response

_SIZES = ("file_size_min", "file_size_max")


def _search(call: Call) -> Response:
    wanted = _wanted(call)
    matching = facets.dandisets_with(call.db, wanted)
    chosen = [one for one in search.dandisets(call) if one in matching]
    page = paging(call, count=len(chosen))
    items = []
    for identifier in page.cut(chosen):
        dandiset = dandisets.by_id(call.db, identifier)
        if dandiset:
            counts = facets.asset_counts(call.db, identifier, wanted)
            items.append(dump(shapes.dandiset_item(call.db, dandiset, call.user) | {"asset_counts": counts}))
    return page.envelope(items, page.count, more=page.more)


def _wanted(call: Call) -> dict[str, list[str]]:
    """The facets of the query that are given, each with its values."""
    query = call.request.query_params
    wanted = {name: query.getlist(name) for name in facets.NAMES if query.getlist(name)}
    sizes = {name: fields.integer(dict(query), name, minimum=0) for name in _SIZES if name in query}
    if len(sizes) == len(_SIZES) and sizes["file_size_max"] < sizes["file_size_min"]:
        raise errors.refused({"non_field_errors": ["file_size_max must be greater than file_size_min"]})
    return wanted


def _genotypes(call: Call) -> Response:
    """At most ten, for completion."""
    return json_response(facets.genotypes(call.db, call.query.get("genotype", ""))[:10])


def _species(call: Call) -> Response:
    return paginated(call, facets.species(call.db, call.query.get("species", "")))


ROUTES = [
    resource("/api/dandisets/search/", GET=_search),
    resource("/api/search/genotypes/", GET=_genotypes),
    resource("/api/search/species/", GET=_species),
]
