"""Reads the cases of tests/cases/report: a plan in its saved form, less what is as usual."""

from __future__ import annotations

import json
from pathlib import Path

from dandifile.model import JsonObject, Plan
from dandifile.planning.planfile import from_json

FOLDER = Path(__file__).parents[1] / "cases" / "report"
_TARGET: JsonObject = {
    "instance": "dandi-sandbox",
    "api_url": "https://api.sandbox.dandiarchive.org/api",
    "web_url": "https://sandbox.dandiarchive.org",
    "identifier": "000123",
    "title": "Place cells in CA1 during sleep",
    "user": "jdoe",
    "published": "0.260218.2052",
    "embargo_status": "OPEN",
    "status": "Valid",
    "archive": "https://api.dandiarchive.org/api",
}
_PLAN: JsonObject = {
    "dandifile_plan": 2,
    "changes": [],
    "steps": [],
    "blocked": [],
    "elsewhere": [],
    "notes": [],
    "unchanged": 0,
    "bytes_to_send": 0,
    "allow": [],
    "base": {},
    "environment": "",
    "spec": "",
    "forecast": [],
}


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> tuple[Plan, JsonObject]:
    """The case's plan, and the options that it is to be shown with."""
    case = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    given = case["plan"]
    document = {**_PLAN, **given, "target": {**_TARGET, **given.get("target", {})}}
    document["changes"] = [{"permit": "", **change} for change in document["changes"]]
    return from_json(document, name), case.get("options", {})
