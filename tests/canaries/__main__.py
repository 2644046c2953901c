"""`python -m tests.canaries [--operations 5000] [--seed 1]`: exit status 1 where a word crossed."""

import argparse
import sys

from tests.canaries.program import run


def tell(far: str) -> None:
    """Say on the way how far it is."""
    sys.stderr.write(f"{far}\n")


def main() -> int:
    """Run, and tell."""
    asked = argparse.ArgumentParser(prog="python -m tests.canaries")
    asked.add_argument("--operations", type=int, default=5_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    outcome = run(given.operations, seed=given.seed, tell=tell)
    lines = [outcome.table(), *outcome.leaks[:40]]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if outcome.leaks else 0


if __name__ == "__main__":
    sys.exit(main())
