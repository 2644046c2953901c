"""`python -m tests.cuts`: a server of its own, a thousand breaks, and a table of what was seen."""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.cuts.program import Outcome, run
from tests.cuts.talk import QUESTIONS, REPLY, SHOP
from tests.e2e.server_process import ServerProcess
from tests.e2e.test_story import Tenant
from tests.openai_loopback import openai_loopback

SETTINGS = {
    "FRONTDESK_MODEL": "deepseek:deepseek-chat",
    "DEEPSEEK_API_KEY": "x",
    "FRONTDESK_REQUESTS_PER_SECOND": "10000",
    "FRONTDESK_TURNS_PER_SECOND": "10000",
    "FRONTDESK_TURNS_PER_SECOND_PER_CONTACT": "10000",
}


def main() -> int:
    """0 where every reader had every event once, and every text."""
    told = argparse.ArgumentParser(prog="python -m tests.cuts", description=__doc__)
    told.add_argument("--cuts", type=int, default=1_000)
    told.add_argument("--seed", type=int, default=random.randrange(10_000))
    told.add_argument("--conversations", type=int, default=8)
    given = told.parse_args()
    with openai_loopback(REPLY) as model, tempfile.TemporaryDirectory() as folder:
        settings = SETTINGS | {"DEEPSEEK_API_BASE": model.base_url}
        server = ServerProcess(Path(folder) / "data", settings).start()
        try:
            tenant = Tenant(server, "Cuts", SHOP)
            outcome = asyncio.run(
                run(
                    server.url,
                    tenant.key,
                    tenant.assistant_id,
                    QUESTIONS,
                    cuts=given.cuts,
                    seed=given.seed,
                    conversations=given.conversations,
                )
            )
        finally:
            server.stop()
    show(outcome)
    return 1 if outcome.mistakes else 0


def show(outcome: Outcome) -> None:
    """Print the run's table."""
    print(f"seed {outcome.seed}: {outcome.cuts.total()} breaks, {outcome.turns} turns")
    print(", ".join(f"{kind} {count}" for kind, count in sorted(outcome.cuts.items())))
    print(
        "| readers | connections | events | replies | words all live | wrong | s to resume, p50 / p95 / most |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for kind, readings in outcome.readings.items():
        took = sorted(second for one in readings for second in one.resume_seconds)
        places = (len(took) // 2, len(took) * 95 // 100, len(took) - 1)
        shown = " / ".join(f"{took[place]:.3f}" for place in places)
        replies = sum(k == "message" for one in readings for _, k, _ in one.events)
        print(
            f"| {len(readings)} by {kind} | {sum(one.connections for one in readings)} |"
            f" {sum(len(one.events) for one in readings)} | {replies} |"
            f" {sum(one.whole for one in readings)} |"
            f" {sum(len(one.mistakes) for one in readings)} | {shown} |"
        )
    for mistake in outcome.mistakes[:20]:
        print(mistake)


if __name__ == "__main__":
    sys.exit(main())
