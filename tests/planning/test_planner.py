"""The plan as cases: given a spec, what is here and what is there, which changes and steps come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from dandifile.kinds import KINDS
from dandifile.kinds.assets.sides import ObservedAssets
from dandifile.kinds.embargo import ObservedEmbargo
from dandifile.kinds.metadata import ObservedMetadata
from dandifile.kinds.owners import ObservedOwners
from dandifile.kinds.uploads import ObservedUploads
from dandifile.model import (
    Action,
    Change,
    EmbargoState,
    GoneAsset,
    Json,
    JsonObject,
    Local,
    LocalAsset,
    Located,
    Location,
    Overlay,
    PathEntry,
    PendingAsset,
    Plan,
    Record,
    Recorded,
    Refusal,
    Regions,
    RemoteAsset,
    Spec,
    Target,
)
from dandifile.planning.kind import Options
from dandifile.planning.planner import Situation, make_plan

CASES = Path(__file__).parents[1] / "cases" / "plan"
SIGNS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "±",
    Action.MOVE: "→",
    Action.DELETE: "x",
}


def load_cases() -> list[Any]:
    yaml = YAML(typ="safe")
    cases = [case for file in sorted(CASES.glob("*.yaml")) for case in yaml.load(file.read_text("utf-8"))]
    return [pytest.param(case, id=case["case"]) for case in cases]


@pytest.mark.parametrize("case", load_cases())
def test_plan(case: JsonObject) -> None:
    plan = plan_of(case)
    expected = case["expect"]
    assert [in_short(change) for change in plan.changes] == expected.get("changes", [])
    assert [step.id for step in plan.steps if step.kind != "join"] == expected.get("steps", [])
    assert [block.reason for block in plan.blocked] == expected.get("blocked", [])
    assert list(plan.elsewhere) == expected.get("elsewhere", [])
    assert list(plan.notes) == expected.get("notes", list(plan.notes))
    assert plan.bytes_to_send == expected.get("bytes", 0)
    assert plan.unchanged == expected.get("unchanged", plan.unchanged)
    for step, needs in expected.get("needs", {}).items():
        assert needs in {step.id: list(step.needs) for step in plan.steps}[step]


@pytest.mark.parametrize("case", load_cases())
def test_the_same_situation_gives_the_same_plan(case: JsonObject) -> None:
    assert plan_of(case) == plan_of(case)


def plan_of(case: JsonObject) -> Plan:
    given = case["given"]
    observed = observed_of(given)
    target = Target("local", "http://x/api", "http://x", None if given.get("new") else "000001")
    situation = Situation(spec_of(given.get("spec", {})), local_of(given.get("local", {})), observed, target)
    return make_plan(KINDS, situation, options_of(given.get("options", {})))


def observed_of(given: JsonObject) -> dict[str, Any]:
    identifier = None if given.get("new") else "000001"
    assets = remote_assets(given.get("remote", {}))
    return {
        "dandiset": not given.get("new"),
        "assets": assets,
        "uploads": ObservedUploads(),
        "owners": ObservedOwners(is_new=bool(given.get("new"))),
        "embargo": ObservedEmbargo(
            identifier,
            EmbargoState(**given.get("embargo", {})),
            assets.assets,
            given.get("unfinished", 0),
            lambda: tuple(given.get("sharing", ())),
        ),
        "metadata": ObservedMetadata({} if given.get("new") else given.get("document", {}), {}),
    }


def spec_of(spec: JsonObject) -> Spec:
    regions: JsonObject = {
        level: {name: tuple(items) for name, items in rules.items()} if isinstance(rules, dict) else rules
        for level, rules in spec.get("regions", {}).items()
    }
    return Spec(
        Path("dandiset.yaml"),
        "local",
        None,
        fields=spec.get("fields", {}),
        regions=Regions(**regions),
        overlays=tuple(Overlay(**overlay) for overlay in spec.get("overlays", ())),
        paths=tuple(PathEntry(**entry) for entry in spec.get("paths", ({"source": "data"},))),
        ignore=tuple(spec.get("ignore", ())),
        max_deletions=spec.get("max_deletions", "100%"),
        require=tuple(spec.get("require", ())),
        embargo=spec.get("embargo"),
        owners=spec.get("owners"),
        not_acted_on=tuple(spec.get("not_acted_on", ())),
        verdicts=spec.get("verdicts", {}),
    )


def local_of(local: JsonObject) -> Local:
    """`files: {path: digest}`; a file's source is data/<path>, its size 10.

    `locations: {path: words}` are those of a file, `located: {regions: {word: regions}, …}` what they are.
    """
    located = local.get("located", {})
    regions = {Location(word, False): tuple(items) for word, items in located.get("regions", {}).items()}
    return Local(
        assets=tuple(
            LocalAsset(
                path,
                f"data/{path}",
                10,
                digest,
                metadata=local.get("metadata", {"schemaKey": "Asset"}),
                locations=tuple(Location(word, False) for word in local.get("locations", {}).get(path, ())),
            )
            for path, digest in local.get("files", {}).items()
        ),
        located=Located(**(located | {"regions": regions})),
        pending=tuple(
            PendingAsset(path, f"data/{path}", digest) for path, digest in local.get("pending", {}).items()
        ),
        gone=tuple(GoneAsset(path, digest, f"data/{path}") for path, digest in local.get("gone", {}).items()),
        refused=tuple(Refusal(**refusal) for refusal in local.get("refused", ())),
        absent=tuple(local.get("absent", ())),
        record=Record(
            {f"data/{path}": Recorded(path, digest) for path, digest in local.get("record", {}).items()}
        ),
    )


def remote_assets(remote: Mapping[str, Json]) -> ObservedAssets:
    """`{path: digest}`, or `{path: {digest, **metadata}}`."""
    documents: dict[str, JsonObject] = {}
    assets: dict[str, RemoteAsset] = {}
    for path, value in remote.items():
        metadata = dict(value) if isinstance(value, dict) else {"digest": value}
        digest = metadata.pop("digest")
        assets[path] = RemoteAsset(f"id:{path}", path, 10, digest, blob=f"blob:{digest}")
        documents[f"id:{path}"] = {"schemaKey": "Asset", **metadata}

    def metadata_of(ids: Iterable[str]) -> Mapping[str, JsonObject]:
        return {asset_id: documents[asset_id] for asset_id in ids}

    return ObservedAssets(assets, metadata_of)


def options_of(options: JsonObject) -> Options:
    return Options(
        allow=frozenset(options.get("allow", ())),
        only=frozenset(options.get("only", ())),
        paths=tuple(options.get("path", ())),
        exclude=tuple(options.get("exclude", ())),
        refresh_metadata=options.get("refresh", False),
    )


def in_short(change: Change) -> str:
    """`+ assets a.nwb`, `→ assets a.nwb b.nwb`, `~ assets a.nwb about`, …"""
    words = [SIGNS[change.action], change.key.kind]
    if change.action is Action.MOVE:
        words.append(change.before["path"])
    words.append(change.key.name)
    if change.action in (Action.UPDATE, Action.MOVE) and change.key.kind == "assets":
        words += sorted(change.after["metadata"])
    return " ".join(words)
