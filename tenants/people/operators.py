"""Operators: the people of a tenant who answer and approve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, LastOwner, NotFound
from tenants.ids import new_id

ROLES = ("owner", "admin", "operator", "viewer")


@dataclass(frozen=True, slots=True)
class Operator:
    operator_id: UUID
    email: str
    name: str
    role: str
    rights: list[str]
    created_at: datetime
    disabled_at: datetime | None
    available_until: datetime | None = None
    has_password: bool = False
    has_second_factor: bool = False

    @property
    def may_answer(self) -> bool:
        """A viewer looks on; everyone else may take a handoff."""
        return self.role != "viewer" and self.disabled_at is None

    @property
    def may_write_knowledge(self) -> bool:
        """Owners and admins may; an operator with the `knowledge` right may too."""
        return self.may_answer and (self.role in ("owner", "admin") or "knowledge" in self.rights)


async def create(
    conn: TenantConnection, email: str, name: str, role: str, *, rights: Sequence[str] = ()
) -> Operator:
    """A new operator. Raises: Conflict when the address is taken in this tenant."""
    try:
        operator = await conn.row(
            Operator,
            """
            insert into operators (tenant_id, operator_id, email, name, role, rights)
            values (%(tenant_id)s, %(operator_id)s, lower(%(email)s), %(name)s, %(role)s, %(rights)s)
            returning operator_id, email, name, role, rights, created_at, disabled_at, available_until,
                      password_hash is not null as has_password, false as has_second_factor
            """,
            {
                "operator_id": new_id(),
                "email": email,
                "name": name,
                "role": role,
                "rights": list(rights),
            },
        )
    except UniqueViolation:
        raise Conflict(f"an operator with the address {email!r} exists") from None
    assert operator is not None
    return operator


async def get(conn: TenantConnection, operator_id: UUID) -> Operator:
    """One operator. Raises: NotFound."""
    operator = await conn.row(
        Operator,
        """
        select operator_id, email, name, role, rights, created_at, disabled_at, available_until,
               password_hash is not null as has_password,
               exists (select
                         from second_factors f
                        where f.tenant_id = %(tenant_id)s
                          and f.operator_id = operators.operator_id
                          and f.confirmed_at is not null) as has_second_factor
          from operators
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
        """,
        {"operator_id": operator_id},
    )
    if operator is None:
        raise NotFound("no such operator")
    return operator


async def list_page(
    conn: TenantConnection, *, limit: int, after: UUID | None = None
) -> list[Operator]:
    """The tenant's operators, oldest first."""
    return await conn.rows(
        Operator,
        """
        select operator_id, email, name, role, rights, created_at, disabled_at, available_until,
               password_hash is not null as has_password,
               exists (select
                         from second_factors f
                        where f.tenant_id = %(tenant_id)s
                          and f.operator_id = operators.operator_id
                          and f.confirmed_at is not null) as has_second_factor
          from operators
         where tenant_id = %(tenant_id)s
           and (%(after)s::uuid is null or operator_id > %(after)s)
         order by operator_id
         limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )


async def set_available(conn: TenantConnection, operator_id: UUID, *, minutes: int) -> Operator:
    """Note that an operator is there for so many minutes; 0: they are away. Raises: NotFound."""
    await conn.execute(
        """
        update operators
           set available_until = now() + make_interval(mins => %(minutes)s)
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
        """,
        {"operator_id": operator_id, "minutes": minutes},
    )
    return await get(conn, operator_id)


async def change(
    conn: TenantConnection,
    operator_id: UUID,
    *,
    name: str | None = None,
    role: str | None = None,
    rights: Sequence[str] | None = None,
    is_disabled: bool | None = None,
) -> Operator:
    """Change what is given, leave the rest; the last owner stays one. Raises: NotFound, LastOwner."""
    owners = await _locked_owners(conn)
    if owners == [operator_id] and (role not in (None, "owner") or is_disabled):
        raise LastOwner("a tenant's last owner stays an owner; make somebody else one first")
    await conn.execute(
        """
        update operators
           set name = coalesce(%(name)s, name),
               role = coalesce(%(role)s, role),
               rights = coalesce(%(rights)s, rights),
               disabled_at = case when %(is_disabled)s::boolean is null then disabled_at
                                  when %(is_disabled)s then coalesce(disabled_at, now())
                             end
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
        """,
        {
            "operator_id": operator_id,
            "name": name,
            "role": role,
            "rights": None if rights is None else list(rights),
            "is_disabled": is_disabled,
        },
    )
    return await get(conn, operator_id)


async def _locked_owners(conn: TenantConnection) -> list[UUID]:
    """The owners who may sign in, locked in one order, so that two removals wait for each other."""
    cursor = await conn.execute(
        """
        select operator_id
          from operators
         where tenant_id = %(tenant_id)s
           and role = 'owner'
           and disabled_at is null
         order by operator_id
           for update
        """
    )
    return [row[0] for row in await cursor.fetchall()]
