"""Whether those who were let in may still stay: keys, operators' sessions and contacts at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection


@dataclass(frozen=True, slots=True)
class Standing:
    """What is still good of what was asked about; `roles` are those of the sessions, in order."""

    status: str
    api_keys: list[UUID]
    sessions: list[UUID]
    roles: list[str]
    contacts: list[UUID]


async def standing(
    conn: TenantConnection,
    *,
    api_keys: Sequence[UUID] = (),
    sessions: Sequence[UUID] = (),
    contacts: Sequence[UUID] = (),
) -> Standing:
    """Which of these are still good; nobody where the tenant is gone."""
    found = await conn.row(
        Standing,
        """
        select t.status,
               array(select api_key_id
                       from api_keys
                      where tenant_id = %(tenant_id)s
                        and api_key_id = any(%(api_keys)s::uuid[])
                        and revoked_at is null
                        and (expires_at is null or expires_at > now())) as api_keys,
               s.sessions, s.roles,
               array(select contact_id
                       from contacts
                      where tenant_id = %(tenant_id)s
                        and contact_id = any(%(contacts)s::uuid[])
                        and merged_into is null) as contacts
          from tenants t
         cross join lateral (
               select coalesce(array_agg(s.operator_session_id), '{}') as sessions,
                      coalesce(array_agg(o.role), '{}') as roles
                 from operator_sessions s
                 join operators o
                   on o.tenant_id = %(tenant_id)s
                  and o.operator_id = s.operator_id
                  and o.disabled_at is null
                where s.tenant_id = %(tenant_id)s
                  and s.operator_session_id = any(%(sessions)s::uuid[])
                  and s.revoked_at is null
                  and s.expires_at > now()) s
         where t.tenant_id = %(tenant_id)s
        """,
        {"api_keys": list(api_keys), "sessions": list(sessions), "contacts": list(contacts)},
    )
    return found or Standing("erasing", [], [], [], [])


async def spend_ticket(conn: TenantConnection, ticket_id: UUID, *, seconds: int) -> bool:
    """Whether a ticket was good until now; those that have expired are forgotten on the way."""
    await conn.execute(
        "delete from spent_tickets where tenant_id = %(tenant_id)s and expires_at < now()"
    )
    spent = await conn.execute(
        """
        insert into spent_tickets (tenant_id, ticket_id, expires_at)
        values (%(tenant_id)s, %(ticket_id)s, now() + make_interval(secs => %(seconds)s))
        on conflict do nothing
        """,
        {"ticket_id": ticket_id, "seconds": seconds},
    )
    return spent.rowcount == 1
