"""Which tenant and assistant an address on a channel belongs to, found across tenants by hash."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import Pool, TenantConnection, router_transaction


def address_hash(channel: str, address: str) -> bytes:
    """What is stored of an address, so that the router learns none."""
    return hashlib.sha256(f"{channel}\n{address}".encode()).digest()


async def register(conn: TenantConnection, channel: str, address: str, assistant_id: UUID) -> None:
    """Send what arrives at an address to an assistant of this tenant."""
    await conn.execute(
        """
        insert into channel_routes (tenant_id, channel, address_hash, assistant_id)
        values (%(tenant_id)s, %(channel)s, %(address_hash)s, %(assistant_id)s)
        on conflict (tenant_id, channel, address_hash) do update
           set assistant_id = excluded.assistant_id
        """,
        {
            "channel": channel,
            "address_hash": address_hash(channel, address),
            "assistant_id": assistant_id,
        },
    )


@dataclass(frozen=True, slots=True)
class _Route:
    tenant_id: UUID


async def find_tenant(pool: Pool, channel: str, address: str) -> UUID | None:
    """The tenant an address belongs to, or None."""
    async with router_transaction(pool) as router:
        route = await router.row(
            _Route,
            """
            select tenant_id
              from channel_routes
             where channel = %(channel)s
               and address_hash = %(address_hash)s
            """,
            {"channel": channel, "address_hash": address_hash(channel, address)},
        )
    return route.tenant_id if route else None


async def forget(conn: TenantConnection, channel: str, address: str) -> None:
    """Nobody is found by this address any more."""
    await conn.execute(
        """
        delete from channel_routes
         where tenant_id = %(tenant_id)s
           and channel = %(channel)s
           and address_hash = %(address_hash)s
        """,
        {"channel": channel, "address_hash": address_hash(channel, address)},
    )
