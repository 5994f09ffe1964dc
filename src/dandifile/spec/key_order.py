"""The order in which the schema names its keys, which is the order that `fmt` writes them in."""

from __future__ import annotations

from dandifile.model import Json, JsonObject


class KeyOrder:
    """The schema at one place of a spec; `at` goes one step down."""

    def __init__(self, root: JsonObject, schema: JsonObject | None = None) -> None:
        self.root = root
        self.schema = root if schema is None else schema

    def sorted(self, keys: list[str]) -> list[str]:
        """Known keys first, as documented; the others after them, as they were."""
        documented = list(self._for(keys).get("properties", {}))
        return sorted(keys, key=lambda key: documented.index(key) if key in documented else len(documented))

    def at(self, part: str | int, siblings: list[str]) -> KeyOrder:
        """The order below a key (with those beside it), or below an item of a list."""
        here = self._for([] if isinstance(part, int) else siblings, is_list=isinstance(part, int))
        if isinstance(part, int):
            below: Json = here.get("items", {})
        else:
            below = here.get("properties", {}).get(part, here.get("additionalProperties", {}))
        return KeyOrder(self.root, below if isinstance(below, dict) else {})

    def _for(self, keys: list[str], *, is_list: bool = False) -> JsonObject:
        return _resolved(self.root, self.schema, keys, is_list=is_list)


def _resolved(root: JsonObject, schema: JsonObject, keys: list[str], *, is_list: bool) -> JsonObject:
    """The schema behind references and alternatives that is for a mapping with these keys, or a list."""
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return _resolved(root, target, keys, is_list=is_list)
    if "if" in schema and "properties" not in schema:
        meant = "then" if set(schema["if"]["required"]) <= set(keys) else "else"
        return _resolved(root, schema[meant], keys, is_list=is_list)
    if "anyOf" in schema:
        branches = [_resolved(root, branch, keys, is_list=is_list) for branch in schema["anyOf"]]
        wanted = ("items",) if is_list else ("properties", "additionalProperties")
        return next((branch for branch in branches if any(word in branch for word in wanted)), {})
    return schema
