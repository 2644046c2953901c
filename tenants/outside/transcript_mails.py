"""Transcripts that leave by mail: one row of the outbox each, and not more than a bounded number.

An address stands nowhere in clear: how often it was written to is counted by a number that only the
tenant's own key makes of it.
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import RateLimited
from tenants.outside import outbox
from tenants.outside.outbox import NewDelivery
from tenants.people import addresses
from tenants.transcripts import conversations

KIND, EVENT = "mail", "transcript_mail"
OF_A_CONVERSATION = 5  # mails a day
ADDRESSES_OF_A_CONVERSATION = 2  # a day: nobody uses a desk to write to many
OF_AN_ADDRESS = 5  # a day, from all of a tenant's conversations
OF_A_TENANT = 1_000  # a day
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class _Written:
    of_conversation: int
    other_addresses: int
    of_address: int
    of_tenant: int


async def put(
    conn: TenantConnection, conversation_id: UUID, body: dict[str, Any], *, until: int
) -> None:
    """Queue a mail of a conversation as it stands at event `until`; the same one is queued once.

    `body` has `to`, `from_name`, `subject` and `text`. Raises: RateLimited, NotFound.
    """
    await conversations.lock(conn, conversation_id)  # one mail after the other is counted
    target_id = await _number_of(conn, body["to"])
    written = await _written_today(conn, conversation_id, target_id)
    _check(written)
    delivery = NewDelivery(
        kind=KIND,
        effect_key=f"mail:{conversation_id}:{target_id}:{until}",
        event=EVENT,
        target_id=target_id,
        body=body,
        conversation_id=conversation_id,
    )
    await outbox.put(conn, [delivery])


def _check(written: _Written) -> None:
    wait = DAY_SECONDS // 24
    if written.of_conversation >= OF_A_CONVERSATION:
        detail = "this conversation was sent often enough today"
        raise RateLimited(detail, retry_after_seconds=wait)
    if written.other_addresses >= ADDRESSES_OF_A_CONVERSATION:
        detail = "this conversation was sent to other addresses today already"
        raise RateLimited(detail, retry_after_seconds=wait)
    if written.of_address >= OF_AN_ADDRESS:
        detail = "this address has got enough mail from here today"
        raise RateLimited(detail, retry_after_seconds=wait)
    if written.of_tenant >= OF_A_TENANT:
        raise RateLimited("no more mail leaves today", retry_after_seconds=wait)


async def _number_of(conn: TenantConnection, address: str) -> UUID:
    kept = await addresses.stored(conn, KIND, address.lower())
    return UUID(bytes=hashlib.sha256(kept.found_by.encode()).digest()[:16])


async def _written_today(
    conn: TenantConnection, conversation_id: UUID, target_id: UUID
) -> _Written:
    found = await conn.row(
        _Written,
        """
        select count(*) filter (where conversation_id = %(conversation_id)s) as of_conversation,
               count(distinct target_id)
                   filter (where conversation_id = %(conversation_id)s
                             and target_id <> %(target_id)s) as other_addresses,
               count(*) filter (where target_id = %(target_id)s) as of_address,
               count(*) as of_tenant
          from outbox
         where tenant_id = %(tenant_id)s
           and kind = 'mail'
           and created_at > now() - interval '1 day'
        """,
        {"conversation_id": conversation_id, "target_id": target_id},
    )
    assert found is not None
    return found
