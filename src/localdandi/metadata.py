"""What the archive strips from a dandiset's metadata that comes in, and what it computes.

Documents that are stored speak of `instance.ORIGIN`; `outgoing` and `incoming` translate.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import uuid4

from localdandi import instance
from localdandi.document import Json, JsonObject
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


def complete(
    metadata: JsonObject, dandiset: Dandiset, *, version: str, name: str, doi: str | None = None
) -> JsonObject:
    """The document as it is stored: with every field that the archive computes on a save."""
    page = f"{instance.ORIGIN}/dandiset/{dandiset.identifier}/{version}"
    computed = metadata | {
        "@context": context(metadata["schemaVersion"]),
        "manifestLocation": [_manifest(dandiset, version)],
        "name": name,
        "identifier": f"{instance.NAME}:{dandiset.identifier}",
        "version": version,
        "id": f"{instance.NAME}:{dandiset.identifier}/{version}",
        "repository": instance.ORIGIN,
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
        return f"{instance.ORIGIN}/api/dandisets/{dandiset.identifier}/versions/draft/assets/"
    return f"{instance.ORIGIN}{instance.BUCKET}/dandisets/{dandiset.identifier}/{version}/assets.yaml"


def _access(access: Json, dandiset: Dandiset) -> list[JsonObject]:
    items = [item for item in access if isinstance(item, dict)] if isinstance(access, list) else []
    first, *others = items or [{}]
    embargoed = dandiset.embargo_status == "EMBARGOED"
    first = first | access_of(embargoed=embargoed, until=dandiset.embargo_end_date)
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


def contact_person(metadata: JsonObject) -> str:
    """The name of the first contributor who is a contact person, or nothing."""
    contributors = metadata.get("contributor")
    for one in contributors if isinstance(contributors, list) else []:
        if isinstance(one, dict) and one.get("name") and "dcite:ContactPerson" in (one.get("roleName") or []):
            return str(one["name"])
    return ""


def doi(identifier: str, version: str) -> str:
    return f"{instance.DOI_PREFIX}/{instance.NAME.lower()}.{identifier}/{version}"


def publication() -> JsonObject:
    """What publishing adds to a dandiset's and to an asset's metadata."""
    stamp = datetime.now(UTC).isoformat()
    software = {
        "id": uuid4().urn,
        "identifier": instance.IDENTIFIER,
        "name": f"{instance.NAME} API",
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


def outgoing(text: str, origin: str) -> str:
    return text.replace(instance.ORIGIN, origin)


def incoming(text: str, origin: str) -> str:
    """Only whole origins: `http://localhost:80` is not the start of `http://localhost:8085`."""
    return re.sub(re.escape(origin) + r"(?![\w.:-])", instance.ORIGIN, text) if origin in text else text
