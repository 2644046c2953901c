"""Rows that lie under an old version of a data key, sealed anew under its newest, a slice at a time.

Which rows these are stands in the rows themselves (a sealed value names its key), so that the work
goes on wherever it was left. Columns are read from the database's catalogue: a new one is gone through
without being listed. An old key stays: it opens backups, and what is sealed inside JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import sql

from tenants.database.connection import TenantConnection
from tenants.database.desk_connection import keys_of
from tenants.keys.codec import Personal
from tenants.keys.keyring import CURRENT_SECONDS, SEALED, SEALED_BEFORE

SLICE = 100  # rows in one transaction
# Every process writes under a new version by then; what comes before may still be under the old one.
SETTLED_AFTER = timedelta(seconds=2 * CURRENT_SECONDS)
# The tenant's knowledge and what is made of it: never sealed, and large.
_NEVER_SEALED = (
    "chunks",
    "chunk_texts",
    "chunk_postings",
    "documents",
    "embedded_texts",
    "uploads",
)


@dataclass(frozen=True, slots=True)
class OldKey:
    """A version of a key behind its newest; `contact_id` None: the tenant's own."""

    key_id: UUID
    contact_id: UUID | None
    newest_at: datetime  # since when there is a newer one
    resealed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """A column that may hold sealed values, and what names its rows."""

    table: str
    column: str
    key: tuple[str, ...]


async def old_keys(conn: TenantConnection) -> list[OldKey]:
    """The versions that nothing is written under any more."""
    return await conn.rows(
        OldKey,
        """
        select k.key_id, k.contact_id, n.newest_at, k.resealed_at
          from data_keys k
          join (select contact_id, max(version) as version, max(created_at) as newest_at
                  from data_keys
                 where tenant_id = %(tenant_id)s
                   and purpose = 'content'
                 group by contact_id
                having max(version) > 1) n
            on n.contact_id is not distinct from k.contact_id
           and n.version > k.version
         where k.tenant_id = %(tenant_id)s
           and k.purpose = 'content'
         order by k.key_id
        """,
    )


async def places(conn: TenantConnection) -> list[Place]:
    """Every column of bytes that the app may write, in tables with a tenant and a key."""
    cursor = await conn.execute(
        """
        select c.relname, a.attname,
               array(select k.attname::text
                       from pg_attribute k
                      where k.attrelid = c.oid
                        and k.attnum = any(i.indkey)
                        and k.attname <> 'tenant_id'
                      order by k.attnum)
          from pg_class c
          join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id'
                             and not t.attisdropped
          join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                             and a.atttypid = 'bytea'::regtype
          join pg_index i on i.indrelid = c.oid and i.indisprimary
         where c.relkind in ('r', 'p')
           and c.relnamespace = 'public'::regnamespace
           and c.relname <> all(%(never)s::text[])
           and has_column_privilege(c.oid, a.attnum, 'update')
         order by c.relname, a.attname
        """,
        {"never": list(_NEVER_SEALED)},
    )
    return [Place(table, column, tuple(key)) for table, column, key in await cursor.fetchall()]


async def reseal_slice(
    conn: TenantConnection, place: Place, keys: Sequence[OldKey], *, limit: int = SLICE
) -> int:
    """Seal the next values of a column anew, all of one owner's old keys; how many that were.

    Rows that somebody else is writing are left for another time.
    """
    ring = keys_of(conn.raw)
    if ring is None or not keys:
        return 0
    newest = await ring.newest(conn.raw, keys[0].contact_id)
    names = [sql.Identifier(one) for one in place.key]
    cursor = await conn.raw.execute(
        sql.SQL(
            """
            select {columns}
              from {table}
             where tenant_id = %(tenant_id)s
               and {lies_under}
             limit %(limit)s
               for update skip locked
            """
        ).format(
            columns=sql.SQL(", ").join([sql.Identifier(place.column), *names]),
            table=sql.Identifier(place.table),
            lies_under=_lies_under(place),
        ),
        _given(conn, keys) | {"limit": limit},
    )
    made: list[dict[str, Any]] = [
        dict(zip(place.key, key, strict=True))
        | {"tenant_id": conn.tenant_id, "resealed": ring.seal(value, newest)}
        for value, *key in await cursor.fetchall()
        if isinstance(value, Personal)  # else it does not open: another tenant's, or changed
    ]
    same = [
        sql.SQL("and {} = {}").format(n, sql.Placeholder(k))
        for n, k in zip(names, place.key, strict=True)
    ]
    write = sql.SQL(
        """
        update {table}
           set {column} = %(resealed)s
         where tenant_id = %(tenant_id)s {same}
        """
    ).format(
        table=sql.Identifier(place.table),
        column=sql.Identifier(place.column),
        same=sql.SQL(" ").join(same),
    )
    async with conn.raw.cursor() as writing:
        await writing.executemany(write, made)
    return len(made)


async def count_left(conn: TenantConnection, place: Place, keys: Sequence[OldKey]) -> int:
    """How many values of a column lie under these keys."""
    cursor = await conn.raw.execute(
        sql.SQL("select count(*) from {} where tenant_id = %(tenant_id)s and {}").format(
            sql.Identifier(place.table), _lies_under(place)
        ),
        _given(conn, keys),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def mark(conn: TenantConnection, keys: Sequence[OldKey]) -> None:
    """Note that nothing lies under these keys any more."""
    await conn.execute(
        """
        update data_keys
           set resealed_at = now()
         where tenant_id = %(tenant_id)s
           and key_id = any(%(key_ids)s)
        """,
        {"key_ids": [one.key_id for one in keys]},
    )


def _given(conn: TenantConnection, keys: Sequence[OldKey]) -> dict[str, Any]:
    key_ids = [one.key_id.bytes for one in keys]
    forms = [SEALED, SEALED_BEFORE]
    return {"tenant_id": conn.tenant_id, "forms": forms, "keys": key_ids}


def _lies_under(place: Place) -> sql.Composed:
    """That a value is sealed, and bears the id of one of the keys behind its own name."""
    return sql.SQL(
        """case when substring({0} from 1 for 3) = any(%(forms)s::bytea[])
                then substring({0} from 5 + get_byte({0}, 3) for 16) = any(%(keys)s::bytea[])
                else false end"""
    ).format(sql.Identifier(place.column))
