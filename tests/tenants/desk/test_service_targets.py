"""The clocks of handoffs: in business hours, anew with new targets, told once when they run out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tenants.actors import SYSTEM, Actor
from tenants.database.connection import (
    Pool,
    TenantConnection,
    router_transaction,
    tenant_transaction,
)
from tenants.desk import assigning, handoffs, service_targets
from tenants.desk.assigning import Wanted
from tenants.desk.business_hours import BusinessHours, after_open_seconds
from tenants.desk.service_targets import Targets
from tenants.keys.sealing import Sealer
from tenants.outside import channels, deliveries, webhook_endpoints
from tenants.transcripts import events as events_log
from tenants.transcripts.blocks import text_block
from tests.seeds import seed_tenant
from tests.tenants.desk.test_handoffs import hand_off
from tools.webhook_signing import new_secret

HOUR = 3_600
WORKDAYS = BusinessHours.model_validate(
    {
        "time_zone": "Europe/Berlin",
        "weekly": [
            {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}
        ],
        "special_days": [{"date": "2026-03-30", "hours": []}],
    }
)


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-01-07T10:00", HOUR, "2026-01-07T11:00"),  # a Wednesday, open
        ("2026-01-07T15:30", HOUR, "2026-01-08T08:30"),  # half an hour before it closes
        ("2026-01-09T15:30", HOUR, "2026-01-12T08:30"),  # a Friday
        ("2026-01-10T12:00", HOUR, "2026-01-12T09:00"),  # a Saturday
        ("2026-01-07T02:00", 0, "2026-01-07T08:00"),  # before it opens
        ("2026-01-07T08:00", 20 * HOUR, "2026-01-09T12:00"),  # over days
        ("2026-03-27T15:30", HOUR, "2026-03-31T07:30"),  # a day off, and the clock is put forward
    ],
)
def test_only_open_seconds_count(start: str, seconds: int, due: str) -> None:
    found = after_open_seconds(WORKDAYS, _at(start), seconds, time_zone="UTC")
    assert found == _at(due)


def test_without_hours_the_clock_always_runs_and_without_a_day_it_never_ends() -> None:
    start = _at("2026-01-10T12:00")
    assert after_open_seconds(None, start, 90, time_zone="UTC") == _at("2026-01-10T12:01:30")
    never = BusinessHours.model_validate({"weekly": []})
    assert after_open_seconds(never, start, 1, time_zone="UTC") is None


async def test_a_handoff_gets_its_clock_and_a_reply_stops_the_first(pool: Pool) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await service_targets.put(conn, Targets(600, 7_200))
    handoff = await hand_off(pool, seeded)
    theirs = await hand_off(pool, other)
    assert theirs.reply_due_at is None and theirs.resolve_due_at is None
    assert handoff.reply_due_at is not None and handoff.resolve_due_at is not None
    assert (handoff.reply_due_at - handoff.created_at).total_seconds() == 600
    assert (handoff.resolve_due_at - handoff.created_at).total_seconds() == 7_200
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await service_targets.put(conn, Targets(60, None))
        changed = await handoffs.get(conn, handoff.handoff_id)
        assert changed.reply_due_at is not None and changed.resolve_due_at is None
        assert (changed.reply_due_at - changed.created_at).total_seconds() == 60
        await handoffs.say(
            conn, handoff.handoff_id, [text_block("Yes.")], actor=Actor("api_key", "k"), name="Ann"
        )
        await _late(conn, handoff)
        replied = await handoffs.get(conn, handoff.handoff_id)
        assert replied.replied_at is not None
        assert await service_targets.note_overdue(conn, handoff.handoff_id) == 0


async def test_what_is_overdue_is_found_noted_once_and_comes_first(pool: Pool) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool)
    for one in (seeded, other):
        async with tenant_transaction(pool, one.tenant_id) as conn:
            await service_targets.put(conn, Targets(600, 1_200))
    handoff, theirs = await hand_off(pool, seeded), await hand_off(pool, other)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await _late(conn, handoff)
    assert await _found(pool, seeded.tenant_id) == [handoff.handoff_id]
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await service_targets.note_overdue(conn, theirs.handoff_id) == 0
        assert await service_targets.note_overdue(conn, handoff.handoff_id) == 1
        assert await service_targets.note_overdue(conn, handoff.handoff_id) == 0
        clock: dict[str, Any] = (await handoffs.get(conn, handoff.handoff_id)).public()["clock"]
        assert clock["reply_is_overdue"] and not clock["resolve_is_overdue"]
        due = await assigning.list_due(conn, Wanted(), limit=5)
        assert [one.handoff_id for one in due] == [handoff.handoff_id]
    assert await _found(pool, seeded.tenant_id) == []


async def _late(conn: TenantConnection, handoff: handoffs.Handoff) -> None:
    await conn.execute(
        """
        update handoffs
           set reply_due_at = now() - interval '1 second'
         where tenant_id = %(tenant_id)s
           and handoff_id = %(handoff_id)s
        """,
        {"handoff_id": handoff.handoff_id},
    )


async def _found(pool: Pool, tenant_id: Any) -> list[Any]:
    async with router_transaction(pool) as router:
        found = await service_targets.overdue(router)
    return [one.handoff_id for one in found if one.tenant_id == tenant_id]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_every_endpoint_that_wants_it_is_told_once_of_each_target(pool: Pool) -> None:
    seeded, secret = await seed_tenant(pool), new_secret()
    sealer = Sealer(b"m" * 32, channels.PURPOSE)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        for events in ([service_targets.OVERDUE], [], ["turn_ended"]):
            await webhook_endpoints.create(
                conn,
                url="https://shop.example/hook",
                description="",
                events=events,
                secret=secret,
                sealer=sealer,
                actor=SYSTEM,
            )
        await service_targets.put(conn, Targets(600, 1_200))
    handoff = await hand_off(pool, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await _late(conn, handoff)
        await service_targets.note_overdue(conn, handoff.handoff_id)
        await service_targets.note_overdue(conn, handoff.handoff_id)
        left = await deliveries.list_page(conn, limit=10)
        told = [one for one in left if one.event == service_targets.OVERDUE]
        assert len(told) == 2 and len({one.target_id for one in told}) == 2
        log = await events_log.read_after(conn, seeded.conversation_id, 0)
    assert service_targets.OVERDUE not in {one.type for one in log}
