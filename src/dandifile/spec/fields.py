"""DANDI's own names for fields (schema 0.8.0), and the fields of the dandiset that a spec declares."""

from __future__ import annotations

from dandifile.model import Json, JsonObject
from dandifile.spec.forms import ABOUT, ANATOMY, ETHICS, Form, contributor_object, dandi_object
from dandifile.spec.resources import normalise_resources, related_resources

DANDISET_FIELDS = (
    "name", "description", "contributor", "about", "studyTarget", "license", "protocol", "ethicsApproval",
    "keywords", "acknowledgement", "access", "relatedResource", "wasGeneratedBy", "sameAs", "dateModified",
)  # fmt: skip
"""Fields of a dandiset that a user may declare."""

COMPUTED_DANDISET_FIELDS = (
    "@context", "id", "identifier", "version", "url", "repository", "assetsSummary", "citation", "doi",
    "dateCreated", "datePublished", "publishedBy", "manifestLocation", "releaseNotes", "schemaKey",
    "schemaVersion",
)  # fmt: skip
"""Fields that the archive overwrites, or that name the schema of a record."""

ASSET_FIELDS = (
    "name", "description", "contributor", "about", "studyTarget", "license", "protocol", "ethicsApproval",
    "keywords", "acknowledgement", "relatedResource", "wasGeneratedBy", "sameAs", "repository", "url",
    "dataType", "approach", "measurementTechnique", "variableMeasured", "wasDerivedFrom", "wasAttributedTo",
    "dateModified", "blobDateModified", "encodingFormat",
)  # fmt: skip
"""Fields of an asset that a user may declare on top of the extracted ones."""

COMPUTED_ASSET_FIELDS = (
    "@context", "id", "access", "path", "identifier", "contentUrl", "contentSize", "digest", "datePublished",
    "publishedBy", "schemaKey", "schemaVersion",
)  # fmt: skip
"""Fields of an asset that the archive overwrites, or that name the schema of a record."""

FIELD_OF_KEY = {
    "name": "name",
    "description": "description",
    "license": "license",
    "keywords": "keywords",
    "contributors": "contributor",
    "regions": "about",
    "about": "about",
    "ethics": "ethicsApproval",
    "related": "relatedResource",
}
"""A key of the spec and DANDI's field for it."""


def dandiset_fields(raw: JsonObject) -> dict[str, Json]:
    """DANDI's fields and their values, from a checked spec. None or `[]`: the field will be emptied.

    A field that is not declared is not a key. Terms are CURIEs here, as in other dandisets
    on the archive; on assets they are IRIs.
    """
    fields: dict[str, Json] = dict(normalise_resources(raw.get("metadata", {})))
    for key in ("name", "description"):
        if key in raw:
            fields[key] = (raw[key] or "").strip()
    if "license" in raw:
        fields["license"] = [f"spdx:{name}" for name in _as_list(raw["license"])]
    if "keywords" in raw:
        fields["keywords"] = (
            [word.strip() for word in raw["keywords"]] if raw["keywords"] is not None else None
        )
    if contributors := _contributors(raw):
        fields["contributor"] = contributors
    if is_about_declared(raw):
        fields["about"] = _about(raw)
    if "ethics" in raw:
        fields["ethicsApproval"] = _dandi_objects(ETHICS, raw["ethics"])
    if "related" in raw:
        fields["relatedResource"] = related_resources(raw["related"])
    return fields


def is_about_declared(raw: JsonObject) -> bool:
    """Whether the field `about` is declared: by `about`, or by regions of the dandiset."""
    regions = raw.get("regions", {})
    return "about" in raw or not isinstance(regions, dict) or "dandiset" in regions


def _contributors(raw: JsonObject) -> list[JsonObject]:
    """The contributors that the spec does not omit, in its order."""
    there = (item for item in raw.get("contributors", ()) if not item.get("omit"))
    return [contributor_object(item) for item in there]


def uncited_creators(fields: JsonObject) -> tuple[str, ...]:
    """A note if authors are left out of the citation: the DOI's record goes by the role Author alone.

    An author without `cite` is left out if others have `cite: true`.
    """
    listed = fields.get("contributor")  # `metadata` may hold anything
    people = [each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, dict)]
    cited = [each for each in people if each.get("includeInCitation") is True]
    left_out = [
        str(each.get("name", ""))
        for each in people
        if _is_author(each) and not each.get("includeInCitation", not cited)
    ]
    if not left_out:
        return ()
    what = f"contributors: left out of the citation (`cite`): {'; '.join(left_out)}"
    why = "With the role Author they are still creators in the DOI's DataCite record"
    return (f"{what}. {why}; remove the role from anyone who is not an author",)


def _is_author(contributor: JsonObject) -> bool:
    roles = contributor.get("roleName")  # an item's `metadata` may hold anything
    return isinstance(roles, list | str) and "dcite:Author" in roles


def _about(raw: JsonObject) -> list[JsonObject]:
    regions = raw.get("regions")
    of_dandiset = regions.get("dandiset") if isinstance(regions, dict) else regions
    found = _dandi_objects(ANATOMY, of_dandiset) or []
    for key, form in ABOUT.items():
        found += _dandi_objects(form, (raw.get("about") or {}).get(key)) or []
    return found


def _dandi_objects(form: Form, items: list[Json] | None) -> list[JsonObject] | None:
    return None if items is None else [dandi_object(form, item) for item in items]


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
