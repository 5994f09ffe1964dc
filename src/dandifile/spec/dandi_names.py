"""DANDI's own names for the fields of a dandiset and of an asset (schema 0.8.0), and who writes them."""

from __future__ import annotations

DANDISET = (
    "name", "description", "contributor", "about", "studyTarget", "license", "protocol", "ethicsApproval",
    "keywords", "acknowledgement", "access", "relatedResource", "wasGeneratedBy", "sameAs", "dateModified",
)  # fmt: skip
"""Fields of a dandiset that a user may declare."""

DANDISET_COMPUTED = (
    "@context", "id", "identifier", "version", "url", "repository", "assetsSummary", "citation", "doi",
    "dateCreated", "datePublished", "publishedBy", "manifestLocation", "releaseNotes", "schemaKey",
    "schemaVersion",
)  # fmt: skip
"""Fields that the archive writes over whatever is sent, or that say which schema a record is in."""

ASSET = (
    "name", "description", "contributor", "about", "studyTarget", "license", "protocol", "ethicsApproval",
    "keywords", "acknowledgement", "relatedResource", "wasGeneratedBy", "sameAs", "repository", "url",
    "dataType", "approach", "measurementTechnique", "variableMeasured", "wasDerivedFrom", "wasAttributedTo",
    "dateModified", "blobDateModified", "encodingFormat",
)  # fmt: skip
"""Fields of an asset that a user may lay over what is extracted."""

ASSET_COMPUTED = (
    "@context", "id", "access", "path", "identifier", "contentUrl", "contentSize", "digest", "datePublished",
    "publishedBy", "schemaKey", "schemaVersion",
)  # fmt: skip
"""Fields of an asset that the archive writes over whatever is sent, or that say which schema it is in."""

FROM_SHORT = {
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
"""The short form of the spec and the field of DANDI that it fills."""
