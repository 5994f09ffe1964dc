"""What the archive strips from a dandiset's metadata that comes in, and what it computes.

Stored documents contain `ORIGIN`; `insert_origin` and `remove_origin` translate.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import uuid4

from localdandi.document import Json, JsonObject
from localdandi.instance import BUCKET, ORIGIN, Instance
from localdandi.store.dandisets import Dandiset
from localdandi.store.users import User

COMPUTED = frozenset(
    (
        "name",
        "identifier",
        "version",
        "id",
        "url",
        "assetsSummary",
        "citation",
        "doi",
        "dateCreated",
        "datePublished",
        "publishedBy",
        "manifestLocation",
        "releaseNotes",
    )
)
EMPTY_SUMMARY = {"schemaKey": "AssetsSummary", "numberOfBytes": 0, "numberOfFiles": 0}


def strip(metadata: JsonObject) -> JsonObject:
    """What of a document is the user's: the rest is ignored when it comes in and not compared."""
    stripped = {key: value for key, value in metadata.items() if key not in COMPUTED}
    access = stripped.get("access")
    if isinstance(access, list) and access and isinstance(access[0], dict):
        first = {key: value for key, value in access[0].items() if key not in ("schemaKey", "status")}
        stripped["access"] = [first, *access[1:]]
    return stripped


def for_creation(metadata: JsonObject, user: User, schema_version: str) -> JsonObject:
    """The stripped document with what a new dandiset gets where it is silent."""
    contact = {
        "name": f"{user.last_name}, {user.first_name}",
        "email": user.email,
        "roleName": ["dcite:ContactPerson"],
        "schemaKey": "Person",
        "affiliation": [],
        "includeInCitation": True,
    }
    defaults = {
        "schemaKey": "Dandiset",
        "schemaVersion": schema_version,
        "contributor": [contact],
    }
    return defaults | strip(metadata)


def complete_document(  # noqa: PLR0913  all of one version
    metadata: JsonObject,
    dandiset: Dandiset,
    instance: Instance,
    *,
    version: str,
    name: str,
    doi: str | None = None,
) -> JsonObject:
    """The document as it is stored: with every field that the archive computes on a save."""
    page = f"{instance.web}/dandiset/{dandiset.identifier}/{version}"
    computed = metadata | {
        "@context": context(metadata["schemaVersion"]),
        "manifestLocation": [_manifest(dandiset, version)],
        "name": name,
        "identifier": f"{instance.name}:{dandiset.identifier}",
        "version": version,
        "id": f"{instance.name}:{dandiset.identifier}/{version}",
        "repository": instance.web,
        "url": page,
        "dateCreated": dandiset.created.replace("Z", "+00:00"),
        "access": _access(metadata.get("access"), dandiset),
    }
    computed.setdefault("assetsSummary", dict(EMPTY_SUMMARY))
    if doi:
        computed["doi"] = doi
    computed["citation"] = citation(computed)
    return computed


def context(schema_version: str) -> str:
    return f"https://raw.githubusercontent.com/dandi/schema/master/releases/{schema_version}/context.json"


def _manifest(dandiset: Dandiset, version: str) -> str:
    if version == "draft":
        return f"{ORIGIN}/api/dandisets/{dandiset.identifier}/versions/draft/assets/"
    return f"{ORIGIN}{BUCKET}/dandisets/{dandiset.identifier}/{version}/assets.yaml"


def _access(access: Json, dandiset: Dandiset) -> list[JsonObject]:
    items = [item for item in access if isinstance(item, dict)] if isinstance(access, list) else []
    first, *others = items or [{}]
    embargoed = dandiset.embargo_status == "EMBARGOED"
    # Of an open dandiset the document alone says when an embargo ended: what leaves that out loses it.
    first = first | access_of(embargoed=embargoed, until=dandiset.embargo_end_date if embargoed else None)
    return [first, *others]


def access_of(*, embargoed: bool, until: str | None) -> JsonObject:
    """An `AccessRequirements`; `until` is an ISO date and may outlive the embargo."""
    status = "dandi:EmbargoedAccess" if embargoed else "dandi:OpenAccess"
    access: JsonObject = {"schemaKey": "AccessRequirements", "status": status}
    return access | {"embargoedUntil": until} if until else access


def citation(metadata: JsonObject) -> str:
    """How to cite a version, from a complete document (`doi` where it has one, else `url`)."""
    year, name, version = datetime.now(UTC).year, metadata["name"].rstrip("."), metadata["version"]
    link = f"https://doi.org/{metadata['doi']}" if "doi" in metadata else metadata["url"]
    contributors = metadata.get("contributor")
    cited = [
        str(one["name"])
        for one in (contributors if isinstance(contributors, list) else [])
        if isinstance(one, dict) and one.get("includeInCitation") and "name" in one
    ]
    if cited:
        return f"{'; '.join(cited)} ({year}) {name} (Version {version}) [Data set]. DANDI Archive. {link}"
    return f"{name} ({year}). (Version {version}) [Data set]. DANDI Archive. {link}"


def has_uncitable_contributor(metadata: JsonObject) -> bool:
    """Whether a contributor in the citation has no name; then the archive cannot make the citation."""
    contributors = metadata.get("contributor")
    return isinstance(contributors, list) and any(
        isinstance(one, dict) and one.get("includeInCitation") and "name" not in one for one in contributors
    )


def contact_person(metadata: JsonObject) -> str:
    """The name of the first contributor who is a contact person, or nothing."""
    contributors = metadata.get("contributor")
    for one in contributors if isinstance(contributors, list) else []:
        roles = one.get("roleName") if isinstance(one, dict) else None
        if isinstance(roles, list) and "dcite:ContactPerson" in roles and one.get("name"):
            return str(one["name"])
    return ""


def doi(instance: Instance, identifier: str, version: str) -> str:
    return f"{instance.doi_prefix}/{instance.name.lower()}.{identifier}/{version}"


def publication(instance: Instance) -> JsonObject:
    """What publishing adds to a dandiset's and to an asset's metadata."""
    stamp = datetime.now(UTC).isoformat()
    software = {
        "id": uuid4().urn,
        "identifier": instance.identifier,
        "name": f"{instance.name} API",
        "version": "0.1.0",
        "schemaKey": "Software",
    }
    activity = {
        "id": uuid4().urn,
        "name": "DANDI publish",
        "startDate": stamp,
        "endDate": stamp,
        "wasAssociatedWith": [software],
        "schemaKey": "PublishActivity",
    }
    return {"publishedBy": activity, "datePublished": stamp}


def insert_origin(text: str, origin: str) -> str:
    return text.replace(ORIGIN, origin)


def remove_origin(text: str, origin: str) -> str:
    """Only whole origins: `http://localhost:80` is not the start of `http://localhost:8085`."""
    return re.sub(re.escape(origin) + r"(?![\w.:-])", ORIGIN, text) if origin in text else text
