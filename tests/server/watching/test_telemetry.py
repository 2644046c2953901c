"""What a turn leaves in figures: request ids, metrics, the ledger, the turn's own row."""

from collections.abc import Iterator

import psycopg
import pytest

from server.watching.telemetry import request_id_of
from tests.databases import Database
from tests.openai_loopback import Loopback, Reply, openai_loopback
from tests.server.conftest import Desk, Program, call, serving

QUESTION = "Do you ship to Switzerland?"
SAYS = Reply(["Yes,", " we ship", " to Switzerland. [1]"])
# The interaction columns; the four that may be empty say so by being so.
FILLED = (
    "channel, block_kinds, intent_labels, language, sentiment, decision, models, input_tokens, "
    "output_tokens, cost_usd, first_token_ms, total_ms, knowledge_hit, assistant_revision, "
    "knowledge_versions, graph_version, prompt_version, feature_variants, confidence"
)


@pytest.fixture(scope="module")
def provider() -> Iterator[Loopback]:
    with openai_loopback(SAYS) as opened:
        yield opened


@pytest.fixture(scope="module")
def served(apart_database: Database, provider: Loopback) -> Iterator[Desk]:
    with serving(apart_database, model_endpoints=f"house={provider.base_url}") as opened:
        yield opened


@pytest.fixture(scope="module")
def shop(served: Desk) -> Program:
    made = served.tenant("Figures")
    made.teach(QUESTION, "Yes, we ship to Switzerland.")
    asks_the_model = {"model": "house:m", "curated": {"enabled": False}}
    changed = made.call("PATCH", f"/v1/assistants/{made.assistant_id}", json=asks_the_model)
    assert changed.status_code == 200, changed.text
    return made


def test_a_request_keeps_the_id_that_it_came_with(served: Desk) -> None:
    for path in ("/healthz", "/v1/assistants", "/no/such/page"):
        answer = call(served.url, None, "GET", path, headers={"X-Request-Id": "proxy-7.a:b"})
        assert answer.headers.get_list("x-request-id") == ["proxy-7.a:b"]
    first, second = (call(served.url, None, "GET", "/healthz") for _ in range(2))
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


@pytest.mark.parametrize("given", ["", "x" * 101, "a b", 'a"b', "a\tb", "é"])
def test_an_id_that_could_break_a_log_is_replaced(given: str) -> None:
    scope = {"type": "http", "headers": [(b"x-request-id", given.encode("latin-1"))]}
    assert request_id_of(scope) not in (given, "")


def test_the_ledger_sums_up_to_what_the_provider_counted(
    shop: Program, provider: Loopback, apart_database: Database
) -> None:
    del provider.requests[:]
    turns = [shop.say(shop.conversation(), QUESTION).json() for _ in range(3)]
    asked = len(provider.requests)
    assert asked >= 3
    days = shop.call("GET", "/v1/usage").json()["data"]
    ours = [day for day in days if day["model"] == "house:m"]
    assert sum(day["calls"] for day in ours) == asked
    assert sum(day["input_tokens"] for day in ours) == 100 * asked
    assert sum(day["output_tokens"] for day in ours) == len(SAYS.words) * asked
    assert sum(turn["usage"]["input_tokens"] for turn in turns) == 100 * asked
    with psycopg.connect(apart_database.superuser) as conn:
        row = conn.execute(
            "select count(*), sum(input_tokens) from usage_ledger where tenant_id = %s",
            [shop.tenant_id],
        ).fetchone()
    assert row == (asked, 100 * asked)


def test_a_stream_that_was_cut_is_in_the_ledger_beside_what_the_provider_counted(
    shop: Program, provider: Loopback, apart_database: Database
) -> None:
    del provider.requests[:]
    replies = iter([Reply(SAYS.words, cut_after=2)])
    provider.choose = lambda _asked: next(replies, SAYS)
    try:
        turn = shop.say(shop.conversation(), QUESTION).json()
    finally:
        provider.choose = None
    asked = len(provider.requests)
    assert turn["status"] == "completed" and asked >= 2, "what was cut unseen is asked again"
    with psycopg.connect(apart_database.superuser) as conn:
        rows = conn.execute(
            "select is_estimated, input_tokens, output_tokens from usage_ledger"
            " where turn_id = %s and model = 'house:m'",
            [turn["turn_id"]],
        ).fetchall()
    assert len(rows) == asked
    told = [row for row in rows if row[1:] == (100, len(SAYS.words))]
    assert len(told) == asked - 1
    [cut] = [row for row in rows if row not in told]
    assert cut[0] and cut[1] > 0 and cut[2] > 0, "counted from what was sent and what was heard"
    shown = turn["usage"]
    assert shown["input_tokens"] == sum(row[1] for row in rows)
    assert shown["output_tokens"] == sum(row[2] for row in rows)


def test_a_turns_row_has_every_figure(shop: Program, apart_database: Database) -> None:
    turn = shop.say(shop.conversation(), QUESTION).json()
    with psycopg.connect(apart_database.superuser) as conn:
        cursor = conn.execute(
            f"select {FILLED} from turns where turn_id = %s".encode(), [turn["turn_id"]]
        )
        row = cursor.fetchone()
        names = [column.name for column in cursor.description or ()]
    assert row is not None
    empty = [name for name, value in zip(names, row, strict=True) if value in (None, [], "")]
    assert empty == []


def test_the_metrics_count_turns_tokens_and_handoffs_and_name_nobody(
    served: Desk, shop: Program
) -> None:
    shop.say(shop.conversation(), QUESTION)
    shop.say(shop.conversation(), "I want to talk to a human, please.")
    text = served.platform("GET", "/metrics").text
    for figure in (
        'frontdesk_turns_total{status="completed"}',
        "frontdesk_turn_seconds_count",
        "frontdesk_turn_first_token_seconds_count",
        'frontdesk_model_tokens_total{direction="out",provider="house"}',
        "frontdesk_model_usd_total",
        "frontdesk_handoffs_total{reason=",
        'frontdesk_turns_by_knowledge_total{hit="true"}',
        "frontdesk_queue_lag_seconds",
        "frontdesk_waiting_turns",
    ):
        assert figure in text, figure
    for word in (shop.tenant_id, shop.slug, shop.assistant_id, "Switzerland"):
        assert word not in text
