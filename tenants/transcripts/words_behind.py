"""Messages whose words cannot be searched yet: older ones, forks', those of an older release."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.transcripts import messages
from tenants.transcripts.transcript_words import hashes_of

SLICE = 10  # conversations in one transaction
MESSAGES = 200  # of one conversation in one transaction


@dataclass(frozen=True, slots=True)
class _Behind:
    conversation_id: UUID
    words_seq: int
    last_message_seq: int


async def catch_up(conn: TenantConnection) -> int:
    """Add the words of messages that have none yet; how many conversations, none when all are done."""
    behind = await conn.rows(
        _Behind,
        """
        select conversation_id, words_seq, last_message_seq
          from conversations
         where tenant_id = %(tenant_id)s
           and words_seq < last_message_seq
         limit %(limit)s
           for update skip locked
        """,
        {"limit": SLICE},
    )
    for one in behind:
        said = await messages.list_page(
            conn, one.conversation_id, limit=MESSAGES, after=one.words_seq
        )
        hashes: set[int] = set()
        for message in said:
            hashes.update(await hashes_of(conn, message.text))
        reached = said[-1].seq if len(said) == MESSAGES else one.last_message_seq
        await _add(conn, one.conversation_id, sorted(hashes), reached)
    return len(behind)


async def _add(
    conn: TenantConnection, conversation_id: UUID, hashes: Sequence[int], reached: int
) -> None:
    named = {"conversation_id": conversation_id, "hashes": list(hashes), "reached": reached}
    await conn.execute(
        """
        insert into transcript_words (tenant_id, word_hash, conversation_id)
        select %(tenant_id)s, hash, %(conversation_id)s
          from unnest(%(hashes)s::bigint[]) as hash
        on conflict do nothing
        """,
        named,
    )
    await conn.execute(
        """
        update conversations
           set words_seq = %(reached)s
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        named,
    )
