"""Operators' sessions: opened by a sign-in, seen by the minute, ended by themselves or by somebody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound


@dataclass(frozen=True, slots=True)
class OperatorSession:
    """One browser that is signed in; `method` says how: link, password, invitation, provider."""

    operator_session_id: UUID
    operator_id: UUID
    method: str
    address: str
    browser: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a good session's operator is now, whatever they were when it was opened."""

    operator_id: UUID
    role: str
    rights: list[str]
    method: str
    created_at: datetime
    tenant_status: str
    must_enrol: bool = False  # a second factor, before anything else

    @property
    def may_write_knowledge(self) -> bool:
        """As `tenants.people.operators.Operator` says it."""
        return self.role in ("owner", "admin") or (
            self.role == "operator" and "knowledge" in self.rights
        )


async def open_session(
    conn: TenantConnection,
    session_id: UUID,
    operator_id: UUID,
    *,
    method: str,
    expires_at: datetime,
    address: str,
    browser: str,
) -> None:
    """Note a session; those that ended long ago are forgotten on the way."""
    await conn.execute(
        """
        delete from operator_sessions
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
           and expires_at < now() - interval '30 days'
        """,
        {"operator_id": operator_id},
    )
    await conn.execute(
        """
        insert into operator_sessions (tenant_id, operator_session_id, operator_id, method, address,
                                       browser, expires_at)
        values (%(tenant_id)s, %(session_id)s, %(operator_id)s, %(method)s, %(address)s,
                %(browser)s, %(expires_at)s)
        """,
        {
            "session_id": session_id,
            "operator_id": operator_id,
            "method": method,
            "address": address[:64],
            "browser": browser[:80],
            "expires_at": expires_at,
        },
    )


async def standing(conn: TenantConnection, session_id: UUID) -> Standing | None:
    """Whose session it is; None where it ended or its operator may not sign in any more."""
    return await conn.row(
        Standing,
        """
        with seen as (
            update operator_sessions
               set last_seen_at = now()
             where tenant_id = %(tenant_id)s
               and operator_session_id = %(session_id)s
               and revoked_at is null
               and last_seen_at < now() - interval '1 minute')
        select o.operator_id, o.role, o.rights, s.method, s.created_at,
               t.status as tenant_status,
               t.second_factor_required
               and s.method <> 'provider'
               and not exists (select from second_factors f
                                where f.tenant_id = %(tenant_id)s
                                  and f.operator_id = s.operator_id
                                  and f.confirmed_at is not null) as must_enrol
          from operator_sessions s
          join operators o
            on o.tenant_id = %(tenant_id)s
           and o.operator_id = s.operator_id
           and o.disabled_at is null
          join tenants t
            on t.tenant_id = %(tenant_id)s
         where s.tenant_id = %(tenant_id)s
           and s.operator_session_id = %(session_id)s
           and s.revoked_at is null
           and s.expires_at > now()
        """,
        {"session_id": session_id},
    )


async def list_open(conn: TenantConnection, operator_id: UUID) -> list[OperatorSession]:
    """An operator's sessions that are good now, the newest first; at most 200."""
    return await conn.rows(
        OperatorSession,
        """
        select operator_session_id, operator_id, method, address, browser, created_at, last_seen_at,
               expires_at
          from operator_sessions
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
           and revoked_at is null
           and expires_at > now()
         order by operator_session_id desc
         limit 200
        """,
        {"operator_id": operator_id},
    )


async def revoke(conn: TenantConnection, operator_id: UUID, session_id: UUID) -> None:
    """End one session of an operator. Raises: NotFound."""
    ended = await conn.execute(
        """
        update operator_sessions
           set revoked_at = coalesce(revoked_at, now())
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
           and operator_session_id = %(session_id)s
        """,
        {"operator_id": operator_id, "session_id": session_id},
    )
    if ended.rowcount == 0:
        raise NotFound("no such session")


async def revoke_all(conn: TenantConnection, operator_id: UUID, *, but: UUID | None = None) -> int:
    """End every session of an operator, but one where that is wanted; how many there were."""
    ended = await conn.execute(
        """
        update operator_sessions
           set revoked_at = now()
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
           and revoked_at is null
           and expires_at > now()
           and operator_session_id is distinct from %(but)s
        """,
        {"operator_id": operator_id, "but": but},
    )
    return ended.rowcount
