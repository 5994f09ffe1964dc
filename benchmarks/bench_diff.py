"""How a diff grows with the dandiset, and with what differs: seconds, requests and memory.

    python -m benchmarks.bench_diff [--sizes 1000 10000 100000] [--json]

Each row is a comparison of a published version with the draft, of so many assets each: where one asset in a
hundred has other content; where the metadata of all of them differ; and where no asset is the same.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.archive import served
from benchmarks.large import METADATA, fill_draft, publish_and_change, run_measured, small_contents

SIZES = (1_000, 10_000, 100_000)
MOST_MB = 400
_WORDS = [f"variable {number}" for number in range(40)]
_LARGE = {**METADATA, "variableMeasured": _WORDS, "keywords": _WORDS}  # about 1.5 kB, as of an NWB file
_OTHER = {**_LARGE, "about": [{"schemaKey": "Anatomy", "identifier": "UBERON:0001882", "name": "accumbens"}]}


class Case(NamedTuple):
    """What leaves the draft after publishing, what comes to it, and what a diff then says."""

    name: str
    gone: frozenset[str]
    made: Mapping[str, bytes]
    metadata: Mapping[str, Any]
    says: str


@dataclass(frozen=True)
class Row:
    case: str
    assets: int
    output: str
    seconds: float
    requests: int
    peak_mb: float

    def __str__(self) -> str:
        return (
            f"{self.assets:>7} assets   {self.case:<22} {self.output:<9} {self.seconds:6.2f} s   "
            f"{self.requests:>4} requests   {self.peak_mb:4.0f} MB (≤ {MOST_MB})"
        )


def cases(contents: Mapping[str, bytes]) -> Iterator[Case]:
    count = len(contents)
    few = {path: content + b" other" for path, content in list(contents.items())[::100]}
    yield Case("1 in 100 replaced", frozenset(few), few, _LARGE, f"{len(few):,}")
    yield Case(
        "metadata of all", frozenset(contents), contents, _OTHER, f"{count:,} assets with changed metadata"
    )
    others = {f"other/{path}": content + b" other" for path, content in contents.items()}
    yield Case("all others", frozenset(contents), others, _LARGE, f"{count:,} assets added")


def measure(folder: Path, assets: int) -> Iterator[Row]:
    """Two diffs of each case, as text and as JSON, the first with an empty cache."""
    contents = small_contents(assets)
    for case in cases(contents):
        place = folder / case.name
        place.mkdir()
        fill_draft(place / "store", contents, _LARGE)
        publish_and_change(place / "store", case.gone, case.made, case.metadata)
        spec = "dandifile: 1\ninstance: local\nidentifier: '000001'\n"
        (place / "dandiset.yaml").write_text(spec, "utf-8")
        with served(place / "store") as archive:
            for output in ("text", "json", "markdown"):
                took = run_measured(place, archive, "diff", "--format", output)
                if output == "text" and case.says not in took.said:
                    raise SystemExit(f"the diff did not say {case.says!r}:\n{took.said[:2000]}")
                yield Row(case.name, assets, output, took.seconds, took.requests, took.peak_mb)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_diff", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    arguments = parser.parse_args()
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            for row in measure(Path(folder), size):
                print(json.dumps(asdict(row)) if arguments.json else row, flush=True)


if __name__ == "__main__":
    main()
