"""What is sealed for one row is not read in another, though its key would open it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from uuid import UUID

import psycopg
import pytest
from langchain_core.runnables import RunnableConfig

from graphs.keeping.checkpoint_schema import install_schema
from graphs.keeping.checkpoints import PostgresSavers
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.migrate import migrate
from tenants.keys.keyring import SEALED, SEALED_BEFORE
from tenants.running import turns
from tenants.transcripts import conversations, events, messages
from tenants.transcripts.blocks import text_block
from tenants.transcripts.messages import Message, NewMessage
from tests.databases import Database, keyring_of_tests
from tests.graphs.conversation import Talk, machine
from tests.seeds import Seeded, seed_tenant

ANOTHER_ROW = "content of another row stands in"


async def say(pool: Pool, seeded: Seeded, text: str) -> Message:
    said = NewMessage(seeded.conversation_id, "api", "in", "contact", None, [text_block(text)])
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await messages.insert(conn, said)


async def transcript(pool: Pool, seeded: Seeded, conversation_id: UUID) -> list[str]:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        page = await messages.list_page(conn, conversation_id, limit=9)
    return [one.text for one in page]


def as_superuser(database: Database, query: str, *given: object) -> list[bytes]:
    with psycopg.connect(database.superuser) as conn:
        cursor = conn.execute(query.encode(), given)
        return [bytes(row[0]) for row in cursor.fetchall()] if cursor.description else []


async def test_two_messages_of_one_contact_cannot_change_places(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    first, second = await say(pool, seeded, "Refund me 5."), await say(pool, seeded, "And 500?")
    as_superuser(
        database,
        """
        update messages m set content = o.content from messages o
         where (m.message_id, o.message_id) in ((%s, %s), (%s, %s))
        """,
        first.message_id, second.message_id, second.message_id, first.message_id,
    )  # fmt: skip
    with pytest.raises(ValueError, match=ANOTHER_ROW):
        await transcript(pool, seeded, seeded.conversation_id)


async def test_an_event_of_another_turn_is_not_told(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    turn = await _turn(pool, seeded)
    news = [events.NewEvent("message", {"text": "one"}, turn), events.NewEvent("message", {"n": 2})]
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        last = await events.append(conn, seeded.conversation_id, news)
        assert await events.read_after(conn, seeded.conversation_id, last - 2)
    as_superuser(
        database,
        """
        update events e set data = o.data from events o
         where e.conversation_id = %s and o.conversation_id = e.conversation_id
           and e.event_id = %s and o.event_id = %s
        """,
        seeded.conversation_id, last, last - 1,
    )  # fmt: skip
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        with pytest.raises(ValueError, match=ANOTHER_ROW):
            await events.read_after(conn, seeded.conversation_id, last - 1)


async def _turn(pool: Pool, seeded: Seeded) -> UUID:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        accepted = await turns.accept(
            conn, seeded.conversation_id, blocks=[text_block("hello")], author=seeded.contact
        )
    return accepted.turn_id


STATES = {
    "blobs": """
        update checkpoint_blobs b set blob = o.blob from checkpoint_blobs o
         where b.thread_id = %s and o.thread_id = %s and b.channel = o.channel
           and b.blob is not null and o.blob is not null
        """,
    "values": """
        update checkpoints c
           set checkpoint = jsonb_set(c.checkpoint, '{channel_values,_sealed}',
                                      o.checkpoint -> 'channel_values' -> '_sealed')
          from checkpoints o
         where c.thread_id = %s and o.thread_id = %s
        """,
    "metadata": """
        update checkpoints c
           set metadata = jsonb_set(c.metadata, '{_sealed}', o.metadata -> '_sealed')
          from checkpoints o
         where c.thread_id = %s and o.thread_id = %s
        """,
    "writes": """
        update checkpoint_writes w set blob = o.blob from checkpoint_writes o
         where w.thread_id = %s and o.thread_id = %s and w.channel = o.channel
        """,
}


@pytest.mark.parametrize("part", STATES)
async def test_the_state_of_another_conversation_is_not_gone_on_from(
    pool: Pool, database: Database, part: str
) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        other = await conversations.create(
            conn, seeded.assistant_id, seeded.contact_id, channel="api"
        )
    savers = PostgresSavers(pool)
    for conversation_id in (seeded.conversation_id, other.conversation_id):
        talk = Talk(machine(savers=savers))
        talk.context = replace(
            talk.context,
            tenant_id=str(seeded.tenant_id),
            conversation_id=str(conversation_id),
        )
        assert (await talk.say("Can you engrave a violin?")).handoff is not None
    config: RunnableConfig = {
        "configurable": {"thread_id": str(seeded.conversation_id), "checkpoint_ns": ""}
    }
    assert await savers.saver(seeded.tenant_id, None).aget_tuple(config) is not None
    with psycopg.connect(database.superuser) as conn:
        threads = [str(seeded.conversation_id), str(other.conversation_id)]
        assert conn.execute(STATES[part].encode(), threads).rowcount > 0
    with pytest.raises(ValueError, match=ANOTHER_ROW):
        await savers.saver(seeded.tenant_id, None).aget_tuple(config)


async def test_while_servers_of_the_release_before_run_on_they_can_read_what_is_written(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    with psycopg.connect(database.superuser) as conn:
        conn.execute("update data_keys set binds_from = now() + interval '2 seconds'")
    keyring = keyring_of_tests()
    async with make_pool(
        database.app, min_size=1, max_size=1, timeout_seconds=20, keys=keyring
    ) as fresh:
        await say(fresh, seeded, "before")
        await asyncio.sleep(2.1)
        await say(fresh, seeded, "after")
        assert await transcript(fresh, seeded, seeded.conversation_id) == ["before", "after"]
    with psycopg.connect(database.superuser) as conn:
        stored = conn.execute(
            "select content from messages where conversation_id = %s order by seq",
            [seeded.conversation_id],
        ).fetchall()
    assert [bytes(row[0])[:3] for row in stored] == [SEALED_BEFORE, SEALED]


@pytest.mark.parametrize("is_used", [False, True])
def test_rows_are_bound_at_once_in_a_new_database_and_a_day_after_an_update(
    empty_database: Database, is_used: bool
) -> None:
    def new_key() -> timedelta:
        """When values under a new key are bound, from now; it alone, without its tenant."""
        with psycopg.connect(empty_database.superuser) as conn:
            conn.execute("set session_replication_role = replica")
            row = conn.execute(
                "insert into data_keys (tenant_id, key_id, version, master_id, wrapped)"
                " values (gen_random_uuid(), gen_random_uuid(), 1, 'm', '')"
                " returning binds_from - now()"
            ).fetchone()
        assert row is not None
        return row[0]

    migrate(empty_database.owner, app_url=empty_database.app, also=[install_schema])
    if is_used:
        new_key()
    with psycopg.connect(empty_database.owner) as conn:
        conn.execute("alter table data_keys drop column binds_from")  # as the release before has it
        conn.execute(import_module("tenants.migrations.versions.0057_bound_rows").BIND)
    hours = new_key().total_seconds() / 3600
    assert 23 < hours <= 24 if is_used else hours < 0
