#!/usr/bin/env bash
# The DataCite record of a dandiset spells links wrongly and leaves out some related resources.
#
# One would guess: a related resource that the archive shows is in the record of its DOI, with
# the address as it was given.
# What happens: addresses are changed to lower case, path and query included, and so lead
# nowhere on the many servers where case counts. An identifier that is neither a DOI nor begins
# with https:// (PMID:..., RRID:..., http://...) is left out, even if the resource has a url.
# Versions: dandischema 0.14.0.
# Why it matters: code, protocols and papers of a dandiset are found through its DOI. The links
# that the lab tested on the archive's page are other links there.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --quiet --disable-pip-version-check \
  'dandischema==0.14.0'

venv/bin/python -W ignore - <<'PYTHON'
import sys
from importlib.metadata import version

from dandischema.consts import DANDI_SCHEMA_VERSION
from dandischema.datacite import to_datacite

print("dandischema", version("dandischema"), "schema", DANDI_SCHEMA_VERSION)

published = {
    "schemaKey": "Dandiset",
    "schemaVersion": DANDI_SCHEMA_VERSION,
    "id": "DANDI:123456/0.240101.0001",
    "identifier": "DANDI:123456",
    "version": "0.240101.0001",
    "name": "An example",
    "description": "Recordings of one mouse.",
    "doi": "10.48324/dandi.123456/0.240101.0001",
    "url": "https://dandiarchive.org/dandiset/123456/0.240101.0001",
    "citation": "An example",
    "license": ["spdx:CC-BY-4.0"],
    "datePublished": "2024-01-01T00:00:00Z",
    "dateCreated": "2024-01-01T00:00:00Z",
    "manifestLocation": ["https://example.org/manifest"],
    "access": [{"schemaKey": "AccessRequirements", "status": "dandi:OpenAccess"}],
    "assetsSummary": {"schemaKey": "AssetsSummary", "numberOfBytes": 1, "numberOfFiles": 1},
    "publishedBy": {
        "schemaKey": "PublishActivity",
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "name": "publish",
        "startDate": "2024-01-01T00:00:00Z",
        "endDate": "2024-01-01T00:00:00Z",
        "wasAssociatedWith": [
            {
                "schemaKey": "Software",
                "id": "urn:uuid:00000000-0000-4000-8000-000000000002",
                "identifier": "RRID:SCR_017571",
                "name": "An archive",
                "version": "1",
            }
        ],
    },
    "contributor": [
        {
            "schemaKey": "Person",
            "name": "Doe, Jane",
            "email": "jane@example.org",
            "roleName": ["dcite:Author", "dcite:ContactPerson"],
        },
    ],
}


def exported(**resource):
    related = {"schemaKey": "Resource", "relation": "dcite:IsDescribedBy", **resource}
    record = to_datacite({**published, "relatedResource": [related]}, validate=True)
    return [entry["relatedIdentifier"] for entry in record["data"]["attributes"]["relatedIdentifiers"]]


cases = [
    ({"url": "https://example.org/Lab/Protocol?Key=AbC"}, ["https://example.org/lab/protocol?key=abc"]),
    ({"identifier": "https://example.org/Code"}, ["https://example.org/code"]),
    ({"identifier": "http://example.org/code"}, []),
    ({"identifier": "PMID:12345678", "url": "https://example.org/paper"}, []),
    ({"identifier": "RRID:SCR_015242"}, []),
]
for resource, expected in cases:
    found = exported(**resource)
    print(f"{resource} -> {found}")
    if found != expected:
        sys.exit(f"no longer so: expected {expected}")
print("confirmed: links are changed to lower case, other identifiers are left out")
PYTHON
