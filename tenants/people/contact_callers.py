"""Who a tool acts for: how well the contact is known, and their id in the tenant's own systems."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.people import addresses

VOUCHED_CHANNEL = "identity"  # of the address that the tenant's signed token names


@dataclass(frozen=True, slots=True)
class _Row:
    contact_id: UUID
    identity_level: str
    found_by: list[str]
    sealed: list[bytes | None]


async def of_contact(conn: TenantConnection, contact_id: UUID) -> dict[str, Any]:
    """`contact_id`, `identity` and, for a verified contact with one vouched id, `external_id`.

    A contact who was merged from two verified ones has two ids: which one is meant is not known, so
    that nothing is looked up under either.
    """
    row = await conn.row(
        _Row,
        """
        select c.contact_id, c.identity_level,
               array(select i.address
                       from contact_identities i
                      where i.tenant_id = %(tenant_id)s
                        and i.contact_id = c.contact_id
                        and i.channel = %(channel)s
                      order by i.address
                      limit 2) as found_by,
               array(select i.address_sealed
                       from contact_identities i
                      where i.tenant_id = %(tenant_id)s
                        and i.contact_id = c.contact_id
                        and i.channel = %(channel)s
                      order by i.address
                      limit 2) as sealed
          from contacts c
         where c.tenant_id = %(tenant_id)s
           and c.contact_id = %(contact_id)s
           and c.merged_into is null
        """,
        {"contact_id": contact_id, "channel": VOUCHED_CHANNEL},
    )
    if row is None or row.identity_level != "verified" or len(row.found_by) != 1:
        return {"contact_id": str(contact_id), "identity": "anonymous"}
    return {
        "contact_id": str(contact_id),
        "identity": "verified",
        "external_id": addresses.read(row.found_by[0], row.sealed[0]),
    }
