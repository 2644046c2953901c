"""Data keys wrapped anew under another master key, and new versions of tenants' keys.

Content is not touched: only 32 bytes a key are. What was written under an older version is read with
it for as long as it is there.
"""

from dataclasses import dataclass
from datetime import datetime

from tenants.database.connection import TenantConnection
from tenants.keys import data_keys
from tenants.keys.data_keys import WrappedKey
from tenants.keys.keyring import bound, new_key
from tenants.keys.master_keys import MasterKeys

SLICE = 500  # keys in one transaction


@dataclass(frozen=True, slots=True)
class Counted:
    """Keys of one kind under one master key."""

    master_id: str
    of: str  # tenant, contact or index
    keys: int
    version: int  # the newest
    newest_at: datetime


async def counted(conn: TenantConnection) -> list[Counted]:
    """The tenant's keys by what wraps them, without the keys."""
    return await conn.rows(
        Counted,
        """
        select master_id, of, count(*)::int as keys, max(version) as version,
               max(created_at) as newest_at
          from (select master_id, version, created_at,
                       case when purpose = 'index' then 'index'
                            when contact_id is null then 'tenant'
                            else 'contact' end as of
                  from data_keys
                 where tenant_id = %(tenant_id)s) k
         group by master_id, of
         order by master_id, of
        """,
    )


async def rewrap_slice(conn: TenantConnection, master: MasterKeys) -> int:
    """Wrap the next keys under the newest master key; how many, none when all are. Raises:
    Unavailable where what wraps one is not there.
    """
    found = await conn.rows(
        WrappedKey,
        """
        select key_id, contact_id, version, master_id, wrapped, binds_from
          from data_keys
         where tenant_id = %(tenant_id)s
           and master_id <> %(master_id)s
         order by key_id
         limit %(limit)s
           for update
        """,
        {"master_id": master.master_id, "limit": SLICE},
    )
    wrapped: list[bytes] = []
    for one in found:
        place = bound(conn.tenant_id, one.key_id)
        plain = await master.unwrap(one.master_id, one.wrapped, bound_to=place)
        wrapped.append(await master.wrap(plain, bound_to=place))
    await conn.execute(
        """
        update data_keys k
           set wrapped = n.wrapped, master_id = %(master_id)s
          from unnest(%(key_ids)s::uuid[], %(wrapped)s::bytea[]) as n (key_id, wrapped)
         where k.tenant_id = %(tenant_id)s
           and k.key_id = n.key_id
        """,
        {
            "master_id": master.master_id,
            "key_ids": [one.key_id for one in found],
            "wrapped": wrapped,
        },
    )
    return len(found)


async def renew(conn: TenantConnection, master: MasterKeys) -> int:
    """A new version of the tenant's own key, which is written under from now on; its number."""
    newest = await data_keys.newest(conn.raw, conn.tenant_id, None)
    version = 1 if newest is None else newest.version + 1
    made = await new_key(master, conn.tenant_id, None, version=version)
    return (await data_keys.add(conn.raw, conn.tenant_id, made)).version
