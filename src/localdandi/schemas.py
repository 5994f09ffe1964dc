"""Versions of the DANDI schema: which of them the archive can speak, and what 0.7.0 looks like.

Production speaks 0.7.0, and the dandischema that is installed a newer one. The older schema is made of the
newer models here: between the two, published dandisets and assets stopped being classes of their own, and a
few fields were added. (Compared with dandischema 0.12.1, which is schema 0.7.0.)
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from localdandi.document import Json, JsonObject

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationInfo

PRODUCTION = "0.7.0"
MODELS = ("Dandiset", "Asset", "PublishedDandiset", "PublishedAsset")


def newest_version() -> str:
    """The version of the dandischema that is installed."""
    from dandischema.consts import DANDI_SCHEMA_VERSION

    return str(DANDI_SCHEMA_VERSION)


def served_versions() -> tuple[str, ...]:
    """The versions that an archive can speak here."""
    return tuple(dict.fromkeys((PRODUCTION, newest_version())))


def allowed_versions(version: str) -> list[str]:
    """The versions of documents that an archive of `version` takes: its own and older ones."""
    from dandischema.consts import ALLOWED_INPUT_SCHEMAS

    return [one for one in ALLOWED_INPUT_SCHEMAS if _numbers(one) <= _numbers(version)]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@cache
def known_licenses() -> frozenset[str]:
    """The licenses that dandischema knows, as it spells them."""
    text = (files("dandischema") / "_resources" / "spdx_license_ids.json").read_text("utf-8")
    return frozenset(f"spdx:{one}" for one in json.loads(text)["license_ids"])


# --- In the validator's process: from here on dandischema's models are imported -----------------------------


def model(name: str, version: str) -> type[BaseModel]:
    """The class of a model in a version of the schema."""
    from dandischema import models

    if version == newest_version() or not name.startswith("Published"):
        found: type[BaseModel] = getattr(models, name)
        return found
    return _published_models()[name]


@cache
def json_schema(name: str, version: str) -> JsonObject:
    """The JSON Schema of a model, as an archive of that version gives it."""
    from dandischema.utils import TransitionalGenerateJsonSchema

    schema: JsonObject = model(name, version).model_json_schema(
        schema_generator=TransitionalGenerateJsonSchema
    )
    return schema if version == newest_version() else _as_in_production(schema, name)


_ADDED = {  # since 0.7.0
    "Dandiset": ("sameAs", "doi", "publishedBy", "datePublished", "releaseNotes"),
    "PublishedDandiset": ("sameAs",),
    "Asset": ("publishedBy", "datePublished"),
    "PublishedAsset": (),
}


def _as_in_production(schema: JsonObject, name: str) -> JsonObject:
    properties = {key: dict(value) for key, value in schema["properties"].items() if key not in _ADDED[name]}
    properties["schemaVersion"]["default"] = PRODUCTION
    if name == "Dandiset":
        properties["url"]["description"] = "permalink to the item"
    if name.endswith("Asset"):
        del properties["access"]["readOnly"]
    return _without_unused(schema | {"properties": properties})


def _without_unused(schema: JsonObject) -> JsonObject:
    """The schema without definitions that nothing refers to."""
    rest = {key: value for key, value in schema.items() if key != "$defs"}
    used: set[str] = set()
    new = _references(rest)
    while new:
        used |= new
        new = set().union(*(_references(schema["$defs"][name]) for name in new)) - used
    return schema | {"$defs": {name: value for name, value in schema["$defs"].items() if name in used}}


def _references(part: Json) -> set[str]:
    return set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(part)))


@cache
def _published_models() -> dict[str, type[BaseModel]]:
    """What is published as classes of their own, with checks that name the field, as in 0.7.0."""
    return {"PublishedDandiset": _published_dandiset(), "PublishedAsset": _published_asset()}


def _read_only(key: str | None = None, **more: Any) -> Any:
    from pydantic import Field

    return Field(json_schema_extra={"readOnly": True} | ({"nskey": key} if key else {}), **more)


_PUBLISHED_BY = "The URL should contain the provenance of the publishing process."
_ID = "Uniform resource identifier."


def _without_newer_checks() -> type[Any]:
    from pydantic import field_validator, model_validator

    class Older:
        @field_validator("schemaKey", check_fields=False)
        @classmethod
        def ensure_schemakey(cls, value: str) -> str:
            return value  # the field itself allows no other

        @model_validator(mode="after")
        def check_publication_status(self) -> Any:
            return self

    return Older


def _published_dandiset() -> type[BaseModel]:
    from datetime import datetime

    from dandischema import models
    from pydantic import AnyHttpUrl, field_validator

    class PublishedDandiset(_without_newer_checks(), models.Dandiset):  # type: ignore[misc]
        id: str = _read_only(description=_ID, pattern=models.DANDI_PUBID_PATTERN)
        doi: str = _read_only("dandi", title="DOI", pattern=models.DANDI_DOI_PATTERN)
        url: AnyHttpUrl = _read_only("schema", description="Permalink to the Dandiset.")
        publishedBy: AnyHttpUrl | models.PublishActivity = _read_only("dandi", description=_PUBLISHED_BY)  # noqa: N815
        datePublished: datetime = _read_only("schema")  # noqa: N815
        sameAs: Any = None  # noqa: N815  unknown, and so unchecked

        @field_validator("assetsSummary")
        @classmethod
        def not_empty(cls, value: models.AssetsSummary) -> models.AssetsSummary:
            if value.numberOfBytes == 0 or value.numberOfFiles == 0:
                raise ValueError("A Dandiset containing no files or zero bytes is not publishable")
            return value

        @field_validator("url")
        @classmethod
        def page_of_version(cls, value: AnyHttpUrl) -> AnyHttpUrl:
            if not re.match(models.PUBLISHED_VERSION_URL_PATTERN, str(value)):
                raise ValueError(f'string does not match regex "{models.PUBLISHED_VERSION_URL_PATTERN}"')
            return value

    return PublishedDandiset


def _published_asset() -> type[BaseModel]:
    from datetime import datetime

    from dandischema import models
    from pydantic import AnyHttpUrl, field_validator

    class PublishedAsset(_without_newer_checks(), models.Asset):  # type: ignore[misc]
        id: str = _read_only(description=_ID, pattern=models.ASSET_UUID_PATTERN)
        publishedBy: AnyHttpUrl | models.PublishActivity = _read_only("dandi", description=_PUBLISHED_BY)  # noqa: N815
        datePublished: datetime = _read_only("schema")  # noqa: N815

        @field_validator("digest")
        @classmethod
        def has_sha256(cls, value: dict[Any, str], info: ValidationInfo) -> dict[Any, str]:
            if info.data.get("encodingFormat") == "application/x-zarr":
                return value
            sha256 = value.get(models.DigestType.sha2_256)
            if sha256 is None:
                raise ValueError("A non-zarr asset must have a sha2_256.")
            if not re.fullmatch(models.SHA256_PATTERN, sha256):
                raise ValueError(f"Digest must have an appropriate sha2_256 value. Got {sha256}")
            return value

    return PublishedAsset
