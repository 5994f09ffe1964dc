"""Licenses that an archive accepts, by their SPDX ids. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dandifile.model import Json, JsonObject
from dandifile.reading.document import KeyPath
from dandifile.spec.faults import Fault

SCHEMA_LICENSES = ("CC0-1.0", "CC-BY-4.0")
"""Those of DANDI's schema (0.8.0), for an archive that does not list its own."""

_PREFIX = "spdx:"
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/(zero))/([0-9.]+)(?:/.*)?"
)


def allowed_licenses(info: Json) -> tuple[str, ...]:
    """The licenses in an archive's `/api/info/`; those of the schema if it lists none."""
    config = info.get("instance_config") if isinstance(info, dict) else None
    listed = config.get("licenses") if isinstance(config, dict) else None
    named = [each.removeprefix(_PREFIX) for each in _as_list(listed) if isinstance(each, str)]
    return tuple(named) or SCHEMA_LICENSES


def license_faults(raw: JsonObject, allowed: Sequence[str]) -> Iterator[Fault]:
    """A fault for each license that the archive does not accept."""
    for path, license_ in _declared_licenses(raw):
        if isinstance(license_, str) and license_ not in allowed:
            same = matching_license(license_, allowed)
            meant = f"write `{same}`. " if same else ""
            what = f"`{license_}` is not a license that the archive accepts"
            yield Fault(path, what, f"{meant}Allowed: {', '.join(allowed)}")


def matching_license(text: str, allowed: Sequence[str]) -> str | None:
    """The license that another spelling means, such as `cc by 4.0` or its URL; never a similar license.

    A few letters decide what users may do with the data: CC-BY-NC-4.0 is not CC-BY-4.0.
    """
    if found := _ADDRESS.fullmatch(text.strip().lower()):
        text = f"CC0-{found[3]}" if found[2] else f"CC-{found[1]}-{found[3]}"
    said = _letters_of(text.strip().lower().removeprefix(_PREFIX))
    exact = [each for each in allowed if _letters_of(each) == said]
    without_version = [each for each in allowed if _letters_of(re.sub(r"-[0-9.]+$", "", each)) == said]
    meant = exact or without_version
    return meant[0] if len(meant) == 1 else None


def _letters_of(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _declared_licenses(raw: JsonObject) -> Iterator[tuple[KeyPath, Json]]:
    metadata = raw.get("metadata")
    holders: list[tuple[KeyPath, Json]] = [(("license",), raw.get("license"))]
    if isinstance(metadata, dict):
        listed = metadata.get("license")
        named = [each.removeprefix(_PREFIX) for each in _as_list(listed) if isinstance(each, str)]
        holders.append((("metadata", "license"), named))
    for path, value in holders:
        if isinstance(value, list):
            yield from (((*path, number), each) for number, each in enumerate(value))
        else:
            yield path, value


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
