"""`python -m tests.chaos [--rolling | --faults] [--long | --each-point N] [--seed N] [--journal FILE]`: exit status 1 where a promise broke."""

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path

from tests.chaos.program import (
    FAULTS,
    FAULTS_LONG,
    LONG,
    ROLLING,
    ROLLING_LONG,
    SHORT,
    Round,
    run_apart,
)


def main() -> None:
    """Ask the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--long", action="store_true", help="200 kills, every point 20 times")
    parser.add_argument("--each-point", type=int, help="times for every point, and so for the rest")
    parser.add_argument(
        "--rolling", action="store_true", help="two servers are asked to go by turns"
    )
    parser.add_argument("--faults", action="store_true", help="faults of the database, no kills")
    parser.add_argument("--minutes", type=float, default=math.inf, help="of killing, at most")
    parser.add_argument("--seed", type=int, help="the plan of an earlier round")
    parser.add_argument("--journal", type=Path, help="where the driver's book is kept")
    asked = parser.parse_args()
    if asked.rolling:
        size = ROLLING_LONG if asked.long else ROLLING
    elif asked.faults:
        size = FAULTS_LONG if asked.long else FAULTS
    else:
        size = LONG if asked.long else SHORT
    if asked.each_point:
        size = Round(asked.each_point, 2 * asked.each_point, asked.each_point)
    size = replace(size, seconds=60 * asked.minutes)
    outcome = run_apart(size, seed=asked.seed, keep=asked.journal)
    print(outcome.table())
    for promise, examples in outcome.broken.items():
        for example in examples[:5]:
            print(f"{promise}: {example}", file=sys.stderr)
    sys.exit(1 if outcome.broken else 0)


if __name__ == "__main__":
    main()
