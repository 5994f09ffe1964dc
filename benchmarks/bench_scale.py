"""How a plan with nothing to do grows with the dandiset: seconds, requests and memory.

    python -m benchmarks.bench_scale [--sizes 1000 10000 100000] [--json]

Files and draft hold the same content, a few bytes each, so that what is measured is the listing,
the stats, the caches and the comparison. The first plan hashes; the second is the one that counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.archive import Archive, served
from benchmarks.large import METADATA, Took, fill_draft, run_measured, small_contents

SIZES = (1_000, 10_000, 100_000)
MOST_MB = 400


@dataclass(frozen=True)
class Row:
    """One size: the first plan, and the second, with nothing to do and everything remembered."""

    assets: int
    first_seconds: float
    seconds: float
    requests: int
    peak_mb: float

    @property
    def allowed(self) -> int:
        """Requests: one for a thousand assets, and ten."""
        return self.assets // 1000 + 10

    def __str__(self) -> str:
        return (
            f"{self.assets:>7} assets   first plan {self.first_seconds:6.1f} s  plan {self.seconds:6.2f} s  "
            f"{self.seconds / self.assets * 1e6:5.0f} µs an asset   "
            f"{self.requests:>3} requests (≤ {self.allowed})   {self.peak_mb:4.0f} MB (≤ {MOST_MB})"
        )


def measure(folder: Path, assets: int) -> Row:
    """Files, a draft that has them all, and two plans of them."""
    contents = small_contents(assets)
    lab = folder / "lab"
    for path, content in contents.items():
        file = lab / "data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    fill_draft(folder / "store", contents, METADATA)
    spec = "dandifile: 1\ninstance: local\nidentifier: '000001'\npaths: [{source: data, standard: any}]\n"
    (lab / "dandiset.yaml").write_text(spec, "utf-8")
    time.sleep(2)  # younger files are not remembered
    with served(folder / "store") as archive:
        first, then = _plan(lab, archive), _plan(lab, archive)
    return Row(assets, first.seconds, then.seconds, then.requests, then.peak_mb)


def _plan(lab: Path, archive: Archive) -> Took:
    """One `dandifile plan` that finds nothing to do."""
    took = run_measured(lab, archive, "plan")
    if "No changes" not in took.said:
        raise SystemExit(f"the plan did not find everything in place:\n{took.said[:2000]}")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    arguments = parser.parse_args()
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            row = measure(Path(folder), size)
            print(json.dumps(asdict(row)) if arguments.json else row, flush=True)


if __name__ == "__main__":
    main()
