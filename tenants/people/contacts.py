"""Contacts: the people who write to a tenant, each reachable under several identities."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, Invalid, NotFound
from tenants.ids import new_id
from tenants.keys import codec
from tenants.people import addresses, facts

PROFILE = "contacts.profile"


@dataclass(frozen=True, slots=True)
class Contact:
    contact_id: UUID
    profile: bytes
    identity_level: str
    merged_into: UUID | None
    created_at: datetime
    last_seen_at: datetime

    @property
    def details(self) -> dict[str, Any]:
        """Name and whatever the tenant keeps of the contact."""
        return codec.decode(self.profile, PROFILE, self.contact_id)


@dataclass(frozen=True, slots=True)
class Identity:
    """`found_by` is how the address is looked for; what it is says `address`."""

    channel: str
    found_by: str
    sealed: bytes | None
    contact_id: UUID

    @property
    def address(self) -> str:
        return addresses.read(self.found_by, self.sealed)


async def create(
    conn: TenantConnection, details: dict[str, Any], *, identity_level: str = "anonymous"
) -> Contact:
    """A new contact."""
    contact_id = new_id()
    contact = await conn.row(
        Contact,
        """
        insert into contacts (tenant_id, contact_id, profile, identity_level)
        values (%(tenant_id)s, %(contact_id)s, %(profile)s, %(identity_level)s)
        returning contact_id, profile, identity_level, merged_into, created_at, last_seen_at
        """,
        {
            "contact_id": contact_id,
            "profile": codec.personal(details, PROFILE, contact_id),
            "identity_level": identity_level,
        },
    )
    assert contact is not None
    return contact


async def get(conn: TenantConnection, contact_id: UUID) -> Contact:
    """One contact. Raises: NotFound."""
    contact = await conn.row(
        Contact,
        """
        select contact_id, profile, identity_level, merged_into, created_at, last_seen_at
          from contacts
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
        """,
        {"contact_id": contact_id},
    )
    if contact is None:
        raise NotFound("no such contact")
    return contact


async def lock(conn: TenantConnection, contact_id: UUID) -> None:
    """Keep a contact from every other writer, and from new conversations, until the transaction ends."""
    await conn.execute(
        """
        select 1
          from contacts
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
           for update
        """,
        {"contact_id": contact_id},
    )


async def list_page(
    conn: TenantConnection, *, limit: int, after: UUID | None = None
) -> list[Contact]:
    """Contacts that were not merged away, newest first."""
    return await conn.rows(
        Contact,
        """
        select contact_id, profile, identity_level, merged_into, created_at, last_seen_at
          from contacts
         where tenant_id = %(tenant_id)s
           and merged_into is null
           and (%(after)s::uuid is null or contact_id < %(after)s)
         order by contact_id desc
         limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )


async def update(conn: TenantConnection, contact_id: UUID, details: dict[str, Any]) -> Contact:
    """Lay `details` over what is kept (null removes a key). Raises: NotFound."""
    await lock(conn, contact_id)
    kept = (await get(conn, contact_id)).details | details
    merged = {key: value for key, value in kept.items() if value is not None}
    await conn.execute(
        """
        update contacts
           set profile = %(profile)s
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
        """,
        {"contact_id": contact_id, "profile": codec.personal(merged, PROFILE, contact_id)},
    )
    return await get(conn, contact_id)


async def identities(conn: TenantConnection, contact_id: UUID) -> list[Identity]:
    """Every channel and address that is this contact."""
    return await conn.rows(
        Identity,
        """
        select channel, address as found_by, address_sealed as sealed, contact_id
          from contact_identities
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
         order by channel, created_at, address
        """,
        {"contact_id": contact_id},
    )


async def persons(conn: TenantConnection, contact_id: UUID) -> list[UUID]:
    """A contact and everyone who was merged into them; empty where there is no such contact."""
    cursor = await conn.execute(
        """
        with recursive persons as (
            select contact_id
              from contacts
             where tenant_id = %(tenant_id)s
               and contact_id = %(contact_id)s
             union
            select c.contact_id
              from contacts c
              join persons p on c.merged_into = p.contact_id
             where c.tenant_id = %(tenant_id)s)
        select contact_id from persons
        """,
        {"contact_id": contact_id},
    )
    return [row[0] for row in await cursor.fetchall()]


async def find_or_create(
    conn: TenantConnection, channel: str, address: str, details: dict[str, Any]
) -> Contact:
    """The contact of an identity, made with `details` where it is new; safe under races."""
    fresh = await create(conn, details)
    kept = await addresses.stored(conn, channel, address)
    await addresses.seal_identity(conn, channel, address, kept)
    taken = await conn.row(
        Identity,
        """
        insert into contact_identities (tenant_id, channel, address, address_sealed, contact_id)
        values (%(tenant_id)s, %(channel)s, %(address)s, %(sealed)s, %(contact_id)s)
        on conflict (tenant_id, channel, address) do update
           set channel = excluded.channel
        returning channel, address as found_by, address_sealed as sealed, contact_id
        """,
        {
            "channel": channel,
            "address": kept.found_by,
            "sealed": kept.sealed,
            "contact_id": fresh.contact_id,
        },
    )
    assert taken is not None
    if taken.contact_id == fresh.contact_id:
        return fresh
    await conn.execute(
        "delete from contacts where tenant_id = %(tenant_id)s and contact_id = %(contact_id)s",
        {"contact_id": fresh.contact_id},
    )
    return await get(conn, taken.contact_id)


async def merge(conn: TenantConnection, contact_id: UUID, other_id: UUID) -> Contact:
    """Make `other_id` a part of `contact_id`: its identities and conversations move. Raises: NotFound, Invalid."""
    if contact_id == other_id:
        raise Invalid("a contact cannot be merged into itself")
    await _lock_both(conn, contact_id, other_id)
    kept, other = await get(conn, contact_id), await get(conn, other_id)
    if kept.merged_into or other.merged_into:
        raise Invalid("a contact that was merged away cannot be merged again")
    moved = {"contact_id": contact_id, "other_id": other_id}
    await conn.execute(
        """
        update contact_identities set contact_id = %(contact_id)s
         where tenant_id = %(tenant_id)s and contact_id = %(other_id)s
        """,
        moved,
    )
    await conn.execute(
        """
        update conversations set contact_id = %(contact_id)s
         where tenant_id = %(tenant_id)s and contact_id = %(other_id)s
        """,
        moved,
    )
    await conn.execute(
        """
        update contacts set merged_into = %(contact_id)s
         where tenant_id = %(tenant_id)s and contact_id = %(other_id)s
        """,
        moved,
    )
    await facts.move(conn, contact_id, other_id)
    await conn.execute(
        """
        update consents set contact_id = %(contact_id)s
         where tenant_id = %(tenant_id)s and contact_id = %(other_id)s
        """,
        moved,
    )
    return await update(conn, contact_id, other.details | kept.details)


async def _lock_both(conn: TenantConnection, contact_id: UUID, other_id: UUID) -> None:
    """Keep two contacts from every other writer; their conversations first, as a turn's end does."""
    both = {"both": [contact_id, other_id]}
    await conn.execute(
        """
        select 1
          from conversations
         where tenant_id = %(tenant_id)s
           and contact_id = any(%(both)s)
         order by conversation_id
           for update
        """,
        both,
    )
    await conn.execute(
        """
        select 1
          from contacts
         where tenant_id = %(tenant_id)s
           and contact_id = any(%(both)s)
         order by contact_id
           for update
        """,
        both,
    )


async def verify(conn: TenantConnection, contact_id: UUID) -> Contact:
    """Note that the tenant has vouched for who the contact is. Raises: NotFound."""
    await conn.execute(
        """
        update contacts
           set identity_level = 'verified', last_seen_at = now()
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
        """,
        {"contact_id": contact_id},
    )
    return await get(conn, contact_id)


async def link(conn: TenantConnection, contact_id: UUID, channel: str, address: str) -> None:
    """Make one more address this contact's. Raises: Conflict where it is another contact's."""
    kept = await addresses.stored(conn, channel, address)
    await addresses.seal_identity(conn, channel, address, kept)
    taken = await conn.row(
        Identity,
        """
        insert into contact_identities (tenant_id, channel, address, address_sealed, contact_id)
        values (%(tenant_id)s, %(channel)s, %(address)s, %(sealed)s, %(contact_id)s)
        on conflict (tenant_id, channel, address) do update
           set channel = excluded.channel
        returning channel, address as found_by, address_sealed as sealed, contact_id
        """,
        {
            "channel": channel,
            "address": kept.found_by,
            "sealed": kept.sealed,
            "contact_id": contact_id,
        },
    )
    if taken is not None and taken.contact_id != contact_id:
        raise Conflict(f"the {channel} address is another contact's; merge them to join them")
