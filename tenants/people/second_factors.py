"""Operators' second factors: a sealed secret, the last step that was used of it, recovery codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """One operator's; it counts once it was confirmed."""

    sealed: bytes
    last_step: int
    confirmed_at: datetime | None
    codes_left: int


async def find(conn: TenantConnection, operator_id: UUID) -> SecondFactor | None:
    """An operator's second factor, confirmed or not."""
    return await conn.row(
        SecondFactor,
        """
        select f.sealed, f.last_step, f.confirmed_at,
               (select count(*)::int
                  from recovery_codes c
                 where c.tenant_id = %(tenant_id)s
                   and c.operator_id = %(operator_id)s
                   and c.used_at is null) as codes_left
          from second_factors f
         where f.tenant_id = %(tenant_id)s
           and f.operator_id = %(operator_id)s
        """,
        {"operator_id": operator_id},
    )


async def begin(conn: TenantConnection, operator_id: UUID, sealed: bytes) -> None:
    """Keep a secret that is to be confirmed. Raises: Conflict where there is a confirmed one."""
    kept = await conn.execute(
        """
        insert into second_factors as f (tenant_id, operator_id, sealed)
        values (%(tenant_id)s, %(operator_id)s, %(sealed)s)
        on conflict (tenant_id, operator_id) do update
           set sealed = excluded.sealed, last_step = 0, created_at = now()
         where f.confirmed_at is null
        """,
        {"operator_id": operator_id, "sealed": sealed},
    )
    if kept.rowcount == 0:
        raise Conflict("there is a second factor already; remove it first")


async def confirm(conn: TenantConnection, operator_id: UUID) -> None:
    """Ask for the factor from now on. Raises: Conflict where nothing waits to be confirmed."""
    confirmed = await conn.execute(
        """
        update second_factors
           set confirmed_at = now()
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
           and confirmed_at is null
        """,
        {"operator_id": operator_id},
    )
    if confirmed.rowcount == 0:
        raise Conflict("no second factor waits to be confirmed")


async def use_step(conn: TenantConnection, operator_id: UUID, step: int) -> bool:
    """Whether a step's code was not used before, nor a later one's; it is used now."""
    used = await conn.execute(
        """
        update second_factors
           set last_step = %(step)s
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
           and last_step < %(step)s
        """,
        {"operator_id": operator_id, "step": step},
    )
    return used.rowcount == 1


async def use_recovery_code(conn: TenantConnection, operator_id: UUID, code_hash: bytes) -> bool:
    """Whether it was one of the operator's codes, not used before; it is used now."""
    used = await conn.execute(
        """
        update recovery_codes
           set used_at = now()
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
           and code_hash = %(code_hash)s
           and used_at is null
        """,
        {"operator_id": operator_id, "code_hash": code_hash},
    )
    return used.rowcount == 1


async def put_recovery_codes(
    conn: TenantConnection, operator_id: UUID, hashes: Sequence[bytes]
) -> None:
    """Replace an operator's recovery codes."""
    await _forget_codes(conn, operator_id)
    await conn.execute(
        """
        insert into recovery_codes (tenant_id, operator_id, code_hash)
        select %(tenant_id)s, %(operator_id)s, unnest(%(hashes)s::bytea[])
        """,
        {"operator_id": operator_id, "hashes": list(hashes)},
    )


async def remove(conn: TenantConnection, operator_id: UUID) -> None:
    """Ask an operator for no second factor any more. Raises: NotFound."""
    await _forget_codes(conn, operator_id)
    gone = await conn.execute(
        """
        delete from second_factors
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
        """,
        {"operator_id": operator_id},
    )
    if gone.rowcount == 0:
        raise NotFound("this operator has no second factor")


async def _forget_codes(conn: TenantConnection, operator_id: UUID) -> None:
    await conn.execute(
        """
        delete from recovery_codes
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
        """,
        {"operator_id": operator_id},
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    second_factor_required: bool


async def is_required(conn: TenantConnection) -> bool:
    """Whether the tenant asks every operator for one who signs in here. Raises: NotFound."""
    found = await conn.row(
        _Rule, "select second_factor_required from tenants where tenant_id = %(tenant_id)s"
    )
    if found is None:
        raise NotFound("no such tenant")
    return found.second_factor_required


async def require(conn: TenantConnection, *, is_required: bool) -> None:
    """Ask everybody for a second factor, or only who has one."""
    await conn.execute(
        """
        update tenants
           set second_factor_required = %(is_required)s
         where tenant_id = %(tenant_id)s
        """,
        {"is_required": is_required},
    )
