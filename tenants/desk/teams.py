"""Teams: operators who look after the same handoffs, by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, Invalid, NotFound
from tenants.ids import new_id

MAX_TEAMS = 50
MAX_MEMBERS = 200


@dataclass(frozen=True, slots=True)
class Team:
    team_id: UUID
    name: str
    member_ids: list[UUID]
    created_at: datetime


async def create(conn: TenantConnection, name: str, member_ids: Sequence[UUID]) -> Team:
    """A new team. Raises: Conflict where the name is taken, NotFound for an unknown member, Invalid."""
    await _check_members(conn, member_ids)
    if len(await all_of(conn)) >= MAX_TEAMS:
        raise Invalid(f"a tenant has at most {MAX_TEAMS} teams")
    try:
        made = await conn.row(
            Team,
            """
            insert into teams (tenant_id, team_id, name, member_ids)
            values (%(tenant_id)s, %(team_id)s, %(name)s, %(member_ids)s)
            returning team_id, name, member_ids, created_at
            """,
            {"team_id": new_id(), "name": name, "member_ids": list(member_ids)},
        )
    except UniqueViolation:
        raise Conflict(f"there is a team {name!r} already") from None
    assert made is not None
    return made


async def all_of(conn: TenantConnection) -> list[Team]:
    """The tenant's teams, by name."""
    return await conn.rows(
        Team,
        """
        select team_id, name, member_ids, created_at
          from teams
         where tenant_id = %(tenant_id)s
         order by lower(name)
        """,
    )


async def get(conn: TenantConnection, team_id: UUID) -> Team:
    """One team. Raises: NotFound."""
    found = await conn.row(
        Team,
        """
        select team_id, name, member_ids, created_at
          from teams
         where tenant_id = %(tenant_id)s
           and team_id = %(team_id)s
        """,
        {"team_id": team_id},
    )
    if found is None:
        raise NotFound("no such team")
    return found


async def change(
    conn: TenantConnection,
    team_id: UUID,
    *,
    name: str | None = None,
    member_ids: Sequence[UUID] | None = None,
) -> Team:
    """Change what is given. Raises: NotFound, Conflict."""
    await get(conn, team_id)
    if member_ids is not None:
        await _check_members(conn, member_ids)
    try:
        await conn.execute(
            """
            update teams
               set name = coalesce(%(name)s, name),
                   member_ids = coalesce(%(member_ids)s, member_ids)
             where tenant_id = %(tenant_id)s
               and team_id = %(team_id)s
            """,
            {
                "team_id": team_id,
                "name": name,
                "member_ids": None if member_ids is None else list(member_ids),
            },
        )
    except UniqueViolation:
        raise Conflict(f"there is a team {name!r} already") from None
    return await get(conn, team_id)


async def delete(conn: TenantConnection, team_id: UUID) -> None:
    """Dissolve a team; what was assigned to it is nobody's again. Raises: NotFound."""
    await get(conn, team_id)
    await conn.execute(
        """
        update handoffs
           set team_id = null
         where tenant_id = %(tenant_id)s
           and team_id = %(team_id)s
        """,
        {"team_id": team_id},
    )
    await conn.execute(
        """
        delete from teams
         where tenant_id = %(tenant_id)s
           and team_id = %(team_id)s
        """,
        {"team_id": team_id},
    )


async def _check_members(conn: TenantConnection, member_ids: Sequence[UUID]) -> None:
    cursor = await conn.execute(
        """
        select count(*)
          from operators
         where tenant_id = %(tenant_id)s
           and operator_id = any(%(member_ids)s)
        """,
        {"member_ids": list(member_ids)},
    )
    row = await cursor.fetchone()
    if row is None or row[0] != len(set(member_ids)):
        raise NotFound("no such operator among the members")
