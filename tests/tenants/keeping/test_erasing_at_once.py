"""Who writes about somebody in the very moment of their erasure leaves nothing behind it either."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from tenants.actors import SYSTEM
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.desk import notes
from tenants.errors import NotFound
from tenants.finding import known_vectors
from tenants.finding.known_vectors import text_hash
from tenants.ids import new_id
from tenants.keeping import conversation_erasing
from tenants.keeping.erasures import Subject
from tenants.knowledge.ingestion import NewDocument, Stored, add_documents
from tenants.outside import actions, transcript_mails
from tenants.outside.actions import NewAction, Owner
from tenants.transcripts import conversation_files, conversations, feedback
from tenants.working import jobs
from tests.at_rest import dumped
from tests.databases import Database
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import DIMENSION, WordEmbedder

CONTACT = {"contacts", "data_keys"}
Written = Callable[[], Awaitable[None]]  # called once all is written, before the commit
Writes = Callable[[Pool, Seeded, Written], Coroutine[Any, Any, None]]
# What an erasure leaves: its receipt, the tenant, its assistant and what guards them.
KEPT = {"tenants", "assistants", "assistant_revisions", "erasures", "channel_routes"}


async def _in_transaction(
    pool: Pool,
    shop: Seeded,
    written: Written,
    write: Callable[[TenantConnection], Awaitable[object]],
) -> None:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await write(conn)
        await written()


async def _base(conn: TenantConnection, shop: Seeded) -> conversation_files.Base:
    return await conversation_files.open_base(
        conn,
        shop.conversation_id,
        embedding_model=WordEmbedder.model_id,
        dimension=DIMENSION,
    )


async def a_file(pool: Pool, shop: Seeded, written: Written) -> None:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        base = await _base(conn, shop)

    async def within(_conn: TenantConnection, _stored: Stored) -> None:
        await written()

    await add_documents(
        pool,
        shop.tenant_id,
        base.knowledge_base_id,
        [NewDocument("text", text="My parcel is lost.")],
        embedder=WordEmbedder(),
        actor=SYSTEM,
        within=within,
    )


async def a_vector(pool: Pool, shop: Seeded, written: Written) -> None:
    """Of a file that a job is still working on."""
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        base = await _base(conn, shop)
        job_id = await jobs.create(
            conn, "ingest", total=1, knowledge_base_id=base.knowledge_base_id
        )

    async def write(conn: TenantConnection) -> None:
        vector = np.ones(DIMENSION, np.float32)
        await known_vectors.keep(conn, job_id, {text_hash("test:words", "My parcel"): vector})

    await _in_transaction(pool, shop, written, write)


async def an_opinion(pool: Pool, shop: Seeded, written: Written) -> None:
    async def write(conn: TenantConnection) -> None:
        await conversations.get(conn, shop.conversation_id)
        await feedback.record(conn, shop.conversation_id, score=1, reason="Ask Ada Marlow why.")

    await _in_transaction(pool, shop, written, write)


async def a_note(pool: Pool, shop: Seeded, written: Written) -> None:
    async def write(conn: TenantConnection) -> None:
        await conversations.get(conn, shop.conversation_id)
        await notes.add(conn, shop.conversation_id, "Call Ada back.", actor=SYSTEM, name="Ann")

    await _in_transaction(pool, shop, written, write)


async def a_transcript(pool: Pool, shop: Seeded, written: Written) -> None:
    async def write(conn: TenantConnection) -> None:
        await conversations.get(conn, shop.conversation_id)
        mail = {"to": "ada@example.com", "from_name": "Shop", "subject": "Yours", "text": "Hello."}
        await transcript_mails.put(conn, shop.conversation_id, mail, until=1)

    await _in_transaction(pool, shop, written, write)


async def an_action(pool: Pool, shop: Seeded, written: Written) -> None:
    """Its graph keeps its state under the lease of its delivery."""
    action_id, turn_id = new_id(), new_id()
    owner = Owner(shop.conversation_id, shop.contact_id, shop.assistant_id, 1)
    new = NewAction(action_id, "c-1", "refund", {"order": "A-1"}, {}, False, amount=Decimal(1))
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await actions.propose(conn, owner, turn_id, [new])

    async def write(conn: TenantConnection) -> None:
        await conn.execute("select 1 from outbox_queue where tenant_id = %(tenant_id)s for share")
        await conn.execute(
            """
            insert into checkpoints (thread_id, checkpoint_ns, checkpoint_id, checkpoint, metadata)
            values (%(thread)s, '', '1', '{}', '{}')
            """,
            {"thread": str(action_id)},
        )

    await _in_transaction(pool, shop, written, write)


async def a_conversation(pool: Pool, shop: Seeded, written: Written) -> None:
    async def write(conn: TenantConnection) -> None:
        await conversations.create(conn, shop.assistant_id, shop.contact_id)

    await _in_transaction(pool, shop, written, write)


async def _left(database: Database, tenant_id: UUID) -> dict[str, bytes]:
    found = await asyncio.to_thread(dumped, database.superuser, str(tenant_id))
    return {table: rows for table, rows in found.items() if rows and table not in KEPT}


CASES: list[tuple[Writes, Subject]] = [
    (a_file, "conversation"),
    (a_vector, "conversation"),
    (an_opinion, "conversation"),
    (a_note, "conversation"),
    (a_transcript, "conversation"),
    (an_action, "conversation"),
    (a_conversation, "contact"),
]


@pytest.mark.parametrize(("write", "subject"), CASES)
async def test_what_is_written_while_they_are_erased_goes_with_them(
    pool: Pool, database: Database, neighbour: Seeded, write: Writes, subject: Subject
) -> None:
    shop = await seed_tenant(pool, "At once")
    is_written, may_commit = asyncio.Event(), asyncio.Event()

    async def written() -> None:
        is_written.set()
        await may_commit.wait()

    async def erase() -> None:
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            await conversation_erasing.erase(conn, subject, _named(shop, subject), actor=SYSTEM)

    writing = asyncio.create_task(write(pool, shop, written))
    async with asyncio.timeout(10):
        await is_written.wait()
    erasing = asyncio.create_task(erase())
    await asyncio.wait({erasing}, timeout=1)  # it may wait for who writes, and may not
    may_commit.set()
    async with asyncio.timeout(10):
        await asyncio.gather(writing, erasing)
    left = await _left(database, shop.tenant_id)
    if subject == "conversation":  # the contact stays, with its key
        left = {table: rows for table, rows in left.items() if table not in CONTACT}
    assert left == {}


async def test_no_conversation_is_opened_of_who_was_erased(pool: Pool, neighbour: Seeded) -> None:
    shop = await seed_tenant(pool, "Too late")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await conversation_erasing.erase(conn, "contact", shop.contact_id, actor=SYSTEM)
        with pytest.raises(NotFound):
            await conversations.create(conn, shop.assistant_id, shop.contact_id)


def _named(shop: Seeded, subject: Subject) -> UUID:
    return shop.contact_id if subject == "contact" else shop.conversation_id
