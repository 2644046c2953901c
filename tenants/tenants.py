"""Tenants: the companies served, each the owner of every row that bears its id."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from psycopg.errors import UniqueViolation

from tenants.database.connection import Pool, RouterConnection, TenantConnection, router_transaction
from tenants.errors import Invalid, NotFound, SlugTaken


@dataclass(frozen=True, slots=True)
class Tenant:
    tenant_id: UUID
    slug: str
    name: str
    time_zone: str
    status: str
    created_at: datetime
    prune_after_days: int | None = None  # of silence; None: as the platform says


def make_slug(name: str) -> str:
    """A slug from a name: lower-case latin letters, digits and hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]


def check_slug(slug: str) -> str:
    """The slug itself. Raises: Invalid."""
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", slug):
        raise Invalid("a slug is 1 to 63 lower-case letters, digits and inner hyphens")
    return slug


def check_time_zone(name: str) -> str:
    """The IANA name itself. Raises: Invalid."""
    try:
        if name.startswith(("posix", "right/")) or name in ("localtime", "Factory"):
            raise ZoneInfoNotFoundError(name)  # files beside the zones, no places
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{name!r} is no IANA time zone; say for example Europe/Berlin") from None
    return name


async def create(conn: TenantConnection, name: str, slug: str, *, time_zone: str = "UTC") -> Tenant:
    """Put the connection's tenant in the list. Raises: SlugTaken."""
    try:
        tenant = await conn.row(
            Tenant,
            """
            insert into tenants (tenant_id, slug, name, time_zone)
            values (%(tenant_id)s, %(slug)s, %(name)s, %(time_zone)s)
            returning tenant_id, slug, name, time_zone, status, created_at, prune_after_days
            """,
            {"slug": slug, "name": name, "time_zone": time_zone},
        )
    except UniqueViolation:
        raise SlugTaken(f"the slug {slug!r} is taken") from None
    assert tenant is not None
    return tenant


async def get(conn: TenantConnection) -> Tenant:
    """The connection's tenant. Raises: NotFound."""
    tenant = await conn.row(
        Tenant,
        """
        select tenant_id, slug, name, time_zone, status, created_at, prune_after_days
          from tenants
         where tenant_id = %(tenant_id)s
        """,
    )
    if tenant is None:
        raise NotFound("no such tenant")
    return tenant


async def update(
    conn: TenantConnection,
    *,
    name: str | None = None,
    time_zone: str | None = None,
    status: str | None = None,
    prune_after_days: int | None = None,
) -> Tenant:
    """Change what is given, leave the rest. Raises: NotFound."""
    tenant = await conn.row(
        Tenant,
        """
        update tenants
           set name = coalesce(%(name)s, name),
               time_zone = coalesce(%(time_zone)s, time_zone),
               status = coalesce(%(status)s, status),
               prune_after_days = coalesce(%(prune_after_days)s, prune_after_days)
         where tenant_id = %(tenant_id)s
        returning tenant_id, slug, name, time_zone, status, created_at, prune_after_days
        """,
        {
            "name": name,
            "time_zone": time_zone,
            "status": status,
            "prune_after_days": prune_after_days,
        },
    )
    if tenant is None:
        raise NotFound("no such tenant")
    return tenant


@dataclass(frozen=True, slots=True)
class TenantRoute:
    """What the router may know of a tenant."""

    tenant_id: UUID
    slug: str
    status: str
    created_at: datetime


async def routes(
    router: RouterConnection, *, limit: int, after: UUID | None = None
) -> list[TenantRoute]:
    """Tenants in the order they were made, for the platform's list and for sweeps."""
    return await router.rows(
        TenantRoute,
        """
        select tenant_id, slug, status, created_at
          from tenants
         where %(after)s::uuid is null or tenant_id > %(after)s
         order by tenant_id
         limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )


async def find_slug(pool: Pool, slug: str) -> TenantRoute | None:
    """The tenant of a slug, for sign-in."""
    async with router_transaction(pool) as router:
        return await router.row(
            TenantRoute,
            "select tenant_id, slug, status, created_at from tenants where slug = %(slug)s",
            {"slug": slug},
        )
