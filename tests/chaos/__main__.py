"""`python -m tests.chaos [--long] [--seed N] [--journal FILE]`: exit status 1 where a promise broke."""

import argparse
import sys
from pathlib import Path

from tests.chaos.program import LONG, SHORT, run_apart


def main() -> None:
    """Ask the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--long", action="store_true", help="200 kills, every point 20 times")
    parser.add_argument("--seed", type=int, help="the plan of an earlier round")
    parser.add_argument("--journal", type=Path, help="where the driver's book is kept")
    asked = parser.parse_args()
    outcome = run_apart(LONG if asked.long else SHORT, seed=asked.seed, keep=asked.journal)
    print(outcome.table())
    for promise, examples in outcome.broken.items():
        for example in examples[:5]:
            print(f"{promise}: {example}", file=sys.stderr)
    sys.exit(1 if outcome.broken else 0)


if __name__ == "__main__":
    main()
