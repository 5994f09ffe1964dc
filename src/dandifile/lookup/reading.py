"""Read JSON that may lack anything: services leave keys out, or give null or empty things. Pure."""

from __future__ import annotations

import re

from dandifile.doi import normal
from dandifile.identifiers import ror_url
from dandifile.model import Json, JsonObject


def string(holder: Json, key: str) -> str:
    """The text or number at a key, as text; "" for anything else."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def member(holder: Json, key: str) -> JsonObject:
    """The object at a key; an empty one for anything else."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def members(holder: Json, key: str) -> list[JsonObject]:
    """The objects of the list at a key, and nothing else that it may hold."""
    return [each for each in items(holder, key) if isinstance(each, dict)]


def strings(holder: Json, key: str) -> list[str]:
    """The texts of the list at a key, without empty ones."""
    return [str(each) for each in items(holder, key) if isinstance(each, str | int | float) and each != ""]


def items(holder: Json, key: str) -> list[Json]:
    """The list at a key; an empty one for anything else."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def ror_at(holder: Json, key: str) -> str:
    """The ROR id at a key, as its URL; "" for anything else."""
    return ror_url(string(holder, key)) or ""


def doi_at(holder: Json, key: str) -> str:
    """The DOI at a key, in normal form; "" for anything else."""
    return normal(string(holder, key)) or ""


def date(said: str) -> str:
    """The day, month or year that a text starts with, as `2026-02-03`; "" where it starts with none."""
    found = re.match(r"[0-9]{4}(-[0-9]{2}){0,2}(?![0-9])", said)
    return found[0] if found else ""
