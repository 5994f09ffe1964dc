"""What this archive calls itself, and the schema that it speaks."""

from __future__ import annotations

from localdandi.document import JsonObject
from localdandi.settings import Settings

NAME = "DANDI"  # the prefix of identifiers, as on the archive that is rehearsed for
IDENTIFIER = "RRID:ABC_123456"
DOI_PREFIX = "10.80507"  # DataCite's test prefix: no DOI that is minted here exists
LICENSES = ("spdx:CC-BY-4.0", "spdx:CC0-1.0")
VERSION = "1.0.0"  # of the server whose API this is

# Stored documents speak of this origin; the one that a reader uses is put in its place. So a store
# can be served on any port, and from any host name, without a stale link.
ORIGIN = "https://archive.invalid"

# The object store lies beside the API, as a bucket does. Clients' tests know a test archive by this name.
BUCKET = "/dandi-dandisets"


def blob_path(blob_id: str) -> str:
    """Where a blob lies in the object store, as the path of a URL."""
    return f"{BUCKET}/blobs/{blob_id[:3]}/{blob_id[3:6]}/{blob_id}"


ENVIRONMENT = {
    "DANDI_INSTANCE_NAME": NAME,
    "DANDI_INSTANCE_IDENTIFIER": IDENTIFIER,
    "DANDI_DOI_PREFIX": DOI_PREFIX,
}
"""What dandischema must find in the environment before it is imported."""


def schema_version(settings: Settings) -> str:
    from dandischema.consts import DANDI_SCHEMA_VERSION

    return settings.schema_version or str(DANDI_SCHEMA_VERSION)


def allowed_versions(newest: str) -> list[str]:
    """The schema versions that a server knows whose own is `newest`."""
    from dandischema.consts import ALLOWED_INPUT_SCHEMAS
    from packaging.version import Version

    return [version for version in ALLOWED_INPUT_SCHEMAS if Version(version) <= Version(newest)]


def information(origin: str, settings: Settings) -> JsonObject:
    """The body of `GET /api/info/` for a reader who came by `origin`."""
    own = schema_version(settings)
    return {
        "schema_version": own,
        "schema_url": f"{origin}/api/schemas/?model=Dandiset",
        "allowed_schema_versions": allowed_versions(own),
        "version": VERSION,
        "cli-minimal-version": "0.74.0",
        "cli-requires-python": ">=3.10",
        "cli-bad-versions": [],
        "instance_config": {
            "instance_name": NAME,
            "instance_identifier": IDENTIFIER,
            "instance_url": None,
            "doi_prefix": DOI_PREFIX,
            "licenses": list(LICENSES),
        },
        "services": {
            "api": {"url": f"{origin}/api"},
            "webui": {"url": origin},
            "jupyterhub": {"url": origin},
        },
    }
