"""Operators' passwords (hashes that the server makes), and how often a sign-in was tried in vain.

A try is counted before the password is looked at, under a hash of the address that was given: so
tries at once cannot outrun the count, and an address that nobody has is counted like any other.
"""

from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import RateLimited

FREE_TRIES = 5  # without a wait between them
FIRST_WAIT_SECONDS = 5  # then it doubles
LONGEST_WAIT_SECONDS = 900
FORGOTTEN_HOURS = 24


@dataclass(frozen=True, slots=True)
class Known:
    """An operator who may sign in with a password, if they have one."""

    operator_id: UUID
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class _Wait:
    seconds: float


async def find(conn: TenantConnection, email: str) -> Known | None:
    """The operator of an address, unless they are disabled."""
    return await conn.row(
        Known,
        """
        select operator_id, password_hash
          from operators
         where tenant_id = %(tenant_id)s
           and email = lower(%(email)s)
           and disabled_at is null
        """,
        {"email": email},
    )


async def hash_of(conn: TenantConnection, operator_id: UUID) -> str | None:
    """What is stored of an operator's password."""
    known = await conn.row(
        Known,
        """
        select operator_id, password_hash
          from operators
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
        """,
        {"operator_id": operator_id},
    )
    return known.password_hash if known else None


async def put(conn: TenantConnection, operator_id: UUID, password_hash: str) -> None:
    """Set an operator's password by its hash."""
    await conn.execute(
        """
        update operators
           set password_hash = %(password_hash)s,
               password_changed_at = now()
         where tenant_id = %(tenant_id)s
           and operator_id = %(operator_id)s
        """,
        {"operator_id": operator_id, "password_hash": password_hash},
    )


async def count_try(conn: TenantConnection, name_hash: bytes) -> None:
    """Count a try under an address's hash. Raises: RateLimited with the seconds to wait."""
    named = {
        "name_hash": name_hash,
        "free": FREE_TRIES,
        "first": FIRST_WAIT_SECONDS,
        "longest": LONGEST_WAIT_SECONDS,
        "hours": FORGOTTEN_HOURS,
    }
    await conn.execute(
        """
        delete from sign_in_attempts
         where tenant_id = %(tenant_id)s
           and last_at < now() - make_interval(hours => %(hours)s)
        """,
        named,
    )
    counted = await conn.execute(
        """
        insert into sign_in_attempts as a (tenant_id, name_hash, failures)
        values (%(tenant_id)s, %(name_hash)s, 1)
        on conflict (tenant_id, name_hash) do update
           set failures = a.failures + 1,
               last_at = now()
         where a.failures < %(free)s
            or a.last_at + make_interval(secs => least(
                   %(longest)s, %(first)s * 2 ^ least(a.failures - %(free)s, 20))) <= now()
        """,
        named,
    )
    if counted.rowcount:
        return
    wait = await conn.row(
        _Wait,
        """
        select extract(epoch from last_at - now())::float8
               + least(%(longest)s, %(first)s * 2 ^ least(failures - %(free)s, 20)) as seconds
          from sign_in_attempts
         where tenant_id = %(tenant_id)s
           and name_hash = %(name_hash)s
        """,
        named,
    )
    seconds = max(1.0, round(wait.seconds, 1)) if wait else 1.0
    raise RateLimited(
        "too many sign-ins went wrong; wait before you try again", retry_after_seconds=seconds
    )


async def forget_tries(conn: TenantConnection, name_hash: bytes) -> None:
    """Begin to count afresh, after a sign-in that was right."""
    await conn.execute(
        """
        delete from sign_in_attempts
         where tenant_id = %(tenant_id)s
           and name_hash = %(name_hash)s
        """,
        {"name_hash": name_hash},
    )
