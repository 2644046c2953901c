"""The pool's connections: what was sealed is opened while rows are read, below every module.

A loader opens what its keys are there for. Where a key is missing, the cursor fetches it with one
statement and reads the rows again, so that readers never wait for more than that.
"""

import binascii
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Self, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor, AsyncRawCursor
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import PipelineStatus
from psycopg.types.string import ByteaBinaryLoader

from tenants.database.flat_lists import FlatListDumper
from tenants.database.ready_statements import ReadyStatements
from tenants.keys.keyring import SEALED, SEALED_BEFORE, Keyring, TenantKeys

Row = TypeVar("Row")
_FORMS = (SEALED, SEALED_BEFORE)


class DeskConnection(ReadyStatements):
    """A connection that knows its process's keys, and in a transaction those of its tenant."""

    ring: Keyring | None = None
    keys: TenantKeys | None = None

    def opens_for(self, ring: Keyring | None) -> None:
        """Use these keys from now on."""
        self.ring = ring
        self.cursor_factory = OpeningCursor
        self.adapters.register_dumper(list, FlatListDumper)
        self.adapters.register_loader("bytea", _TextLoader)
        self.adapters.register_loader("bytea", _BinaryLoader)

    async def rollback(self) -> None:
        """As psycopg's, outside pipelines; one that cannot be left any more ends the connection.

        Who is stopped as psycopg enters a pipeline never leaves it, and whoever had the connection next
        would find it still open.
        """
        if self.pgconn.pipeline_status == PipelineStatus.OFF:
            await super().rollback()
        else:
            await self.close()


def keys_of(conn: AsyncConnection[Any]) -> TenantKeys | None:
    """The keys of the transaction that a connection is in."""
    return conn.keys if isinstance(conn, DeskConnection) else None


@contextmanager
def opening(conn: AsyncConnection[Any], tenant_id: UUID) -> Generator[Callable[[], None]]:
    """Seal and open with a tenant's keys inside; call what is yielded once it is committed."""
    keys = conn.ring.of(tenant_id) if isinstance(conn, DeskConnection) and conn.ring else None
    if keys is None or not isinstance(conn, DeskConnection):
        yield _nothing
        return
    conn.keys = keys
    try:
        yield keys.committed
    finally:
        conn.keys = None


def _nothing() -> None:
    pass


async def load_missing(conn: AsyncConnection[Any]) -> bool:
    """Whether rows are to be read again, because their keys are there now."""
    keys = keys_of(conn)
    return keys is not None and bool(keys.missing) and await keys.load_missing(conn)


class _Opening(AsyncCursor[Row]):
    """Reads rows again once their keys are there."""

    async def fetchone(self) -> Row | None:
        row = await super().fetchone()
        if row is not None and await load_missing(self.connection):
            await self.scroll(-1)
            row = await super().fetchone()
        return row

    async def fetchmany(self, size: int = 0) -> list[Row]:
        rows = await super().fetchmany(size)
        if await load_missing(self.connection):
            await self.scroll(-len(rows))
            rows = await super().fetchmany(size)
        return rows

    async def fetchall(self) -> list[Row]:
        rows = await super().fetchall()
        if await load_missing(self.connection):
            await self.scroll(-len(rows))
            rows = await super().fetchall()
        return rows

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Row:
        row = await self.fetchone()
        if row is None:
            raise StopAsyncIteration
        return row


class OpeningCursor(_Opening[Row]):
    """The cursor of every statement with named parameters."""


class OpeningRawCursor(_Opening[Row], AsyncRawCursor[Row]):
    """The cursor of statements that were made ready."""


class _TextLoader(Loader):
    def load(self, data: Buffer) -> bytes:
        return _opened(binascii.unhexlify(data[2:]), self.connection)  # \\x and hexadecimal digits


class _BinaryLoader(ByteaBinaryLoader):
    def load(self, data: Buffer) -> Buffer:
        return _opened(bytes(data), self.connection)


def _opened(stored: bytes, conn: object) -> bytes:
    if stored[: len(SEALED)] not in _FORMS or not isinstance(conn, DeskConnection):
        return stored
    return conn.keys.open(stored) if conn.keys is not None else stored
