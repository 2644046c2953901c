"""A provider at fault in 30 % of its calls: every turn ends well, over real HTTP."""

import pytest

from tests.databases import Database
from tests.faulty_turns import ASKS_THE_MODEL, FAULTS, KNOWN, TIME_OUTS, Faults, run_turns
from tests.openai_loopback import openai_loopback
from tests.server.conftest import serving

TURNS = 48


@pytest.mark.slow
async def test_every_turn_ends_well_and_every_call_is_in_the_ledger(
    desk_database: Database,
) -> None:
    faults = Faults(seed=11)
    with openai_loopback() as provider:
        provider.choose = faults
        endpoints = f"one={provider.base_url}, two={provider.base_url}"
        chain = {"model": "one:m", "fallback_models": "two:m", "model_endpoints": endpoints}
        with serving(desk_database, **chain, **TIME_OUTS) as desk:
            shop = desk.tenant("Faults")
            for question, answer in KNOWN.items():
                shop.teach(question, answer)
            way = f"/v1/assistants/{shop.assistant_id}"
            shop.call("PATCH", way, json=ASKS_THE_MODEL).raise_for_status()
            seen = await run_turns(desk.url, shop.api_key, shop.assistant_id, turns=TURNS)
            used = shop.call("GET", "/v1/usage").json()["data"]
    assert seen.wrong == []
    assert seen.ended_well == seen.turns == TURNS
    met = {fault for fault in FAULTS if faults.calls[fault]}
    assert len(met) >= len(FAULTS) - 2, faults.calls
    asked = sum(row["calls"] for row in used if row["model"] != "extractive")
    assert asked == faults.calls.total()
