"""Checkpoints in a real Postgres: one tenant's eyes only, and no write without the lease."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from pydantic import BaseModel

from graphs.keeping.checkpoints import Fence, PostgresSavers, TenantSaver, strict_serializer
from graphs.ports import HandoffResolution
from graphs.run import IncomingMessage, TurnRequest
from graphs.support import GRAPH_VERSION
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import LeaseLost
from tenants.ids import new_id
from tenants.running import leases, turns
from tenants.running.leases import Lease
from tenants.running.turn_results import KeptState
from tests.fakes import FakeDesk
from tests.graphs.conversation import Talk, machine, text_of
from tests.seeds import Seeded, seed_tenant


class Foreign(BaseModel):
    word: str = "x"


def _talk(pool: Pool, seeded: Seeded, desk: FakeDesk | None = None) -> Talk:
    talk = Talk(machine(desk=desk, savers=PostgresSavers(pool)))
    talk.context = replace(
        talk.context,
        tenant_id=str(seeded.tenant_id),
        conversation_id=str(seeded.conversation_id),
    )
    return talk


async def _lease(pool: Pool, seeded: Seeded, owner: UUID) -> Lease:
    block = {"type": "text", "text": "hello"}
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        accepted = await turns.accept(
            conn, seeded.conversation_id, blocks=[block], author=seeded.contact
        )
        lease = await leases.claim(conn, accepted.turn_id, owner=owner, lease_seconds=0.05)
    assert lease is not None
    return lease


async def _stored(pool: Pool, seeded: Seeded) -> Sequence[dict[str, Any]]:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await conn.dicts(
            "select tenant_id, thread_id, checkpoint, metadata from checkpoints"
            " where tenant_id = %(tenant_id)s"
        )


async def test_an_interrupt_waits_in_postgres_for_another_process(pool: Pool) -> None:
    seeded, desk, handoff_id = await seed_tenant(pool), FakeDesk(), new_id()
    waiting = await _talk(pool, seeded).say("Can you engrave a violin?")
    assert waiting.handoff is not None
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id)))
    resumed = await _talk(pool, seeded, desk).resume(handoff_id)
    assert resumed.status == "completed"
    assert text_of(resumed)


async def test_the_end_names_the_state_that_must_be_there_for_it(pool: Pool) -> None:
    seeded, desk, handoff_id = await seed_tenant(pool), FakeDesk(), new_id()
    talk = _talk(pool, seeded, desk)
    for asked in ("Do you ship to Switzerland?", "Can you engrave a violin?"):
        end = await talk.say(asked)
        waits = end.status == "waiting_for_operator"
        assert end.kept == KeptState(await _newest(pool, seeded), waits=waits)
    again = await talk.run(talk.ran[-1])  # its end was not written: the outcome is only read
    assert again.kept == KeptState(await _newest(pool, seeded), waits=True)
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id)))
    assert (await talk.resume(handoff_id)).kept == KeptState(
        await _newest(pool, seeded), waits=False
    )


async def _newest(pool: Pool, seeded: Seeded) -> str:
    """The id of the conversation's newest checkpoint; ids are made in order."""
    return max(str(row["checkpoint"]["id"]) for row in await _stored(pool, seeded))


async def test_another_tenant_sees_nothing_of_the_thread(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    await _talk(pool, seeded).say("Do you ship to Switzerland?")
    config: RunnableConfig = {
        "configurable": {"thread_id": str(seeded.conversation_id), "checkpoint_ns": ""}
    }
    savers = PostgresSavers(pool)
    assert await savers.saver(seeded.tenant_id, None).aget_tuple(config) is not None
    assert await savers.saver(neighbour.tenant_id, None).aget_tuple(config) is None
    rows = await _stored(pool, seeded)
    assert {row["tenant_id"] for row in rows} == {seeded.tenant_id}
    assert len(rows) == 1  # durability "exit": one checkpoint a turn


async def test_two_tenants_may_use_the_same_thread_id(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    mine = _talk(pool, seeded)
    theirs = _talk(pool, replace(neighbour, conversation_id=seeded.conversation_id))
    await mine.say("Do you ship to Switzerland?")
    await theirs.say("What are your opening hours?")
    assert len(await _stored(pool, seeded)) == 1
    follow_up = await mine.say("and how long does it take?")
    assert "3 to 5 days" in text_of(follow_up)


async def test_a_process_that_lost_its_lease_writes_nothing(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    lease = await _lease(pool, seeded, new_id())
    talk = _talk(pool, seeded)
    request = TurnRequest(
        replace(talk.context, turn_id=str(lease.turn_id)),
        messages=[IncomingMessage(str(new_id()), "Do you ship to Switzerland?")],
    )
    late = Fence(lease.turn_id, lease.fence + 1)
    with pytest.raises(LeaseLost):
        await talk.run(request, fence=late)
    assert await _stored(pool, seeded) == []
    end = await talk.run(request, fence=Fence(lease.turn_id, lease.fence))
    assert end.status == "completed"
    assert len(await _stored(pool, seeded)) == 1


async def test_the_pool_is_whole_after_a_lost_lease(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    saver = PostgresSavers(pool).saver(seeded.tenant_id, Fence(new_id(), 1))
    config: RunnableConfig = {
        "configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "c"}
    }
    for _ in range(20):
        with pytest.raises(LeaseLost):
            await saver.aput_writes(config, [("a", {"b": 1})], "task")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await conn.dicts("select 1 as one where %(tenant_id)s is not null") == [{"one": 1}]


async def test_classes_named_in_a_checkpoint_are_not_built() -> None:
    serde = strict_serializer()
    read = serde.loads_typed(serde.dumps_typed({"a": Foreign(), "m": HumanMessage("hi")}))
    assert read["m"].text == "hi"
    assert not isinstance(read["a"], Foreign)


async def test_the_saver_still_asks_its_cursor_for_every_transaction(pool: Pool) -> None:
    """The private method that we override is the one place where statements go."""
    seeded = await seed_tenant(pool)
    asked: list[bool] = []

    class Counting(TenantSaver):
        def _cursor(self, *, pipeline: bool = False) -> Any:
            asked.append(pipeline)
            return super()._cursor(pipeline=pipeline)

    saver = Counting(pool, seeded.tenant_id, fence=None, serde=strict_serializer())
    talk = _talk(pool, seeded)
    await talk.say("Do you ship to Switzerland?")
    graph = talk.machine.graphs[GRAPH_VERSION].copy(update={"checkpointer": saver})
    found = await graph.aget_state({"configurable": {"thread_id": str(seeded.conversation_id)}})
    assert found.values["turn_id"]
    await saver.adelete_thread(str(seeded.conversation_id))
    assert asked == [False, True]
    assert await _stored(pool, seeded) == []


async def test_a_checkpoint_is_put_as_langgraph_puts_it(pool: Pool) -> None:
    """Our one statement writes the rows that the saver's own two write."""
    seeded = await seed_tenant(pool)
    talk = _talk(pool, seeded)
    await talk.say("Do you ship to Switzerland?")
    saver = PostgresSavers(pool).saver(seeded.tenant_id, None)
    assert isinstance(saver, TenantSaver)
    thread = str(seeded.conversation_id)
    read = await saver.aget_tuple({"configurable": {"thread_id": thread}})
    assert read is not None
    versions = read.checkpoint["channel_versions"]
    for number, put in enumerate((TenantSaver.aput, AsyncPostgresSaver.aput)):
        place: RunnableConfig = {
            "configurable": {
                "thread_id": f"copy {number}", "checkpoint_ns": "", "checkpoint_id": "before",
            },
            "metadata": {"graph_version": "1"},
        }  # fmt: skip
        told = await put(saver, place, read.checkpoint, read.metadata, versions)
        assert told == {
            "configurable": {
                "thread_id": f"copy {number}",
                "checkpoint_ns": "",
                "checkpoint_id": read.checkpoint["id"],
            }
        }
    ours, theirs = [await _blobs_of(pool, seeded, f"copy {n}") for n in range(2)]
    assert ours == theirs
    assert len(ours) > 5
    ours, theirs = [
        await saver.aget_tuple({"configurable": {"thread_id": f"copy {n}"}}) for n in range(2)
    ]
    assert ours is not None and theirs is not None
    assert (ours.checkpoint, ours.metadata) == (theirs.checkpoint, theirs.metadata)
    assert [one.parent_config is not None for one in (ours, theirs)] == [True, True]


async def _blobs_of(pool: Pool, seeded: Seeded, thread_id: str) -> list[dict[str, Any]]:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await conn.dicts(
            """
            select checkpoint_ns, channel, version, type, blob
              from checkpoint_blobs
             where tenant_id = %(tenant_id)s
               and thread_id = %(thread_id)s
             order by channel
            """,
            {"thread_id": thread_id},
        )


async def test_a_turn_stores_as_much_at_its_fortieth_time_as_at_its_tenth(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    talk = _talk(pool, seeded)
    sizes: list[int] = []
    for _ in range(40):
        before = await _bytes(pool, seeded)
        await talk.say("Do you ship to Switzerland?")
        sizes.append(await _bytes(pool, seeded) - before)
    assert sizes[39] < 1.2 * sizes[9]


async def _bytes(pool: Pool, seeded: Seeded) -> int:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        rows = await conn.dicts(
            """
            select (select coalesce(sum(octet_length(blob)), 0) from checkpoint_blobs
                     where tenant_id = %(tenant_id)s)
                 + (select coalesce(sum(pg_column_size(checkpoint) + pg_column_size(metadata)), 0)
                      from checkpoints where tenant_id = %(tenant_id)s) as n
            """
        )
    return int(rows[0]["n"])


async def test_a_long_conversation_is_read_as_fast_as_a_short_one(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    await _talk(pool, seeded).say("Do you ship to Switzerland?")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute(
            """
            insert into checkpoint_blobs (tenant_id, thread_id, checkpoint_ns, channel, version,
                                          type, blob)
            select b.tenant_id, b.thread_id, b.checkpoint_ns, b.channel, 'older ' || n, b.type,
                   b.blob
              from checkpoint_blobs b
             cross join generate_series(1, 500) n
             where b.tenant_id = %(tenant_id)s
            """
        )
        plan = await conn.raw.execute(
            "explain (analyze, format json)"
            + TenantSaver.SELECT_SQL
            + "where thread_id = %s and checkpoint_ns = '' order by checkpoint_id desc limit 1",
            (str(seeded.conversation_id),),
        )
        (found,) = await plan.fetchone() or ((),)
    looked_at = _looked_at(found[0]["Plan"])
    assert 5 < looked_at < 100, looked_at


def _looked_at(node: dict[str, Any]) -> float:
    """How many rows of blobs a plan has read."""
    rows = 0.0
    if "checkpoint_blobs" in (node.get("Relation Name"), str(node.get("Index Name"))[:16]):
        dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
        rows = (node["Actual Rows"] + dropped) * node["Actual Loops"]
    return rows + sum(_looked_at(part) for part in node.get("Plans", ()))
