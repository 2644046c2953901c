"""What is kept of a fork's origin: where it was made, and what it tries."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.transcripts.conversations import Conversation

ORIGIN = "fork"


@dataclass(frozen=True, slots=True)
class _Source:
    forked_from: UUID | None
    forked_turn_id: UUID | None
    forked_step: int | None
    forked_settings: dict[str, Any] | None


async def source_of(conn: TenantConnection, one: Conversation) -> dict[str, Any]:
    """Where a fork was made and what it tries, as the API shows it; empty for what is none."""
    if one.origin != ORIGIN:
        return {}
    found = await conn.row(
        _Source,
        """
        select forked_from, forked_turn_id, forked_step, forked_settings
          from conversations
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": one.conversation_id},
    )
    return asdict(found) if found is not None else {}


@dataclass(frozen=True, slots=True)
class Within:
    """The turn, and the step in it, behind which a fork begins."""

    turn_id: UUID
    step: int


async def within(conn: TenantConnection, conversation_id: UUID) -> Within | None:
    """Where a fork begins within a turn; None for what is none."""
    return await conn.row(
        Within,
        """
        select forked_turn_id as turn_id, forked_step as step
          from conversations
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and forked_turn_id is not null
           and forked_step is not null
        """,
        {"conversation_id": conversation_id},
    )


@dataclass(frozen=True, slots=True)
class _Tried:
    forked_settings: dict[str, Any] | None


async def settings_of(conn: TenantConnection, conversation_id: UUID) -> dict[str, Any]:
    """What a fork tries instead of its assistant's settings; empty where it tries nothing."""
    found = await conn.row(
        _Tried,
        """
        select forked_settings
          from conversations
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id},
    )
    return (found.forked_settings if found is not None else None) or {}
