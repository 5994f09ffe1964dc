"""The command: which benches, and a line for each."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from benchmarks import bench_first_apply, bench_help, bench_noop, bench_pull, bench_upload, bench_validate
from benchmarks.measure import Outcome, Side
from benchmarks.stage import stage

BENCHES = {
    "help": bench_help.bench,
    "first-apply": bench_first_apply.bench,
    "noop": bench_noop.bench,
    "many-small": bench_upload.many,
    "one-large": bench_upload.large,
    "pull-many": bench_pull.many,
    "pull-large": bench_pull.large,
    "validate": bench_validate.cold,
    "validate-again": bench_validate.again,
    "validate-one": bench_validate.one_changed,
}


def main() -> None:
    arguments = _parser().parse_args()
    with stage(arguments.files) as place:
        for name in arguments.names or BENCHES:
            outcome = BENCHES[name](place)
            print(_json(outcome) if arguments.json else _line(outcome), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks/run", description="dandifile and the dandi client: both times and the ratio."
    )
    parser.add_argument(
        "names", nargs="*", choices=[[], *BENCHES], metavar="NAME", help=f"{', '.join(BENCHES)}; all"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    parser.add_argument("--files", type=int, default=200, metavar="N", help="recordings in the lab (200)")
    return parser


def _line(outcome: Outcome) -> str:
    return (
        f"{outcome.name:<12} dandifile {_side(outcome.dandifile)}   dandi {_side(outcome.dandi)}   "
        f"{outcome.ratio:.1f} times faster{_least(outcome)}   ({outcome.about})"
    )


def _least(outcome: Outcome) -> str:
    if outcome.least is None:
        return ""
    times = outcome.dandifile.seconds / outcome.least
    return f", {times:.2f} times the {outcome.least:.3g} s of hashing it and copying it over loopback"


def _side(side: Side) -> str:
    asked = f", {side.requests} requests" if side.requests is not None else ""
    return f"{side.seconds:.3g} s{asked}"


def _json(outcome: Outcome) -> str:
    return json.dumps({**asdict(outcome), "ratio": round(outcome.ratio, 2)})
