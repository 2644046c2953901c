"""The demo shop through the generic connector: what it tells, what it does, what it hides."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from server.demo_shop.connector import demo_connector
from server.demo_shop.service import ShopServer
from tests.tools.demo_shop import ALMA, BO, demo_shop_service, shop_over
from tools.connector_settings import ConnectorSettings
from tools.errors import ArgumentRejected, ToolUnavailable


@pytest.fixture
def service() -> Iterator[ShopServer]:
    with demo_shop_service() as server:
        yield server


async def test_records_come_with_our_names_and_their_owner(service: ShopServer) -> None:
    async with shop_over(service) as shop:
        order = await shop.orders.order(ALMA, "1042")
        invoice = await shop.invoices.invoice(ALMA, "INV-1042")
        [locks] = await shop.stock.stock("folding lock", limit=5)
        [appointment] = await shop.appointments.appointments(ALMA, limit=5)
        slots = await shop.appointments.slots("", limit=3)
        profile = await shop.profiles.profile(ALMA)
        orders = await shop.orders.orders(ALMA, limit=2)
    assert order is not None and (order.owner, order.status) == (ALMA, "shipped")
    assert [(i.name, i.quantity) for i in order.items] == [
        ("Kelp urban helmet", 1),
        ("Ember rear light", 1),
    ]
    assert order.carrier and order.tracking and order.history[-1].status == "shipped"
    assert invoice is not None and (invoice.amount, invoice.currency) == (Decimal(98), "EUR")
    assert (locks.code, locks.available) == ("HC-5002", 0) and locks.restock_on is not None
    assert appointment.owner == ALMA and len(slots) == 3
    assert profile is not None and profile.name == "Alma Demo"
    assert [one.number for one in orders] == ["1051", "1042"]


async def test_what_is_somebody_elses_looks_like_what_is_not_there(service: ShopServer) -> None:
    async with shop_over(service) as shop:
        for number in ("2001", "9999", "../2001", "1042/../2001", "1042?x=1"):
            assert await shop.orders.order(ALMA, number) is None
        assert await shop.orders.orders("nobody", limit=5) == []
        assert await shop.profiles.profile("nobody") is None


async def test_a_repeat_under_its_key_is_done_once(service: ShopServer) -> None:
    async with shop_over(service) as shop:
        first, again = [
            await shop.orders.refund(
                ALMA, "1042", Decimal("20.00"), "EUR", "late", idempotency_key="turn:1"
            )
            for _ in range(2)
        ]
        assert shop.honours_keys("orders")
        with pytest.raises(ArgumentRejected, match="used for something else"):
            await shop.orders.refund(
                ALMA, "1042", Decimal("30.00"), "EUR", "late", idempotency_key="turn:1"
            )
    assert (first.reference, first.is_repeat, again.is_repeat) == (again.reference, False, True)
    assert [(e["kind"], e["key"]) for e in service.store.effects()] == [("refund", "turn:1")]


async def test_a_service_without_keys_does_it_again(service: ShopServer) -> None:
    async with shop_over(service, knows_keys=False) as shop:
        for _ in range(2):
            await shop.tickets.open_ticket(ALMA, "Bell", "It rings.", idempotency_key="turn:1")
        assert not shop.honours_keys("tickets")
    assert len(service.store.effects()) == 2


async def test_the_shops_own_rules_reject_and_change_nothing(service: ShopServer) -> None:
    async with shop_over(service) as shop:
        refusals: list[Any] = [
            shop.orders.refund(ALMA, "1042", Decimal(99), "EUR", "", idempotency_key="a"),
            shop.orders.refund(ALMA, "1042", Decimal(9), "USD", "", idempotency_key="b"),
            shop.orders.refund(ALMA, "2001", Decimal(9), "EUR", "", idempotency_key="c"),
            shop.orders.cancel_order(ALMA, "1042", "", idempotency_key="d"),
            shop.appointments.reschedule(ALMA, "A-302", "S-0109", idempotency_key="e"),
            shop.appointments.reschedule(ALMA, "A-301", "S-9999", idempotency_key="f"),
        ]
        for refusal in refusals:
            with pytest.raises(ArgumentRejected):
                await refusal
        moved = await shop.appointments.reschedule(ALMA, "A-301", "S-0109", idempotency_key="g")
        gone = await shop.orders.cancel_order(BO, "2002", "", idempotency_key="h")
    assert (moved.status, gone.status) == ("moved", "cancelled")
    assert len(service.store.effects()) == 2


async def test_a_service_that_fails_is_unavailable(service: ShopServer) -> None:
    async with shop_over(service, token="wrong") as shop:
        with pytest.raises(ToolUnavailable):
            await shop.orders.order(ALMA, "1042")
    async with shop_over(service, base_url="http://127.0.0.1:9") as shop:
        with pytest.raises(ToolUnavailable, match="must not be called"):
            await shop.orders.order(ALMA, "1042")
    fields = {"fields": {"number": "nowhere"}}
    broken = demo_connector(service.url)["operations"]["order"] | fields
    async with shop_over(service, operations={"order": broken}) as shop:
        with pytest.raises(ToolUnavailable, match="cannot be read"):
            await shop.orders.order(ALMA, "1042")
        with pytest.raises(ToolUnavailable, match="not connected"):
            await shop.orders.orders(ALMA, limit=1)
        with pytest.raises(ToolUnavailable, match="not connected"):
            _ = shop.invoices


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        ({"steal": {"path": "/x"}}, "none of order"),
        ({"order": {"path": "/{customer}"}}, "{customer}"),
        ({"order": {"path": "/x", "fields": {"colour": "c"}}}, "colour"),
        ({"refund": {"path": "/x"}}, "GET"),
        ({"orders": {"path": "/x", "checks_owner": True}}, "must be sent along"),
        ({"order": {"path": "http://evil.example"}}, "pattern"),
        ({}, "at least 1"),
    ],
)
def test_a_connector_that_cannot_work_is_refused(operations: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace("{", r"\{")):
        ConnectorSettings.model_validate(
            {"base_url": "https://shop.example", "operations": operations}
        )


def test_a_secret_header_never_replaces_the_wires_own() -> None:
    operations = {"order": {"path": "/x"}}
    for bad in (
        {"auth": {"kind": "header", "header": "Host"}},
        {"headers": {"content-length": "1"}},
    ):
        with pytest.raises(ValidationError):
            ConnectorSettings.model_validate(
                {"base_url": "https://shop.example", "operations": operations} | bad
            )
