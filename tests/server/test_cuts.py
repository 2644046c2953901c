"""Streams through a line that breaks sixty times: every reader has every event once, and every text."""

from collections.abc import Iterator

import pytest

from tests.cuts.program import run
from tests.cuts.proxy import KINDS
from tests.cuts.talk import QUESTIONS, SHOP
from tests.databases import Database
from tests.server.conftest import Desk, serving

CUTS, SEED = 60, 7


@pytest.fixture(scope="module")
def answering(apart_database: Database) -> Iterator[Desk]:
    with serving(apart_database) as desk:
        yield desk


@pytest.mark.slow
async def test_whatever_breaks_every_reader_has_every_event_once(answering: Desk) -> None:
    tenant = answering.tenant("Cuts")
    made = tenant.call("POST", "/v1/assistants", json={"name": "Mia", "knowledge": SHOP}).json()
    outcome = await run(
        answering.url,
        tenant.api_key,
        made["assistant_id"],
        QUESTIONS,
        cuts=CUTS,
        seed=SEED,
        conversations=4,
    )
    assert outcome.mistakes == []
    assert outcome.cuts.total() >= CUTS and set(outcome.cuts) <= set(KINDS)
    assert outcome.turns > 0
