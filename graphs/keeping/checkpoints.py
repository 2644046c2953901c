"""Checkpoints in Postgres: one saver a run over the shared pool, one tenant, fenced by the lease.

The saver's private `_cursor` is overridden (the version is pinned, a test keeps it): every
transaction of it sets `app.tenant_id` for row-level security, and every writing one looks whether
the run still holds its turn. A checkpoint is put and read by statements of ours (`putting`,
`reading`).
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager, nullcontext
from types import NoneType
from typing import Any, Protocol, cast
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncConnection
from psycopg.abc import Params, Query
from psycopg.errors import DivisionByZero
from psycopg.pq import Format
from psycopg.rows import DictRow, dict_row

from graphs.keeping import putting
from graphs.keeping.putting import AnyFence, DeliveryFence, Fence
from graphs.keeping.reading import SELECT_CHECKPOINT
from tenants.database.connection import Pool, begin_of
from tenants.database.desk_connection import DeskConnection, OpeningCursor, keys_of, opening
from tenants.database.hold_points import NOWHERE, HoldPoints
from tenants.errors import LeaseLost
from tenants.keys.codec import check, marked, row_id
from tenants.keys.sealed_state import CHECKPOINTS, open_words

_BLOB_COLUMNS = 6  # of a row of blobs; one of writes has more
# What stands in the checkpoint's own row; everything else is a blob beside it.
_INLINE = (str, int, float, bool, NoneType)


class Savers(Protocol):
    """Makes the checkpointer of one run."""

    def saver(self, tenant_id: UUID, fence: AnyFence | None) -> BaseCheckpointSaver[Any]:
        """A checkpointer that sees one tenant and writes only while `fence` holds."""
        ...


def strict_serializer() -> JsonPlusSerializer:
    """Reads back plain data and messages only, never a class that the data names."""
    return JsonPlusSerializer(
        pickle_fallback=False, allowed_json_modules=None, allowed_msgpack_modules=None
    )


class PostgresSavers:
    """Savers over the process's pool."""

    def __init__(self, pool: Pool, hold: HoldPoints = NOWHERE) -> None:
        self._pool = pool
        self._hold = hold
        self._serde = strict_serializer()

    def saver(self, tenant_id: UUID, fence: AnyFence | None) -> BaseCheckpointSaver[Any]:
        """A saver of one run; needs a running loop."""
        return TenantSaver(
            self._pool,
            tenant_id,
            fence=fence,
            serde=self._serde,
            of_one_run=True,
            hold=self._hold,
        )

    def lasting_saver(self, tenant_id: UUID) -> BaseCheckpointSaver[Any]:
        """A saver of one tenant for many runs, for Studio."""
        return TenantSaver(self._pool, tenant_id, fence=None, serde=self._serde)


class OneSaver:
    """The same saver for every run: a process without Postgres, tests."""

    def __init__(self, saver: BaseCheckpointSaver[Any]) -> None:
        self._saver = saver

    def saver(self, tenant_id: UUID, fence: AnyFence | None) -> BaseCheckpointSaver[Any]:
        """The one saver, whoever asks."""
        return self._saver


class _SealingCursor(OpeningCursor[DictRow]):
    """Seals blobs and the writes of a task."""

    async def executemany(
        self, query: Query, params_seq: Iterable[Params], *, returning: bool = False
    ) -> None:
        rows = [cast(Sequence[Any], row) for row in params_seq]
        keys = keys_of(self.connection)
        if keys is not None and rows:
            key = await keys.key_of_thread(self.connection, rows[0][0])
            rows = [
                row
                if row[-1] is None
                else [
                    *row[:-1],
                    keys.seal(marked(row[-1], CHECKPOINTS, row_id(*_key_of(row))), key),
                ]
                for row in rows
            ]
        await super().executemany(query, rows, returning=returning)


def _key_of(row: Sequence[Any]) -> Sequence[Any]:
    """The primary key of a blob's or a write's row, as LangGraph lays their columns out."""
    if len(row) == _BLOB_COLUMNS:
        return row[:4]  # thread, namespace, channel, version
    return [*row[:4], row[5]]  # thread, namespace, checkpoint, task, place in the task


class TenantSaver(AsyncPostgresSaver):
    """A Postgres saver that sees one tenant. Raises LeaseLost where the fence does not hold."""

    SELECT_SQL = SELECT_CHECKPOINT

    def __init__(
        self,
        pool: Pool,
        tenant_id: UUID,
        *,
        fence: AnyFence | None,
        serde: JsonPlusSerializer,
        of_one_run: bool = False,
        hold: HoldPoints = NOWHERE,
    ) -> None:
        super().__init__(pool, serde=serde)  # pyright: ignore[reportArgumentType] - dict rows are the cursor's
        self._shared = pool
        self._tenant_id = str(tenant_id)
        self._fence = fence
        self._of_one_run = of_one_run
        self._hold = hold
        self._last_read: tuple[tuple[str, str], CheckpointTuple | None] | None = None
        self._discarded = False
        self.is_empty = False  # known without a look, until something is put
        self.kept_id: str | None = None  # of the newest checkpoint that was put
        self._reading: AsyncConnection[Any] | None = None  # whose rows are read, under the lock

    def discard(self) -> None:
        """Write nothing more: the run starts afresh, from the state before it."""
        self._discarded = True

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As the saver's; nothing where the run is discarded. Raises: LeaseLost."""
        if self._discarded:
            return config
        self.is_empty = False
        await self._hold.reach("before_checkpoint", config)
        place = config.get("configurable", {})
        thread_id, space = str(place["thread_id"]), str(place["checkpoint_ns"])
        values = checkpoint["channel_values"]
        apart = {k: v for k, v in values.items() if not isinstance(v, _INLINE)}
        blobs = self._dump_blobs(
            thread_id, space, apart, {k: v for k, v in new_versions.items() if k in apart}
        )
        row = putting.Row(
            thread_id,
            space,
            checkpoint["id"],
            place.get("checkpoint_id"),
            {**checkpoint, "channel_values": {k: v for k, v in values.items() if k not in apart}},
            cast(dict[str, Any], get_serializable_checkpoint_metadata(config, metadata)),
        )
        async with self._connected() as conn:
            await putting.put(
                conn, UUID(self._tenant_id), self._fence, row, [blob[2:] for blob in blobs]
            )
        if not space:  # a subgraph's own goes with it
            self.kept_id = row.checkpoint_id
        await self._hold.reach("after_checkpoint", config)
        return RunnableConfig(
            configurable={
                "thread_id": thread_id,
                "checkpoint_ns": space,
                "checkpoint_id": row.checkpoint_id,
            }
        )

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """As the saver's; nothing where the run is discarded. Raises: LeaseLost."""
        if not self._discarded:
            await super().aput_writes(config, writes, task_id, task_path)

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncGenerator[_SealingCursor]:
        """One transaction; `pipeline` is what the saver says when it writes, then under the fence."""
        async with (
            self._connected() as conn,
            conn.pipeline() if pipeline else nullcontext(),
            _SealingCursor(conn, row_factory=dict_row) as cursor,
        ):
            cursor.format = Format.BINARY
            if pipeline and self._fence is not None:
                await self._hold_fence(conn, self._fence)
            yield cursor

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[DeskConnection]:
        """A connection within a transaction that sees the tenant; one after the other.

        Raises: LeaseLost where the fence does not hold.
        """
        tenant_id = UUID(self._tenant_id)
        begin = begin_of(tenant_id, may_be_lost=isinstance(self._fence, Fence))
        async with self.lock, self._shared.lent() as conn:
            with opening(conn, tenant_id) as committed:
                self._reading = conn
                try:
                    await conn.command(begin)
                    yield conn
                    await conn.commit()
                except DivisionByZero:
                    await conn.rollback()
                    raise LeaseLost("another process goes on with it") from None
                except BaseException:
                    await conn.rollback()
                    raise
                committed()

    async def _hold_fence(self, conn: AsyncConnection[Any], fence: AnyFence) -> None:
        """Fail the transaction where the run is not ours; else keep it ours until the commit.

        A count of 0 makes the division fail, so that nobody has to wait for the answer first.
        """
        if isinstance(fence, DeliveryFence):
            await conn.execute(
                """
                with held as (
                    select 1
                      from outbox_queue
                     where tenant_id = %s
                       and outbox_id = %s
                       and fence = %s
                       for share)
                select 1 / count(*) from held
                """,
                (self._tenant_id, fence.outbox_id, fence.fence),
                prepare=True,
            )
            return
        await conn.execute(
            """
            with held as (
                select 1
                  from turn_queue
                 where tenant_id = %s
                   and turn_id = %s
                   and fence = %s
                   for share)
            select 1 / count(*) from held
            """,
            (self._tenant_id, fence.turn_id, fence.fence),
            prepare=True,
        )

    async def _load_checkpoint_tuple(self, value: DictRow) -> CheckpointTuple:
        """As the saver's, of a row that is read now; its words are opened."""
        checkpoint = value["checkpoint"]
        thread = (value["thread_id"], value["checkpoint_ns"])
        row = (*thread, value["checkpoint_id"])
        for channel, _, blob in value["channel_values"] or ():
            name = bytes(channel).decode()
            check(blob, CHECKPOINTS, *thread, name, checkpoint["channel_versions"][name])
        for task_id, _, _, blob, _, place in value["pending_writes"] or ():
            check(blob, CHECKPOINTS, *row, bytes(task_id).decode(), bytes(place).decode())
        values = await self._opened(checkpoint.get("channel_values") or {}, *row, "values")
        return await super()._load_checkpoint_tuple(
            value
            | {
                "checkpoint": checkpoint | {"channel_values": values},
                "metadata": await self._opened(value["metadata"], *row, "metadata"),
            }
        )

    def _load_blobs(self, blob_values: list[tuple[bytes, bytes, bytes]]) -> dict[str, Any]:
        return super()._load_blobs([(k, t, v and bytes(v)) for k, t, v in blob_values or ()])

    def _load_writes(
        self, writes: list[tuple[bytes, bytes, bytes, bytes, bytes, bytes]] | None
    ) -> list[tuple[str, str, Any]]:
        plain = [(*one[:3], one[3] and bytes(one[3]), *one[4:]) for one in writes or ()]
        return super()._load_writes(plain)  # pyright: ignore[reportArgumentType] - as it came

    async def _opened(self, values: dict[str, Any], *row: str) -> dict[str, Any]:
        return values if self._reading is None else await open_words(self._reading, values, *row)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As the saver's. A run looks at the newest checkpoint before it starts and when it
        starts, with nobody between: the second time it gets what the first one read.
        """
        if self.is_empty:
            return None
        place = config.get("configurable", {})
        if not self._of_one_run or "checkpoint_id" in place:
            return await super().aget_tuple(config)
        key = (str(place["thread_id"]), str(place.get("checkpoint_ns", "")))
        if self._last_read is not None and self._last_read[0] == key:
            found, self._last_read = self._last_read[1], None
            return found
        found = await super().aget_tuple(config)
        self._last_read = (key, found)
        return found
