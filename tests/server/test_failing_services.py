"""Services that fail, through the server: nobody agrees in time, nobody knows, nobody is there."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests.databases import Database
from tests.server.acting import Counter, open_counter, until
from tests.server.conftest import Desk, problem, serving
from tests.tools.demo_shop import demo_shop_service
from tests.tools.failing_service import Line, line_to

ORDER = "Where is my order 1042?"
REFUND = "Please refund 10 EUR of order 1042"
EUR_50 = {"up_to": "50.00", "currency": "EUR"}


@dataclass(frozen=True)
class House:
    """A server, the demo shop behind a line that may fail, and the database."""

    desk: Desk
    shop: Counter
    line: Line
    database: Database

    def tenant(self, *, knows_keys: bool = True) -> Counter:
        """A tenant of its own whose connector goes by the line."""
        return open_counter(
            Desk(self.desk.url), self.shop.service, at=self.line.url, knows_keys=knows_keys,
            refund_order=EUR_50, cancel_order="always",
        )  # fmt: skip


@pytest.fixture(scope="module")
def house(apart_database: Database) -> Iterator[House]:
    with demo_shop_service() as service, line_to(service.url) as line:
        allowed = ",".join(url.removeprefix("http://") for url in (service.url, line.url))
        settings = {
            "egress_allow": allowed, "delivery_retry_seconds": 0.05, "tool_rest_seconds": 2,
        }  # fmt: skip
        with serving(apart_database, **settings) as desk:
            yield House(desk, open_counter(Desk(desk.url), service), line, apart_database)


@pytest.fixture(autouse=True)
def _mended(house: House) -> Iterator[None]:
    yield
    house.line.how = "well"


@pytest.mark.slow
def test_what_nobody_agrees_to_in_time_is_not_done_and_is_told(house: House) -> None:
    at, before = house.tenant(), len(house.shop.effects())
    conversation = at.converse(at.contact())
    at.say(conversation, "Please cancel order 1051")
    asked = at.approval(conversation)
    assert asked["expires_at"]
    with psycopg.connect(house.database.superuser) as conn:  # its days go by
        conn.execute(
            "update actions set expires_at = now() - interval '1 second' where action_id = %s",
            (asked["approval_id"],),
        )
    told = at.told(conversation, "in time")
    assert "the cancellation of order 1051" in told
    ended = at.approval(conversation, "expired")
    assert (ended["decision"], ended["sendings"]) == ("expired", 0)
    problem(at.decide(asked, "approve"), 409, "interrupt_spent")
    assert len(house.shop.effects()) == before
    assert "1042" in at.say(conversation, ORDER), "the conversation goes on"


def test_a_call_whose_answer_was_lost_is_done_once_where_its_key_is_known(house: House) -> None:
    at, before = house.tenant(), len(house.shop.effects())
    conversation = at.converse(at.contact())
    house.line.how = "loses"
    at.say(conversation, REFUND)
    until(lambda: len(house.shop.effects()) > before or None, "the refund never arrived")
    house.line.how = "well"
    assert "10.00 EUR" in at.told(conversation, "have been refunded")
    assert at.approval(conversation, "done")["sendings"] >= 2
    assert len(house.shop.effects()) == before + 1


@pytest.mark.parametrize("outcome", ["done", "failed"])
def test_an_outcome_that_nobody_knows_is_settled_by_a_person_once(
    house: House, outcome: str
) -> None:
    at, before = house.tenant(knows_keys=False), len(house.shop.effects())
    conversation = _lost(house, at)
    unknown = at.approval(conversation, "unknown_outcome")
    assert unknown["sendings"] == 1 and len(house.shop.effects()) == before + 1
    settled = at.decide(unknown, "settle", outcome=outcome, note="I have looked.")
    assert settled.status_code == 200 and settled.json()["status"] == outcome
    assert "I have looked." in at.told(conversation, "I have looked.")
    problem(at.decide(unknown, "settle", outcome="done"), 409, "interrupt_spent")
    assert len(house.shop.effects()) == before + 1, "nothing goes out for a word"


def test_an_unknown_outcome_is_sent_once_more_at_a_persons_word_and_never_again(
    house: House,
) -> None:
    at, before = house.tenant(knows_keys=False), len(house.shop.effects())
    conversation = _lost(house, at)
    unknown = at.approval(conversation, "unknown_outcome")
    house.line.how = "loses"
    assert at.decide(unknown, "settle", outcome="repeat").status_code == 200
    until(lambda: len(house.shop.effects()) == before + 2 or None, "it was never sent once more")
    again = at.approval(conversation, "unknown_outcome")
    problem(at.decide(again, "settle", outcome="repeat"), 409, "conflict")
    assert at.decide(again, "settle", outcome="done").status_code == 200
    assert len(house.shop.effects()) == before + 2


def test_a_tool_that_keeps_failing_is_left_alone_until_it_is_back(house: House) -> None:
    at, other = house.tenant(), house.tenant()
    house.line.how = "down"
    assert [_asks(house, at) for _ in range(2)] == [2, 2], "a read is tried twice"
    assert _asks(house, at) <= 1, "it is open, or one try decides"
    assert _asks(house, other) == 2, "another tenant's tool is tried as ever"
    house.line.how = "well"
    until(lambda: _is_answered(at) or None, "the breaker never closed")
    assert _is_answered(at)


def test_a_connector_that_was_seen_to_is_tried_at_once(house: House) -> None:
    at = house.tenant()
    house.line.how = "down"
    for _ in range(3):
        _asks(house, at)
    house.line.how = "well"
    [connector] = at.shop.call("GET", "/v1/connectors").json()["data"]
    path = f"/v1/connectors/{connector['connector_id']}"
    assert at.shop.call("PATCH", path, json={"name": "Shop, mended"}).status_code == 200
    assert _is_answered(at)


def test_a_tool_that_is_down_is_said_so_and_stands_in_the_explanation(house: House) -> None:
    at = house.tenant()
    house.line.how = "down"
    turn = at.shop.say(at.converse(at.contact()), ORDER).json()
    assert turn["status"] == "waiting_for_operator"
    assert "does not answer at the moment" in turn["message"]["text"]
    explained = at.shop.call("GET", f"/v1/turns/{turn['turn_id']}/explanation").json()
    assert (explained["decision"], explained["reason"]) == ("hand_off", "tool_failed")
    [call] = explained["tool_calls"]
    assert (call["tool"], call["outcome"]) == ("order_status", "unavailable")
    assert call["duration_ms"] > 0 and float(call["cost_usd"]) == 0


def _lost(house: House, at: Counter) -> str:
    """A conversation whose refund was done, and whose answer got lost."""
    conversation = at.converse(at.contact())
    house.line.how = "loses"
    at.say(conversation, REFUND)
    at.approval(conversation, "unknown_outcome")
    house.line.how = "well"
    return conversation


def _asks(house: House, at: Counter) -> int:
    """How often the service is called for one question."""
    before = len(house.line.calls)
    at.say(at.converse(at.contact()), ORDER)
    return len(house.line.calls) - before


def _is_answered(at: Counter) -> bool:
    return "shipped" in at.say(at.converse(at.contact()), ORDER)
