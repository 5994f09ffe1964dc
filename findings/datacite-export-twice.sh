#!/usr/bin/env bash
# Exporting a dandiset to DataCite changes it, and a second export names the funder as author.
#
# One would guess: to_datacite only reads the PublishedDandiset that it is given.
# What happens: it removes the roles Author, Funder and Sponsor from the contributors of the
# caller's object. The second call on that object finds no authors and no funders: the funding
# reference is gone and the first contributor, here the funder, is the only creator.
# With a dict as input nothing is changed.
# Versions: dandischema 0.14.0.
# Why it matters: code that shows a preview of the record and then sends it, or that retries
# after an error, registers a DOI whose author is the funding agency.
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
from dandischema.models import PublishedDandiset

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
        {"schemaKey": "Organization", "name": "A Funding Agency", "roleName": ["dcite:Funder"], "awardNumber": "A1"},
        {
            "schemaKey": "Person",
            "name": "Doe, Jane",
            "email": "jane@example.org",
            "roleName": ["dcite:Author", "dcite:ContactPerson"],
        },
    ],
}


def summary(record):
    attributes = record["data"]["attributes"]
    funders = [funder["funderName"] for funder in attributes.get("fundingReferences", [])]
    return {"creators": [c["name"] for c in attributes["creators"]], "funders": funders}


dandiset = PublishedDandiset(**published)
first = summary(to_datacite(dandiset, validate=True))
second = summary(to_datacite(dandiset, validate=True))
print("first export: ", first)
print("second export:", second)
print("roles left:   ", [[role.value for role in c.roleName] for c in dandiset.contributor])
if first != {"creators": ["Doe, Jane"], "funders": ["A Funding Agency"]} or second != {
    "creators": ["A Funding Agency"],
    "funders": [],
}:
    sys.exit("no longer so")
print("confirmed: both records are valid for DataCite, and the second names the wrong author")
PYTHON
