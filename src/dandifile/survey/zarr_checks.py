"""What the dandi package finds in a Zarr: whether it opens, and whether anything is in it."""

from __future__ import annotations

from pathlib import Path

from dandifile.model import JsonObject
from dandifile.survey.quiet import quiet


def validate(params: JsonObject) -> JsonObject:
    """`{path}` → `{"findings": [{"check", "message", "severity", "within"}, …]}`, as `validate.validate`."""
    root = Path(params["path"])
    with quiet():
        from dandi.files import ZarrAsset

        # Without a dandiset's folder the dandi package does not judge the path.
        results = ZarrAsset(filepath=root, path=root.name, dandiset_path=None).get_validation_errors()
    return {
        "findings": [
            {
                "check": str(result.id),
                "message": " ".join(filter(None, [result.message, _cause(result.origin_result)])),
                "severity": result.severity.name.lower() if result.severity else None,
                "within": _within(result.path, root),
            }
            for result in results
        ]
    }


def _cause(error: object) -> str:
    lines = str(error).strip().splitlines() if isinstance(error, Exception) else []
    return f"({lines[0][:300]})" if lines else ""


def _within(path: Path | None, root: Path) -> str:
    return "" if path in (None, root) else path.relative_to(root).as_posix()
