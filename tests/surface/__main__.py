"""`python -m tests.surface`: schemathesis over every operation, for callers of every kind.

`make surface` is the long form, `tests/surface/test_surface.py` the short one. Schemathesis lives in
an environment of its own, `.venv-surface`, and speaks HTTP alone.
"""

import argparse
import sys

from tests.surface.examining import Asked, examine
from tests.surface.world import world


def main() -> int:
    """0 where nothing broke its promise; the findings stand on standard output."""
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--examples", type=int, default=200, help="of each operation and caller")
    said.add_argument("--seed", type=int, default=1)
    said.add_argument("--callers", default="", help="only these, comma-separated")
    said.add_argument("--phases", default="examples,coverage,fuzzing")
    given = said.parse_args()
    asked = Asked(given.examples, given.seed, given.phases)
    wanted = [name for name in given.callers.split(",") if name]
    failed: list[str] = []
    with world() as built:
        for caller in built.callers:
            if wanted and caller.name not in wanted:
                continue
            found = examine(built, caller, asked)
            tell(f"== {caller.name}", found.report)
            if not found.is_good:
                failed.append(caller.name)
        broken = [line for line in built.server.output if "request_failed" in line]
    tell(*broken, f"broken promises: {', '.join(failed) or 'none'}; {len(broken)} failures logged")
    return 1 if failed or broken else 0


def tell(*lines: str) -> None:
    """Say something at once."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
