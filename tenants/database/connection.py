"""Database connections: one tenant at a time, or the router's narrow view across tenants.

`TenantConnection` is made by `tenant_transaction` alone: who holds one is inside a transaction
whose `app.tenant_id` is set, so row-level security shows that tenant and no other.
"""

import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any, LiteralString, Protocol, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from pgvector.psycopg import register_vector_async
from psycopg import AsyncConnection, AsyncCursor, OperationalError
from psycopg.rows import TupleRow, class_row, dict_row
from psycopg_pool import AsyncConnectionPool

from tenants.database.desk_connection import (
    DeskConnection,
    OpeningRawCursor,
    keys_of,
    load_missing,
    opening,
)
from tenants.database.desk_pool import DeskPool
from tenants.database.statements import Statement
from tenants.keys.keyring import Keyring

Row = TypeVar("Row")
Pool = DeskPool

# After so long of pauses that double, who needs a connection tries anew at once: a pause of sixteen
# seconds would outlast the database's return by that much.
RECONNECT_SECONDS = 4

_SESSION_OPTIONS = (
    "-c role=frontdesk_app -c jit=off -c max_parallel_workers_per_gather=0 "
    "-c random_page_cost=1.1 -c statement_timeout=60s "
    "-c idle_in_transaction_session_timeout=10s -c timezone=UTC"
)

# Beginning and scope go as one message and cost one round trip; nothing of it can be prepared. A
# UUID is written as hexadecimal digits and hyphens, so it needs no quoting of ours.
_BEGIN = b"begin; set local app.tenant_id = '%s'"
_BEGIN_SOON = b"begin; set local synchronous_commit = off; set local app.tenant_id = '%s'"
_BEGIN_SNAPSHOT = b"begin isolation level repeatable read; set local app.tenant_id = '%s'"
_BEGIN_ROUTER = b"begin read only; set local role frontdesk_router"


class _ScopedConnection:
    """What a transaction may do: run literal SQL with named parameters."""

    __slots__ = ("_conn", "_fixed")

    def __init__(self, conn: AsyncConnection[TupleRow], fixed: dict[str, Any]) -> None:
        self._conn = conn
        self._fixed = fixed

    async def execute(
        self, query: LiteralString, params: Mapping[str, Any] | None = None
    ) -> AsyncCursor[TupleRow]:
        """Run one statement; the scope's own parameters (`tenant_id`) are always there."""
        return await self._conn.execute(query, await self._given(params))

    async def rows(
        self, row_type: type[Row], query: LiteralString, params: Mapping[str, Any] | None = None
    ) -> list[Row]:
        """All rows as `row_type` (a frozen dataclass whose fields are the columns)."""
        async with self._conn.cursor(row_factory=class_row(row_type)) as cursor:
            await cursor.execute(query, await self._given(params))
            return await cursor.fetchall()

    async def read(
        self,
        row_type: type[Row],
        statement: Statement,
        params: Mapping[str, Any],
        *,
        prepare: bool = True,
    ) -> list[Row]:
        """All rows of a statement that was made ready once.

        `prepare=False` plans anew with these very values, which a partial index needs.
        """
        given = await self._given(params)
        conn = self._conn
        if prepare and isinstance(conn, DeskConnection) and not conn.is_in_pipeline:
            answer = await conn.ask(statement, given)
            rows = answer.rows(row_type)
            return answer.rows(row_type) if rows and await load_missing(conn) else rows
        async with OpeningRawCursor(conn, row_factory=class_row(row_type)) as cursor:
            await cursor.execute(
                statement.text,
                [given[name] for name in statement.names],
                prepare=prepare,
                binary=True,
            )
            return await cursor.fetchall()

    async def run(self, statement: Statement, params: Mapping[str, Any]) -> None:
        """Run a statement that was made ready once and whose rows nobody needs."""
        given = await self._given(params)
        conn = self._conn
        if isinstance(conn, DeskConnection) and not conn.is_in_pipeline:
            await conn.ask(statement, given, prepare=None)
            return
        async with OpeningRawCursor(conn) as cursor:
            await cursor.execute(statement.text, [given[name] for name in statement.names])

    async def row(
        self, row_type: type[Row], query: LiteralString, params: Mapping[str, Any] | None = None
    ) -> Row | None:
        """The first row as `row_type`, or None."""
        async with self._conn.cursor(row_factory=class_row(row_type)) as cursor:
            await cursor.execute(query, await self._given(params))
            return await cursor.fetchone()

    async def dicts(
        self, query: LiteralString, params: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """All rows as dictionaries, for shapes that no class is worth."""
        async with self._conn.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, await self._given(params))
            return await cursor.fetchall()

    def pipeline(self) -> AbstractAsyncContextManager[object]:
        """Send what is executed inside without waiting for each answer; errors come at the end."""
        return self._conn.pipeline()

    async def execute_many(self, query: LiteralString, params: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement for many parameter sets, batched in a pipeline where there are several."""
        if len(params) == 1:
            await self.execute(query, params[0])
            return
        async with self._conn.cursor() as cursor:
            await cursor.executemany(query, [await self._given(p) for p in params])

    async def _given(self, params: Mapping[str, Any] | None) -> dict[str, Any]:
        """The parameters with the scope's own; what is personal among them is sealed."""
        given = self._fixed | dict(params or {})
        keys = keys_of(self._conn)
        return given if keys is None else await keys.sealed(self._conn, given)


class TenantConnection(_ScopedConnection):
    """A connection inside a transaction that sees exactly one tenant."""

    __slots__ = ("tenant_id",)

    def __init__(self, conn: AsyncConnection[TupleRow], tenant_id: UUID) -> None:
        super().__init__(conn, {"tenant_id": tenant_id})
        self.tenant_id = tenant_id

    @property
    def raw(self) -> AsyncConnection[TupleRow]:
        """The psycopg connection, for COPY and composed SQL inside `tenants/` only."""
        return self._conn


class Witness(Protocol):
    """Sees each transaction of a use case, and may add to it before it is committed."""

    async def begun(self, conn: TenantConnection) -> None:
        """Nothing has been done yet."""
        ...

    async def ending(self, conn: TenantConnection) -> None:
        """All is done but the commit."""
        ...

    def undone(self, conn: TenantConnection) -> None:
        """It was rolled back."""
        ...


witnesses: ContextVar[tuple[Witness, ...]] = ContextVar("witnesses", default=())


class RouterConnection(_ScopedConnection):
    """A read-only connection over the routing columns of all tenants, and nothing else."""

    __slots__ = ()


class _Liveness:
    """Looks whether a connection's server is still there, once a second at most."""

    AFTER_SECONDS = 1.0  # one used more lately is taken to be alive: that saves a round trip

    def __init__(self) -> None:
        self._seen_at: WeakKeyDictionary[AsyncConnection[TupleRow], float] = WeakKeyDictionary()

    async def __call__(self, conn: AsyncConnection[TupleRow]) -> None:
        """Raise where the server has gone away, so that the pool replaces the connection."""
        now = time.monotonic()
        if now - self._seen_at.get(conn, -math.inf) > self.AFTER_SECONDS:
            await AsyncConnectionPool.check_connection(conn)
            self._seen_at[conn] = now


def _configured(keys: Keyring | None) -> Callable[[DeskConnection], Awaitable[None]]:
    async def configure(conn: DeskConnection) -> None:
        await conn.set_autocommit(True)
        await register_vector_async(conn)
        conn.opens_for(keys)

    return configure


def make_pool(
    url: str,
    *,
    min_size: int,
    max_size: int,
    timeout_seconds: float,
    role_options: str = _SESSION_OPTIONS,
    keys: Keyring | None = None,
) -> Pool:
    """A closed pool of the app role's connections; open it in the process's exit stack.

    Without `keys` nothing is sealed and nothing that was sealed can be read.
    """
    return DeskPool(
        url,
        min_size=min_size,
        max_size=max_size,
        max_waiting=2_000,
        timeout=timeout_seconds,
        max_idle=300,
        max_lifetime=3_600,
        reconnect_timeout=RECONNECT_SECONDS,
        open=False,
        connection_class=DeskConnection,
        configure=_configured(keys),
        check=_Liveness(),
        kwargs={"options": role_options, "application_name": "frontdesk"},
    )


def begin_of(tenant_id: UUID, *, snapshot: bool = False, may_be_lost: bool = False) -> bytes:
    """What begins a transaction that sees one tenant; see `tenant_transaction`."""
    begin = _BEGIN_SNAPSHOT if snapshot else _BEGIN_SOON if may_be_lost else _BEGIN
    return begin % str(UUID(int=tenant_id.int)).encode()


@asynccontextmanager
async def tenant_transaction(
    pool: Pool, tenant_id: UUID, *, snapshot: bool = False, may_be_lost: bool = False
) -> AsyncGenerator[TenantConnection]:
    """One use case's transaction, seeing `tenant_id` alone; commits at the end, rolls back on error.

    `snapshot`: all its statements see the database as the first one does, for reads that belong
    together (a knowledge base's pointer row, then what it points at). `may_be_lost`: the commit is not
    waited for until it is on disk; should the database die within that moment, it is as if it had
    never been, together with nothing that was committed behind it (decision 0053).
    """
    begin = begin_of(tenant_id, snapshot=snapshot, may_be_lost=may_be_lost)
    async with pool.lent() as conn:
        await conn.command(begin)
        watching, held = witnesses.get(), TenantConnection(conn, tenant_id)
        with opening(conn, tenant_id) as committed:
            try:
                for one in watching:
                    await one.begun(held)
                yield held
                for one in watching:
                    await one.ending(held)
            except BaseException:
                await _take_back(conn)
                for one in watching:
                    one.undone(held)
                raise
            await conn.commit()
            committed()


@asynccontextmanager
async def router_transaction(pool: Pool) -> AsyncGenerator[RouterConnection]:
    """A transaction of the router role: routing columns of every tenant, read only."""
    async with pool.lent() as conn:
        await conn.command(_BEGIN_ROUTER)
        try:
            yield RouterConnection(conn, {})
        except BaseException:
            await _take_back(conn)
            raise
        await conn.commit()


async def _take_back(conn: DeskConnection) -> None:
    """Roll back; a connection that is gone has nothing to take back, and hides no other error."""
    with suppress(OperationalError):
        await conn.rollback()
