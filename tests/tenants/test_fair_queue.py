"""What nobody runs is found tenant by tenant, however many turns one of them has left."""

from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.ids import new_id
from tenants.running import leases, turns
from tenants.transcripts import conversations
from tenants.transcripts.blocks import text_block
from tests.databases import Database
from tests.seeds import Seeded, seed_tenant


async def leave(pool: Pool, of: Seeded, number: int) -> list[UUID]:
    """So many turns, each in a conversation of its own, that nobody runs."""
    left: list[UUID] = []
    for _ in range(number):
        async with tenant_transaction(pool, of.tenant_id) as conn:
            made = await conversations.create(conn, of.assistant_id, of.contact_id)
            talk = replace(of, conversation_id=made.conversation_id)
            accepted = await turns.accept(
                conn, talk.conversation_id, blocks=[text_block("Hi")], author=talk.contact
            )
        left.append(accepted.turn_id)
    return left


async def found(pool: Pool, *, limit: int, of_a_tenant: int) -> list[UUID]:
    async with router_transaction(pool) as router:
        waiting = await leases.runnable(router, limit=limit, of_a_tenant=of_a_tenant)
    return [one.turn_id for one in waiting]


@pytest.fixture
def alone(database: Database) -> None:
    """Nothing waits that other tests have left."""
    with psycopg.connect(database.superuser) as conn:
        conn.execute("delete from turn_queue")


async def age(database: Database) -> None:
    with psycopg.connect(database.superuser) as conn:
        conn.execute("update turn_queue set created_at = created_at - interval '1 minute'")


@pytest.mark.usefixtures("alone")
async def test_a_crowd_s_backlog_hides_nobody_else_s_turn(pool: Pool, database: Database) -> None:
    crowd, few = await seed_tenant(pool, "Crowd"), await seed_tenant(pool, "Few")
    crowds = await leave(pool, crowd, 12)
    fews = await leave(pool, few, 2)
    await age(database)
    assert await found(pool, limit=4, of_a_tenant=10) == [crowds[0], fews[0], crowds[1], fews[1]]
    assert await found(pool, limit=100, of_a_tenant=3) == [
        crowds[0], fews[0], crowds[1], fews[1], crowds[2],
    ]  # fmt: skip


@pytest.mark.usefixtures("alone")
async def test_who_has_turns_running_waits_behind_who_has_none(
    pool: Pool, database: Database
) -> None:
    crowd, few = await seed_tenant(pool, "Crowd"), await seed_tenant(pool, "Few")
    running = await leave(pool, crowd, 2)
    crowds, fews = await leave(pool, crowd, 1), await leave(pool, few, 2)
    await age(database)
    for turn_id in running:
        async with tenant_transaction(pool, crowd.tenant_id) as conn:
            assert await leases.claim(conn, turn_id, owner=new_id(), lease_seconds=60)
    assert await found(pool, limit=100, of_a_tenant=10) == [*fews, *crowds]
