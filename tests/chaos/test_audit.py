"""The audit finds what it is there to find: each promise is broken once, by hand."""

import copy
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tenants.actors import Actor
from tenants.database.connection import make_pool, tenant_transaction
from tenants.database.postgres import EmbeddedPostgres
from tenants.desk import handoffs
from tenants.ids import new_id
from tenants.running import leases, turn_ends, turns
from tenants.running.turn_ends import OpenedHandoff, TurnEnd
from tenants.transcripts import events
from tenants.transcripts.blocks import text_block
from tests.chaos.audit import PROMISES, audit
from tests.chaos.contacts import KNOWN
from tests.chaos.journal import Fault, Journal, Kill, Refused, Restart, Sent, Streamed
from tests.chaos.kills import RESTART
from tests.databases import Database, fresh_database
from tests.seeds import Seeded, seed_tenant

Break = Callable[[psycopg.Connection, Journal], object]


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """A database with nothing in it but one conversation; what tests do to it is rolled back."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"audit_{worker}") as made:
        yield made


@pytest.fixture
def journal(book: Journal) -> Journal:
    """The test's own copy of the book."""
    copied = copy.copy(book)
    for name in (
        "sent",
        "streamed",
        "kills",
        "restarts",
        "faults",
        "refused",
        "unwell",
        "unexpected",
        "missed",
    ):
        setattr(copied, name, copy.deepcopy(getattr(book, name)))
    return copied


@pytest.fixture(scope="module")
async def book(
    database: Database, tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncIterator[Journal]:
    """The book of one answered message and of one that an operator answered."""
    journal = Journal(tmp_path_factory.mktemp("book") / "journal.jsonl")
    async with make_pool(database.app, min_size=1, max_size=2, timeout_seconds=20) as pool:
        shop = await seed_tenant(pool, "Shop")
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            sent = await _said(conn, shop, "m-1", KNOWN, TurnEnd("completed", _reply("3 years.")))
            journal.sent.append(sent)
            opened = OpenedHandoff("none:1", "not_in_knowledge", {})
            end = TurnEnd("waiting_for_operator", _reply("A colleague."), handoff=opened)
            journal.sent.append(await _said(conn, shop, "m-2", "Chandeliers?", end))
            handoff = await handoffs.find_open(conn, shop.conversation_id)
            assert handoff is not None
            await _resolved(conn, shop, handoff.handoff_id)
            log = await events.read_after(conn, shop.conversation_id, 0)
    seen = [(event.event_id, event.type) for event in log]
    journal.streamed.append(Streamed(str(shop.conversation_id), seen, 1))
    journal.resolved[str(handoff.handoff_id)] = str(shop.conversation_id)
    with psycopg.connect(database.superuser) as conn:
        conn.execute(
            """
            insert into knowledge_suggestions
                   (tenant_id, suggestion_id, knowledge_base_id, content, handoff_id, actor_kind, actor_id)
            values (%s, gen_random_uuid(), gen_random_uuid(), '', %s, 'operator', 'o')
            """,
            (shop.tenant_id, handoff.handoff_id),
        )
    yield journal
    journal.close()


def _reply(text: str) -> dict[str, object]:
    return {"message_id": str(new_id()), "content": [text_block(text)]}


async def _said(
    conn: turns.TenantConnection, shop: Seeded, name: str, text: str, end: TurnEnd
) -> Sent:
    accepted = await turns.accept(
        conn, shop.conversation_id, blocks=[text_block(text)], author=shop.contact,
        client_message_id=name,
    )  # fmt: skip
    lease = await leases.claim(conn, accepted.turn_id, owner=new_id(), lease_seconds=60)
    assert lease is not None
    await turn_ends.finish(conn, lease, end)
    now, turn_id = time.time(), str(accepted.turn_id)
    return Sent(str(shop.conversation_id), name, text, turn_id, now, 1, end.status, now + 1)


async def _resolved(conn: turns.TenantConnection, shop: Seeded, handoff_id: UUID) -> None:
    decided = handoffs.Resolution([text_block("Yes.")], True, None, False, True)
    actor = Actor("operator", "o")
    made = await handoffs.resolve(conn, handoff_id, decided, actor=actor, name="Olga")
    lease = await leases.claim(conn, made.turn_id, owner=new_id(), lease_seconds=60)
    assert lease is not None
    learnt = {"kind": "suggestion", "handoff_id": str(handoff_id)}
    await turn_ends.finish(conn, lease, TurnEnd("completed", learnt=learnt))


def sql(statement: LiteralString) -> Break:
    return lambda conn, _journal: conn.execute(statement)


def unanswered(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.sent[0].status = ""


def slow(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.sent[0].ended_at += 61


def unexpected(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.unexpected.append("409: no such thing")


def unseen(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.kills.append(Kill("mid_stream", 1, "", 1.0))


def missed(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.missed.append("mid_stream")


def twice(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.streamed[0].numbered.insert(2, journal.streamed[0].numbered[1])


def crashed(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.restarts.append(Restart(1, -9, 1.0))


def late(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.faults.append(Fault("the disk", "", 1.0, 2.0, 10.5))


def unwell(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.unwell.append("ReadTimeout")


def refused(_conn: psycopg.Connection, journal: Journal) -> None:
    journal.kills.append(Kill(RESTART, 1, "", 1.0))
    journal.restarts.append(Restart(1, 0, 1.0))
    journal.refused.append(Refused("/v1/conversations", 503, "{}"))


AGAIN = """
    insert into messages (tenant_id, message_id, conversation_id, seq, turn_id, channel, author_kind,
                          author_id, direction, content, client_message_id)
    select tenant_id, gen_random_uuid(), conversation_id, seq + 100, turn_id, channel, author_kind,
           author_id, direction, content, client_message_id || '-again'
      from messages
     where author_kind = 'assistant'
"""
BROKEN: dict[str, Break] = {
    "accepted messages lost": sql("delete from messages where client_message_id = 'm-1'"),
    "accepted messages kept twice": sql(
        """
        insert into messages (tenant_id, message_id, conversation_id, seq, turn_id, channel,
                              author_kind, direction, content, client_message_id)
        select tenant_id, gen_random_uuid(), gen_random_uuid(), seq, turn_id, channel, author_kind,
               direction, content, client_message_id
          from messages
         where author_kind = 'contact'
        """
    ),
    "servers that did not go in peace": crashed,
    "good answers that came late": late,
    "looks at health without an answer": unwell,
    "failures while servers only went and came": refused,
    "answers that nobody expects": unexpected,
    "kills at a point without evidence": unseen,
    "points that nobody came by": missed,
    "turns without an end": unanswered,
    "turns that ended after more than 60 s": slow,
    "turns that failed": sql("update turns set status = 'failed'"),
    "turns without their reply": sql("delete from messages where author_kind = 'assistant'"),
    "replies doubled": sql(AGAIN),
    "effects lost": sql("delete from knowledge_suggestions"),
    "effects doubled": sql(
        """
        insert into events (tenant_id, conversation_id, event_id, turn_id, type, data)
        select tenant_id, conversation_id, event_id + 100, turn_id, type, data
          from events where type = 'knowledge_updated'
        """
    ),
    "usage that is not in the ledger once": sql(
        """
        insert into usage_ledger (tenant_id, usage_id, turn_id, node, model, input_tokens,
                                  output_tokens, cost_usd, price_version)
        select tenant_id, gen_random_uuid(), turn_id, 'answer', 'm', 1, 1, 0, 'p' from turns
        """
    ),
    "conversations with a gap in their events": sql("delete from events where event_id = 2"),
    "readers who missed or saw twice": twice,
    "rows left in the queue": sql(
        """
        insert into turn_queue (tenant_id, turn_id, conversation_id, seq)
        select tenant_id, turn_id, conversation_id, seq from turns
        """
    ),
}


async def test_a_world_without_faults_has_none(database: Database, journal: Journal) -> None:
    with psycopg.connect(database.superuser) as conn:
        findings = audit(conn, journal)
    assert not findings.examples
    assert (findings.messages, findings.turns, findings.learnt) == (2, 3, 1)


@pytest.mark.parametrize("promise", BROKEN)
async def test_a_broken_promise_is_found(
    database: Database, journal: Journal, promise: str
) -> None:
    with psycopg.connect(database.superuser) as conn:
        BROKEN[promise](conn, journal)
        found = audit(conn, journal).examples
        conn.rollback()
    assert promise in PROMISES and promise in found
