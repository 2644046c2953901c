"""A provider at fault in 30 % of its calls: `python benchmarks/faults.py [--turns N] [--seed S]`.

Turns of one and two questions over HTTP to a server process, whose two models are the same scripted
provider. Printed: how its calls went by kind of fault, how the turns ended, and how long they took.
Run it from the checkout; docs/benchmarks.md has the table.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from desk import Server, milliseconds

from tests.faulty_turns import ASKS_THE_MODEL, FAULTS, KNOWN, TIME_OUTS, Faults, run_turns
from tests.openai_loopback import openai_loopback


def main() -> None:
    """Serve, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    faults = Faults(given.seed)
    with tempfile.TemporaryDirectory() as folder, openai_loopback() as provider:
        provider.choose = faults
        environment = {
            "FRONTDESK_MODEL": "one:m",
            "FRONTDESK_FALLBACK_MODELS": "two:m",
            "FRONTDESK_MODEL_ENDPOINTS": f"one={provider.base_url}, two={provider.base_url}",
            **{f"FRONTDESK_{name.upper()}": str(value) for name, value in TIME_OUTS.items()},
        }
        with Server(Path(folder), environment) as server:
            key, assistant_id, usage = _tenant(server)
            seen = asyncio.run(
                run_turns(server.url, key, assistant_id, turns=given.turns, seed=given.seed)
            )
            used = httpx2.get(usage, headers={"authorization": f"Bearer {key}"}, timeout=60).json()
    calls = faults.calls
    print("| call | times | share |\n| --- | --- | --- |")
    for fault in ("none", *FAULTS):
        print(f"| {fault} | {calls[fault]} | {100 * calls[fault] / calls.total():.1f} % |")
    print(
        "\n| turns | ended well | answered | p50/p95 ms | calls in the ledger |\n| --- |"
        + " --- |" * 4
    )
    ledger = sum(row["calls"] for row in used["data"] if row["model"] != "extractive")
    print(
        f"| {seen.turns} | {seen.ended_well} | {seen.answered} | {milliseconds(seen.seconds)} "
        f"| {ledger} of {calls.total()} |"
    )
    for wrong in seen.wrong[:20]:
        print(wrong)


def _tenant(server: Server) -> tuple[str, str, str]:
    """A tenant that knows the answers: its key, its assistant, where its usage is."""
    with httpx2.Client(base_url=server.url, timeout=60) as client:
        client.headers["authorization"] = f"Bearer {server.platform_key}"
        made = client.post("/v1/tenants", json={"name": "Faults"}).raise_for_status().json()
        client.headers["authorization"] = f"Bearer {made['api_key']}"
        path = f"/v1/knowledge-bases/{made['knowledge_base_id']}/documents"
        for question, answer in KNOWN.items():
            client.post(path, json={"question": question, "answer": answer}).raise_for_status()
        way = f"/v1/assistants/{made['assistant_id']}"
        client.patch(way, json=ASKS_THE_MODEL).raise_for_status()
    return made["api_key"], made["assistant_id"], f"{server.url}/v1/usage"


if __name__ == "__main__":
    main()
