"""What an archive calls itself, and the schema that it speaks: settings of a deployment."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from localdandi import schemas
from localdandi.document import JsonObject, StartError

VERSION = "1.0.0"  # of the server whose API this is

# Stored documents speak of this origin; the one that a reader uses is put in its place. So a store
# can be served on any port, and from any host name, without a stale link.
ORIGIN = "https://archive.invalid"

# The object store is next to the API, as a bucket is. Clients' tests know a test archive by this name.
BUCKET = "/dandi-dandisets"

PREFIX = "LOCALDANDI_"  # of the environment variables that set an instance's fields
_JUPYTERHUB = "https://hub.dandiarchive.org/"


def blob_path(blob_id: str) -> str:
    """Where a blob lies in the object store, as the path of a URL."""
    return f"{BUCKET}/blobs/{blob_id[:3]}/{blob_id[3:6]}/{blob_id}"


@dataclass(frozen=True)
class Instance:
    """The defaults are those of the archive in production today.

    Two differ on purpose, so that no rehearsal can be taken for the real thing: the DOI prefix is the test
    prefix of DataCite, and the identifier is a placeholder.
    """

    name: str = "DANDI"  # the prefix of identifiers
    identifier: str = "RRID:ABC_123456"
    web_url: str = ""  # without a slash at its end; empty: wherever this server is reached
    doi_prefix: str = "10.80507"
    licenses: tuple[str, ...] = ("spdx:CC0-1.0", "spdx:CC-BY-4.0")
    schema_version: str = schemas.PRODUCTION

    def __post_init__(self) -> None:
        for name, (form, example) in _FORMS.items():
            values = getattr(self, name)
            for value in values if isinstance(values, tuple) else (values,):
                if not re.fullmatch(form, value):
                    raise StartError(f"{name} of the archive cannot be {value!r}", fix=f"give {example}")
        if not self.licenses:
            raise StartError("the archive allows no license", fix=f"give {_FORMS['licenses'][1]}")
        unknown = sorted(set(self.licenses) - schemas.known_licenses())
        if unknown:
            raise StartError(
                f"no SPDX license is called {unknown[0].removeprefix('spdx:')!r}",
                fix="give identifiers of https://spdx.org/licenses/",
            )
        if self.schema_version not in schemas.served_versions():
            known = " or ".join(schemas.served_versions())
            raise StartError(f"schema {self.schema_version} cannot be served", fix=f"choose {known}")

    @classmethod
    def of_environment(cls, environ: Mapping[str, str], **given: str) -> Self:
        """An instance as the variables `LOCALDANDI_NAME`, `LOCALDANDI_SCHEMA_VERSION`, … describe it.

        What is given counts more; what is empty there does not.
        """
        texts = {one.name: environ.get(PREFIX + one.name.upper(), "") for one in fields(cls)}
        return cls.of_texts(**texts | {name: text for name, text in given.items() if text})

    @classmethod
    def of_texts(cls, **given: str) -> Self:
        """An instance from texts, licenses separated by commas. What is empty stays at its default."""
        values: dict[str, str | tuple[str, ...]] = {name: text for name, text in given.items() if text}
        if "licenses" in values:
            listed = [one.strip() for one in given["licenses"].split(",")]
            values["licenses"] = tuple(
                one if one.startswith("spdx:") else f"spdx:{one}" for one in listed if one
            )
        if "web_url" in values:
            values["web_url"] = given["web_url"].rstrip("/")
        return cls(**values)  # type: ignore[arg-type]  # each field has the type of its text but licenses

    @property
    def web(self) -> str:
        """The web page's URL in stored documents."""
        return self.web_url or ORIGIN

    def dandischema_environment(self) -> dict[str, str]:
        """What dandischema must find in the environment before it is imported."""
        return {
            "DANDI_INSTANCE_NAME": self.name,
            "DANDI_INSTANCE_IDENTIFIER": self.identifier,
            "DANDI_INSTANCE_URL": self.web,
            "DANDI_DOI_PREFIX": self.doi_prefix,
            "DANDI_LICENSES": json.dumps(self.licenses),
        }

    def information(self, origin: str) -> JsonObject:
        """The body of `GET /api/info/` for a reader who came by `origin`."""
        web = self.web_url or origin
        return {
            "schema_version": self.schema_version,
            "schema_url": f"{origin}/api/schemas/?model=Dandiset",
            "allowed_schema_versions": schemas.allowed_versions(self.schema_version),
            "version": VERSION,
            "cli-minimal-version": "0.74.0",
            "cli-requires-python": ">=3.10",
            "cli-bad-versions": [],
            "instance_config": {
                "instance_name": self.name,
                "instance_identifier": self.identifier,
                "instance_url": f"{web}/",
                "doi_prefix": self.doi_prefix,
                "licenses": list(self.licenses),
            },
            "services": {
                "api": {"url": f"{origin}/api"},
                "webui": {"url": web},
                "jupyterhub": {"url": _JUPYTERHUB},
            },
        }


OPTIONS = {
    "name": "the prefix of identifiers; default: DANDI",
    "identifier": "its research resource identifier; default: a placeholder",
    "web_url": "the web address that it reports; default: its own",
    "doi_prefix": "the prefix of DOIs; default: 10.80507, the test prefix of DataCite",
    "licenses": "the licenses that it allows, separated by commas; default: CC0-1.0,CC-BY-4.0",
    "schema_version": f"version of the DANDI schema; default: {schemas.PRODUCTION}, as in production",
}
"""What each field of an instance is, for those who set it on a command line."""

_FORMS = {
    "name": ("[A-Z][-A-Z]*", "capital letters and hyphens, such as DANDI or EMBER-DANDI"),
    "identifier": (r"RRID:\S+", "a research resource identifier, such as RRID:SCR_017571"),
    "web_url": (r"|https?://[\w.:\[\]-]+(/\S*[^/\s])?", "a URL, such as https://dandiarchive.org"),
    "doi_prefix": (r"10\.[0-9]{4,}", "a DOI prefix, such as 10.80507"),
    "licenses": (r"spdx:\S+", "licenses, such as CC0-1.0,CC-BY-4.0"),
}
"""What dandischema accepts, with an example."""
