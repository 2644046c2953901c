"""Who looks at a handoff right now, and who of them is writing: so that two do not answer at once."""

from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection

SEEN_SECONDS = 20  # a console says so again every few seconds
TYPED_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Watcher:
    operator_id: UUID
    name: str
    is_typing: bool


async def look(
    conn: TenantConnection,
    handoff_id: UUID,
    conversation_id: UUID,
    operator_id: UUID,
    *,
    is_typing: bool,
) -> None:
    """Remember that an operator looks at a handoff, and whether they write."""
    await conn.execute(
        """
        insert into handoff_watchers as w
               (tenant_id, handoff_id, operator_id, conversation_id, typed_at)
        values (%(tenant_id)s, %(handoff_id)s, %(operator_id)s, %(conversation_id)s,
                case when %(is_typing)s then now() end)
        on conflict (tenant_id, handoff_id, operator_id)
        do update set seen_at = now(),
                      typed_at = case when %(is_typing)s then now() else w.typed_at end
        """,
        {
            "handoff_id": handoff_id,
            "conversation_id": conversation_id,
            "operator_id": operator_id,
            "is_typing": is_typing,
        },
    )


async def others(conn: TenantConnection, handoff_id: UUID, operator_id: UUID) -> list[Watcher]:
    """Who else looks at it, by name."""
    return await conn.rows(
        Watcher,
        """
        select w.operator_id, o.name,
               coalesce(w.typed_at > now() - make_interval(secs => %(typed)s), false) as is_typing
          from handoff_watchers w
          join operators o
            on o.tenant_id = %(tenant_id)s
           and o.operator_id = w.operator_id
         where w.tenant_id = %(tenant_id)s
           and w.handoff_id = %(handoff_id)s
           and w.operator_id <> %(operator_id)s
           and w.seen_at > now() - make_interval(secs => %(seen)s)
         order by o.name, w.operator_id
        """,
        {
            "handoff_id": handoff_id,
            "operator_id": operator_id,
            "typed": TYPED_SECONDS,
            "seen": SEEN_SECONDS,
        },
    )
